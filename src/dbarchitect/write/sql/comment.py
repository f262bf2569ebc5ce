"""Comments on everything that can have one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbarchitect.model.address import address
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Composite, Domain, RangeType, Schema, View
from dbarchitect.model.table import Table
from dbarchitect.sql.quote import literal
from dbarchitect.write.sql.routine import function_address, signature
from dbarchitect.write.sql.statement import Statement


def comment_sql(on: str, comment: str | None) -> str:
    """COMMENT ON … IS …; None takes the comment away.

    Args:
        on: what it is about, as COMMENT ON names it: `TABLE "public"."users"`.
        comment: the text.
    """
    return f"COMMENT ON {on} IS {literal(comment) if comment is not None else 'NULL'}"


def comments(schema: Schema) -> tuple[Statement, ...]:
    """A statement for each comment of the schema."""
    return statements(commentable(schema))


def commentable(schema: Schema) -> list[Found]:
    """Everything in the schema that can have a comment, with the one that it has."""
    found = [*_of_database(schema), *_of_types(schema)]
    for table in schema.tables:
        found += table_comments(table)
    for view in schema.views:
        found += view_comments(view)
    for function in schema.functions:
        on = f"{function.kind.upper()} {signature(function)}"
        found.append((function_address(function), on, function.comment))
    return found


Found = tuple[str, str, str | None]
"""(address, what COMMENT ON names, comment)."""


def statements(found: Iterable[Found]) -> tuple[Statement, ...]:
    """Statements for those that have a comment."""
    return tuple(
        Statement(comment_sql(on, comment), place, "comment") for place, on, comment in found if comment is not None
    )


def _of_database(schema: Schema) -> Iterator[Found]:
    for namespace in schema.namespaces:
        yield address("namespace", namespace.name), f"SCHEMA {quote(namespace.name)}", namespace.comment
    for extension in schema.extensions:
        yield address("extension", extension.name), f"EXTENSION {quote(extension.name)}", extension.comment


def _of_types(schema: Schema) -> Iterator[Found]:
    for enum in schema.enums:
        yield address("enum", enum.schema, enum.name), f"TYPE {qualified(enum.schema, enum.name)}", enum.comment
    for domain in schema.domains:
        yield from domain_comments(domain)
    others: tuple[Composite | RangeType, ...] = (*schema.composites, *schema.ranges)
    for type_ in others:
        yield address("type", type_.schema, type_.name), f"TYPE {qualified(type_.schema, type_.name)}", type_.comment
    for sequence in schema.sequences:
        name = qualified(sequence.schema, sequence.name)
        yield address("sequence", sequence.schema, sequence.name), f"SEQUENCE {name}", sequence.comment
    for statistics in schema.statistics:
        name = qualified(statistics.schema, statistics.name)
        yield address("statistics", statistics.schema, statistics.name), f"STATISTICS {name}", statistics.comment


def domain_comments(domain: Domain) -> Iterator[Found]:
    """The domain's comment and those of its checks."""
    name = qualified(domain.schema, domain.name)
    yield address("domain", domain.schema, domain.name), f"DOMAIN {name}", domain.comment
    for check in domain.checks:
        place = address("constraint", domain.schema, domain.name, check.name)
        yield place, f"CONSTRAINT {quote(check.name)} ON DOMAIN {name}", check.comment


def table_comments(table: Table) -> Iterator[Found]:
    """The comments of a table and of everything that belongs to it."""
    name = qualified(table.schema, table.name)
    yield table.address, f"TABLE {name}", table.comment
    for column in (column for column in table.columns if column.comment is not None):
        yield table.column_address(column.name), f"COLUMN {name}.{quote(column.name)}", column.comment
    key = (table.primary_key,) if table.primary_key else ()
    for constraint in (*key, *table.uniques, *table.foreign_keys, *table.checks, *table.exclusions):
        place = table.constraint_address(constraint.name)
        yield place, f"CONSTRAINT {quote(constraint.name)} ON {name}", constraint.comment
    yield from _of_parts(table)
    for policy in table.policies:
        yield table.policy_address(policy.name), f"POLICY {quote(policy.name)} ON {name}", policy.comment


def view_comments(view: View) -> Iterator[Found]:
    """The comments of a view, its indexes and triggers."""
    kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    yield address("view", view.schema, view.name), f"{kind} {qualified(view.schema, view.name)}", view.comment
    yield from _of_parts(view)


def _of_parts(relation: Table | View) -> Iterator[Found]:
    name = qualified(relation.schema, relation.name)
    for index in relation.indexes:
        on = f"INDEX {qualified(relation.schema, index.name)}"
        yield address("index", relation.schema, index.name), on, index.comment
    for trigger in relation.triggers:
        place = address("trigger", relation.schema, relation.name, trigger.name)
        yield place, f"TRIGGER {quote(trigger.name)} ON {name}", trigger.comment
