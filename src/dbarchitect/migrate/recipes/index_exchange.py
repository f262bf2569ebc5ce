"""Another index of the same name, without a moment that has none.

When: an index changes its definition and keeps its name, nothing else in the plan is in between, the table is not
partitioned, and the runner can leave transactions.

Dropping and creating leaves a gap in which queries are slow and duplicates pass a unique index (IX08). So the new one
is built beside the old one under another name, the old one goes, and the new one takes its name.
"""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.company import Key
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way, comment_keys, commented, is_partitioned
from dbarchitect.model.index import Index
from dbarchitect.model.names import fit, qualified, quote
from dbarchitect.model.schema import View
from dbarchitect.model.table import Table
from dbarchitect.write.sql.index import drop_index_sql, index_sql

CODE, NAME, RUNNER = "IX08", "replace-index", "dbarchitect"
SAFE = "Build the new index CONCURRENTLY under another name, drop the old one, rename the new one."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A gap."""
    if operation.action != "create" or operation.kind != "index" or not scene.standing(operation.element.owner):
        return None
    if not scene.says(("drop", operation.address)):
        return None
    return "between dropping the index and building the new one there is none"


def way(operation: Operation, scene: Scene) -> Way | None:
    """CREATE, DROP, RENAME."""
    relation, index = operation.element.owner, operation.element.value
    old, created = ("drop", operation.address), ("create", operation.address)
    if (
        is_partitioned(relation)
        or scene.waiters(old) - {created, *comment_keys(operation.address)}
        or _waits(scene, created) - {old, *comment_keys(operation.address)}
    ):
        return None
    was = scene.difference.before[operation.address]
    there = _exchanged(relation, was.value, index)
    back = _exchanged(was.owner, index, was.value)
    absorbed = (old, *comment_keys(operation.address))
    return Way((Phase("concurrently", there, back, "replace"),), absorbed=absorbed)


def _waits(scene: Scene, key: Key) -> frozenset[Key]:
    return scene.order.waiting[scene.order.leader[key]]


def _exchanged(relation: Table | View, before: Index, after: Index) -> tuple[str, ...]:
    aside = fit(f"{after.name}__new")
    return (
        index_sql(relation, replace(after, name=aside), concurrently=True),
        drop_index_sql(relation, before, concurrently=True),
        f"ALTER INDEX {qualified(relation.schema, aside)} RENAME TO {quote(after.name)}",
        *commented(relation, after.name),
    )
