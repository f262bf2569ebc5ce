"""A table that is in use becomes a partition.

When: a table that was there is attached by a list or a range of one plain column.

`ATTACH PARTITION` reads the whole table while nobody may read or write it, to see that its rows belong there (SC15). A
validated check that says the same makes the reading needless; it is added as NOT VALID, validated beside everybody's
work, and dropped when the table is attached.
"""

from __future__ import annotations

import re

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.sql.default_names import chosen

CODE, NAME, RUNNER = "SC15", "attach-partition", "any"
SAFE = "Add a check that says the same as NOT VALID, validate it, attach, drop the check."
_RANGE = re.compile(r"FOR VALUES FROM \(([^(),]+)\) TO \(([^(),]+)\)\Z", re.DOTALL)
_LIST = re.compile(r"FOR VALUES IN \((.+)\)\Z", re.DOTALL)


def harm(operation: Operation, scene: Scene) -> str | None:
    """A scan under ACCESS EXCLUSIVE of the partition."""
    if operation.action != "create" or operation.kind != "partition" or not scene.standing(operation.element.owner):
        return None
    return "attaching reads the whole table while nobody can read or write it"


def way(operation: Operation, scene: Scene) -> Way | None:
    """A check, then ATTACH."""
    table, bound = operation.element.owner, operation.element.value
    parent = scene.difference.context.after_tables.get((bound.schema, bound.table))
    condition = _condition(parent, bound.bound) if parent else None
    if condition is None or scene.says(("drop", operation.address)):
        return None
    attached, detached = scene.plain["create", operation.address]
    place = f"ALTER TABLE {qualified(*table.key)}"
    name = quote(chosen(table.name, [], "bound"))
    check, gone = f"{place} ADD CONSTRAINT {name} CHECK ({condition})", f"{place} DROP CONSTRAINT {name}"
    return Way(
        (
            Phase("main", (f"{check} NOT VALID",), (gone,), "prepare"),
            Phase("validate", (f"{place} VALIDATE CONSTRAINT {name}",), (gone, f"{check} NOT VALID"), "validate"),
            Phase("finish", (*attached, gone), (*detached, check), "create"),
        )
    )


def _condition(parent: Table, bound: str) -> str | None:
    """What the rows of the partition have in common; None when it cannot be said simply."""
    partitioning = parent.partitioning
    if partitioning is None or len(partitioning.keys) != 1:
        return None
    key = partitioning.keys[0]
    if not any(key in (column.name, quote(column.name)) for column in parent.columns):
        return None
    if partitioning.strategy == "list" and (values := _LIST.match(bound)) and "NULL" not in values[1].upper():
        return f"{key} IS NOT NULL AND {key} IN ({values[1]})"
    if partitioning.strategy == "range" and (ends := _RANGE.match(bound)):
        words = [f"{key} IS NOT NULL"]
        words += [f"{key} >= {ends[1]}"] if ends[1] != "MINVALUE" else []
        words += [f"{key} < {ends[2]}"] if ends[2] != "MAXVALUE" else []
        return " AND ".join(words)
    return None
