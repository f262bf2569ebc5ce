"""Migrations proved on a real server: up, down and up again on data that tries everything."""
