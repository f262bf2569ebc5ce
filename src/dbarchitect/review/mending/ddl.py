"""The statements that a fix means for the database; without a semicolon at the end, as everywhere."""

from __future__ import annotations

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.sql.expression import as_default
from dbarchitect.write.sql import constraint as sql
from dbarchitect.write.sql.index import drop_index_sql, index_sql
from dbarchitect.write.sql.table import column_sql
from dbarchitect.write.sql.types import type_sql

Constraint = PrimaryKey | Unique | ForeignKey | Check | Exclusion


def add(table: Table, thing: Constraint | Index) -> str:
    """CREATE INDEX, or ALTER TABLE … ADD CONSTRAINT."""
    if isinstance(thing, Index):
        return index_sql(table, thing)
    if isinstance(thing, ForeignKey):
        return sql.foreign_key_sql(table, thing)
    if isinstance(thing, PrimaryKey):
        return sql.add_constraint_sql(table, sql.primary_key_clause(thing))
    if isinstance(thing, Unique):
        return sql.add_constraint_sql(table, sql.unique_clause(thing))
    clause = sql.check_clause(thing) if isinstance(thing, Check) else sql.exclusion_clause(thing)
    return sql.add_constraint_sql(table, clause)


def drop(table: Table, thing: Constraint | Index) -> str:
    """DROP INDEX, or ALTER TABLE … DROP CONSTRAINT."""
    return drop_index_sql(table, thing) if isinstance(thing, Index) else sql.drop_constraint_sql(table, thing.name)


def add_column(table: Table, column: Column) -> str:
    """ALTER TABLE … ADD COLUMN."""
    return f"ALTER TABLE {qualified(table.schema, table.name)} ADD COLUMN {column_sql(column)}"


def alter_column(table: Table, column: str, action: str) -> str:
    """ALTER TABLE … ALTER COLUMN with an action such as `SET NOT NULL`."""
    return f"ALTER TABLE {qualified(table.schema, table.name)} ALTER COLUMN {quote(column)} {action}"


def retype(table: Table, column: str, kind: SqlType, using: str | None) -> str:
    """ALTER TABLE … ALTER COLUMN … TYPE, with USING where a cast must be said."""
    said = f" USING {using}" if using else ""
    return alter_column(table, column, f"TYPE {type_sql(kind)}{said}")


def set_default(table: Table, column: str, expression: str) -> str:
    """ALTER TABLE … ALTER COLUMN … SET DEFAULT."""
    return alter_column(table, column, f"SET DEFAULT {as_default(expression)}")
