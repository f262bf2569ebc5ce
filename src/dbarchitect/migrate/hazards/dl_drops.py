"""Data or what hangs on an object goes.

Why
    DROP TABLE, DROP SCHEMA, DROP DATABASE and TRUNCATE lose rows (DL01), DROP COLUMN a column of every row, and
    programs that still name it fail (DL02). A column that goes while one of its type comes is often a rename that
    loses the values (DL03). An object that is dropped and made again has lost its privileges, comments and policies,
    and CASCADE takes dependents along without naming them (DL15).

Safe way
    Stop using it, wait, drop it last; keep a copy where the way back matters. Renames as RENAME.

Sources
    https://www.postgresql.org/docs/18/ddl-depend.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import partial

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import Surroundings, table_address
from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.sql.acts import Act

ROWS = Kind("DL01", "drop-table", "warning", "Rows are lost.")
COLUMN = Kind("DL02", "drop-column", "warning", "A column's values are lost, and programs that name it fail.")
RENAME = Kind("DL03", "rename-by-drop", "warning", "A column goes and its like comes: the values are lost.")
DEPENDENTS = Kind("DL15", "drop-cascade", "warning", "CASCADE drops what depends on it, too.")
KINDS = (ROWS, COLUMN, RENAME, DEPENDENTS)
ALIKE = 0.6
"""Likeness from which two names may be one."""


def check(context: Context) -> Iterator[Hazard]:
    """Everything that drops."""
    for act, table in context.named("drop table", "truncate"):
        if context.effect.refused or context.empty(table):
            continue
        what = "are lost" if act.action == "truncate" else "are lost with it"
        message = f"the rows of {shown(table)}{context.size(table)} {what}"
        yield ROWS.hazard(context, table_address(table), message, "Rename it first, and drop it when nobody missed it.")
    for act in context.acts:
        if act.action == "drop schema" and act.cascade and act.name:
            inside = [table for table in context.around.state.tables.values() if table.schema == act.name.name]
            if any(table_address(table) not in context.transaction.made for table in inside):
                message = f"{len(inside)} tables of {act.name} are lost with their rows"
                yield ROWS.hazard(context, address("namespace", act.name.name), message, "Drop what is meant by name.")
        elif act.action == "drop database":
            yield ROWS.hazard(context, f"database:{act.name}", "a whole database is lost", "Not in a migration.")
    yield from _columns(context)
    yield from _cascades(context)


def _columns(context: Context) -> Iterator[Hazard]:
    dropped = [(act, table) for act, table in context.named("drop column") if act.part in table.columns]
    for act, table in dropped:
        if context.effect.refused:
            continue
        place = address("column", table.schema, table.name, act.part)
        if place in context.transaction.made:
            continue
        if table.columns[act.part].generated is None and not context.empty(table):
            message = f"the values of {table.name}.{act.part} are lost, and programs that still name it fail"
            yield COLUMN.hazard(context, place, message, "Stop using it in one deployment, drop it in a later one.")
        context.at_end(partial(_renamed, context, table.key, act.part))


def _renamed(context: Context, key: tuple[str, str], name: str, _after: Surroundings) -> Hazard | None:
    """That a dropped column may be one that the file adds under another name and does not fill from it."""
    place = address("table", *key)
    state = context.transaction
    twin = _pairs(state.columns.get(place, ()), state.added.get(place, ())).get(name)
    if twin is None or address("column", *key, twin) in state.written:
        return None
    message = f"{name} goes and {twin} of the same type comes: if that is a rename, its values are lost"
    return RENAME.hazard(context, address("column", *key, name), message, f"RENAME COLUMN {name} TO {twin}.")


def _pairs(gone: Sequence[Column], come: Sequence[Column]) -> dict[str, str]:
    """The new name of each column that may have been renamed: the likest one of its type, each taken once."""
    both = {column.name for column in gone} & {column.name for column in come}
    old = [column for column in gone if column.name not in both]
    new = [column for column in come if column.name not in both]
    alike = [(_likeness(was.name, will.name), was, will) for was in old for will in new if was.type == will.type]
    found: dict[str, str] = {}
    for likeness, was, will in sorted(alike, key=lambda item: (-item[0], item[1].name, item[2].name)):
        only = sum(item[1] is was or item[2] is will for item in alike) == 1 and will.default is None
        if was.name not in found and will.name not in found.values() and (likeness >= ALIKE or only):
            found[was.name] = will.name
    return found


def _likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; case and underlines count nothing."""
    return SequenceMatcher(None, one.replace("_", "").lower(), other.replace("_", "").lower()).ratio()


