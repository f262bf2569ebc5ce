"""What a Drizzle project cannot say or keep, as a list: nothing is lost in silence."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.decision import Problem
from dbarchitect.model.names import MAX_BYTES
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.write.drizzle.held import Held


def not_expressible(schema: Schema) -> tuple[Problem, ...]:
    """What Drizzle's schema files do not hold.

    `error`: neither Drizzle nor drizzle-kit can work with it. `warning`: the schema file shows less than there is, so
    that later changes to it need care. `info`: only the companion migration has it; `drizzle-kit push` would skip it.

    Args:
        schema: the schema.
    """
    held = Held(schema)
    return (*_errors(schema), *_warnings(held), *_infos(held))


def _errors(schema: Schema) -> Iterator[Problem]:
    for kind, name in _names(schema):
        if '"' in name:
            yield Problem("error", f"{kind} {name!r}: Drizzle does not escape a double quote in a name")
        elif any(separator in name for separator in (";", ",", "--")):
            yield Problem("error", f"{kind} {name!r}: drizzle-kit 0.31 splits names at `;`, `,` and `--`")
        elif name == "__proto__":
            yield Problem("error", f"{kind} {name!r}: drizzle-kit takes it for the prototype of its own objects")
        elif len(name.encode()) > MAX_BYTES:
            yield Problem("error", f"{kind} {name!r}: PostgreSQL would cut it at {MAX_BYTES} bytes, Drizzle would not")
    homes = set(Held(schema).namespaces)
    for extension in schema.extensions:
        if extension.schema in homes:
            message = f"extension {extension.name}: it needs schema {extension.schema} before drizzle-kit makes it"
            yield Problem("error", message)


def _names(schema: Schema) -> Iterator[tuple[str, str]]:
    for table in schema.tables:
        yield "table", table.name
        for column in table.columns:
            yield f"column of {table.name}", column.name
        names = [key.name for key in table.foreign_keys] + [index.name for index in table.indexes]
        names += [*_constraint_names(table), *(policy.name for policy in table.policies)]
        for name in sorted(names):
            yield f"part of {table.name}", name
    yield from (("enum", enum.name) for enum in schema.enums)
    yield from (("view", view.name) for view in schema.views)
    yield from (("sequence", sequence.name) for sequence in schema.sequences)
    for namespace in schema.namespaces:
        yield "schema", namespace.name


def _warnings(held: Held) -> Iterator[Problem]:
    for table in held.tables:
        if reason := held.replaced.get(table.key):
            message = f"table {table.name}: the companion migration makes it anew, because {reason}"
            yield Problem("warning", message)
        for column in table.columns:
            if reason := held.type_reason(column.type):
                written = held.column(column).type.sql()
                message = (
                    f"column {table.name}.{column.name}: written as {written} in the schema file, because {reason}"
                )
                yield Problem("warning", message)
    for table in held.schema.tables:
        if table.partition_of is not None:
            message = f"table {table.name}: a partition has no schema file; the companion migration makes it"
            yield Problem("warning", message)
    for view in held.schema.views:
        if reason := held.view_reason(view):
            message = f"view {view.name}: declared as existing and made by the companion migration ({reason})"
            yield Problem("warning", message)
        elif not view.column_types:
            yield Problem("warning", f"view {view.name}: the types of its columns are not known")
    for enum in held.schema.enums:
        if not enum.labels:
            yield Problem("warning", f"enum {enum.name}: Drizzle has no enum without values")


def _infos(held: Held) -> Iterator[Problem]:
    for place, what in _companion_only(held):
        yield Problem("info", f"{place}: {what}, only in the companion migration")


def _companion_only(held: Held) -> Iterator[tuple[str, str]]:
    for table in held.tables:
        place = f"table {table.name}"
        if table.force_row_security:
            yield place, "FORCE ROW LEVEL SECURITY"
        for exclusion in table.exclusions:
            yield place, f"exclusion constraint {exclusion.name}"
        for key in table.foreign_keys:
            if not held.foreign_key(key):
                yield place, f"foreign key {key.name}"
            elif reason := held.foreign_key_reason(key):
                yield place, f"{reason} of foreign key {key.name}"
        for check in table.checks:
            if reason := held.check_reason(check):
                yield place, f"check {check.name} ({reason})"
        for index in table.indexes:
            if reason := held.index_reason(index):
                yield place, f"index {index.name} ({reason})"
        for policy in table.policies:
            if reason := held.policy_reason(table, policy):
                yield place, f"policy {policy.name} ({reason})"
        for trigger in table.triggers:
            yield place, f"trigger {trigger.name}"
        if table.options or table.unlogged or table.replica_identity != "default":
            yield place, "storage parameters, UNLOGGED or REPLICA IDENTITY"
    schema = held.schema
    made = [("function", function.name) for function in schema.functions]
    made += [("domain", domain.name) for domain in schema.domains]
    made += [("type", composite.name) for composite in schema.composites]
    made += [("type", range_.name) for range_ in schema.ranges]
    made += [("statistics", statistics.name) for statistics in schema.statistics]
    made += [("extension", extension.name) for extension in schema.extensions]
    yield from ((f"{kind} {name}", "made by SQL") for kind, name in made)
    if schema.grants:
        yield "privileges", f"{len(schema.grants)} grants"


def _constraint_names(table: Table) -> set[str]:
    """The names of the constraints that CREATE TABLE holds, but for the primary key."""
    names = {unique.name for unique in table.uniques} | {check.name for check in table.checks}
    return names | {exclusion.name for exclusion in table.exclusions}
