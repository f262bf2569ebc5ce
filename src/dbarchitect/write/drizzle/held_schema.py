"""The part of a schema that Drizzle holds, as a schema: what drizzle-kit makes of our files, and what comes before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dbarchitect.model.schema import Domain, Schema, View
from dbarchitect.model.table import Table
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.sql.dependencies import node_key


def held_schema(held: Held) -> Schema:
    """What stands in the database after the `before` part and drizzle-kit's own SQL.

    Tables are without what Drizzle cannot say; tables that the companion makes anew are in the form that Drizzle knows.
    """
    schema = held.schema
    before = before_schema(held)
    return Schema(
        tables=tuple(_table(held, table) for table in held.tables),
        enums=(*(replace(enum, comment=None) for enum in held.enums), *before.enums),
        domains=before.domains,
        composites=before.composites,
        ranges=before.ranges,
        sequences=(*(replace(s, owned_by=None, comment=None) for s in held.sequences), *before.sequences),
        views=tuple(_view(view) for view in schema.views if held.view_reason(view) is None),
        functions=before.functions,
        extensions=before.extensions,
        namespaces=tuple(replace(namespace, comment=None) for namespace in schema.namespaces),
    )


def before_schema(held: Held) -> Schema:
    """What must exist before drizzle-kit's SQL can run: extensions, and types and functions that tables use."""
    schema = held.schema
    first = held.first
    return Schema(
        enums=tuple(replace(enum, comment=None) for enum in schema.enums if node_key(enum) in first),
        domains=tuple(_bare_domain(d) for d in schema.domains if node_key(d) in first),
        composites=tuple(replace(c, comment=None) for c in schema.composites if node_key(c) in first),
        ranges=tuple(replace(r, comment=None) for r in schema.ranges if node_key(r) in first),
        sequences=tuple(replace(s, owned_by=None, comment=None) for s in schema.sequences if node_key(s) in first),
        functions=tuple(replace(f, comment=None) for f in schema.functions if node_key(f) in first),
        extensions=tuple(replace(extension, comment=None) for extension in schema.extensions),
        namespaces=tuple(
            replace(namespace, comment=None) for namespace in schema.namespaces if namespace.name not in held.namespaces
        ),
    )


def without(schema: Schema, other: Schema) -> Schema:
    """What is in `schema` and not in `other`, by whole objects."""
    kinds = (
        "tables", "enums", "domains", "composites", "ranges", "sequences", "views", "functions", "statistics",
        "extensions", "namespaces", "grants",
    )  # fmt: skip
    left: dict[str, Any] = {
        kind: tuple(item for item in getattr(schema, kind) if item not in getattr(other, kind)) for kind in kinds
    }
    return replace(schema, **left)


def _table(held: Held, table: Table) -> Table:
    key = table.primary_key
    return Table(
        table.schema,
        table.name,
        columns=tuple(held.column(column) for column in table.columns),
        primary_key=replace(
            key, include=(), deferrable=False, initially_deferred=False, without_overlaps=False, comment=None
        )
        if key
        else None,
        uniques=tuple(
            replace(unique, include=(), deferrable=False, initially_deferred=False, comment=None)
            for unique in table.uniques
            if not unique.without_overlaps
        ),
        foreign_keys=tuple(
            replace(
                foreign_key, set_columns=(), match_full=False, deferrable=False, initially_deferred=False,
                validated=True, enforced=True, comment=None,
            )
            for foreign_key in table.foreign_keys
            if held.foreign_key(foreign_key)
        ),
        checks=tuple(replace(check, comment=None) for check in table.checks if held.check_reason(check) is None),
        indexes=tuple(replace(index, comment=None) for index in table.indexes if held.index_reason(index) is None),
        policies=tuple(
            replace(policy, comment=None) for policy in table.policies if held.policy_reason(table, policy) is None
        ),
        row_security=table.row_security,
    )  # fmt: skip


def _view(view: View) -> View:
    return replace(view, indexes=(), triggers=(), comment=None)


def _bare_domain(domain: Domain) -> Domain:
    return replace(domain, comment=None, checks=tuple(replace(check, comment=None) for check in domain.checks))
