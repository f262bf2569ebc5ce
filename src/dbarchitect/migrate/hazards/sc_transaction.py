"""A constraint is validated in the transaction that added it.

Why
    ADD CONSTRAINT … NOT VALID takes a strong lock for a moment, and VALIDATE CONSTRAINT a weak one for long. In one
    transaction the strong lock is held for long, and nothing is won over a plain ADD CONSTRAINT.

Safe way
    Two transactions: two migration files, with a runner that commits after each of them.

Sources
    https://www.postgresql.org/docs/18/sql-altertable.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard

TOGETHER = Kind("SC09", "validate-in-one-transaction", "warning", "A constraint is validated where it was added.")
KINDS = (TOGETHER,)


def check(context: Context) -> Iterator[Hazard]:
    """VALIDATE CONSTRAINT of what the transaction itself, or the statement itself, has added."""
    added = {act.part for act in context.acts if act.action == "add constraint"}
    for act, table in context.named("validate constraint"):
        if (table_address(table), act.part) in context.transaction.waiting or act.part in added:
            message = f"{act.part} is validated in the transaction that added it, so the rows of {shown(table)}\
{context.size(table)} are read under the strong lock"
            place = address("constraint", table.schema, table.name, act.part)
            yield TOGETHER.hazard(context, place, message, "Validate it in a later migration, in its own transaction.",
                                  severity=context.weight(table))  # fmt: skip


T = "CREATE TABLE t (id int PRIMARY KEY, size int);\n"
ADD = "ALTER TABLE t ADD CONSTRAINT c CHECK (size > 0) NOT VALID;\n"
EXAMPLES = (
    bad(T, ADD + "ALTER TABLE t VALIDATE CONSTRAINT c;", "SC09"),
    bad(T, "ALTER TABLE t ADD CONSTRAINT c CHECK (size > 0) NOT VALID, VALIDATE CONSTRAINT c;", "SC09"),
    good(T + ADD, "ALTER TABLE t VALIDATE CONSTRAINT c;"),
    good(T, ADD + "ALTER TABLE t VALIDATE CONSTRAINT c;", transaction=False),
)
