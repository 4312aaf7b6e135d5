"""Lattice Monte Carlo, biased and unbiased."""
