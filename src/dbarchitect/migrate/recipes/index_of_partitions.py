"""An index on a partitioned table that is in use.

When: an index is added to a partitioned table that has partitions, none of which has something of its own that could
take a part in it, and the files are run by a runner that can leave transactions.

`CREATE INDEX` on a partitioned table stops everybody who writes to any partition until all are built, and CONCURRENTLY
is refused there (IX12). `ON ONLY` the parent it reads nothing and is of no use yet; each partition gets its own
CONCURRENTLY; and when the last one is attached, the parent's is valid. A partition that comes in between gets its part
by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.partitions import copy_name, stays
from dbarchitect.migrate.recipe import Phase, Scene, Way, hastily
from dbarchitect.model.index import Index
from dbarchitect.model.inheritance import fits, partitions, pieces_of
from dbarchitect.model.table import Table
from dbarchitect.write.sql.index import drop_index_sql, index_sql
from dbarchitect.write.sql.partition import attach_index_sql

CODE, NAME, RUNNER = "IX12", "partitioned-index", "dbarchitect"
SAFE = "Create it ON ONLY the parent, CONCURRENTLY on each partition, and attach those."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A build of all partitions under SHARE."""
    table = operation.element.owner
    if operation.action != "create" or operation.kind != "index" or not scene.standing(table):
        return None
    if not isinstance(table, Table) or operation.element.value.only:
        return None
    if not any(scene.standing(part) for part in partitions(table, scene.difference.context.after.tables)):
        return None
    return "building the index stops everybody who writes to any partition"


def way(operation: Operation, scene: Scene) -> Way | None:
    """ON ONLY, CONCURRENTLY for each partition, ATTACH."""
    table, index = operation.element.owner, operation.element.value
    found = _Statements(scene)
    if scene.says(("drop", operation.address)) or not found.of(table, index):
        return None
    up = (*hastily(index_sql(table, replace(index, only=True))), *found.built, *hastily(*found.attached))
    return Way((Phase("concurrently", up, hastily(drop_index_sql(table, index)), "create"),))


@dataclass
class _Statements:
    """What builds the parts, and what attaches them."""

    scene: Scene
    built: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)

    def of(self, table: Table, index: Index) -> bool:
        """Whether each partition, at any depth, can get its part so; notes the statements."""
        return all(self._part(partition, index) for partition in self._partitions(table))

    def _partitions(self, table: Table) -> Iterator[Table]:
        return partitions(table, self.scene.difference.context.after.tables)

    def _part(self, partition: Table, index: Index) -> bool:
        context = self.scene.difference.context
        if not stays(partition, context) or any(fits(piece, index) for piece in pieces_of(partition)):
            return False
        name = copy_name(partition, index, context.after_tables)
        part = replace(index, name=name, comment=None, attached_to=index.name)
        if partition.partitioning is None:
            self.built.append(index_sql(partition, part, concurrently=True))
        else:
            self.built += hastily(index_sql(partition, replace(part, only=True)))
            if not self.of(partition, part):
                return False
        self.attached.append(attach_index_sql(partition, part))
        return True
