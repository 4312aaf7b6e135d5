"""Criteria that decide which candidates to label next."""
