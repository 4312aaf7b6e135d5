"""Comparison of strategies on data that exist."""
