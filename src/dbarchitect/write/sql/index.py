"""Indexes."""

from __future__ import annotations

from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import View
from dbarchitect.model.table import Table
from dbarchitect.sql.expression import as_index_key, guarded, parenthesized
from dbarchitect.sql.quote import reference
from dbarchitect.write.sql.constraint import column_list
from dbarchitect.write.sql.options import with_clause


def index_sql(relation: Table | View, index: Index, *, concurrently: bool = False) -> str:
    """CREATE INDEX on a table or materialized view; long ones take a line a clause.

    Raises:
        InputError: options of an operator class that is not named.
    """
    words = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {'CONCURRENTLY ' if concurrently else ''}"
    where = f"ON {'ONLY ' if index.only else ''}{qualified(relation.schema, relation.name)}"
    method = "" if index.method == "btree" else f" USING {quote(index.method)}"
    place = address("index", relation.schema, index.name)
    clauses = [f"{where}{method} ({', '.join(_part(part, place) for part in index.parts)})"]
    if index.include:
        clauses.append(f"INCLUDE {column_list(index.include)}")
    if index.nulls_not_distinct:
        clauses.append("NULLS NOT DISTINCT")
    if index.options:
        clauses.append(with_clause(index.options).strip())
    if index.where is not None:
        clauses.append(f"WHERE {parenthesized(index.where)}")
    head = f"{words}{quote(index.name)}"
    flat = " ".join([head, *clauses])
    return flat if len(flat) <= 100 else "\n  ".join([head, *clauses])


def _part(part: IndexPart, place: str) -> str:
    words = [quote(part.column) if part.column is not None else as_index_key(part.expression or "")]
    if part.collation:
        words.append(f"COLLATE {reference(part.collation)}")
    if part.opclass_options and not part.opclass:
        raise InputError("the options of an operator class need its name", place=place)
    if part.opclass:
        words.append(reference(part.opclass))
    if part.opclass_options:
        words.append(guarded("(" + ", ".join(part.opclass_options) + ")"))
    if part.descending:
        words.append("DESC")
    if part.puts_nulls_first != part.descending:
        words.append("NULLS FIRST" if part.puts_nulls_first else "NULLS LAST")
    return " ".join(words)


def drop_index_sql(relation: Table | View, index: Index, *, concurrently: bool = False) -> str:
    """DROP INDEX."""
    return f"DROP INDEX {'CONCURRENTLY ' if concurrently else ''}{qualified(relation.schema, index.name)}"
