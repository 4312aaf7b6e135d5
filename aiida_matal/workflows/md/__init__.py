"""Molecular dynamics engines behind one interface."""
