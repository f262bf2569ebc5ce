"""An enum changes.

Why
    A label that ALTER TYPE … ADD VALUE has added cannot be used in the same transaction (EN01), and it can never be
    taken away again (EN02). Old programs still write the label that RENAME VALUE takes from them (EN03). An enum that
    is replaced by another is cast label by label: a label that the new one has not makes it fail (DL12), and a default
    of the old type makes it fail always (EN04).

Safe way
    Add labels in a migration of their own. Replace: drop the default, map the values, change the type USING its text,
    set the default.

Sources
    https://www.postgresql.org/docs/18/sql-altertype.html
    https://github.com/drizzle-team/drizzle-orm/issues/4295
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown, spelled
from dbarchitect.model.address import address
from dbarchitect.model.finding import Severity
from dbarchitect.model.plan import Hazard
from dbarchitect.model.types import SqlType

USED = Kind("EN01", "use-new-label", "error", "A new label is used in the transaction that added it.")
FOREVER = Kind("EN02", "add-label", "info", "A label can never be taken away again.")
RENAMED = Kind("EN03", "rename-label", "warning", "Old programs still write the old label.")
DEFAULT = Kind("EN04", "replace-enum-with-default", "error", "A default of the old enum stands in the way.")
LABELS = Kind("DL12", "replace-enum", "info", "A value whose label the new enum has not makes the change fail.")
KINDS = (USED, FOREVER, RENAMED, DEFAULT, LABELS)


def check(context: Context) -> Iterator[Hazard]:
    """ALTER TYPE of enums, uses of new labels, enums that replace one another."""
    for act in context.acts:
        key = context.around.key(context.around.state.enums, act.name)
        if act.action in ("add value", "rename value") and key is not None:
            place = address("enum", *key)
            if place in context.transaction.made:
                continue
            if act.action == "add value" and act.part not in context.around.state.enums[key].labels:
                message = f"{act.part!r} stays in {act.name} for good: there is no way back but another enum"
                yield FOREVER.hazard(
                    context, place, message, "Be sure of the label, and of its place among the others."
                )
            elif act.action == "rename value":
                message = f"programs that still write or compare {act.part!r} fail from now on"
                yield RENAMED.hazard(
                    context, place, message, "Add the new label, move the values, then stop using the old."
                )
    yield from _used(context)
    yield from _replaced(context)


def _used(context: Context) -> Iterator[Hazard]:
    if any(act.action in ("add value", "comment", "create enum") for act in context.acts):
        return
    if not context.inside:
        return
    text = context.moment.written.text
    labels = {(key, label): "" for key, names in context.transaction.labels.items() for label in names}
    labels |= _pending(context) if context.file.drizzle else {}
    for (key, label), file in sorted(labels.items()):
        literal = "'" + label.replace("'", "''") + "'"
        if literal in text and _touched(context, key):
            message = f"{literal} was added to {key[1]} in this transaction and cannot be used in it (55P04)"
            safe = "Use it in a later migration, after the commit."
            if file:
                message = f"where {file} is pending, too, Drizzle runs both in one transaction, in which {literal} of \
{key[1]} cannot be used (55P04)"
                safe = (
                    "Deploy that one first, or apply with `dbarchitect migrate apply`, which commits after each file."
                )
            severity: Severity = "error" if not file or context.session.story.pending else "info"
            yield USED.hazard(context, address("enum", *key), message, safe, severity=severity)


def _pending(context: Context) -> dict[tuple[tuple[str, str], str], str]:
    """Labels of files that Drizzle runs in one transaction with this one, with the file: those that are known to be
    pending, or else the one before it. Where the transaction has made the enum as well, its labels can be used.
    """  # fmt: skip
    story = context.session.story
    found = {}
    for key, labels in story.labels.items():
        for label, file in labels.items():
            made = story.enums.get(key)
            near = story.pending or (file == story.previous and made not in (file, context.file.name))
            if file != context.file.name and near and not (story.pending and made):
                found[key, label] = file
    return found


def _touched(context: Context, key: tuple[str, str]) -> bool:
    """Whether a statement has to do with an enum: it names it, or a table with a column of it, or nobody can tell."""
    if key[1] in context.moment.written.text or any(act.action in ("do", "call") for act in context.acts):
        return True
    names = [name for act in context.acts for name in (act.name, *act.related) if name is not None]
    tables = [table for table in map(context.around.table, names) if table is not None]
    return any((column.type.schema, column.type.name) == key for table in tables for column in table.columns.values())


def _replaced(context: Context) -> Iterator[Hazard]:
    for act, table in context.named("set type"):
        column = table.columns.get(act.part)
        if column is None or act.type is None:
            continue
        enums = context.around.state.enums
        old, new = column.type, context.around.type(act.type)
        place = address("column", table.schema, table.name, act.part)
        was, will = enums.get((old.schema or "", old.name)), enums.get((new.schema or "", new.name))
        if will is None or old == new:
            continue
        if _stays(column.default, new) and not any(item.action == "drop default" for item in context.acts):
            message = f"the default of {table.name}.{act.part} cannot become {new.name} by itself (42804)"
            yield DEFAULT.hazard(context, place, message, "DROP DEFAULT before it, SET DEFAULT after it.")
        gone = [label for label in was.labels if label not in will.labels] if was else []
        if (gone or was is None) and not context.empty(table):
            kept = ", ".join("'" + label.replace("'", "''") + "'" for label in will.labels)
            query = f"SELECT * FROM {shown(table)} WHERE {spelled(act.part)}::text NOT IN ({kept});"
            message = f"it fails (22P02) when a row holds a label that {new.name} has not"
            yield LABELS.hazard(context, place, message, "Map such values first.", query=query)


def _stays(default: str | None, new: SqlType) -> bool:
    """Whether a default is of another type than the new one: one that is cast to it already becomes it by itself."""
    if default is None:
        return False
    cast = re.search(r"::\s*(?:\"?[\w$]+\"?\.)?\"?([\w$]+)\"?\s*\Z", default)
    return cast is None or cast[1] != new.name


T = "CREATE TYPE mood AS ENUM ('sad', 'ok');\nCREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok', n mood);\n"
EXAMPLES = (
    bad(T, "ALTER TYPE mood ADD VALUE 'fine';\nUPDATE t SET m = 'fine' WHERE id = 1;", "EN01", "EN02"),
    bad(T, "ALTER TYPE mood ADD VALUE 'fine';\nUPDATE t SET id = 1 WHERE id::text = 'other';", "EN02"),
    good(T + "ALTER TYPE mood ADD VALUE 'fine';\n", "UPDATE t SET m = 'fine' WHERE id = 1;", drizzle=True,
         title="the label's file has been applied"),
    bad(T, "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';", "EN03"),
    bad(T, "CREATE TYPE mood2 AS ENUM ('sad');\nALTER TABLE t ALTER COLUMN m TYPE mood2 USING m::text::mood2;",
        "DL12", "EN04"),
    bad(T + "CREATE TABLE w (s text DEFAULT 'ok');\n", "ALTER TABLE w ALTER COLUMN s SET DEFAULT 'ok'::mood;\n"
        "ALTER TABLE w ALTER COLUMN s TYPE mood USING s::mood;", "DL12", title="the default is of the new type"),
    bad(T, "ALTER TYPE mood ADD VALUE 'fine';", "EN02"),
    good(T, "CREATE TYPE mood2 AS ENUM ('sad', 'ok', 'fine');\n"
         "ALTER TABLE t ALTER COLUMN n TYPE mood2 USING n::text::mood2;"),
    good("", "CREATE TYPE mood AS ENUM ('sad');\nALTER TYPE mood ADD VALUE 'fine';\nSELECT 'fine'::mood;",
         title="the type is new"),
)  # fmt: skip
