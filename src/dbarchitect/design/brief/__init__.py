"""From words, brief files and notations to `Requirements`."""
