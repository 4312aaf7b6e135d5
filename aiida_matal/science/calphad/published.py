"""Labels that were published and are shipped with the package."""

from __future__ import annotations

from importlib.resources import files

#: Table 1 of Bizot, Tamura and Deffrennes, 2025: ab initio molecular dynamics of equimolar binary liquids of Ir, Os, Re
#: and W, at 2750, 3300, 3500 and 3700 K.
BIZOT2025 = "bizot2025_table1.csv"


def bizot2025() -> bytes:
    """Return Table 1 of Bizot et al. as a CSV file for :func:`~aiida_matal.science.calphad.csv_points.read_csv`.

    Of its 40 systems, 23 have a value; 8 separated into two phases (``rejected``), 3 were not calculated, and of 6 the
    values are missing in the copy of the paper that was at hand (all ``pending``).
    """
    return files(__package__).joinpath(BIZOT2025).read_bytes()
