"""Row level security policies."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import qualified, quote
from dbarchitect.sql.expression import parenthesized
from dbarchitect.write.sql.policy import drop_policy_sql, policy_sql, roles_sql

KIND, RANK = "policy", 20


def create(element: Element, context: Context) -> list[str]:
    """CREATE POLICY."""
    return [policy_sql(element.owner, element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP POLICY."""
    return [drop_policy_sql(element.owner, element.value)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Roles and conditions change in place; a condition cannot be taken away so."""
    old, new = before.value, after.value
    gone = (old.using is not None and new.using is None) or (old.check is not None and new.check is None)
    if gone or (old.command, old.permissive) != (new.command, new.permissive):
        return None
    words = f"ALTER POLICY {quote(new.name)} ON {qualified(after.owner.schema, after.owner.name)}"
    if old.roles != new.roles:
        words += f" TO {roles_sql(new.roles)}"
    if old.using != new.using:
        words += f"\n  USING {parenthesized(new.using)}"
    if old.check != new.check:
        words += f"\n  WITH CHECK {parenthesized(new.check)}"
    return [words]
