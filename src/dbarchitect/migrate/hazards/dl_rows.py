"""Rows are changed in a migration.

Why
    ADD COLUMN … NOT NULL without a default fails as soon as the table has a row (DL07). UPDATE and DELETE without a
    condition touch every row (DL14); in a transaction with DDL they hold its locks for as long as they run (TX05), and
    on a table without a key they cannot be done in batches (BR07). A materialized view that is refreshed or made WITH
    NO DATA cannot be read meanwhile (DL16). A sequence that starts again gives numbers twice (DL17).

Safe way
    Backfill in batches, in a file of its own, after the DDL.

Sources
    https://www.postgresql.org/docs/18/sql-update.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, few, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard

REQUIRED = Kind("DL07", "add-required-column", "error", "A new column is required and has no value for old rows.")
ALL = Kind("DL14", "change-all-rows", "warning", "UPDATE or DELETE without a condition touches every row.")
REFRESH = Kind("DL16", "refresh-view", "warning", "A materialized view cannot be read while it is filled.")
NUMBERS = Kind("DL17", "restart-sequence", "warning", "A sequence gives numbers that it gave before.")
BACKFILL = Kind("TX05", "backfill-with-ddl", "warning", "Rows are changed while locks of DDL are held.")
ENDLESS = Kind("BR07", "backfill-without-key", "info", "Rows of a table without a key cannot be changed in batches.")
KINDS = (REQUIRED, ALL, REFRESH, NUMBERS, BACKFILL, ENDLESS)


def check(context: Context) -> Iterator[Hazard]:
    """DML, and what fails or misleads because of rows."""
    for act, table in context.named("add column"):
        column = act.column
        if column is None or column.name in table.columns or context.empty(table) or table.partition_of:
            continue
        domain = context.around.state.domains.get(_key(context, column.type))
        filled = column.default is not None and not column.default.null
        required = column.not_null or (domain is not None and not domain.nullable)
        given = (
            filled or column.generated or column.identity or column.serial or (domain is not None and domain.default)
        )
        if required and not given:
            message = f"it fails (23502) when {shown(table)} has a row: {column.name} is required and has no default"
            place = address("column", table.schema, table.name, column.name)
            yield REQUIRED.hazard(context, place, message, "Give it a default, or add it nullable and fill it first.")
    yield from _written(context)
    for act in context.acts:
        if act.action == "refresh" and not act.concurrently:
            view = context.around.view(act.name)
            if view is not None and address("view", view.schema, view.name) not in context.transaction.made:
                message = f"{view.name} cannot be read while it is refreshed"
                yield REFRESH.hazard(context, address("view", view.schema, view.name), message,
                                     "REFRESH … CONCURRENTLY; it needs a unique index.")  # fmt: skip
        elif act.action == "alter sequence" and "restart" in act.option.split():
            key = context.around.key(context.around.state.sequences, act.name)
            if key and address("sequence", *key) not in context.transaction.made:
                message = f"{act.name} starts again: it gives numbers that rows have already"
                yield NUMBERS.hazard(
                    context, address("sequence", *key), message, "setval() to the highest number in use."
                )


def _key(context: Context, name: object) -> tuple[str, str]:
    type_ = context.around.type(name)  # type: ignore[arg-type]
    return type_.schema or "", type_.name


def _written(context: Context) -> Iterator[Hazard]:
    for act, table in context.named("update", "delete"):
        place = table_address(table)
        if context.empty(table):
            continue
        whole = not act.condition and not act.related
        if whole:
            message = (
                f"{act.action.upper()} without a condition touches every row of {shown(table)}{context.size(table)}"
            )
            yield ALL.hazard(context, place, message, "Say which rows, and go in batches.",
                             severity=context.weight(table))  # fmt: skip
        held = [
            name for name, (mode, _) in context.transaction.locks.items() if mode in STRONG and "index:" not in name
        ]
        if held and context.inside and context.once("TX05"):
            names = few(sorted(name.partition(":")[2].removeprefix("public.") for name in held))
            words = f"{act.action.upper()} of {shown(table)}{context.size(table)}"
            message = f"{words} runs while DDL keeps {names} locked"
            yield BACKFILL.hazard(context, place, message, "Change rows in a migration of its own, in batches.",
                                  severity=context.weight(table))  # fmt: skip
        if whole and table.primary_key is None and not table.partitioning:
            message = f"{shown(table)} has no primary key: its rows cannot be changed in batches"
            yield ENDLESS.hazard(context, place, message, "Go by ctid, or add a key first.")


STRONG = ("SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")
T = "CREATE TABLE t (id int PRIMARY KEY, a text);\nCREATE TABLE bare (a text);\nCREATE SEQUENCE s;\n"
M = T + "CREATE MATERIALIZED VIEW m AS SELECT id FROM t;\nCREATE UNIQUE INDEX ON m (id);\n"
EXAMPLES = (
    bad(T, "ALTER TABLE t ADD COLUMN b int NOT NULL;", "DL07"),
    bad(T, "UPDATE t SET a = 'x';", "DL14"),
    bad(T, "DELETE FROM bare;", "BR07", "DL14"),
    bad(T, "ALTER TABLE t ADD COLUMN b text;\nUPDATE t SET b = a WHERE a IS NOT NULL;", "TX05"),
    bad(M, "REFRESH MATERIALIZED VIEW m;", "DL16"),
    bad(T, "ALTER SEQUENCE s RESTART;", "DL17"),
    good(T, "UPDATE t SET a = 'x' WHERE id = 1;"),
    good(T, "ALTER TABLE t ADD COLUMN b int NOT NULL DEFAULT 0;"),
    good(T, "TRUNCATE t;\nALTER TABLE t ADD COLUMN b int NOT NULL;", title="no row is left"),
    bad(T, "TRUNCATE t;\nINSERT INTO t VALUES (1);\nALTER TABLE t ADD COLUMN b int NOT NULL;", "DL07"),
    good(M, "REFRESH MATERIALIZED VIEW CONCURRENTLY m;"),
    good("", T + "INSERT INTO t VALUES (1);\nUPDATE t SET a = 'x';", title="the table is new"),
)
