"""A statement that says too much, too little, or something else than it seems.

Why
    SECURITY DEFINER without a search_path of its own runs whatever its caller puts before the real names (BR08). A name
    of more than 63 bytes is cut without a word (BR10). Where no transaction takes a failed file back, a second run
    stumbles over what is there already, so each statement must bear to be run twice (BR11). ALL, and PUBLIC, give more
    than anybody needs, and a new table without row security is open where all others are closed (BR12).

Safe way
    SET search_path in the function, short names, IF NOT EXISTS in files without a transaction, privileges by name.

Sources
    https://www.postgresql.org/docs/18/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
    https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import Surroundings, table_address
from dbarchitect.model.plan import Hazard
from dbarchitect.sql.acts import Name

DEFINER = Kind("BR08", "definer-without-path", "warning", "A SECURITY DEFINER function has no search_path of its own.")
LONG = Kind("BR10", "name-is-cut", "info", "PostgreSQL cuts a name to 63 bytes.")
ONCE = Kind("BR11", "runs-only-once", "info", "A statement outside a transaction cannot be run again.")
OPEN = Kind("BR12", "too-many-privileges", "warning", "More is granted than anybody needs, or a table is left open.")
KINDS = (DEFINER, LONG, ONCE, OPEN)
LIMIT = 63


def check(context: Context) -> Iterator[Hazard]:
    """Functions, names, privileges."""
    for act in context.acts:
        place = f"{act.object}:{act.name}" if act.name else f"file:{context.file.name}"
        if act.action == "create function" and "definer" in act.option.split() and "pinned" not in act.option.split():
            message = f"{act.name} runs with its owner's rights under its caller's search_path"
            yield DEFINER.hazard(context, place, message, "SET search_path = … in the function.")
        if act.action == "grant" and act.object != "other" and {"all", "public"} <= set(act.option.split()):
            message = f"everybody may do everything with {act.name}"
            yield OPEN.hazard(context, place, message, "GRANT what is needed, to whom needs it.")
        once = act.action in ("create index", "drop index", "create table", "drop table") and not act.missing_ok
        if once and act.name and not context.inside and context.file.statements > 1:
            word = "IF NOT EXISTS" if act.action.startswith("create") else "IF EXISTS"
            message = f"{act.action.upper()} without {word}: when a later statement fails, the file cannot be run again"
            yield ONCE.hazard(context, place, message, f"{act.action.upper()} … {word}.")
    yield from _long(context)
    _left_open(context)


def _long(context: Context) -> Iterator[Hazard]:
    """The grammar cuts names itself, so that the text is looked at."""
    text = context.moment.written.text
    if len(text) <= LIMIT or not re.search(rf"\w{{{LIMIT // 4},}}", text):
        return
    for lexeme in context.moment.written.lexemes:
        name = lexeme.text.strip('"') if lexeme.kind in ("word", "name", "quoted", "identifier") else ""
        if len(name.encode()) > LIMIT:
            cut = name.encode()[:LIMIT].decode(errors="ignore")
            message = f"{name} has more than {LIMIT} bytes and becomes {cut}"
            yield LONG.hazard(context, f"file:{context.file.name}", message, "A shorter name.")
            return


def _left_open(context: Context) -> None:
    """A new table that has no row security when the file ends, though all that were there before have it."""
    for act in context.acts:
        if act.action != "create table" or act.name is None or act.option == "partition":
            continue
        if context.around.table(act.name) is None:
            context.at_end(partial(_open_still, context, act.name))


def _open_still(context: Context, name: Name, after: Surroundings) -> Hazard | None:
    table = after.table(name)
    old = [item for item in after.state.tables.values() if table_address(item) not in context.transaction.made]
    old = [item for item in old if item.schema != "pg_temp"]
    if table is None or table.schema == "pg_temp" or table.row_security or len(old) < 3:
        return None
    if not all(item.row_security for item in old):
        return None
    message = f"{shown(table)} has no row security, and all {len(old)} other tables have it"
    return OPEN.hazard(context, table_address(table), message, "ALTER TABLE … ENABLE ROW LEVEL SECURITY, and a policy.")


S = "".join(f"CREATE TABLE t{n} (id int PRIMARY KEY);\nALTER TABLE t{n} ENABLE ROW LEVEL SECURITY;\n" for n in range(3))
EXAMPLES = (
    bad("", "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';", "BR08"),
    bad("", f"CREATE TABLE {'t' * 70} (id int);", "BR10"),
    bad("CREATE TABLE t (a int);\n", "CREATE INDEX CONCURRENTLY i ON t (a);\nSELECT 1;", "BR11", transaction=False),
    bad("CREATE TABLE t (a int);\n", "GRANT ALL ON t TO PUBLIC;", "BR12"),
    bad(S, "CREATE TABLE t4 (id int PRIMARY KEY);\nSELECT 1;", "BR12"),
    good("", "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';"),
    good("CREATE TABLE t (a int);\n", "GRANT SELECT ON t TO PUBLIC;"),
    good(S, "CREATE TABLE t4 (id int PRIMARY KEY);\nSELECT 1;\nALTER TABLE t4 ENABLE ROW LEVEL SECURITY;"),
    good(
        "CREATE TABLE t (a int);\n", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);\nSELECT 1;", transaction=False
    ),
)
