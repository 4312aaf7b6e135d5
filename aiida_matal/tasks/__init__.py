"""The worker: reads a task folder, calls science, writes results."""
