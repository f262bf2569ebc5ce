"""Schema to text: one file or folder per format."""
