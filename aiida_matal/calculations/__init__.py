"""CalcJobs and their parsers."""
