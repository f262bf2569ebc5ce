"""One currency or several: the question that every schema with prices has to answer."""

from __future__ import annotations

from dbarchitect.design.blueprint import Blueprint, TableDraft
from dbarchitect.design.expression import ident
from dbarchitect.design.meanings import MEANINGS
from dbarchitect.model.constraint import Check
from dbarchitect.model.intent import ColumnIntent


def draw_currencies(plan: Blueprint) -> None:
    """Append a currency column to each table with money that has none, when the answer is `several`."""
    priced = [table for table in plan.tables.values() if _amounts(table)]
    if not priced:
        return
    where = priced[0].address
    missing = [table for table in priced if not _is_settled(plan, table)]
    if missing:
        answer = plan.ask(
            "currency", "Are all amounts in one currency?", "one",
            ("one", "Amounts are plain numbers; the currency is a setting of the application."),
            ("several", "Every table with amounts gets a required currency column (ISO 4217)."), where=where,
        )  # fmt: skip
        if answer == "several":
            for table in missing:
                _draw(table)
    plan.decide(
        where,
        "Amounts of money are numeric(12, 2), not negative unless the brief says so",
        "Exact decimals: a float loses cents in sums, and PostgreSQL's money type depends on a server setting. "
        "Twelve digits "
        "hold 9,999,999,999.99.",
        (
            "bigint of minor units",
            "faster sums and no rounding in JavaScript; every reader must know the number of decimals",
        ),
        ("numeric without a scale", "holds any currency, also fractions of a cent that nobody can pay"),
        topic="types",
    )


def _amounts(table: TableDraft) -> list[str]:
    return [name for name, draft in table.columns.items() if draft.intent.meaning == "money"]


def _is_settled(plan: Blueprint, table: TableDraft) -> bool:
    """Whether the currency is known: from the row, the whole that it is part of, or its tenant."""
    seen: set[str] = set()
    part: TableDraft | None = table
    while part is not None and part.name not in seen:
        if _has(part, "currency"):
            return True
        seen.add(part.name)
        part = part.owner
    return plan.tenant is not None and table.tenant_scoped and _has(plan.tenant, "currency")


def _has(table: TableDraft, meaning: str) -> bool:
    return any(draft.intent.meaning == meaning for draft in table.columns.values())


def _draw(table: TableDraft) -> None:
    currency = MEANINGS["currency"]
    name = table.free_column("currency")
    note = f"Currency of {', '.join(_amounts(table))}."
    table.add(name, currency.type, nullable=False, intent=ColumnIntent("currency", note))
    table.checks.append(Check(table.constraint((name,), "check"), currency.check.format(c=ident(name))))
