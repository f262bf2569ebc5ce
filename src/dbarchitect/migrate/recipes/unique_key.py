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
from dbarchitect.model.table import Table
from dbarchitect.write.sql.constraint import drop_constraint_sql
from dbarchitect.write.sql.index import index_sql

CODE, NAME, RUNNER = "SC11", "add-unique", "dbarchitect"
SAFE = "Create a unique index CONCURRENTLY and add the constraint USING INDEX."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A build under ACCESS EXCLUSIVE."""
    element = operation.element
    if operation.action != "create" or operation.kind not in ("unique", "primary key"):
        return None
    if not any(" ADD " in statement for statement in scene.says(("create", operation.address))):
        return None  # a partition's may only get another name
    if not scene.standing(element.owner):
        return None
    return "the constraint's index is built while nobody can read or write the table"


def way(operation: Operation, scene: Scene) -> Way | None:
    """CREATE UNIQUE INDEX CONCURRENTLY, ADD CONSTRAINT … USING INDEX."""
    table, key = operation.element.owner, operation.element.value
    if is_partitioned(table) or key.without_overlaps:
        return None
    built = index_sql(table, index_behind(key), concurrently=True)
    dropped = drop_constraint_sql(table, key.name)
    return Way((Phase("concurrently", (built, *hastily(using_index(table, key))), hastily(dropped), "create"),))


def using_index(table: Table, key: PrimaryKey | Unique) -> str:
    """ADD CONSTRAINT … USING INDEX, of the same name."""
    word = "PRIMARY KEY" if isinstance(key, PrimaryKey) else "UNIQUE"
    place = f"ALTER TABLE {qualified(*table.key)}"
    return f"{place}\n  ADD CONSTRAINT {quote(key.name)} {word} USING INDEX {quote(key.name)}{_deferral(key)}"


def index_behind(key: PrimaryKey | Unique) -> Index:
    """The index that a key stands on, under its name."""
    nulls = isinstance(key, Unique) and key.nulls_not_distinct
    index = Index(key.name, tuple(IndexPart(column) for column in key.columns), unique=True, include=key.include)
    return replace(index, nulls_not_distinct=nulls)


def _deferral(key: PrimaryKey | Unique) -> str:
    if not (key.deferrable or key.initially_deferred):
        return ""
    return f" DEFERRABLE{' INITIALLY DEFERRED' if key.initially_deferred else ''}"
