"""LAMMPS molecular dynamics."""
