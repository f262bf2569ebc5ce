"""Another label of an enumeration.

When: an enumeration gets labels and loses none.

`ALTER TYPE … ADD VALUE` locks no table, but a label that was added cannot be used before its transaction ends (EN01,
55P04). So it stands in a file of its own, before what uses it. Drizzle's migrator runs all pending files in one
transaction: there a plan that uses the new label is refused, unless the two are going to be deployed one by one. The
way back makes the type again without the label, after what looks at its columns has stepped aside (defaults, checks,
policies, views …), and fails when a row has it (22P02).
"""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.compare import compare
from dbarchitect.migrate.kinds.enum import grows
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.order import ordered
from dbarchitect.migrate.recipe import Phase, Scene, Way
from dbarchitect.migrate.script import script
from dbarchitect.model.schema import Enum, Schema

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
    assert operation.before
    assert operation.after
    up, _ = scene.plain["alter", operation.address]
    down = _back(scene.difference.context.before, operation.before.value, operation.after.value)
    return Way((Phase("values", up, down, "alter"),))


def _back(schema: Schema, small: Enum, large: Enum) -> tuple[str, ...]:
    """What leads back to a schema when only this enumeration has grown."""
    own = (small.schema, small.name)
    enums = []
    for enum in schema.enums:
        grown = (enum.schema, enum.name) == own
        enums.append(replace(enum, labels=large.labels) if grown else enum)
    found = compare(replace(schema, enums=tuple(enums)), schema)
    said = script(ordered(found), found.context, found.needed_before)
    return tuple(statement for part in said for statement in part.statements)
