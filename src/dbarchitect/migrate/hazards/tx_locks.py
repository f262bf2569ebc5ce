"""A statement that is over at once still needs a strong lock, sometimes where one does not expect it.

Why
    CREATE TABLE with a foreign key keeps writers from the parent (TX07), dropping a key or its table locks both tables
    (TX08), triggers keep writers out (TX09), and changes of row security everybody (TX10). Defaults, names, storage and
    nullability are changed in the catalog only, under ACCESS EXCLUSIVE nevertheless (TX11). SET STATISTICS, fillfactor,
    COMMENT, VALIDATE and ANALYZE keep nobody from reading or writing, so nothing is said (TX12).

Safe way
    SET lock_timeout, and try again.

Sources
    https://www.postgresql.org/docs/18/explicit-locking.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.effects import tables_of
from dbarchitect.migrate.hazard import Context, Kind, bad, blocks, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.plan import Hazard

PARENT = Kind("TX07", "create-table-with-key", "info", "A new table's foreign key keeps writers from the parent.")
BOTH = Kind("TX08", "drop-key", "info", "Dropping a foreign key locks both tables.")
TRIGGER = Kind("TX09", "change-trigger", "info", "A trigger's change keeps writers out.")
POLICY = Kind("TX10", "change-row-security", "info", "A change of row security keeps everybody out.")
CATALOG = Kind("TX11", "change-catalog", "info", "A change of the catalog keeps everybody out for a moment.")
KINDS = (PARENT, BOTH, TRIGGER, POLICY, CATALOG)
TRIGGERS = ("create trigger", "drop trigger", "switch trigger", "rename trigger")
POLICIES = ("create policy", "alter policy", "drop policy", "row security", "rename policy")
QUICK = (
    "set default", "drop default", "drop not null", "rename column", "rename table", "set schema", "replica identity",
    "set storage", "set compression", "owner", "rename constraint", "drop expression", "drop identity", "add identity",
    "set identity", "set options",
)  # fmt: skip


def check(context: Context) -> Iterator[Hazard]:
    """Quick statements with strong locks."""
    if context.effect.refused:
        return
    found = {
        table_address(table): (table, lock) for table, lock in tables_of(context.effect, context.around)
        if lock.blocks_writes and table_address(table) not in context.transaction.made
    }  # fmt: skip
    safe = "SET lock_timeout, and try again."
    for act in context.acts:
        if act.action == "create table":
            for place, (table, lock) in found.items():
                if any(item.kind == "foreign key" for item in act.constraints) and lock.mode == "SHARE ROW EXCLUSIVE":
                    message = f"the foreign key of {act.name} keeps writers from {shown(table)}{context.size(table)}"
                    yield PARENT.hazard(context, place, message, safe)
            continue
        named = context.busy(act.name)
        if named is None or table_address(named) not in found:
            continue
        place = table_address(named)
        table, lock = found[place]
        keyed = isinstance(table.constraints.get(act.part), ForeignKey)
        if act.action == "drop table" or (act.action == "drop constraint" and keyed):
            for other, (parent, _) in found.items():
                if other != place and parent.partitioning is None and parent not in context.around.descendants(table):
                    message = f"{shown(parent)} cannot be read or written either, because a key goes"
                    yield BOTH.hazard(context, other, message, safe)
        elif act.action in TRIGGERS:
            yield TRIGGER.hazard(
                context, place, f"{act.action.upper()} keeps {blocks(lock)} of {shown(table)} waiting", safe
            )
        elif act.action in POLICIES:
            yield POLICY.hazard(
                context, place, f"{act.action.upper()} keeps {blocks(lock)} of {shown(table)} waiting", safe
            )
        elif act.action in QUICK and not lock.scans and not lock.rewrites:
            message = f"{act.action.upper()} keeps {blocks(lock)} of {shown(table)} waiting for a moment"
            yield CATALOG.hazard(context, place, message, safe)


T = (
    "CREATE TABLE p (id int PRIMARY KEY);\n"
    "CREATE TABLE t (id int PRIMARY KEY, n int, p_id int CONSTRAINT k REFERENCES p);\n"
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n"
)
EXAMPLES = (
    bad(T, "CREATE TABLE u (id int PRIMARY KEY, p_id int REFERENCES p);", "TX07"),
    bad(T, "ALTER TABLE t DROP CONSTRAINT k;", "TX08"),
    bad(T, "DROP TABLE t;", "TX08"),
    bad(T, "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();", "TX09"),
    bad(T, "ALTER TABLE t ENABLE ROW LEVEL SECURITY;", "TX10"),
    bad(T, "ALTER TABLE t ALTER COLUMN n SET DEFAULT 1;", "TX11"),
    good(T, "ALTER TABLE t ALTER COLUMN n SET STATISTICS 500;", title="TX12"),
    good(T, "ALTER TABLE t SET (fillfactor = 70);", title="TX12"),
    good(T, "COMMENT ON TABLE t IS 'x';", title="TX12"),
    good(T, "ANALYZE t;", title="TX12"),
    good("", T + "ALTER TABLE t ALTER COLUMN n SET DEFAULT 1;", title="the table is new"),
)
