"""What Drizzle's schema files can hold as it is, and why not for the rest: one answer for writer and companion.

Sources: reference/drizzle.md section 1 (missing in both lines), and drizzle-kit 0.31.11's snapshots, which join parts
of an object with `;`, `,,` and `--` and split them again, so that a part which holds the separator comes out broken.
"""

from __future__ import annotations

import re

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, ForeignKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.policy import Policy
from dbarchitect.model.schema import Schema, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.write.drizzle.expressions import words_of

VIEW_OPTIONS = {"security_barrier": "securityBarrier", "security_invoker": "securityInvoker"}
_PLAIN_TYPE = re.compile(r"[a-z_][a-z0-9_]*\Z")


def emitted_tables(schema: Schema) -> tuple[Table, ...]:
    """The tables that get a file: all but partitions, which the companion makes and nobody queries by name."""
    return tuple(table for table in schema.tables if table.partition_of is None)


def replaced_reason(schema: Schema, table: Table) -> str | None:
    """Why the companion makes the table anew instead of altering what Drizzle made; None when it does not."""
    if table.partitioning is not None:
        return "it is partitioned"
    if table.inherits:
        return "it inherits from another table"
    for column in table.columns:
        if column.collation is not None:
            return f"its column {column.name} has a collation of its own"
        if column.generated is not None and not column.generated.stored:
            return f"its column {column.name} is computed when it is read"
        if own_type_reason(schema, column.type):
            return f"the type of its column {column.name} has a name that drizzle-kit cannot quote"
    key = table.primary_key
    if key is not None and (key.include or key.deferrable or key.without_overlaps):
        return "its primary key has INCLUDE, DEFERRABLE or WITHOUT OVERLAPS"
    if any(unique.include or unique.deferrable or unique.without_overlaps for unique in table.uniques):
        return "one of its unique constraints has INCLUDE, DEFERRABLE or WITHOUT OVERLAPS"
    return None


def own_type_reason(schema: Schema, kind: SqlType) -> str | None:
    """Why a user's own type cannot be written in a schema file; None when it can (enums always can)."""
    if kind.schema is None:
        return None
    if kind.dimensions <= 1 and any((e.schema, e.name) == (kind.schema, kind.name) for e in schema.enums):
        return None
    if kind.schema != "public" or not _PLAIN_TYPE.match(kind.name):
        return "drizzle-kit puts the whole name of a custom type in one pair of quotes"
    return None


def index_reason(index: Index) -> str | None:
    """Why an index is in the companion and not in the schema file."""
    if index.include:
        return "INCLUDE"
    if index.nulls_not_distinct:
        return "NULLS NOT DISTINCT"
    if index.only:
        return "ON ONLY"
    if any(part.opclass_options or part.collation for part in index.parts):
        return "COLLATE or operator class options"
    expressions = [part.expression for part in index.parts if part.expression is not None]
    if _splits(";", index.name, index.where or "", *expressions) or _splits(",,", *expressions):
        return "a separator of drizzle-kit"
    if _splits("--", index.name, *expressions, *(part.column or "" for part in index.parts)):
        return "a separator of drizzle-kit"
    return None


def check_reason(check: Check) -> str | None:
    """Why a check is in the companion and not in the schema file."""
    if not check.validated or not check.enforced or check.no_inherit:
        return "NOT VALID, NOT ENFORCED or NO INHERIT"
    return "a separator of drizzle-kit" if _splits(";", check.name, check.expression) else None


def policy_reason(table: Table, policy: Policy) -> str | None:
    """Why a policy is in the companion and not in the schema file."""
    if not table.row_security:
        return "row level security is off, and Drizzle turns it on for every policy"
    if _splits("--", policy.name, policy.using or "", policy.check or "", *policy.roles):
        return "a separator of drizzle-kit"
    return None


def foreign_key_reason(key: ForeignKey) -> str | None:
    """Why the companion writes a foreign key once more under its name; None when Drizzle says it all."""
    if key.set_columns:
        return f"ON DELETE {key.on_delete.upper()} of some columns"
    if key.match_full:
        return "MATCH FULL"
    if key.deferrable:
        return "DEFERRABLE"
    if not key.validated or not key.enforced:
        return "NOT VALID or NOT ENFORCED"
    return "PERIOD" if key.period else None


def foreign_key_held(schema: Schema, key: ForeignKey) -> bool:
    """Whether the schema file has the foreign key, be it in a weaker form."""
    target = next((t for t in schema.tables if t.key == (key.target_schema, key.target_table)), None)
    if target is None or target.partition_of is not None or key.period:
        return False
    # PostgreSQL wants a unique constraint under the target; one that only the companion makes comes too late.
    return all(target.has(name) for name in key.target_columns) and _has_key(target, key.target_columns)


def unique_held(unique: Unique) -> bool:
    """Whether the schema file has the unique constraint (perhaps weaker, when its table is made anew)."""
    return not unique.without_overlaps


def view_reason(schema: Schema, view: View) -> str | None:
    """Why a view is declared as existing in the schema file, and made by the companion."""
    if not view.columns:
        return "its columns are not known"
    if any(name not in VIEW_OPTIONS for name, _ in view.options):
        return "an option that Drizzle has not"
    if view.check_option:
        return "WITH CHECK OPTION"
    used = words_of(view.definition)
    if any(other.name in used for other in schema.views if other is not view):
        return "it reads another view"
    if any(function.name in used for function in schema.functions):
        return "it calls a function of the schema"
    if any(table.name in used for table in schema.tables if replaced_reason(schema, table) or table.partition_of):
        return "it reads a table that the companion makes"
    return None


def virtual(column: Column) -> bool:
    """Whether the column is computed when it is read."""
    return column.generated is not None and not column.generated.stored


def _has_key(table: Table, columns: tuple[str, ...]) -> bool:
    keys = [set(unique.columns) for unique in table.uniques if not unique.without_overlaps]
    if table.primary_key is not None and not table.primary_key.without_overlaps:
        keys.append(set(table.primary_key.columns))
    # A unique index would do for PostgreSQL, but drizzle-kit 0.31 makes indexes after foreign keys (#4638).
    return set(columns) in keys


def _splits(separator: str, *texts: str) -> bool:
    return any(separator in text for text in texts)
