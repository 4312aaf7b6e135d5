"""Plain arrays in, matplotlib figures out."""
