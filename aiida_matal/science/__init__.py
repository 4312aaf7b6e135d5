"""Numbers only: tables, learning, acquisition, statistics. Nothing here imports aiida."""
