"""VASP molecular dynamics."""
