"""Fitted free energies as files that other programs use without this package."""
