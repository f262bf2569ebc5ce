"""A review in every format; one file each, found by its name."""
