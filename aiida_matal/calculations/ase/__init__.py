"""Molecular dynamics with ASE."""
