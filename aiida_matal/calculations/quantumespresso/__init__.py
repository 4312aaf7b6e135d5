"""Quantum ESPRESSO molecular dynamics."""
