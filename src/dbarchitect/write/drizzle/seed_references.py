"""Which row of the parent each seeded row points at: always one that is there, of the same tenant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.lookup import Reference
from dbarchitect.write.drizzle.column_rules import TableRules, table_rules
from dbarchitect.write.drizzle.seed_limits import TURN, distinct
from dbarchitect.write.drizzle.subject import Field, Subject


def reference_values(subject: Subject, rules: TableRules) -> dict[str, str]:
    """TypeScript for each column that refers to another table, the tenant's own column left out."""
    values: dict[str, str] = {}
    spread = _spread(subject)
    order = [s.table.key for s in subject.project.subjects]
    for reference in subject.project.lookup.references_from(subject.table):
        parent = subject.project.by_key.get(reference.parent.key) if reference.parent else None
        if parent is None or subject.is_tenant_reference(reference):
            continue
        for mine, theirs in _pairs(subject, reference):
            row = _row(subject, parent, mine, spread, rules, values)
            later = order.index(parent.table.key) > order.index(subject.table.key)
            values[mine] = _value(subject, parent, mine, theirs, row, later=later)
    return values


def _pairs(subject: Subject, reference: Reference) -> Iterator[tuple[str, str]]:
    key = reference.foreign_key
    own = subject.own_columns(reference)
    for mine, theirs in zip(key.columns, key.target_columns, strict=True):
        if mine in own and (subject.tenant is None or mine != subject.tenant.column.name):
            yield mine, theirs


def _spread(subject: Subject) -> set[str]:
    """Columns that must differ from row to row: the first reference of each key, unless a text of the key tells
    rows apart already, and of each group whose rows are counted.
    """
    table = subject.table
    keys = [unique.columns for unique in table.uniques] + [index.columns for index in table.indexes if index.unique]
    keys += [table.primary_key.columns] if table.primary_key else []
    keys += [trigger.arguments[3:] for trigger in table.triggers if trigger.function == "limit_rows"]
    referring = {name for reference in subject.references for name in subject.own_columns(reference)}
    found = set()
    for columns in keys:
        rest = [name for name in columns if name not in referring and name in subject.fields]
        if any(_tells_apart(subject, subject.field(name)) for name in rest):
            continue
        found |= set([name for name in columns if name in referring][:1])
    return found


def _tells_apart(subject: Subject, field: Field) -> bool:
    from dbarchitect.write.drizzle.seeds import own_value

    if field.type != "string" or field is subject.tenant:
        return False
    value = own_value(subject, field, table_rules(subject.table))
    return value is not None and distinct(value) is None


def _row(
    subject: Subject, parent: Subject, column: str, spread: set[str], rules: TableRules, values: dict[str, str]
) -> str:
    """The number of the parent's row as TypeScript."""
    if parent.is_root:
        return "n % TENANTS"
    count = _count(subject, parent)
    if count:
        if parent.tenant is None:
            return f"n % {count}"
        return f"(n % TENANTS) + TENANTS * (Math.floor(n / TENANTS) % {count})"
    apart = {
        pair.left if pair.right == column else pair.right for pair in rules.pairs if column in (pair.left, pair.right)
    }
    same_table = parent.table.key == subject.table.key
    if apart and not same_table:
        first = column in spread or (not apart & spread and column < min(apart))
        return "n" if first else "other(n)"
    if apart & values.keys():
        return "other(n)"
    return "n" if column in spread and not same_table else "peer(n)"


def _count(subject: Subject, parent: Subject) -> int:
    """How many rows the parent can have; of one that is filled later we know its list of values alone."""
    from dbarchitect.write.drizzle.seeds import most_rows

    order = [s.table.key for s in subject.project.subjects]
    earlier = order.index(parent.table.key) < order.index(subject.table.key)
    return most_rows(parent) if earlier else len(parent.intent.values)


def _value(subject: Subject, parent: Subject, mine: str, theirs: str, row: str, *, later: bool) -> str:
    """The parent's key of that row; nothing where the parent is filled later."""
    from dbarchitect.write.drizzle.seeds import row_values

    field = subject.field(mine)
    target = parent.field(theirs)
    if later and field.column.nullable:
        return "null"
    if target.column.type.name == "uuid":
        value = f"id('{parent.names.logical}', {row})"
    elif target.type == "number" and target in parent.whole_key:
        value = f"{row} + 1" if row in ("n", "peer(n)", "other(n)") else f"({row}) + 1"
    else:  # a natural key: the value that the parent's own row has
        own = {f.column.name: text for f, text in row_values(parent)} if parent is not subject else {}
        value = renumbered(own.get(theirs, "null"), row)
    if parent.table.key != subject.table.key:
        return value
    if field.column.nullable:
        return f"peer(n) < n ? {value} : null"
    return value if row == "peer(n)" else value.replace(row, "n")  # a first row has none but itself


def renumbered(value: str, row: str) -> str:
    """The same value of another row."""
    return re.sub(r"(?<![\w$])n(?![\w$])", f"({row})" if not row.isalnum() and row != TURN else row, value)
