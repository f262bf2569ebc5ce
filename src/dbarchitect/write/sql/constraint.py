"""Constraints: clauses for CREATE TABLE, and the ALTER TABLE statements around them."""

from __future__ import annotations

from collections.abc import Iterable

from dbarchitect.model.constraint import Check, Exclusion, ExclusionElement, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.inheritance import Piece, Tables, above, effective_columns, is_rival, keys_of
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.sql.expression import as_index_key, guarded, parenthesized
from dbarchitect.sql.quote import operator, reference

_LINE = 100


def column_list(names: Iterable[str]) -> str:
    """`("a", "b")`."""
    return "(" + ", ".join(quote(name) for name in names) + ")"


def primary_key_clause(key: PrimaryKey) -> str:
    """CONSTRAINT … PRIMARY KEY (…)."""
    return f"CONSTRAINT {quote(key.name)} PRIMARY KEY {_key(key)}{_deferral(key)}"


def unique_clause(unique: Unique) -> str:
    """CONSTRAINT … UNIQUE (…)."""
    nulls = "NULLS NOT DISTINCT " if unique.nulls_not_distinct else ""
    return f"CONSTRAINT {quote(unique.name)} UNIQUE {nulls}{_key(unique)}{_deferral(unique)}"


def _key(key: PrimaryKey | Unique) -> str:
    columns = [quote(name) for name in key.columns]
    if key.without_overlaps:
        columns[-1] += " WITHOUT OVERLAPS"
    include = f" INCLUDE {column_list(key.include)}" if key.include else ""
    return f"({', '.join(columns)}){include}"


def check_clause(check: Check) -> str:
    """CONSTRAINT … CHECK (…)."""
    words = [f"CONSTRAINT {quote(check.name)} CHECK {parenthesized(check.expression)}"]
    if check.no_inherit:
        words.append("NO INHERIT")
    if not check.enforced:
        words.append("NOT ENFORCED")
    elif not check.validated:
        words.append("NOT VALID")
    return " ".join(words)


def exclusion_clause(exclusion: Exclusion) -> str:
    """CONSTRAINT … EXCLUDE USING …."""
    elements = ", ".join(_exclusion_element(element) for element in exclusion.elements)
    sql = f"CONSTRAINT {quote(exclusion.name)} EXCLUDE USING {quote(exclusion.method)} ({elements})"
    if exclusion.include:
        sql += f" INCLUDE {column_list(exclusion.include)}"
    if exclusion.where is not None:
        sql += f" WHERE {parenthesized(exclusion.where)}"
    return sql + _deferral(exclusion)


def _exclusion_element(element: ExclusionElement) -> str:
    key = quote(element.column) if element.column is not None else as_index_key(element.expression or "")
    opclass = f" {reference(element.opclass)}" if element.opclass else ""
    return f"{key}{opclass} WITH {operator(element.operator)}"


def foreign_key_clause(key: ForeignKey, indent: str = "    ") -> str:
    """CONSTRAINT … FOREIGN KEY … REFERENCES …; on two lines when it is long, the second one indented."""
    columns, targets = [quote(name) for name in key.columns], [quote(name) for name in key.target_columns]
    if key.period:
        columns[-1], targets[-1] = f"PERIOD {columns[-1]}", f"PERIOD {targets[-1]}"
    head = f"CONSTRAINT {quote(key.name)} FOREIGN KEY ({', '.join(columns)})"
    words = [f"REFERENCES {qualified(key.target_schema, key.target_table)} ({', '.join(targets)})"]
    if key.match_full:
        words.append("MATCH FULL")
    if key.on_update != "no action":
        words.append(f"ON UPDATE {key.on_update.upper()}")
    if key.on_delete != "no action":
        words.append(f"ON DELETE {key.on_delete.upper()}")
    if key.set_columns:
        words.append(column_list(key.set_columns))
    tail = " ".join(words) + _deferral(key)
    if not key.enforced:
        tail += " NOT ENFORCED"
    elif not key.validated:
        tail += " NOT VALID"
    return f"{head}{' ' if len(head) + len(tail) < _LINE else chr(10) + indent}{tail}"


def _deferral(constraint: PrimaryKey | Unique | Exclusion | ForeignKey) -> str:
    if not (constraint.deferrable or constraint.initially_deferred):
        return ""
    return " DEFERRABLE INITIALLY DEFERRED" if constraint.initially_deferred else " DEFERRABLE"


def key_clause(key: PrimaryKey | Unique | Exclusion) -> str:
    """The clause of a constraint that stands on an index."""
    if isinstance(key, Exclusion):
        return exclusion_clause(key)
    return primary_key_clause(key) if isinstance(key, PrimaryKey) else unique_clause(key)


def add_key_sql(table: Table, key: PrimaryKey | Unique | Exclusion) -> str:
    """ALTER TABLE … ADD with the clause of a key; ONLY the table when it says so."""
    return add_constraint_sql(table, key_clause(key), only=key.only)


def add_constraint_sql(table: Table, clause: str, *, only: bool = False) -> str:
    """ALTER TABLE … ADD with a clause of this module."""
    return f"ALTER TABLE {'ONLY ' if only else ''}{qualified(table.schema, table.name)}\n  ADD {clause}"


def foreign_key_sql(table: Table, key: ForeignKey) -> str:
    """ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY …."""
    return add_constraint_sql(table, foreign_key_clause(key))


def drop_constraint_sql(table: Table, name: str) -> str:
    """ALTER TABLE … DROP CONSTRAINT."""
    return f"ALTER TABLE {qualified(table.schema, table.name)} DROP CONSTRAINT {quote(name)}"


def inline_clauses(table: Table, tables: Tables | None = None) -> list[str]:
    """The constraints that CREATE TABLE can hold as they are: primary key, uniques, checks, exclusions.

    A check that is NOT VALID is added afterwards, because CREATE TABLE would mark it valid; so is a key that `is_late`.
    """
    keys = [key for key in keys_of(table) if not is_late(table, key, tables or {})]
    clauses = [key_clause(key) for key in keys if not isinstance(key, Exclusion)]
    clauses += [check_clause(check) for check in table.checks if not waits(check)]
    clauses += [key_clause(key) for key in keys if isinstance(key, Exclusion)]
    return [guarded(clause) for clause in clauses]


def is_late(table: Table, piece: Piece, tables: Tables) -> bool:
    """Whether a key or index must come after the table's partitions, or after what its parent has.

    So must a primary key when CREATE TABLE would make a NOT NULL of the parent's the partition's own, too.
    """
    if (piece.only and table.partitioning is not None) or is_rival(table, piece, tables):
        return True
    parent = next(above(table, tables), None)
    if parent is None or not isinstance(piece, PrimaryKey) or piece.attached_to:
        return False
    required = {column.name for column in effective_columns(tables, parent.key) if not column.nullable}
    return bool(set(piece.columns) & required - set(table.own_not_nulls))


def waits(check: Check) -> bool:
    """Whether the check must be added by ALTER TABLE."""
    return check.enforced and not check.validated
