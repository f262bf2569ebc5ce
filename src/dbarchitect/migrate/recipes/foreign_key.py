"""A foreign key on a table that is in use.

When: a foreign key is added that holds for all rows and is enforced.

`ADD CONSTRAINT … FOREIGN KEY` compares every row with the other table while nobody may write to either of them (SC07).
As NOT VALID it holds for new rows at once; VALIDATE CONSTRAINT compares the old ones under locks that stop nobody
(SHARE UPDATE EXCLUSIVE here, ROW SHARE there). A partitioned table takes NOT VALID from PostgreSQL 18 on.
"""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import Phase, Scene, Way, comment_again, is_partitioned
from dbarchitect.model.names import qualified, quote
from dbarchitect.write.sql.constraint import drop_constraint_sql, foreign_key_sql

CODE, NAME, RUNNER = "SC07", "add-foreign-key", "any"
SAFE = "Add it as NOT VALID and validate it in a later transaction."


def harm(operation: Operation, scene: Scene) -> str | None:
    """A scan under SHARE ROW EXCLUSIVE of both tables."""
    if operation.action != "create" or operation.kind != "foreign key" or not scene.standing(operation.element.owner):
        return None
    key = operation.element.value
    if not (key.validated and key.enforced):
        return None
    parent = f"{key.target_schema}.{key.target_table}"
    return f"adding the foreign key compares every row while nobody can write to the table or to {parent}"


def way(operation: Operation, scene: Scene) -> Way | None:
    """NOT VALID, then VALIDATE."""
    table, key = operation.element.owner, operation.element.value
    if is_partitioned(table) and (scene.postgres < 18 or table.partition_of):
        return None
    added = foreign_key_sql(table, replace(key, validated=False))
    dropped = drop_constraint_sql(table, key.name)
    validated = f"ALTER TABLE {qualified(*table.key)} VALIDATE CONSTRAINT {quote(key.name)}"
    return Way(
        (
            Phase("main", (added,), (dropped,), "create"),
            Phase("validate", (validated,), (dropped, added, *comment_again(table, key.name)), "validate"),
        ),
        holds=(),
    )
