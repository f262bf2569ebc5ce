"""NOT NULL on a column of a table that is in use.

When: a column that may be null must not be any more, and nothing else of it changes.

`SET NOT NULL` reads the whole table while nobody may read or write it (SC01). PostgreSQL 18 takes NOT NULL as NOT
VALID: new rows are held to it at once, and VALIDATE CONSTRAINT reads the old ones beside everybody's work. Before 18,
a CHECK does so: once `c IS NOT NULL` is validated, SET NOT NULL need not read anything, and the check goes.
"""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way, is_partitioned
from dbarchitect.model.names import qualified, quote
from dbarchitect.sql.default_names import chosen

CODE, NAME, RUNNER = "SC01", "set-not-null", "any"
SAFE = "Add it as NOT VALID and validate it in a later transaction."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A scan under ACCESS EXCLUSIVE."""
    if operation.action != "alter" or operation.kind != "column" or not scene.standing(operation.element.owner):
        return None
    before, after = operation.both
    if not before.value.nullable or after.value.nullable:
        return None
    return "SET NOT NULL reads the whole table while nobody can read or write it"


def way(operation: Operation, scene: Scene) -> Way | None:
    """NOT VALID, then VALIDATE."""
    before, after = operation.both
    table, column = after.owner, after.value
    if replace(before.value, nullable=False) != column or is_partitioned(table):
        return None
    place, name = f"ALTER TABLE {qualified(*table.key)}", quote(column.name)
    dropped = f"{place} ALTER COLUMN {name} DROP NOT NULL"
    if scene.postgres >= 18:
        constraint = quote(chosen(table.name, [column.name], "not_null"))
        added = f"{place} ADD CONSTRAINT {constraint} NOT NULL {name} NOT VALID"
        return Way(
            (
                Phase("main", (added,), (dropped,), "alter"),
                Phase("validate", (f"{place} VALIDATE CONSTRAINT {constraint}",), (dropped, added), "validate"),
            ),
            holds=("primary key", "partition"),
        )
    constraint = quote(chosen(table.name, [column.name], "present"))
    check = f"{place} ADD CONSTRAINT {constraint} CHECK ({name} IS NOT NULL)"
    gone = f"{place} DROP CONSTRAINT {constraint}"
    return Way(
        (
            Phase("main", (f"{check} NOT VALID",), (gone,), "alter"),
            Phase("validate", (f"{place} VALIDATE CONSTRAINT {constraint}",), (gone, f"{check} NOT VALID"), "validate"),
            Phase("finish", (f"{place} ALTER COLUMN {name} SET NOT NULL", gone), (dropped, check), "finish"),
        ),
        holds=("primary key", "partition"),
    )
