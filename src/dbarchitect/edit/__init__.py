"""Changes to files: atomic writes and the manifest of a project."""
