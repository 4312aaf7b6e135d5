"""Queries over finished and running campaigns, and their report."""
