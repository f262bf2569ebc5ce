"""A foreign key is added and looked up at once.

Why
    ADD FOREIGN KEY reads child and parent under SHARE ROW EXCLUSIVE on both: nobody can write to either (SC07), and
    one orphan makes it fail (DL09). NOT ENFORCED to ENFORCED does the same (SC10). A new nullable column with a
    REFERENCES reads nothing, so nothing is said (SC08), unless it has a default. A key without an index makes every
    delete of a parent read the child (IX10).

Safe way
    ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in another transaction, which keeps nobody from writing.

Sources
    https://www.postgresql.org/docs/18/sql-altertable.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown, spelled
from dbarchitect.migrate.surroundings import Surroundings, keys, table_address
from dbarchitect.model.address import address
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.sql.acts import Constraint

SCAN = Kind("SC07", "add-foreign-key", "warning", "A new foreign key reads both tables.")
ENFORCE = Kind(
    "SC10", "enforce-foreign-key", "warning", "A foreign key that is enforced from now on reads both tables."
)
ORPHANS = Kind("DL09", "orphans-left", "info", "A foreign key fails on rows that point nowhere.")
BARE = Kind("IX10", "new-key-without-index", "info", "A new foreign key has no index.")
KINDS = (SCAN, ENFORCE, ORPHANS, BARE)
SAFE = "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in another transaction."


def check(context: Context) -> Iterator[Hazard]:
    """New foreign keys, and those that become enforced."""
    for act, table in context.named("add constraint", "add column", "alter constraint"):
        if act.action == "alter constraint":
            yield from _enforced(context, table, act.part, act.option)
            continue
        found = [act.constraint] if act.constraint else list(act.column.constraints if act.column else ())
        for constraint in found:
            if constraint.kind == "foreign key":
                yield from _added(context, table, constraint, act.action == "add column")


def _added(context: Context, table: TableDraft, constraint: Constraint, column: bool) -> Iterator[Hazard]:
    parent = context.around.table(constraint.references)
    place = (
        address("constraint", table.schema, table.name, constraint.name) if constraint.name else table_address(table)
    )
    if context.scans(table):
        busy = None if parent is table else context.busy(constraint.references)
        busy = busy if busy is not None and context.scans(busy) else None
        message = f"{shown(table)}{context.size(table)} is read for the key: nobody can write to it meanwhile"
        if busy is not None:
            message = f"{shown(table)}{context.size(table)} and {shown(busy)} are read for the key: nobody can write \
to either meanwhile"
        known = [table] if busy is None else [table, busy]
        yield SCAN.hazard(context, place, message, SAFE, severity=context.weight(*known))
        void = context.empty(table) or context.holds_already(table, constraint)
        void |= any(context.transaction.unfilled(table, name) for name in constraint.columns)
        if parent is not None and not void and not column:
            yield ORPHANS.hazard(context, place, f"it fails when a row of {shown(table)} points nowhere",
                                 "Look for such rows first.", query=orphans(table, parent, constraint))  # fmt: skip
    if constraint.columns and not _indexed(table, constraint.columns):
        message = f"no index finds the rows of {shown(table)} by {', '.join(constraint.columns)}: deletes in the \
parent read them all"
        hazard = BARE.hazard(context, place, message, "CREATE INDEX CONCURRENTLY on these columns.")
        context.later(hazard, partial(_bare, table.key, constraint.columns))


def _bare(place: tuple[str, str], columns: tuple[str, ...], after: Surroundings) -> bool:
    """Whether the table is there after the file, and still has no such index."""
    table = after.state.tables.get(place)
    return table is not None and not _indexed(table, columns)


def _indexed(table: TableDraft, columns: tuple[str, ...]) -> bool:
    found = [index.columns for index in table.indexes.values() if index.where is None]
    found += [getattr(item, "columns", ()) for item in keys(table)]
    return any(set(known[: len(columns)]) == set(columns) for known in found if len(known) >= len(columns))


def orphans(table: TableDraft, parent: TableDraft, constraint: Constraint) -> str:
    """The query that finds the rows that point nowhere."""
    targets = constraint.targets or (parent.primary_key.columns if parent.primary_key else ())
    pairs = " AND ".join(
        f"p.{spelled(target)} = c.{spelled(column)}"
        for column, target in zip(constraint.columns, targets, strict=False)
    )
    filled = " AND ".join(f"c.{spelled(column)} IS NOT NULL" for column in constraint.columns)
    return (
        f"SELECT c.* FROM {shown(table)} c WHERE {filled} AND NOT EXISTS (SELECT FROM {shown(parent)} p WHERE {pairs});"
    )


def _enforced(context: Context, table: TableDraft, name: str, option: str) -> Iterator[Hazard]:
    key = table.constraints.get(name)
    if isinstance(key, ForeignKey) and not key.enforced and "alterEnforceability" in option and "enforced" in option:
        message = f"{shown(table)}{context.size(table)} and {key.target_table} are read for the key: no reads and no \
writes of {shown(table)} meanwhile"
        safe = "Drop it, add it again NOT VALID, then VALIDATE CONSTRAINT in another transaction."
        place = address("constraint", table.schema, table.name, name)
        yield ENFORCE.hazard(context, place, message, safe, severity=context.weight(table))


T = (
    "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE t (id int PRIMARY KEY, p_id int, q_id int);\n"
    "CREATE INDEX ON t (p_id);\n"
)
EXAMPLES = (
    bad(T, "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p;", "DL09", "SC07"),
    bad(T, "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (q_id) REFERENCES p NOT VALID;", "IX10"),
    bad(T, "ALTER TABLE t ADD COLUMN r_id int;\nALTER TABLE t ADD FOREIGN KEY (r_id) REFERENCES p;\n"
        "CREATE INDEX ON t (r_id);", "SC07", title="no row points anywhere yet, and the index comes at once"),
    bad(T, "ALTER TABLE t ADD COLUMN r_id int;\nUPDATE t SET r_id = 1;\n"
        "ALTER TABLE t ADD FOREIGN KEY (r_id) REFERENCES p;", "DL09", "IX10", "SC07"),
    bad(T + "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p;", "ALTER TABLE t DROP CONSTRAINT k;\n"
        "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p ON DELETE CASCADE;", "SC07",
        title="the rows meet it already"),
    bad(T + "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p NOT ENFORCED;",
        "ALTER TABLE t ALTER CONSTRAINT k ENFORCED;", "SC10"),
    bad(T, "ALTER TABLE t ADD COLUMN x int DEFAULT 1 REFERENCES p;", "IX10", "SC07"),
    bad(T, "ALTER TABLE t ADD COLUMN x int REFERENCES p;", "IX10", title="SC08: nothing is read"),
    bad(T, "DO $$ BEGIN\nALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p;\n"
        "EXCEPTION WHEN duplicate_object THEN null; END $$;", "DL09", "SC07", title="as older drizzle-kits write it"),
    bad(T, "ALTER TABLE t ADD COLUMN r_id int;\nCREATE INDEX ON t (r_id);\nDO $$ BEGIN ALTER TABLE t ADD CONSTRAINT k "
        "FOREIGN KEY (r_id) REFERENCES p ON UPDATE cascade; END $$;", "SC07", title="no row points anywhere yet"),
    good(T + "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p;", "DO $$ BEGIN\n"
        "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p;\n"
        "EXCEPTION WHEN duplicate_object THEN null; END $$;", title="the block passes over a key that is there"),
    good(T, "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p NOT VALID;"),
    good(T + "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p NOT VALID;",
         "ALTER TABLE t VALIDATE CONSTRAINT k;"),
    good("", T + "ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p;", title="both tables are new"),
)  # fmt: skip
