"""Statistics and structure of molecular dynamics runs."""
