"""File formats of Calphad software: TDB databases and ESPEI datasets."""
