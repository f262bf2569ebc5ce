"""A unique constraint or primary key on a table that is in use.

When: a unique constraint or a primary key is added to a table that is not partitioned, and the runner can leave
transactions.

`ADD CONSTRAINT … UNIQUE` builds its index while nobody may read or write the table (SC11). Here the index is built
CONCURRENTLY first, and `USING INDEX` makes it the constraint's in a moment. A primary key wants columns that are NOT
NULL already, or it reads the table for it (SC12); the plan makes them so beforehand. Both statements stand in one file
without a transaction, so that one file's way back gives back what was there before it.
"""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way, hastily, is_partitioned
from dbarchitect.model.constraint import PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import qualified, quote
from dbarchitect.write.sql.constraint import drop_constraint_sql
from dbarchitect.write.sql.index import index_sql

CODE, NAME, RUNNER = "SC11", "add-unique", "dbarchitect"
SAFE = "Create a unique index CONCURRENTLY and add the constraint USING INDEX."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A build under ACCESS EXCLUSIVE."""
    element = operation.element
    if operation.action != "create" or operation.kind not in ("unique", "primary key"):
        return None
    if not scene.standing(element.owner):
        return None
    return "the constraint's index is built while nobody can read or write the table"


def way(operation: Operation, scene: Scene) -> Way | None:
    """CREATE UNIQUE INDEX CONCURRENTLY, ADD CONSTRAINT … USING INDEX."""
    table, key = operation.element.owner, operation.element.value
    if is_partitioned(table) or key.without_overlaps:
        return None
    place = f"ALTER TABLE {qualified(*table.key)}"
    word = "PRIMARY KEY" if operation.kind == "primary key" else "UNIQUE"
    added = f"{place}\n  ADD CONSTRAINT {quote(key.name)} {word} USING INDEX {quote(key.name)}{_deferral(key)}"
    built = index_sql(table, _index(key), concurrently=True)
    dropped = drop_constraint_sql(table, key.name)
    return Way((Phase("concurrently", (built, *hastily(added)), hastily(dropped), "create"),))


def _index(key: PrimaryKey | Unique) -> Index:
    nulls = isinstance(key, Unique) and key.nulls_not_distinct
    index = Index(key.name, tuple(IndexPart(column) for column in key.columns), unique=True, include=key.include)
    return replace(index, nulls_not_distinct=nulls)


def _deferral(key: PrimaryKey | Unique) -> str:
    if not (key.deferrable or key.initially_deferred):
        return ""
    return f" DEFERRABLE{' INITIALLY DEFERRED' if key.initially_deferred else ''}"
