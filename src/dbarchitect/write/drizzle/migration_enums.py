"""Enum values that are added at the end, and the way back: the type is swapped for one without them."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.column import Column
from dbarchitect.model.names import fit, qualified, quote
from dbarchitect.model.schema import Enum, Schema, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.sql.expression import as_default
from dbarchitect.sql.quote import literal
from dbarchitect.sql.tokens import scan
from dbarchitect.write.drizzle.companion import Step
from dbarchitect.write.drizzle.companion_owners import owners
from dbarchitect.write.drizzle.migration_changes import enum_pairs
from dbarchitect.write.sql.constraint import add_constraint_sql, check_clause, drop_constraint_sql
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.drop import drop_sql
from dbarchitect.write.sql.index import drop_index_sql, index_sql
from dbarchitect.write.sql.place import object_address
from dbarchitect.write.sql.policy import drop_policy_sql, policy_sql
from dbarchitect.write.sql.routine import drop_trigger_sql, trigger_sql
from dbarchitect.write.sql.statement import Statement, StatementKind
from dbarchitect.write.sql.types import enum_sql, type_sql


def added_values(old: Schema, new: Schema, refused: list[str]) -> list[tuple[Enum, tuple[str, ...]]]:
    """Enums with values that are new at their end, as they were before; other changes are added to `refused`."""
    found = []
    for before, after in enum_pairs(old, new):
        if before.labels == after.labels:
            continue
        place = object_address(after)
        if after.labels[: len(before.labels)] != before.labels:
            refused.append(f"{place} changes or loses values, or has new ones that are not at its end")
        elif reason := _stuck(old, before):
            refused.append(f"{place} gets a value that could not be taken away again: {reason}")
        else:
            found.append((before, after.labels[len(before.labels) :]))
    return found


def _stuck(schema: Schema, enum: Enum) -> str | None:
    """Why the type cannot be swapped for a smaller one."""
    kind = (enum.schema, enum.name)
    for domain in schema.domains:
        if (domain.base.schema, domain.base.name) == kind:
            return f"domain {domain.name} is made of it"
    for composite in schema.composites:
        if any((type_.schema, type_.name) == kind for _, type_ in composite.attributes):
            return f"type {composite.name} is made of it"
    for function in schema.functions:
        if any(token.name == enum.name for token in scan(function.definition) if token.kind != "body"):
            return f"function {function.name} takes or gives it"
    for table, columns in _tables(schema, enum):
        names = {column.name for column in columns}
        if any(c.generated and _mentions(c.generated.expression, names) for c in table.columns):
            return f"table {table.name} computes a column from it"
        if any(names & set(key.columns) for key in table.foreign_keys):
            return f"table {table.name} has a foreign key on it"
    return None


def values_step(schema: Schema, enum: Enum, labels: tuple[str, ...]) -> Step:
    """ALTER TYPE … ADD VALUE for each label, and what takes them away.

    Args:
        schema: the schema before.
        enum: the enum before.
        labels: the new labels.
    """
    name, place = qualified(enum.schema, enum.name), object_address(enum)
    up = tuple(Statement(f"ALTER TYPE {name} ADD VALUE {literal(label)}", place, "enum") for label in labels)
    return Step(up, tuple(_swap(schema, enum, labels)))


def _swap(schema: Schema, enum: Enum, labels: tuple[str, ...]) -> Iterator[Statement]:
    place = object_address(enum)
    aside = fit(f"{enum.name}__before")
    dropped, made = _dependents(schema, enum)
    for table, columns in _tables(schema, enum):
        for column in columns:
            yield Statement(_no_row_holds(table, column, labels), table.column_address(column.name), "enum")
    yield from dropped
    yield Statement(f"ALTER TYPE {qualified(enum.schema, enum.name)} RENAME TO {quote(aside)}", place, "enum")
    yield Statement(enum_sql(enum), place, "enum")
    for table, columns in _tables(schema, enum):
        for column in columns:
            yield Statement(_cast(table, column), table.column_address(column.name), "table")
    yield Statement(f"DROP TYPE {qualified(enum.schema, aside)}", place, "enum")
    yield from made
    for statement in create(schema):
        if statement.address == place and statement.kind == "comment":
            yield statement


def _no_row_holds(table: Table, column: Column, labels: tuple[str, ...]) -> str:
    """A block that stops the way back while a row needs one of the labels."""
    values = ", ".join(literal(label) for label in labels)
    name, relation = quote(column.name), qualified(table.schema, table.name)
    text = f"{name}::text"
    found = f"{name}::text[] && ARRAY[{values}]" if column.type.dimensions else f"{text} IN ({values})"
    problem = (
        f"rows of {table.schema}.{table.name} hold values in {column.name} that would go away: {', '.join(labels)}"
    )
    tag = "$values$"
    while tag in found or tag in problem:
        tag = f"${tag.strip('$')}_$"
    return (
        f"DO {tag}\nBEGIN\n  IF EXISTS (SELECT FROM {relation} WHERE {found}) THEN\n"
        f"    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = {literal(problem)};\n"
        f"  END IF;\nEND {tag}"
    )


def _cast(table: Table, column: Column) -> str:
    kind = type_sql(column.type)
    through = type_sql(SqlType("text", (), column.type.dimensions))
    alter = f"ALTER COLUMN {quote(column.name)}"
    parts = [f"{alter} TYPE {kind} USING {quote(column.name)}::{through}::{kind}"]
    if column.default is not None:
        parts = [f"{alter} DROP DEFAULT", *parts, f"{alter} SET DEFAULT {as_default(column.default)}"]
    return f"ALTER TABLE {qualified(table.schema, table.name)}\n  " + ",\n  ".join(parts)


def _dependents(schema: Schema, enum: Enum) -> tuple[list[Statement], list[Statement]]:
    """What must go before the type of a column can change, and how it comes back."""
    drops: list[Statement] = []
    makes: list[Statement] = []

    def both(place: str, kind: StatementKind, gone: str, back: str) -> None:
        drops.append(Statement(gone, place, kind))
        makes.append(Statement(back, place, kind))

    for table, columns in _tables(schema, enum):
        names = {column.name for column in columns}
        for policy in table.policies:
            if _mentions(policy.using, names) or _mentions(policy.check, names):
                place = table.policy_address(policy.name)
                both(place, "policy", drop_policy_sql(table, policy), policy_sql(table, policy))
        for trigger in table.triggers:
            if _mentions(trigger.when, names) or names & set(trigger.update_columns):
                both(table.address, "trigger", drop_trigger_sql(table, trigger), trigger_sql(table, trigger))
        for index in table.indexes:
            expressions = [index.where, *(part.expression for part in index.parts)]
            if any(_mentions(text, names) for text in expressions):
                place = table.index_address(index.name)
                both(place, "index", drop_index_sql(table, index), index_sql(table, index))
        for check in table.checks:
            if _mentions(check.expression, names):
                place = table.constraint_address(check.name)
                gone, back = drop_constraint_sql(table, check.name), add_constraint_sql(table, check_clause(check))
                both(place, "constraint", gone, back)
    views = _views(schema, {table.name for table, _ in _tables(schema, enum)})
    addresses = {object_address(view): view for view in views}
    statements = [s for s in create(schema) if s.address in addresses]
    views_gone = [Statement(drop_sql(addresses[s.address]), s.address, "view") for s in statements if s.kind == "view"]
    return [*reversed(views_gone), *drops], [*makes, *statements, *_comments(schema, makes)]


def _comments(schema: Schema, makes: list[Statement]) -> Iterator[Statement]:
    places = {statement.address for statement in makes}
    known = owners(schema)
    for statement in create(schema):
        whole = known.get(statement.address) is not None and statement.address.startswith("table:")
        if statement.kind == "comment" and statement.address in places and not whole:
            yield statement


def _views(schema: Schema, names: set[str]) -> list[View]:
    """The views that read one of the tables, directly or through another view."""
    found: list[View] = []
    reached = set(names)
    grown = True
    while grown:
        grown = False
        for view in schema.views:
            if view not in found and any(token.name in reached for token in scan(view.definition)):
                found.append(view)
                reached.add(view.name)
                grown = True
    return found


def _tables(schema: Schema, enum: Enum) -> list[tuple[Table, list[Column]]]:
    pairs = [
        (table, [c for c in table.columns if (c.type.schema, c.type.name) == (enum.schema, enum.name)])
        for table in schema.tables
    ]
    return [(table, columns) for table, columns in pairs if columns]


def _mentions(text: str | None, names: set[str]) -> bool:
    return text is not None and any(token.name in names for token in scan(text))
