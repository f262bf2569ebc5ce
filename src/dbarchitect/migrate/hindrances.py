"""Rows that a plan lets in and that its way back does not: it fails on them, before it changes anything.

The values in them are people's, so no way back decides about them: it says which rows they are, and somebody fills,
joins or removes them. Only what stays after the way there can be asked for; columns that the way back makes again
have no rows of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbarchitect.errors import InputError
from dbarchitect.migrate.compare import Difference
from dbarchitect.migrate.conversions import lossy, narrows
from dbarchitect.migrate.kinds.enum import grows
from dbarchitect.migrate.operation import Operation
from dbarchitect.model.address import address
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.sql.expression import parenthesized
from dbarchitect.sql.quote import literal
from dbarchitect.sql.tokens import scan

_TOP = {"smallint": 32767, "integer": 2147483647}


def hindrances(operation: Operation, difference: Difference) -> Iterator[str]:
    """What the way back of an operation may stumble over, in words, each with the query that finds it.

    Args:
        operation: of the way there, on a table that stays.
        difference: the two schemas.
    """
    if operation.kind == "enum" and operation.action == "alter":
        yield from _labels(operation, difference)
        return
    owner = operation.element.owner
    if not isinstance(owner, Table) or owner.key not in difference.context.after_tables:
        return
    if operation.kind == "column" and operation.action == "alter":
        yield from _column(operation, owner)
    elif operation.action == "drop" and not _same_again(operation, difference):
        yield from _rule(operation.element.value, owner, difference)


def _same_again(operation: Operation, difference: Difference) -> bool:
    """Whether the piece is made again as it was, because something else changes."""
    there = difference.after.get(operation.address)
    return there is not None and there.value == operation.element.value


def _column(operation: Operation, table: Table) -> Iterator[str]:
    old, new = (element.value for element in operation.both)
    target, name = qualified(*table.key), quote(new.name)
    if new.nullable and not old.nullable:
        yield f"{operation.address} may be NULL by then: SELECT * FROM {target} WHERE {name} IS NULL;"
    if old.type == new.type or old.type.dimensions or new.type.dimensions:
        return
    if narrows(new.type, old.type):
        found = _misfits(target, name, old.type)
        yield f"{operation.address} may hold what {old.type.sql()} does not take{f': {found}' if found else ''}"
    elif lossy(new.type, old.type):
        yield f"{operation.address} becomes {old.type.sql()} again, which rounds what was written since"


def _misfits(target: str, name: str, wanted: object) -> str:
    kind, arguments = getattr(wanted, "name", ""), getattr(wanted, "arguments", ())
    if kind in ("varchar", "char") and arguments:
        return f"SELECT * FROM {target} WHERE length({name}) > {arguments[0]};"
    if kind in _TOP:
        return f"SELECT * FROM {target} WHERE {name} NOT BETWEEN {-_TOP[kind] - 1} AND {_TOP[kind]};"
    if kind == "numeric" and arguments:
        digits = int(arguments[0]) - (int(arguments[1]) if len(arguments) > 1 else 0)
        return f"SELECT * FROM {target} WHERE abs({name}) >= 1e{digits};"
    return ""


def _rule(rule: object, table: Table, difference: Difference) -> Iterator[str]:
    """A rule that comes back over the rows that it did not hold for."""
    target = qualified(*table.key)
    if isinstance(rule, PrimaryKey | Unique) or (isinstance(rule, Index) and rule.unique):
        keys = [quote(name) for name in rule.columns]
        where = ""
        if isinstance(rule, Index):
            keys = [quote(part.column) if part.column else parenthesized(part.expression or "") for part in rule.parts]
            where = f" AND {parenthesized(rule.where)}" if rule.where else ""
        if _stay(table, difference, " ".join((*keys, where))):
            listed = ", ".join(keys)
            filled = "TRUE" if getattr(rule, "nulls_not_distinct", False) else f"({listed}) IS NOT NULL"
            yield (
                f"two rows may have the same {listed} by then: SELECT {listed}, count(*) FROM {target}"
                f" WHERE {filled}{where} GROUP BY {listed} HAVING count(*) > 1;"
            )
    elif isinstance(rule, Check) and rule.validated and rule.enforced:
        if _stay(table, difference, rule.expression):
            yield f"rows may break {rule.name} by then: SELECT * FROM {target} WHERE NOT ({rule.expression});"
    elif isinstance(rule, ForeignKey) and rule.validated and rule.enforced:
        yield from _key(rule, table, difference)


def _key(key: ForeignKey, table: Table, difference: Difference) -> Iterator[str]:
    """A reference that comes back: to rows that are gone, or to a column whose values are."""
    parent = difference.context.after_tables.get((key.target_schema, key.target_table))
    own = [quote(name) for name in key.columns]
    if not _stay(table, difference, " ".join(own)) or key.period:
        return
    target = qualified(key.target_schema, key.target_table)
    filled = " AND ".join(f"c.{name} IS NOT NULL" for name in own)
    rows = f"SELECT c.* FROM {qualified(*table.key)} c WHERE {filled}"
    if parent is None or not _stay(parent, difference, " ".join(map(quote, key.target_columns))):
        yield f"the rows that {key.name} refers to do not come back: {rows};"
        return
    pairs = " AND ".join(f"p.{quote(to)} = c.{name}" for name, to in zip(own, key.target_columns, strict=True))
    yield f"rows may point nowhere by then: {rows} AND NOT EXISTS (SELECT FROM {target} p WHERE {pairs});"


def _stay(table: Table, difference: Difference, text: str) -> bool:
    """Whether a text says no column that is made again on the way back."""
    try:
        said = {token.name for token in scan(text)}
    except InputError:
        return False
    before = difference.context.before_tables.get(table.key, table)
    return all(
        address("column", table.schema, table.name, column.name) in difference.after
        for column in before.columns
        if column.name in said
    )


def _labels(operation: Operation, difference: Difference) -> Iterator[str]:
    """New labels, which rows may have."""
    before, after = (element.value for element in operation.both)
    if not grows(before, after):
        return
    new = ", ".join(literal(label) for label in after.labels if label not in before.labels)
    for table in difference.context.after.tables:
        if table.partition_of:
            continue
        for column in table.columns:
            if (column.type.schema, column.type.name) != (after.schema, after.name):
                continue
            name, target = quote(column.name), qualified(*table.key)
            has = f"{name}::text[] && ARRAY[{new}]" if column.type.dimensions else f"{name}::text IN ({new})"
            yield f"rows may have a label that goes: SELECT * FROM {target} WHERE {has};"


def comments(found: Sequence[str]) -> str:
    """The comments with which a way back begins, one line for each."""
    return "".join(f"-- may fail: {' '.join(text.split())}\n" for text in dict.fromkeys(found))
