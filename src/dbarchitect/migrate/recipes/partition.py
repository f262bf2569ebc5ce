"""A table that is in use becomes a partition.

When: a table that was there is attached by a list or a range of one plain column.

`ATTACH PARTITION` reads the whole table while nobody may read or write it, to see that its rows belong there (SC15). A
validated check that says the same makes the reading needless; it is added as NOT VALID, validated beside everybody's
work, and dropped when the table is attached.

It also builds the parent's indexes that the table lacks, under the same lock. Where the runner can leave transactions,
they are built CONCURRENTLY before, under the names that PostgreSQL would give them, and attaching only links them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dbarchitect.migrate.company import key_of
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.partitions import copy_name
from dbarchitect.migrate.recipe import Phase, Scene, Way, hastily
from dbarchitect.migrate.recipes.unique_key import index_behind, using_index
from dbarchitect.model.constraint import Exclusion, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.inheritance import Piece, above, fits, pieces_of
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.sql.default_names import chosen
from dbarchitect.write.sql.constraint import drop_constraint_sql
from dbarchitect.write.sql.index import drop_index_sql, index_sql

CODE, NAME, RUNNER = "SC15", "attach-partition", "any"
SAFE = "Add a check that says the same as NOT VALID, validate it, attach, drop the check."
_RANGE = re.compile(r"FOR VALUES FROM \(([^(),]+)\) TO \(([^(),]+)\)\Z", re.DOTALL)
_LIST = re.compile(r"FOR VALUES IN \((.+)\)\Z", re.DOTALL)


def harm(operation: Operation, scene: Scene) -> str | None:
    """A scan under ACCESS EXCLUSIVE of the partition."""
    if operation.kind != "partition" and is_out_and_in(operation, scene):
        return "a partition is detached and attached again, which reads it whole while nobody can read or write it"
    if operation.action != "create" or operation.kind != "partition" or not scene.standing(operation.element.owner):
        return None
    return "attaching reads the whole table while nobody can read or write it"


def is_out_and_in(operation: Operation, scene: Scene) -> bool:
    """Whether a partition steps aside for something that PostgreSQL refuses while it is one."""
    said = scene.says(key_of(operation))
    attached = any("\n  ATTACH PARTITION " in statement for statement in said)
    return attached and any(" DETACH PARTITION " in statement for statement in said)


def way(operation: Operation, scene: Scene) -> Way | None:
    """A check, then ATTACH."""
    if operation.kind != "partition":
        return None
    table, bound = operation.element.owner, operation.element.value
    parent = scene.difference.context.after_tables.get((bound.schema, bound.table))
    said = condition(parent, bound.bound) if parent else None
    if said is None or scene.says(("drop", operation.address)):
        return None
    attached, detached = scene.plain["create", operation.address]
    parts = list(_parts(table, scene)) if scene.runner == "dbarchitect" else []
    dropped = [_dropped(table, part) for part in parts]
    detached = tuple(statement for statement in detached if statement not in dropped)
    early = _built(table, parts)
    place = f"ALTER TABLE {qualified(*table.key)}"
    name = quote(chosen(table.name, [], "bound"))
    check, gone = f"{place} ADD CONSTRAINT {name} CHECK ({said})", f"{place} DROP CONSTRAINT {name}"
    return Way(
        (
            Phase("main", (f"{check} NOT VALID",), (gone,), "prepare"),
            *early,
            Phase("validate", (f"{place} VALIDATE CONSTRAINT {name}",), (gone, f"{check} NOT VALID"), "validate"),
            Phase("finish", (*attached, gone), (*detached, check), "create"),
        )
    )


def _parts(table: Table, scene: Scene) -> Iterator[Piece]:
    """Copies of what the table will have from its parents, and has nothing for yet."""
    context = scene.difference.context
    before, tables = context.before_tables[table.key], context.after_tables
    taken: set[str] = set()
    for parent in above(table, tables):
        standing = context.before_tables.get(parent.key)
        for upper in pieces_of(parent):
            known = standing is not None and upper in pieces_of(standing) and not upper.only
            own = any(fits(piece, upper) for other in (before, table) for piece in pieces_of(other))
            if own or not known or not _can_be_built(before, upper):
                continue
            name = copy_name(table, upper, tables, taken)
            taken.add(name)
            yield replace(upper, name=name, comment=None, attached_to=None)


def _can_be_built(table: Table, upper: Piece) -> bool:
    if isinstance(upper, Index):
        return True
    if isinstance(upper, Exclusion) or upper.without_overlaps:
        return False
    return isinstance(upper, Unique) or not any(table.column(name).nullable for name in upper.columns)


def _built(table: Table, parts: Sequence[Piece]) -> tuple[Phase, ...]:
    """The phase that builds the parts."""
    up: list[str] = []
    down: list[str] = []
    for part in parts:
        if isinstance(part, Index):
            up.append(index_sql(table, part, concurrently=True))
            down.insert(0, drop_index_sql(table, part, concurrently=True))
        elif not isinstance(part, Exclusion):
            up += [index_sql(table, index_behind(part), concurrently=True), *hastily(using_index(table, part))]
            down[:0] = hastily(_dropped(table, part))
    return (Phase("concurrently", tuple(up), tuple(down), "prepare"),) if up else ()


def _dropped(table: Table, part: Piece) -> str:
    return drop_index_sql(table, part) if isinstance(part, Index) else drop_constraint_sql(table, part.name)


def condition(parent: Table, bound: str) -> str | None:
    """What the rows of the partition have in common; None when it cannot be said simply.

    Args:
        parent: the partitioned table.
        bound: FOR VALUES … of the partition.
    """
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
