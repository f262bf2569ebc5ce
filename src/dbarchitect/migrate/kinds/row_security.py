"""Whether row level security is on, and holds for the owner too."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.table import force_row_security_sql, row_security_sql

KIND, RANK = "row security", 21


def create(element: Element, context: Context) -> list[str]:
    """ENABLE and FORCE."""
    return _changed((False, False), element)


def drop(element: Element, context: Context) -> list[str]:
    """NO FORCE and DISABLE."""
    enabled, forced = element.value
    statements = [force_row_security_sql(element.owner, force=False)] if forced else []
    return [*statements, row_security_sql(element.owner, enable=False)] if enabled else statements


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """What differs."""
    return _changed(before.value, after)


def _changed(old: tuple[bool, bool], element: Element) -> list[str]:
    enabled, forced = element.value
    statements = [row_security_sql(element.owner, enable=enabled)] if enabled != old[0] else []
    return [*statements, force_row_security_sql(element.owner, force=forced)] if forced != old[1] else statements
