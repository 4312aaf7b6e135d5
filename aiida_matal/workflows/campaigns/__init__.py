"""The loop: campaigns and their rounds."""
