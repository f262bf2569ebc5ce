"""Tables and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dbarchitect.errors import InputError
from dbarchitect.model.column import Column, Generated, Identity
from dbarchitect.model.inheritance import Tables, effective_columns
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.sql.expression import as_default, guarded, parenthesized
from dbarchitect.sql.quote import reference
from dbarchitect.write.sql.constraint import inline_clauses
from dbarchitect.write.sql.options import sequence_options, with_clause
from dbarchitect.write.sql.partition import inherited_checks, is_attached
from dbarchitect.write.sql.types import type_sql


def column_sql(column: Column, *, table_schema: str = "public", widths: tuple[int, int] = (0, 0)) -> str:
    """A column as CREATE TABLE and ADD COLUMN take it.

    Args:
        column: the column.
        table_schema: the schema in which a named identity sequence lies.
        widths: widths of the name and of the type, to align a table's columns.
    """
    parts = [type_sql(column.type).ljust(widths[1])]
    if column.collation:
        parts.append(f"COLLATE {reference(column.collation)}")
    if column.default is not None:
        parts.append(f"DEFAULT {as_default(column.default)}")
    if column.generated:
        parts.append(_generated(column.generated))
    if column.identity:
        parts.append(identity_sql(column.identity, table_schema))
    if not column.nullable:
        parts.append("NOT NULL")
    return f"{quote(column.name).ljust(widths[0])} {' '.join(parts)}".rstrip()


def _generated(generated: Generated) -> str:
    kind = "STORED" if generated.stored else "VIRTUAL"
    return f"GENERATED ALWAYS AS {parenthesized(generated.expression)} {kind}"


def identity_sql(identity: Identity, table_schema: str) -> str:
    """GENERATED … AS IDENTITY with the options that are not PostgreSQL's defaults."""
    options = sequence_options(identity.options)
    if identity.sequence:
        options = f"SEQUENCE NAME {qualified(table_schema, identity.sequence)} {options}".strip()
    return f"GENERATED {'ALWAYS' if identity.always else 'BY DEFAULT'} AS IDENTITY{f' ({options})' if options else ''}"


def column_lines(columns: Sequence[Column], table_schema: str = "public") -> list[str]:
    """The columns with their names and types aligned."""
    name_width = max((len(quote(column.name)) for column in columns), default=0)
    type_width = max((len(type_sql(column.type)) for column in columns), default=0)
    return [column_sql(column, table_schema=table_schema, widths=(name_width, type_width)) for column in columns]


def table_sql(table: Table, tables: Tables | None = None) -> str:
    """CREATE TABLE with its columns and every constraint that needs no other table.

    A partition is written as PARTITION OF, with what it does otherwise than its parent, when its columns stand in the
    same order; else as a table that `attach_sql` makes a partition (`is_attached`).

    Args:
        table: the table.
        tables: the parents of partitions, by (schema, name).
    """
    kind = "UNLOGGED TABLE" if table.unlogged else "TABLE"
    head = f"CREATE {kind} {qualified(table.schema, table.name)}"
    parent = table.partition_of
    if parent and not is_attached(table, tables or {}):
        said = table.columns or effective_columns(tables or {}, table.key)
        inherited = effective_columns(tables, (parent.schema, parent.table)) if tables else ()
        body = _body([*_differences(said, inherited, table.own_not_nulls), *inline_clauses(table, tables)])
        of = f"PARTITION OF {qualified(parent.schema, parent.table)}{f' ({body})' if body else ''}"
        return f"{head}\n  {of}\n  {guarded(parent.bound)}{_partition_by(table)}{with_clause(table.options)}"
    said = effective_columns(tables or {}, table.key) if parent and not table.columns else table.columns
    columns = [replace(column, identity=None) for column in said] if parent else said
    checks = inherited_checks(table, tables or {})
    body = _body([*column_lines(columns, table.schema), *inline_clauses(table, tables), *checks])
    inherits = ", ".join(qualified(*parent) for parent in table.inherits)
    tail = f" INHERITS ({inherits})" if inherits else ""
    return f"{head} ({body}){tail}{_partition_by(table)}{with_clause(table.options)}"


def _body(clauses: Sequence[str]) -> str:
    return "\n  " + ",\n  ".join(clauses) + "\n" if clauses else ""


def _differences(columns: Sequence[Column], inherited: Sequence[Column], own: Sequence[str]) -> list[str]:
    lines = []
    for column, parent in zip(columns, inherited, strict=False):
        words = []
        if column.default != parent.default:
            words.append(f"DEFAULT {as_default(column.default if column.default is not None else 'NULL')}")
        if column.generated and column.generated != parent.generated:
            words.append(_generated(column.generated))
        if not column.nullable and (parent.nullable or column.name in own):
            words.append("NOT NULL")
        if words:
            lines.append(f"{quote(column.name)} {' '.join(words)}")
    return lines


def _partition_by(table: Table) -> str:
    if not table.partitioning:
        return ""
    strategy = table.partitioning.strategy.upper()
    if strategy not in ("RANGE", "LIST", "HASH"):
        raise InputError(f"no strategy of partitioning: {table.partitioning.strategy!r}", place=table.address)
    return f"\n  PARTITION BY {strategy} ({', '.join(guarded(key) for key in table.partitioning.keys)})"


def replica_identity_sql(table: Table) -> str:
    """ALTER TABLE … REPLICA IDENTITY."""
    word = table.replica_identity.upper()
    if word not in ("DEFAULT", "FULL", "NOTHING"):
        word = f"USING INDEX {quote(table.replica_identity)}"
    return f"ALTER TABLE {qualified(table.schema, table.name)} REPLICA IDENTITY {word}"


def row_security_sql(table: Table, *, enable: bool = True) -> str:
    """ALTER TABLE … ENABLE or DISABLE ROW LEVEL SECURITY."""
    word = "ENABLE" if enable else "DISABLE"
    return f"ALTER TABLE {qualified(table.schema, table.name)} {word} ROW LEVEL SECURITY"


def force_row_security_sql(table: Table, *, force: bool = True) -> str:
    """ALTER TABLE … FORCE or NO FORCE ROW LEVEL SECURITY."""
    word = "FORCE" if force else "NO FORCE"
    return f"ALTER TABLE {qualified(table.schema, table.name)} {word} ROW LEVEL SECURITY"
