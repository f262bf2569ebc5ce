"""The next migration of a project whose brief grew: what can be added without touching rows that are there.

New tables, nullable or defaulted columns, indexes, enum values at the end, and constraints on new columns are written
with their exact inverse; everything else is refused by name (issue 2, section 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dbarchitect.errors import RefusedError
from dbarchitect.model.address import parse
from dbarchitect.model.names import fit, qualified, quote
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.settings import Settings
from dbarchitect.sql.quote import literal
from dbarchitect.write.drizzle.companion import Step
from dbarchitect.write.drizzle.companion_inverse import Inverse
from dbarchitect.write.drizzle.companion_owners import owners
from dbarchitect.write.drizzle.migration import Migration
from dbarchitect.write.drizzle.migration_changes import Changes, constraint_names
from dbarchitect.write.drizzle.migration_enums import added_values, values_step
from dbarchitect.write.drizzle.naming import file_stem
from dbarchitect.write.sql.constraint import (
    add_constraint_sql,
    check_clause,
    drop_constraint_sql,
    exclusion_clause,
    unique_clause,
)
from dbarchitect.write.sql.statement import Statement
from dbarchitect.write.sql.table import column_sql


def additive_entries(old: Schema, new: Schema, settings: Settings) -> tuple[Migration, ...]:
    """The migrations that lead from one designed schema to a larger one; none when nothing in the database changes.

    New enum values come in an entry of their own before the rest, because PostgreSQL refuses to use a value in the
    transaction that adds it; so nothing else in the same step may use one.

    Args:
        old: the schema as it was designed before.
        new: the schema as it is designed now.
        settings: the choices of the project.

    Raises:
        RefusedError: something else changed; the message lists each change.
    """
    del settings
    changes = Changes(old, new)
    refused = [*changes.refused]
    values = added_values(old, new, refused)
    steps = [*_steps(old, new, changes)]
    for enum, labels in values:
        for label in labels:
            if any(literal(label) in s.sql for step in steps for s in step.up if s.kind != "comment"):
                refused.append(f"value {label!r} of enum {enum.name} is added and used in the same step")
    if refused:
        raise _refusal(refused)
    entries = []
    if values:
        added = [values_step(old, enum, labels) for enum, labels in values]
        entries.append(_entry("add_values", added, "as before" if steps else "schema"))
    if steps:
        entries.append(_entry(_tag(old, new, steps), steps, "schema" if changes.seen_by_drizzle else "as before"))
    return tuple(entries)


def _refusal(refused: list[str]) -> RefusedError:
    listed = "".join(f"\n  - {reason}" for reason in sorted(set(refused)))
    return RefusedError(
        f"the brief changed in ways that a next migration cannot follow by itself:{listed}",
        hint="Run `dbarchitect migrate plan --from <the project> --to <the new brief>`, which weighs such changes.",
    )


def _entry(tag: str, steps: list[Step], sees: str) -> Migration:
    up = tuple(statement for step in steps for statement in step.up)
    down = tuple(statement for step in reversed(steps) for statement in step.down)
    return Migration(tag, up, down, "schema" if sees == "schema" else "as before")


def _steps(old: Schema, new: Schema, changes: Changes) -> Iterator[Step]:
    inverse = Inverse(new)
    existing = {table.key: table for table in old.tables}
    tables = owners(new)
    for statement in changes.statements:
        owner = tables.get(statement.address)
        if statement.kind == "table" and owner in existing:
            yield from _grown(existing[owner], changes.new_tables[owner])
        elif statement.kind == "comment":
            yield changes.comment(statement)
        else:
            yield Step((statement,), inverse.of(statement))
    yield from changes.comments_gone()


def _grown(old: Table, new: Table) -> Iterator[Step]:
    """New columns of a table that exists, and the constraints that come with them."""
    name = qualified(new.schema, new.name)
    for column in new.columns:
        if not old.has(column.name):
            place = new.column_address(column.name)
            added = f"ALTER TABLE {name} ADD COLUMN {column_sql(column, table_schema=new.schema)}"
            dropped = f"ALTER TABLE {name} DROP COLUMN {quote(column.name)}"
            yield Step((Statement(added, place, "table"),), (Statement(dropped, place, "table"),))
    before = constraint_names(old)
    clauses = [(unique.name, unique_clause(unique)) for unique in new.uniques]
    clauses += [(check.name, check_clause(check)) for check in new.checks]
    clauses += [(exclusion.name, exclusion_clause(exclusion)) for exclusion in new.exclusions]
    for constraint, clause in clauses:
        if constraint not in before:
            place = new.constraint_address(constraint)
            yield Step(
                (Statement(add_constraint_sql(new, clause), place, "constraint"),),
                (Statement(drop_constraint_sql(new, constraint), place, "constraint"),),
            )


def _tag(old: Schema, new: Schema, steps: list[Step]) -> str:
    """A name from what is added: `add_reviews`, `add_products_weight`, or how much it is."""
    known = {table.key for table in old.tables}
    tables = [table.name for table in new.tables if table.key not in known]
    columns = [
        "_".join(parse(step.up[0].address)[1][1:])
        for step in steps
        if step.up[0].address.startswith("column:") and step.up[0].kind == "table"
    ]
    names = tables or columns
    if len(names) == 1:
        return _portable(f"add_{names[0]}")
    if names:
        return f"add_{len(names)}_{'tables' if tables else 'columns'}"
    kinds = Counter(step.up[0].kind.replace(" ", "_") for step in steps)
    kind = min(kinds, key=lambda kind: (kind == "comment", kind))
    plural = f"{kind}es" if kind.endswith("x") else f"{kind}s"
    return f"add_{plural}" if kind != "comment" else "comments"


def _portable(text: str) -> str:
    return fit(file_stem(text), 60)
