"""Claims about a project, each proved, failed or unproved with its reason."""
