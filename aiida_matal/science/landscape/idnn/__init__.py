"""Integrable deep neural networks."""
