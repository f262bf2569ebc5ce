"""What PostgreSQL 18 does otherwise, and what older versions do not know.

Why
    From 18 on a NOT NULL is a constraint with a name, which a renamed column keeps (P801). A computed column is VIRTUAL
    unless it says STORED, and a virtual one has no index and cannot become a plain column (P802). A check that is NOT
    ENFORCED cannot become enforced (P803). Older versions do not understand the new words at all (P805).

Safe way
    Say STORED or VIRTUAL; rename constraints with their columns; give `--postgres` the version that runs it.

Sources
    https://www.postgresql.org/docs/18/release-18.html
    Measured: migrate/truth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.model.address import address
from dbarchitect.model.constraint import Check
from dbarchitect.model.names import object_name
from dbarchitect.model.plan import Hazard

NAMED = Kind("P801", "not-null-name-stays", "info", "A renamed column's NOT NULL keeps its old name.")
VIRTUAL = Kind("P802", "virtual-column", "info", "A computed column does not say whether it is stored.")
CHECK = Kind("P803", "enforce-check", "error", "A check that is NOT ENFORCED cannot become enforced.")
OLDER = Kind("P805", "newer-than-server", "error", "The server's version does not understand the statement.")
KINDS = (NAMED, VIRTUAL, CHECK, OLDER)
WORDS = (
    (18, r"\bVIRTUAL\b", "VIRTUAL"), (18, r"\bNOT\s+ENFORCED\b", "NOT ENFORCED"),
    (18, r"\bWITHOUT\s+OVERLAPS\b", "WITHOUT OVERLAPS"), (18, r"\buuidv7\s*\(", "uuidv7()"),
    (18, r"\bNOT\s+NULL\s+\S+\s+NOT\s+VALID\b", "NOT NULL … NOT VALID"),
    (17, r"\bSET\s+EXPRESSION\b", "SET EXPRESSION"),
    (15, r"\bNULLS\s+NOT\s+DISTINCT\b", "NULLS NOT DISTINCT"), (15, r"^\s*MERGE\s+INTO\b", "MERGE"),
    (15, r"\bsecurity_invoker\b", "security_invoker"), (14, r"\bDETACH\s+PARTITION\s+\S+\s+CONCURRENTLY\b", "DETACH … \
CONCURRENTLY"), (14, r"\bCREATE\s+OR\s+REPLACE\s+TRIGGER\b", "CREATE OR REPLACE TRIGGER"),
    (14, r"\bSET\s+COMPRESSION\b", "SET COMPRESSION"),
)  # fmt: skip


def check(context: Context) -> Iterator[Hazard]:
    """Words and habits of versions."""
    text = re.sub(r"'(?:[^']|'')*'|--[^\n]*", " ", context.moment.written.text)
    for since, pattern, word in WORDS if context.postgres < 18 else ():
        if context.postgres < since and re.search(pattern, text, re.IGNORECASE):
            if word == "MERGE" and context.postgres < 14:
                continue
            if word == "CREATE OR REPLACE TRIGGER" and context.postgres >= 14:
                continue
            message = f"PostgreSQL {context.postgres} does not know {word}: it came with {since}"
            yield OLDER.hazard(
                context, f"file:{context.file.name}", message, "Say it the old way, or raise --postgres."
            )
    for act in context.acts:
        for made in [act.column] if act.column else list(act.definitions):
            said = re.search(r"\b(STORED|VIRTUAL)\b", text, re.IGNORECASE)
            if made.generated == "virtual" and not said:
                message = f"{made.name} is VIRTUAL in PostgreSQL 18 and refused before: it says neither"
                yield VIRTUAL.hazard(context, f"column:{act.name}.{made.name}", message, "Say STORED or VIRTUAL.")
    for act, table in context.named("rename column", "alter constraint"):
        column = table.columns.get(act.part)
        keyed = table.primary_key is not None and act.part in table.primary_key.columns
        demanded = column is not None and not column.nullable and not keyed
        if act.action == "rename column" and demanded and context.postgres >= 18:
            old = object_name(table.name, act.part, "not_null")
            message = f"the NOT NULL of {shown(table)}.{act.new} is still called {old}"
            place = address("column", table.schema, table.name, act.part)
            yield NAMED.hazard(context, place, message, f"RENAME CONSTRAINT {old} as well.")
        known = table.constraints.get(act.part)
        if act.action == "alter constraint" and isinstance(known, Check) and "alterEnforceability" in act.option:
            message = f"{act.part} cannot become ENFORCED (42809)"
            place = address("constraint", table.schema, table.name, act.part)
            yield CHECK.hazard(context, place, message, "Drop it, add it again NOT VALID, validate it.")


T = "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, n int);\n"
EXAMPLES = (
    bad(T, "ALTER TABLE t RENAME COLUMN a TO b;", "P801"),
    bad(T, "ALTER TABLE t ADD COLUMN v int GENERATED ALWAYS AS (n + 1);", "P802"),
    bad(T + "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT ENFORCED;", "ALTER TABLE t ALTER CONSTRAINT c ENFORCED;",
        "P803"),
    bad(T, "ALTER TABLE t ADD COLUMN v int GENERATED ALWAYS AS (n + 1) VIRTUAL;", "P805", postgres=17),
    bad(T, "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (n);", "P805", postgres=14),
    good(T, "ALTER TABLE t ADD COLUMN v int GENERATED ALWAYS AS (n + 1) STORED;", postgres=16),
    good(T, "ALTER TABLE t ADD COLUMN v int GENERATED ALWAYS AS (n + 1) VIRTUAL;"),
    good(T, "ALTER TABLE t RENAME COLUMN n TO m;"),
)  # fmt: skip
