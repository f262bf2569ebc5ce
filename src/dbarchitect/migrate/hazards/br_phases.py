"""Something that is done in phases misses one.

Why
    A column is replaced while programs run by a second one beside it: expand, fill, move the programs, contract. When
    the second one takes the name before anything has filled it, every row has lost its value, and nothing fails. When
    the trigger that wrote both stays, and one of them goes, each write that comes to it fails (42703). When nobody
    contracts, both stay: each program writes one of them, and they drift apart (BR06).

Safe way
    Fill in batches and compare before the names are exchanged; drop the other one in a later deployment.

Sources
    https://www.postgresql.org/docs/18/ddl-alter.html
    `dbarchitect migrate plan --runner dbarchitect` writes all phases of such a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import Surroundings
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard
from dbarchitect.model.routine import Trigger
from dbarchitect.read.sql.drafts import Key, TableDraft

MISSED = Kind("BR06", "missing-phase", "warning", "A change in phases misses one of them.")
KINDS = (MISSED,)
NEW = ("{}_new", "new_{}", "{}__new", "_{}_new", "{}_tmp", "{}_temp", "{}_v2", "_pgroll_new_{}")
OLD = ("{}_old", "old_{}", "{}__old", "_{}_old", "{}_legacy", "{}_deprecated", "{}_backup", "{}_bak")
"""What people call the column beside the one that it replaces, or that replaces it."""


def check(context: Context) -> Iterator[Hazard]:
    """Columns that take a name, and columns beside others."""
    for act, table in context.named("rename column"):
        place = address("column", table.schema, table.name, act.part)
        empty = place in context.session.story.empty and place not in context.transaction.made
        if empty and not context.empty(table) and stands_for(act.part, act.new):
            message = f"{act.part} of {shown(table)} becomes {act.new}, and no migration has filled it"
            yield MISSED.hazard(context, place, message, f"Fill {act.part} from {act.new} first, in batches.")
    for act, table in context.named("drop column", "rename column"):
        if act.part not in table.columns or context.effect.refused:
            continue
        for trigger in table.triggers.values():
            if _names(context.around, trigger, act.part):
                place = address("trigger", table.schema, table.name, trigger.name)
                message = f"the trigger {trigger.name} of {shown(table)} still says {act.part}: writes that come to it \
fail (42703)"
                hazard = MISSED.hazard(context, place, message, f"Drop it, or change {trigger.function}() with it.")
                context.later(hazard, partial(_if_named, table.key, trigger.name, act.part))
    for act, table in context.named("add column", "rename column"):
        name = act.part if act.action == "add column" else act.new
        other = _beside(table, name)
        if other is None or name in table.columns:
            continue
        place = address("column", table.schema, table.name, name)
        message = f"{name} and {other} of {shown(table)} are both there since: no migration takes one away"
        hazard = MISSED.hazard(context, place, message, "Drop the one that no program uses.", severity="info")
        context.at_last(partial(_if_both, hazard, table.key, {name, other}))


def _names(around: Surroundings, trigger: Trigger, column: str) -> bool:
    """Whether the function of a trigger says NEW.column or OLD.column."""
    word = re.compile(rf'\b(?:NEW|OLD)\s*\.\s*(?:{re.escape(column)}\b|"{re.escape(column)}")', re.IGNORECASE)
    return any(
        word.search(function.definition)
        for (schema, name, _), function in around.state.functions.items()
        if (schema, name) == (trigger.function_schema, trigger.function)
    )


def _if_named(table: Key, trigger: str, column: str, after: Surroundings) -> bool:
    found = after.state.tables.get(table)
    own = found.triggers.get(trigger) if found else None
    return found is not None and own is not None and column not in found.columns and _names(after, own, column)


def _beside(table: TableDraft, name: str) -> str | None:
    """The column that another one stands beside by its name."""
    return next((other for other in table.columns if stands_for(name, other, (*NEW, *OLD))), None)


def stands_for(name: str, other: str, forms: tuple[str, ...] = NEW) -> bool:
    """Whether people call the column so that is to replace the other one.

    Args:
        name: the column's.
        other: the other column's.
        forms: how they call it.
    """
    return name in (form.format(other) for form in forms)


def _if_both(hazard: Hazard, table: Key, names: set[str], after: Surroundings) -> Hazard | None:
    found = after.state.tables.get(table)
    return hazard if found is not None and names <= found.columns.keys() else None


T = "CREATE TABLE t (id int PRIMARY KEY, a text);\nALTER TABLE t ADD COLUMN a_new int;\n"
SWAP = "ALTER TABLE t DROP COLUMN a;\nALTER TABLE t RENAME COLUMN a_new TO a;"
W = """CREATE FUNCTION both_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.a_new := NEW.a::int; RETURN NEW; END $$;
CREATE TRIGGER both_names BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION both_names();
UPDATE t SET id = id;
"""
EXAMPLES = (
    bad("CREATE TABLE t (id int PRIMARY KEY, a text);\n", "ALTER TABLE t ADD COLUMN a_new int;", "BR06",
        after="CREATE TABLE u (id int);"),
    bad(T, SWAP, "BR06"),
    bad(T + W, "ALTER TABLE t DROP COLUMN a;", "BR06", title="the trigger stays"),
    good(T + W, "DROP TRIGGER both_names ON t;\n" + SWAP),
    good("CREATE TABLE t (id int PRIMARY KEY, a text);\n", "ALTER TABLE t ADD COLUMN a_new int;",
         title="the next phase is to come"),
    good("CREATE TABLE t (id int PRIMARY KEY, a text);\n", "ALTER TABLE t ADD COLUMN a_new int;",
         after="UPDATE t SET a_new = a::int;\n" + SWAP),
    good(T + "UPDATE t SET a_new = a::int;\n", SWAP),
    good(T + "DO $$ BEGIN UPDATE t SET a_new = a::int; END $$;\n", SWAP),
)  # fmt: skip
