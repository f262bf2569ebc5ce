"""Tables and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dbarchitect.errors import InputError
from dbarchitect.model.column import Column, Generated, Identity
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.sql.expression import as_default, guarded, parenthesized
from dbarchitect.sql.quote import reference
from dbarchitect.write.sql.constraint import check_clause, inline_clauses
from dbarchitect.write.sql.options import sequence_options, with_clause
from dbarchitect.write.sql.types import type_sql

Tables = Mapping[tuple[str, str], Table]


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
        inherited = effective_columns(tables, (parent.schema, parent.table)) if tables and table.columns else ()
        body = _body([*_differences(table.columns, inherited), *inline_clauses(table)])
        of = f"PARTITION OF {qualified(parent.schema, parent.table)}{f' ({body})' if body else ''}"
        return f"{head}\n  {of}\n  {guarded(parent.bound)}{_partition_by(table)}{with_clause(table.options)}"
    columns = [replace(column, identity=None) for column in table.columns] if parent else table.columns
    checks = _inherited_checks(table, tables or {})
    body = _body([*column_lines(columns, table.schema), *inline_clauses(table), *checks])
    inherits = ", ".join(qualified(*parent) for parent in table.inherits)
    tail = f" INHERITS ({inherits})" if inherits else ""
    return f"{head} ({body}){tail}{_partition_by(table)}{with_clause(table.options)}"


def _body(clauses: Sequence[str]) -> str:
    return "\n  " + ",\n  ".join(clauses) + "\n" if clauses else ""


def effective_columns(tables: Tables, key: tuple[str, str]) -> tuple[Column, ...]:
    """The columns of a table; those of its parent for a partition that has none of its own."""
    table = tables.get(key)
    if table is None:
        return ()
    if table.partition_of and not table.columns:
        return effective_columns(tables, (table.partition_of.schema, table.partition_of.table))
    return table.columns


def is_attached(table: Table, tables: Tables) -> bool:
    """Whether the partition must be made as a table first, because its columns are not those of its parent."""
    if not table.partition_of or not table.columns:
        return False
    inherited = effective_columns(tables, (table.partition_of.schema, table.partition_of.table))
    return [_shape(column) for column in table.columns] != [_shape(column) for column in inherited]


def _shape(column: Column) -> tuple[str, SqlType, str | None, bool]:
    return column.name, column.type, column.collation, column.generated is not None


def _differences(columns: Sequence[Column], inherited: Sequence[Column]) -> list[str]:
    lines = []
    for column, parent in zip(columns, inherited, strict=False):
        words = []
        if column.default != parent.default:
            words.append(f"DEFAULT {as_default(column.default if column.default is not None else 'NULL')}")
        if column.generated and column.generated != parent.generated:
            words.append(_generated(column.generated))
        if not column.nullable and parent.nullable:
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


def attach_sql(table: Table) -> str:
    """ALTER TABLE … ATTACH PARTITION.

    Raises:
        InputError: the table is no partition.
    """
    if not table.partition_of:
        raise InputError("the table is no partition", place=table.address)
    parent = qualified(table.partition_of.schema, table.partition_of.table)
    return (
        f"ALTER TABLE {parent}\n  ATTACH PARTITION {qualified(table.schema, table.name)} "
        f"{guarded(table.partition_of.bound)}"
    )


def _inherited_checks(table: Table, tables: Tables) -> list[str]:
    """Clauses of the checks that a partition to be attached takes over from its parents."""
    clauses: list[str] = []
    own = {check.name for check in table.checks}
    above = table.partition_of
    while above and (parent := tables.get((above.schema, above.table))):
        clauses += [check_clause(check) for check in parent.checks if check.name not in own and not check.no_inherit]
        above = parent.partition_of
    return clauses


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
