"""A partition that becomes a table of its own, while people work on the others.

When: the partitioned table has no default partition, the bound is one that a check can say, and the runner can leave
transactions (PostgreSQL 14).

`DETACH PARTITION` keeps everybody from the whole partitioned table while it waits for those who use it (TX17).
CONCURRENTLY it keeps nobody from it: it waits for their transactions in one of its own. PostgreSQL leaves a check
behind that says the bound, under a name of its own choice, unless there is one already. So there is one beforehand, and
it goes afterwards. What the table keeps from its parent and must not have goes in the same way.
"""

from __future__ import annotations

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way, hastily
from dbarchitect.migrate.recipes.partition import condition
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.sql.default_names import chosen

CODE, NAME, RUNNER = "TX17", "detach-partition", "dbarchitect"
SAFE = "Detach it CONCURRENTLY, in a file without a transaction."


def harm(operation: Operation, scene: Scene) -> str | None:
    """ACCESS EXCLUSIVE on the whole table."""
    if operation.action != "drop" or operation.kind != "partition" or not scene.standing(operation.element.owner):
        return None
    bound = operation.element.value
    return f"detaching keeps everybody who reads or writes {bound.schema}.{bound.table} waiting"


def way(operation: Operation, scene: Scene) -> Way | None:
    """A check, DETACH … CONCURRENTLY, the check gone."""
    table, bound = operation.element.owner, operation.element.value
    before = scene.difference.context.before_tables
    parent = before.get((bound.schema, bound.table))
    said = condition(parent, bound.bound) if parent else None
    if said is None or scene.postgres < 14 or scene.says(("create", operation.address)):
        return None
    if parent is None or any(_is_default(other, parent) for other in before.values()):
        return None
    (detached, *left), (attached, *more) = scene.plain["drop", operation.address]
    place = f"ALTER TABLE {qualified(*table.key)}"
    name = quote(chosen(table.name, [], "bound"))
    checked = (
        *hastily(f"{place} ADD CONSTRAINT {name} CHECK ({said}) NOT VALID"),
        f"{place} VALIDATE CONSTRAINT {name}",
    )
    gone = f"{place} DROP CONSTRAINT {name}"
    up = [statement for each in (*left, gone) for statement in _gone(each)]
    down = [statement for each in (attached, *more, gone) for statement in hastily(each)]
    return Way((Phase("concurrently", (*checked, f"{detached} CONCURRENTLY", *up), (*checked, *down), "drop"),))


def _gone(statement: str) -> tuple[str, ...]:
    """A statement that drops something, as it keeps nobody waiting."""
    head = "DROP INDEX "
    if statement.startswith(head):
        return (f"{head}CONCURRENTLY {statement.removeprefix(head)}",)
    return hastily(statement)


def _is_default(table: Table, parent: Table) -> bool:
    of = table.partition_of
    return of is not None and (of.schema, of.table) == parent.key and of.bound.strip().upper() == "DEFAULT"
