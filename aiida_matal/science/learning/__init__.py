"""Learners, their models and how well they predict."""
