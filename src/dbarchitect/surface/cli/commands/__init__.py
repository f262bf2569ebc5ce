"""One file per command; see `surface/cli/main.py`."""
