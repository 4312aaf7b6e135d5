"""Jobs of the worker for free-energy landscapes."""
