"""A file without a transaction cannot be run again after half of it has run.

Why
    Nothing takes back what ran before the statement that fails. Run again, the file adds rows a second time, changes
    values twice, or stops at what is there already (RB04). CREATE and DROP of tables and indexes are BR11's.

Safe way
    One statement for a file, or statements that bear to be run twice: ON CONFLICT DO NOTHING, WHERE … IS NULL,
    IF NOT EXISTS. Files that say `-- dbarchitect: no-transaction` are carried on by `dbarchitect migrate apply` and
    by the emitted src/db/migrate.ts, which remember each statement: nothing is said of them.

Sources
    https://www.postgresql.org/docs/18/sql-begin.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, good
from dbarchitect.model.plan import Hazard
from dbarchitect.sql.acts import Act

HALF = Kind("RB04", "half-a-file", "warning", "A file that fails half-way cannot be run again.")
KINDS = (HALF,)
STOPS = (
    "add column", "drop column", "add constraint", "drop constraint", "rename column", "rename table", "create enum",
    "create type", "create domain", "create trigger", "create policy", "add value", "rename value", "create sequence",
    "create view",
)  # fmt: skip
_CARRIED = re.compile(r"^--\s*dbarchitect:\s*no-transaction", re.MULTILINE)
_BEARS = re.compile(r"\bON\s+CONFLICT\b|\bNOT\s+EXISTS\b|\bEXCEPT\b|\bOR\s+REPLACE\b", re.IGNORECASE)


def check(context: Context) -> Iterator[Hazard]:
    """The first statement of a file that is not the last and must not run twice."""
    moment = context.moment
    last = moment.number + 1 == moment.count
    if context.inside or last or context.effect.refused or _CARRIED.search(moment.written.file.text):
        return
    for act in context.acts:
        what = _again(context, act)
        if what and context.once("RB04"):
            message = f"when a later statement fails, this one stays; run again, the file {what}"
            place = f"table:{act.name}" if act.name and act.object == "table" else f"file:{context.file.name}"
            yield HALF.hazard(
                context, place, message, "A file of its own for it, or a form that bears to be run twice.",
                severity="info" if act.action in STOPS else None,
            )  # fmt: skip


def _again(context: Context, act: Act) -> str:
    """What a second run does; '' when it does no harm."""
    text = context.moment.written.text
    if act.action in STOPS and not act.missing_ok and "or replace" not in act.option and not _BEARS.search(text):
        return "stops at it, because that is done already"
    if context.around.table(act.name) is None:
        return ""
    if act.action in ("insert", "copy from") and not _BEARS.search(text):
        return "adds the rows a second time, or stops at them"
    changed = act.action == "update" and any(re.search(_itself(name), text, re.IGNORECASE) for name in act.columns)
    return "changes the values a second time" if changed else ""


def _itself(column: str) -> str:
    """`n = n + 1`, `"n" = concat("n", …)`: a value made of the one before."""
    name = rf'"?\b{re.escape(column)}\b"?'
    return rf"{name}\s*=\s*(?:{name}\s*[-+*/|]|[^,;=]*[-+*/|]\s*{name})"


T = "CREATE TABLE t (id int PRIMARY KEY, n int, a text);\n"
EXAMPLES = (
    bad(T, "INSERT INTO t (id) VALUES (1);\nCREATE INDEX CONCURRENTLY i ON t (n);", "RB04", transaction=False),
    bad(T, "UPDATE t SET n = n + 1;\nSELECT 1;", "RB04", transaction=False),
    bad(T, "ALTER TABLE t ADD COLUMN b int;\nSELECT 1;", "RB04", transaction=False),
    good(T, "-- dbarchitect: no-transaction\nINSERT INTO t (id) VALUES (1);\nCREATE INDEX CONCURRENTLY i ON t (n);"),
    good(T, "INSERT INTO t (id) VALUES (1) ON CONFLICT DO NOTHING;\nSELECT 1;", transaction=False),
    good(T, "UPDATE t SET n = 0 WHERE n IS NULL;\nALTER TABLE t ADD COLUMN b int;", transaction=False),
    good(T, "INSERT INTO t (id) VALUES (1);\nSELECT 1;", title="in a transaction"),
)
