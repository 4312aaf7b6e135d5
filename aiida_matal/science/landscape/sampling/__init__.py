"""Where in the space of order parameters to sample next."""
