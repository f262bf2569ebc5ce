"""A domain demands more of every table that uses it.

Why
    ADD CONSTRAINT, VALIDATE CONSTRAINT and SET NOT NULL of a domain read every table with a column of it, under SHARE:
    nobody can write to any of them until all are read.

Safe way
    ADD CONSTRAINT … NOT VALID holds for new values; validate when nobody writes. Or checks on the tables themselves.

Sources
    https://www.postgresql.org/docs/18/sql-alterdomain.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.effects import tables_of
from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard

SCAN = Kind("SC16", "constrain-domain", "warning", "A domain's new demand reads every table that uses it.")
KINDS = (SCAN,)


def check(context: Context) -> Iterator[Hazard]:
    """ALTER DOMAIN that looks at rows."""
    for act in context.acts:
        if act.object != "domain" or act.name is None:
            continue
        tables = [table for table, lock in tables_of(context.effect, context.around) if lock.scans]
        busy = [table for table in tables if table_address(table) not in context.transaction.made]
        if busy:
            names = ", ".join(map(shown, busy))
            message = f"{names} are read for the domain {act.name}: nobody can write to them meanwhile"
            place = address("domain", act.name.schema or busy[0].schema, act.name.name)
            yield SCAN.hazard(context, place, message, "ADD CONSTRAINT … NOT VALID, and validate in a quiet hour.",
                              severity=context.weight(*busy))  # fmt: skip


T = "CREATE DOMAIN d AS int;\nCREATE TABLE t (id int PRIMARY KEY, x d);\n"
EXAMPLES = (
    bad(T, "ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0);", "SC16"),
    bad(T, "ALTER DOMAIN d SET NOT NULL;", "SC16"),
    good(T, "ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0) NOT VALID;"),
    good("CREATE DOMAIN d AS int;\n", "ALTER DOMAIN d SET NOT NULL;"),
)
