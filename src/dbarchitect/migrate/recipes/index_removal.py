"""Dropping an index of a table that is in use.

When: an index goes, its table stays and is not partitioned, and the runner can leave transactions.

`DROP INDEX` waits for everybody who uses the table, and everybody who comes later waits behind it (IX05).
CONCURRENTLY it lets them pass. It cannot run in a transaction.
"""

from __future__ import annotations

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way, comment_keys, commented, is_partitioned
from dbarchitect.migrate.recipes.partition import is_out_and_in
from dbarchitect.write.sql.index import drop_index_sql, index_sql

CODE, NAME, RUNNER = "IX05", "drop-index", "dbarchitect"
SAFE = "Drop it CONCURRENTLY, in a file without a transaction."


def harm(operation: Operation, scene: Scene) -> str | None:
    """ACCESS EXCLUSIVE on the table."""
    if operation.action != "drop" or operation.kind != "index" or not scene.standing(operation.element.owner):
        return None
    said = scene.says(("drop", operation.address))
    if is_out_and_in(operation, scene) or not any(statement.startswith("DROP") for statement in said):
        return None  # SC15 speaks of it; or a partition's only gets another name, or goes with its parent's
    return "dropping the index stops everybody who reads or writes the table, for a moment and while it waits"


def way(operation: Operation, scene: Scene) -> Way | None:
    """DROP INDEX CONCURRENTLY."""
    relation, index = operation.element.owner, operation.element.value
    if is_partitioned(relation):
        return None
    dropped = drop_index_sql(relation, index, concurrently=True)
    created = index_sql(relation, index, concurrently=True)
    back = (created, *commented(relation, index.name))
    return Way((Phase("concurrently", (dropped,), back, "drop"),), absorbed=comment_keys(operation.address)[:1])
