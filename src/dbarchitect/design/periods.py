"""Pairs of a beginning and an end, or of a lowest and a highest value: the second is never before the first (C04)."""

from __future__ import annotations

from dbarchitect.design.blueprint import Blueprint, TableDraft
from dbarchitect.design.expression import ident
from dbarchitect.model.constraint import Check

_PAIRS = (
    ("starts", "ends"), ("start", "end"), ("started", "ended"), ("started", "finished"), ("started", "completed"),
    ("begins", "ends"), ("begin", "end"), ("from", "until"), ("from", "to"), ("valid_from", "valid_until"),
    ("valid_from", "valid_to"), ("check_in", "check_out"), ("opens", "closes"), ("opening", "closing"),
    ("departure", "arrival"), ("minimum", "maximum"), ("min", "max"), ("low", "high"), ("issued", "expires"),
)  # fmt: skip
_ENDINGS = ("", "_at", "_on", "_date", "_time", "_year", "_day")
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
    found = []
    for name, draft in table.columns.items():
        for low, high in _PAIRS:
            for ending in _ENDINGS:
                for partner in _partners(name, low, high, ending):
                    other = table.columns.get(partner)
                    same = other is not None and other.column.type.name == draft.column.type.name
                    kind = draft.column.type
                    if same and kind.category in _ORDERED and not kind.dimensions and (name, partner) not in found:
                        found.append((name, partner))
    return found


def _partners(name: str, low: str, high: str, ending: str) -> list[str]:
    """The name of the end for a beginning: `sale_starts_at` -> `sale_ends_at`, `min_price` -> `max_price`."""
    partners = []
    if name == low + ending or name.endswith(f"_{low}{ending}"):
        partners.append(name[: len(name) - len(low + ending)] + high + ending)
    if low in ("min", "minimum", "low") and name.startswith(f"{low}_"):
        partners.append(high + name[len(low) :])
    return partners


def _is_ruled(table: TableDraft, first: str, second: str) -> bool:
    """Whether a check already speaks of both."""
    pair = {ident(first), ident(second)}
    return any(pair <= set(check.expression.replace("(", " ").replace(")", " ").split()) for check in table.checks)