def _cascades(context: Context) -> Iterator[Hazard]:
    for act in context.acts:
        if not act.cascade or context.effect.refused:
            continue
        own = context.around.table(act.name)
        if own is not None and table_address(own) in context.transaction.made:
            continue
        named = {table_address(own)} if own is not None else set()
        named |= _only_locked(context, act, own)
        taken = [
            lock.address.partition(":")[2].removeprefix("public.")
            for lock in context.effect.locks
            if lock.blocks_reads and lock.address not in named and not lock.address.startswith("index:")
        ]
        if act.action.startswith("drop ") and taken:
            message = f"CASCADE reaches {', '.join(taken)}: views, columns or keys there go along"
            place = table_address(own) if own is not None else f"{act.object}:{act.name}"
            yield DEPENDENTS.hazard(context, place, message, "Drop what depends on it by name, with RESTRICT here.")
        elif act.action == "truncate" and taken:
            message = f"TRUNCATE … CASCADE also empties {', '.join(taken)}"
            yield DEPENDENTS.hazard(context, table_address(own) if own else "", message, "Name the tables.")


def _only_locked(context: Context, act: Act, own: TableDraft | None) -> set[str]:
    """The tables that a table which goes refers to: they lose nothing but a trigger, with CASCADE and without."""
    around = context.around
    if act.action == "drop schema" and act.name is not None:
        gone = [table for table in around.state.tables.values() if table.schema == act.name.name]
    elif act.action == "drop table" and own is not None:
        gone = [own, *(table for table in around.descendants(own) if table.partition_of is not None)]
    else:
        return set()
    hang = {child.key for table in gone for child, _ in around.referrers(table)} - {table.key for table in gone}
    parents = [parent for table in gone for parent, _ in around.targets(table) if parent is not None]
    return {table_address(table) for table in (*parents, *gone) if table.key not in hang}


T = "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p, a text);\n"
V = T + "CREATE VIEW v AS SELECT id, a FROM t;\n"
EXAMPLES = (
    bad(T, "DROP TABLE t;", "DL01"),
    bad(T, "TRUNCATE t;", "DL01"),
    bad(T, "ALTER TABLE t DROP COLUMN a;", "DL02"),
    bad(T, "ALTER TABLE t DROP COLUMN a, ADD COLUMN b text;", "DL02", "DL03"),
    bad(T, "ALTER TABLE t DROP COLUMN a;\nALTER TABLE t ADD COLUMN b text;", "DL02", "DL03"),
    bad(T, "ALTER TABLE t ADD COLUMN b text;\nALTER TABLE t DROP COLUMN a;", "DL02", "DL03"),
    bad(
        T,
        "ALTER TABLE t ADD COLUMN b text;\nUPDATE t SET b = a;\nALTER TABLE t DROP COLUMN a;",
        "DL02",
        title="its values are moved",
    ),
    bad(
        T,
        "ALTER TABLE t ADD COLUMN note text, ADD COLUMN label text, DROP COLUMN a;",
        "DL02",
        title="neither is like it",
    ),
    bad(V, "ALTER TABLE t DROP COLUMN a CASCADE;", "DL02", "DL15"),
    bad(T, "TRUNCATE p CASCADE;", "DL01", "DL15"),
    bad(T, "DROP TABLE t CASCADE;", "DL01", title="nothing depends on it: the table that it refers to stays as it is"),
    bad(T, "DROP TABLE p CASCADE;", "DL01", "DL15"),
    good(T, "DROP TABLE IF EXISTS nothing;"),
    good("", T + "DROP TABLE t;", title="the table is new"),
    good(T, "ALTER TABLE t ADD COLUMN b text;\nALTER TABLE t DROP COLUMN b;", title="the column is new"),
    good(T, "ALTER TABLE t RENAME COLUMN a TO b;"),
)
