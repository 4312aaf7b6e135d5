"""Enthalpy of mixing of binary liquids."""
