"""Free-energy landscapes: order parameters, Monte Carlo, integrable networks and where to sample next."""
