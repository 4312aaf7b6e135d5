"""The command line, `aiida-matal`."""
