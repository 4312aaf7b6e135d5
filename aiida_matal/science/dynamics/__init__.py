"""Molecular dynamics with ASE: named calculators, thermostats, and the record of a run."""
