"""Migrations folders of every form."""
