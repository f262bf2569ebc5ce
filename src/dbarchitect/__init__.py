"""A database architect as software: proven PostgreSQL schemas as Drizzle ORM projects."""

from __future__ import annotations


def version() -> str:
    """The installed version of the package."""
    from importlib.metadata import version as installed

    return installed("dbarchitect")
