"""What `aiida-matal doctor` looks at: one function a check."""
