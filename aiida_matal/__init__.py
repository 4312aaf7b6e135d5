"""Active-learning campaigns for materials, every step a node of the AiiDA graph."""

__version__ = "0.1.0"
