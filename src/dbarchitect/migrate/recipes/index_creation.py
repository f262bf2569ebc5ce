"""An index on a table that is in use.

When: an index is added to a table that is not partitioned, and the files are run by a runner that can leave
transactions.

`CREATE INDEX` stops everybody who writes to the table until it is built (IX01). CONCURRENTLY it stops nobody: it reads
the table twice and waits for transactions that are older than itself. It cannot run in a transaction, so it has a file
without one, and no lock_timeout: waiting hurts nobody, and giving up would leave an invalid index behind (IX03, IX04).
"""

from __future__ import annotations

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way, is_partitioned
from dbarchitect.write.sql.index import drop_index_sql, index_sql

CODE, NAME, RUNNER = "IX01", "create-index", "dbarchitect"
SAFE = "Create it CONCURRENTLY, in a file without a transaction."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A build under SHARE."""
    if operation.action != "create" or operation.kind != "index" or not scene.standing(operation.element.owner):
        return None
    return "building the index stops everybody who writes to the table"


def way(operation: Operation, scene: Scene) -> Way | None:
    """CREATE INDEX CONCURRENTLY."""
    relation, index = operation.element.owner, operation.element.value
    if is_partitioned(relation):
        return None
    created = index_sql(relation, index, concurrently=True)
    dropped = drop_index_sql(relation, index, concurrently=True)
    return Way((Phase("concurrently", (created,), (dropped,), "create"),))
