"""An index on a table that is in use.

When: an index is added to a table that is not partitioned, or to a partition of its own, and the files are run by a
runner that can leave transactions.

`CREATE INDEX` stops everybody who writes to the table until it is built (IX01). CONCURRENTLY it stops nobody: it reads
the table twice and waits for transactions that are older than itself. It cannot run in a transaction, so it has a file
without one, and no lock_timeout: waiting hurts nobody, and giving up would leave an invalid index behind (IX03, IX04).
"""

from __future__ import annotations

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.partitions import piece_of
from dbarchitect.migrate.recipe import Phase, Scene, Way, is_partitioned
from dbarchitect.model.table import Table
from dbarchitect.write.sql.index import drop_index_sql, index_sql

CODE, NAME, RUNNER = "IX01", "create-index", "dbarchitect"
SAFE = "Create it CONCURRENTLY, in a file without a transaction."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A build under SHARE; of a partitioned table's, IX12 speaks."""
    owner = operation.element.owner
    if operation.action != "create" or operation.kind != "index" or not scene.standing(owner):
        return None
    if (isinstance(owner, Table) and owner.partitioning) or not builds(operation, scene):
        return None
    return "building the index stops everybody who writes to the table"


def builds(operation: Operation, scene: Scene) -> bool:
    """Whether an index is built; a partition's may only get another name."""
    return any(statement.startswith("CREATE") for statement in scene.says(("create", operation.address)))


def way(operation: Operation, scene: Scene) -> Way | None:
    """CREATE INDEX CONCURRENTLY."""
    relation, index = operation.element.owner, operation.element.value
    if is_partitioned(relation) and not _is_leaf(relation, operation):
        return None
    created = index_sql(relation, index, concurrently=True)
    dropped = drop_index_sql(relation, index, concurrently=True)
    return Way((Phase("concurrently", (created,), (dropped,), "create"),))


def _is_leaf(relation: object, operation: Operation) -> bool:
    """Whether it is a partition without partitions, and the index no part of its parent's."""
    piece = piece_of(operation.element)
    if not isinstance(relation, Table) or relation.partitioning or relation.inherits or piece is None:
        return False
    return relation.partition_of is not None and not piece.attached_to
