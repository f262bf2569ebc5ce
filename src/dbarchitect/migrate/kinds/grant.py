"""Privileges."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.grant import grant_sql, revoke_sql

KIND, RANK = "grant", 24


def create(element: Element, context: Context) -> list[str]:
    """GRANT."""
    return [grant_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """REVOKE."""
    return [revoke_sql(element.value)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """The privileges that are new, and those that are gone."""
    old, new = before.value, after.value
    if bool(old.privileges) != bool(new.privileges):
        return [revoke_sql(old), grant_sql(new)]
    gone = tuple(word for word in old.privileges if word not in new.privileges)
    added = tuple(word for word in new.privileges if word not in old.privileges)
    statements = [revoke_sql(replace(old, privileges=gone))] if gone else []
    return [*statements, grant_sql(replace(new, privileges=added))] if added else statements
