"""A price, quantity, percentage, rating or span of values has no check.

Why
    What the application validates today, a script, a migration or the next service writes without it tomorrow. A check
    states the rule once, for every writer: no negative price, no rating of eleven stars, no end before its start.

    Found by type and name, so it is a convention and no fact: whether a quantity may be negative is yours to say.
    Balances and amounts may be negative and are left alone, and so are pairs such as started and finished, which only
    the system writes.

Fix
    Add a check. Unsafe: it fails while a row breaks it; with many rows add it `not valid` first and validate later.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS
    Seed: "Implement check constraints for business rules".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.conditions import checks_of
from dbarchitect.facts.values import is_money, is_number, is_percent, is_quantity, is_rating, parts, spans_of
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import fit, quote
from dbarchitect.model.table import Table
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C04", "unchecked-amount", "house", "warning")

NEVER_NEGATIVE = frozenset(("price", "fee", "salary", "wage", "fare", "rent"))


def check(subject: Subject) -> Iterator[Finding]:
    """Each amount and each span of values that no check bounds."""
    for table in subject.schema.tables:
        if table.partition_of or not subject.is_whole(table):
            continue
        for column in table.columns:
            condition, what = _wanted(column)
            if condition and not column.generated and not checks_of(table, column.name):
                message = f"{table.name}.{column.name} takes {what}: no check bounds it"
                mend = fixes.add_check(subject, table, _check(table, column.name, condition))
                address = table.column_address(column.name)
                yield RULE.finding(subject, address, message, severity="info", fixes=[mend])
        for opening, closing in spans_of(table):
            if not _compared(table, opening.name, closing.name):
                message = f"{table.name}.{closing.name} may lie before {opening.name}: no check keeps their order"
                condition = f"{quote(closing.name)} >= {quote(opening.name)}"
                mend = fixes.add_check(subject, table, _check(table, closing.name, condition))
                yield RULE.finding(subject, table.column_address(closing.name), message, fixes=[mend])


def _wanted(column: Column) -> tuple[str, str]:
    """The condition that a column's values should meet and what comes in without it; two empty texts for others."""
    if not is_number(column):
        return "", ""
    name = quote(column.name)
    if is_percent(column):
        return f"{name} between 0 and 100", "any percentage"
    if is_rating(column):
        return f"{name} between 1 and 5", "any rating"
    if is_quantity(column):
        return f"{name} >= 0", "negative quantities"
    last = parts(column.name)[-1:] if is_money(column) else ()
    return (f"{name} >= 0", "negative amounts") if set(last) & NEVER_NEGATIVE else ("", "")


def _compared(table: Table, opening: str, closing: str) -> bool:
    together = {*checks_of(table, opening)} & {*checks_of(table, closing)}
    return bool(together) or any(
        element.expression and opening in element.expression and closing in element.expression
        for exclusion in table.exclusions
        for element in exclusion.elements
    )


def _check(table: Table, column: str, condition: str) -> Check:
    return Check(fit(f"{table.name}_{column}_check"), condition)


EXAMPLES = (
    sql(
        "create table items (id bigint primary key, price numeric(12, 2) not null, quantity integer not null,\n"
        "  valid_from date not null, valid_to date);\n",
        "column:public.items.price",
        "column:public.items.quantity",
        "column:public.items.valid_to",
    ),
    sql(
        "create table items (id bigint primary key, price numeric not null check (price >= 0), balance numeric,\n"
        "  started_at timestamptz, finished_at timestamptz, valid_from date, valid_to date,\n"
        "  check (valid_to >= valid_from));\n",
        title="checked, allowed to be negative, or written by the system",
    ),
)
