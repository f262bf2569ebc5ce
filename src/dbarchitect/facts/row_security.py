"""Questions about row level security: what policies let through, and what goes past them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from dbarchitect.facts.conditions import plain
from dbarchitect.model.policy import Command, Policy
from dbarchitect.model.schema import Schema, View
from dbarchitect.model.table import Table

EVERYBODY = frozenset(("public", "anon", "authenticated"))
"""Roles that stand for people who use the application: PostgreSQL's own, and Supabase's two."""
_CALL = re.compile(r'(?<![\w.])(select\s+)?"?auth"?\."?(uid|jwt|role|email)"?\(\)', re.IGNORECASE)


def is_open(policy: Policy) -> bool:
    """Whether a permissive policy lets everybody do what it is for, without a condition."""
    if not policy.permissive or EVERYBODY.isdisjoint(policy.roles):
        return False
    conditions = {"insert": (policy.check,), "select": (policy.using,), "delete": (policy.using,)}
    asked = conditions.get(policy.command, (policy.using, policy.check or policy.using))
    return any(condition is not None and plain(condition) == "true" for condition in asked)


def is_empty(policy: Policy) -> bool:
    """Whether a policy has no condition at all: then it permits nothing, and restricts nothing."""
    return policy.using is None and policy.check is None


def is_narrowed(table: Table, policy: Policy) -> bool:
    """Whether a restrictive policy stands beside a permissive one."""
    return any(
        not other.permissive and not is_empty(other) and _meet(policy.command, other.command)
        for other in table.policies
    )


def unwrapped_calls(policy: Policy) -> tuple[str, ...]:
    """The calls of `auth.uid()` and its like that are not inside of `(select …)`, and so are made for each row."""
    found = []
    for condition in (policy.using, policy.check):
        found += [f"auth.{match[2].lower()}()" for match in _CALL.finditer(condition or "") if not match[1]]
    return tuple(dict.fromkeys(found))


def overlapping(policies: Sequence[Policy]) -> Iterator[tuple[Policy, Policy]]:
    """Pairs of permissive policies that speak of the same command and role, one pair for each later policy."""
    seen: set[str] = set()
    for first, second in combinations([item for item in policies if item.permissive and not is_empty(item)], 2):
        shared = set(first.roles) & set(second.roles)
        if shared and _meet(first.command, second.command) and second.name not in seen:
            seen.add(second.name)
            yield first, second


def _meet(first: Command, second: Command) -> bool:
    return first == second or "all" in (first, second)


def reads_with_owners_rights(view: View) -> bool:
    """Whether the view reads its tables with the rights of its owner, whoever asks."""
    if view.materialized:
        return True
    return dict(view.options).get("security_invoker", "false").lower() not in ("true", "on", "1", "yes")


def tables_of(schema: Schema, view: View) -> tuple[Table, ...]:
    """The tables that a view's query names, as far as its text tells."""
    named = {match.lower() for match in re.findall(r"[\w$]+", view.definition)}
    return tuple(table for table in schema.tables if table.name.lower() in named and _is_read(table, view.definition))


def _is_read(table: Table, text: str) -> bool:
    name = re.escape(table.name)
    return re.search(rf'\b(?:from|join)\s+\(*\s*(?:"?[\w$]+"?\.)?"?{name}"?(?![\w$])', text, re.IGNORECASE) is not None
