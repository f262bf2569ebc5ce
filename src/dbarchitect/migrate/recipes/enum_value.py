"""Another label of an enumeration.

When: an enumeration gets labels and loses none.

`ALTER TYPE … ADD VALUE` locks no table, but a label that was added cannot be used before its transaction ends (EN01,
55P04). So it stands in a file of its own, before what uses it. Drizzle's migrator runs all pending files in one
transaction: there a plan that uses the new label is refused, unless the two are going to be deployed one by one. The
way back makes the type again without the label, and fails when a row has it (22P02).
"""

from __future__ import annotations

from dbarchitect.migrate.kinds.enum import grows
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way

CODE, NAME, RUNNER = "EN01", "use-new-label", "any"
SAFE = "Add the label in a transaction of its own, before what uses it."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A label that cannot be used."""
    if operation.action != "alter" or operation.kind != "enum":
        return None
    before, after = operation.both
    if not grows(before.value, after.value):
        return None
    return "a new label cannot be used in the transaction that adds it"


def way(operation: Operation, scene: Scene) -> Way | None:
    """A file of its own."""
    up, down = scene.plain["alter", operation.address]
    return Way((Phase("values", up, down, "alter"),))
