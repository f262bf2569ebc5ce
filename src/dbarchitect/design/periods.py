"""Pairs of a beginning and an end, or of a lowest and a highest value: the second is never before the first (C04)."""

from __future__ import annotations

import re

from dbarchitect.design.blueprint import Blueprint, TableDraft
from dbarchitect.design.expression import ident
from dbarchitect.model.constraint import Check

_PAIRS = (
    ("starts", "ends"), ("start", "end"), ("started", "ended"), ("started", "finished"), ("started", "completed"),
    ("begins", "ends"), ("begin", "end"), ("from", "until"), ("from", "to"), ("valid_from", "valid_until"),
    ("valid_from", "valid_to"), ("check_in", "check_out"), ("opens", "closes"), ("opening", "closing"),
    ("departure", "arrival"), ("minimum", "maximum"), ("min", "max"), ("low", "high"), ("issued", "expires"),
)  # fmt: skip
_LOWS = "|".join(sorted({low for low, _ in _PAIRS}, key=lambda low: (-len(low), low)))
_BEGINNING = re.compile(rf"(?P<stem>(?:.*_)?)(?P<low>{_LOWS})(?P<ending>(?:_(?:at|on|date|time|year|day))?)\Z")
_LOWEST = re.compile(r"(?P<low>min|minimum|low)(?P<rest>_.+)\Z")
_ORDERED = frozenset({"integer", "decimal", "float", "timestamp", "date", "interval"})


def draw_periods(plan: Blueprint, table: TableDraft) -> None:
    """Append a check for each pair of columns that names a period or a span and has no rule yet."""
    for first, second in _pairs(table):
        if _is_ruled(table, first, second):
            continue
        check = Check(table.constraint((first, second), "check"), f"{ident(first)} <= {ident(second)}")
        table.checks.append(check)
        where = table.constraint_address(check.name)
        plan.reasons[where] = f"{second} is never before {first}."
        plan.decide(
            where, f"{table.name}: {check.expression}",
            "Swapped dates are the most common mistake in forms and imports, and every report on durations trusts "
            "them.",
            topic="constraints",
        )  # fmt: skip


def _pairs(table: TableDraft) -> list[tuple[str, str]]:
    """Columns of one ordered type whose names say beginning and end."""
    found = []
    for name, draft in table.columns.items():
        kind = draft.column.type
        if kind.category not in _ORDERED or kind.dimensions:
            continue
        for partner in _partners(name):
            other = table.columns.get(partner)
            if other is not None and other.column.type.name == kind.name and not other.column.type.dimensions:
                found.append((name, partner))
    return found


def _partners(name: str) -> list[str]:
    """What the end may be called: `sale_starts_at` -> `sale_ends_at`, `min_price` -> `max_price`."""
    partners = []
    if match := _BEGINNING.match(name):
        partners += [match["stem"] + high + match["ending"] for low, high in _PAIRS if low == match["low"]]
    if match := _LOWEST.match(name):
        partners += [high + match["rest"] for low, high in _PAIRS if low == match["low"]]
    return partners


def _is_ruled(table: TableDraft, first: str, second: str) -> bool:
    """Whether a check already speaks of both."""
    pair = {ident(first), ident(second)}
    return any(pair <= set(check.expression.replace("(", " ").replace(")", " ").split()) for check in table.checks)
