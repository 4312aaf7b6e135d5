"""Monte Carlo by CASM 1.x."""
