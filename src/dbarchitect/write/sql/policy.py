"""Row level security policies."""

from __future__ import annotations

from collections.abc import Iterable

from dbarchitect.model.names import qualified, quote
from dbarchitect.model.policy import Policy
from dbarchitect.model.table import Table
from dbarchitect.sql.expression import parenthesized

ROLE_WORDS = frozenset(("public", "current_user", "current_role", "session_user"))
"""Roles that are words of SQL."""


def role_sql(role: str) -> str:
    """A role; `public` and `current_user` are words, not names."""
    return role.upper() if role in ROLE_WORDS else quote(role)


def roles_sql(roles: Iterable[str]) -> str:
    """Roles, separated by commas."""
    return ", ".join(role_sql(role) for role in roles)


def policy_sql(table: Table, policy: Policy) -> str:
    """CREATE POLICY, a clause a line."""
    lines = [f"CREATE POLICY {quote(policy.name)} ON {qualified(table.schema, table.name)}"]
    lines.append(f"{'' if policy.permissive else 'AS RESTRICTIVE '}FOR {policy.command.upper()}")
    lines[-1] += f" TO {roles_sql(policy.roles)}"
    if policy.using is not None:
        lines.append(f"USING {parenthesized(policy.using)}")
    if policy.check is not None:
        lines.append(f"WITH CHECK {parenthesized(policy.check)}")
    return "\n  ".join(lines)


def drop_policy_sql(table: Table, policy: Policy) -> str:
    """DROP POLICY."""
    return f"DROP POLICY {quote(policy.name)} ON {qualified(table.schema, table.name)}"
