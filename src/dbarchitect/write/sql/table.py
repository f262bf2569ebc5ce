"""Tables and columns."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.errors import InputError
from dbarchitect.model.column import Column, Identity
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.sql.expression import as_default, guarded, parenthesized
from dbarchitect.sql.quote import reference
from dbarchitect.write.sql.constraint import check_clause, inline_clauses
from dbarchitect.write.sql.options import sequence_options, with_clause
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
        kind = "STORED" if column.generated.stored else "VIRTUAL"
        parts.append(f"GENERATED ALWAYS AS {parenthesized(column.generated.expression)} {kind}")
    if column.identity:
        parts.append(identity_sql(column.identity, table_schema))
    if not column.nullable:
        parts.append("NOT NULL")
    return f"{quote(column.name).ljust(widths[0])} {' '.join(parts)}".rstrip()


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


def table_sql(table: Table, *, inherited_checks: Sequence[str] = ()) -> str:
    """CREATE TABLE with its columns and every constraint that needs no other table.

    A partition without columns of its own is written as PARTITION OF; one with columns as a table that
    `attach_sql` makes a partition.

    Args:
        table: the table.
        inherited_checks: clauses of the parent's checks, which a table to be attached must already have.
    """
    kind = "UNLOGGED TABLE" if table.unlogged else "TABLE"
    clauses = [*column_lines(table.columns, table.schema), *inline_clauses(table), *inherited_checks]
    body = "\n  " + ",\n  ".join(clause.replace("\n", "\n  ") for clause in clauses) + "\n" if clauses else ""
    head = f"CREATE {kind} {qualified(table.schema, table.name)}"
    parent = table.partition_of
    if parent and not table.columns:
        of = f"PARTITION OF {qualified(parent.schema, parent.table)}"
        tail = f"{f' ({body})' if body else ''}\n  {guarded(parent.bound)}"
        return f"{head}\n  {of}{tail}{_partition_by(table)}{with_clause(table.options)}"
    inherits = ", ".join(qualified(*parent) for parent in table.inherits)
    tail = f" INHERITS ({inherits})" if inherits else ""
    return f"{head} ({body}){tail}{_partition_by(table)}{with_clause(table.options)}"


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


def inherited_checks(table: Table, tables: dict[tuple[str, str], Table]) -> list[str]:
    """Clauses of the checks that a partition to be attached takes over from its parents."""
    clauses: list[str] = []
    own = {check.name for check in table.checks}
    parent = tables.get((table.partition_of.schema, table.partition_of.table)) if table.partition_of else None
    while parent:
        clauses += [check_clause(check) for check in parent.checks if check.name not in own and not check.no_inherit]
        above = parent.partition_of
        parent = tables.get((above.schema, above.table)) if above else None
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
