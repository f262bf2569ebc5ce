"""A check on a table that is in use.

When: a check is added that holds for all rows and is enforced.

`ADD CONSTRAINT … CHECK` reads the whole table while nobody may read or write it (SC05). As NOT VALID it holds for new
rows at once; VALIDATE CONSTRAINT reads the old ones under SHARE UPDATE EXCLUSIVE, which stops no reader and no writer.
The two stand in two files, because in one transaction the first lock would be held through the second one's scan.
"""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way, comment_again
from dbarchitect.model.names import qualified, quote
from dbarchitect.write.sql.constraint import add_constraint_sql, check_clause, drop_constraint_sql

CODE, NAME, RUNNER = "SC05", "add-check", "any"
SAFE = "Add it as NOT VALID and validate it in a later transaction."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A scan under ACCESS EXCLUSIVE."""
    if operation.action != "create" or operation.kind != "check" or not scene.standing(operation.element.owner):
        return None
    check = operation.element.value
    if not (check.validated and check.enforced):
        return None
    return "adding the check reads the whole table while nobody can read or write it"


def way(operation: Operation, scene: Scene) -> Way | None:
    """NOT VALID, then VALIDATE."""
    table, check = operation.element.owner, operation.element.value
    added = add_constraint_sql(table, check_clause(replace(check, validated=False)))
    dropped = drop_constraint_sql(table, check.name)
    validated = f"ALTER TABLE {qualified(*table.key)} VALIDATE CONSTRAINT {quote(check.name)}"
    return Way(
        (
            Phase("main", (added,), (dropped,), "create"),
            Phase("validate", (validated,), (dropped, added, *comment_again(table, check.name)), "validate"),
        ),
        holds=(),
    )
