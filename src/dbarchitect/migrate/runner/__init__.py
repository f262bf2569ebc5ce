"""Runs the files of a migrations folder on a database, so that a crash anywhere costs nothing but a second run."""
