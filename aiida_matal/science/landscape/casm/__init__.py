"""Cluster expansions from CASM."""
