"""Triggers."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.routine import drop_trigger_sql, trigger_sql, trigger_state_sql

KIND, RANK = "trigger", 19


def create(element: Element, context: Context) -> list[str]:
    """CREATE TRIGGER, and its state where it is not the usual one."""
    statements = [trigger_sql(element.owner, element.value)]
    if element.value.enabled != "origin":
        statements.append(trigger_state_sql(element.owner, element.value))
    return statements


def drop(element: Element, context: Context) -> list[str]:
    """DROP TRIGGER."""
    return [drop_trigger_sql(element.owner, element.value)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Only its state changes in place."""
    if replace(before.value, enabled="origin") == replace(after.value, enabled="origin"):
        return [trigger_state_sql(after.owner, after.value)]
    return None
