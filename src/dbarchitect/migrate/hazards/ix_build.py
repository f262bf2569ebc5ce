"""An index is built while the table is in use.

Why
    CREATE INDEX keeps writers out until it is done (IX01), REINDEX readers of that index too (IX06). CONCURRENTLY
    keeps nobody out, but cannot run in a transaction (IX02), waits for every transaction that is older, so that a
    lock_timeout ends it and leaves an index that is INVALID (IX04), and IF NOT EXISTS then silently keeps that one
    (IX03). PostgreSQL 14.0 to 14.3 could corrupt an index built so (IX14). A virtual column cannot be indexed (IX13).
    A second index over the same columns only costs (IX11).

Safe way
    CREATE INDEX CONCURRENTLY in a file of its own without a transaction, SET lock_timeout = 0 before it; look for
    invalid indexes after it.

Sources
    https://www.postgresql.org/docs/18/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
    https://www.postgresql.org/docs/release/14.4/
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown, spelled
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard
from dbarchitect.model.schema import View
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.sql.acts import Act

BUILD = Kind("IX01", "create-index", "warning", "A new index keeps writers out until it is built.")
INSIDE = Kind("IX02", "concurrently-in-transaction", "error", "CONCURRENTLY cannot run in a transaction.")
KEPT = Kind("IX03", "invalid-index-kept", "info", "IF NOT EXISTS keeps an index that an earlier try left invalid.")
TIMEOUT = Kind("IX04", "concurrently-under-timeout", "warning", "A timeout ends a concurrent build half-way.")
REINDEX = Kind("IX06", "reindex", "warning", "REINDEX keeps writers out, and readers of that index.")
TWICE = Kind("IX11", "duplicate-index", "info", "An index like the new one is there already.")
VIRTUAL = Kind("IX13", "index-on-virtual-column", "error", "A virtual column cannot be indexed.")
CORRUPT = Kind("IX14", "concurrently-before-14-4", "info", "PostgreSQL 14.0 to 14.3 could corrupt such an index.")
KINDS = (BUILD, INSIDE, KEPT, TIMEOUT, REINDEX, TWICE, VIRTUAL, CORRUPT)
SAFE = "CREATE INDEX CONCURRENTLY, in a file without a transaction."


def check(context: Context) -> Iterator[Hazard]:
    """CREATE INDEX, REINDEX, and every CONCURRENTLY."""
    for act in context.acts:
        if act.concurrently and act.action in ("create index", "drop index", "reindex", "detach partition"):
            yield from _concurrently(context, act)
        if act.action == "reindex":
            yield from _reindex(context, act)
        view = context.around.view(act.name) if act.action == "create index" and not act.concurrently else None
        made = view is not None and address("view", view.schema, view.name) in context.transaction.made
        if view is not None and view.materialized and not made:
            message = f"{view.name} cannot be refreshed until the index is built"
            place = address("index", view.schema, act.part or view.name)
            yield BUILD.hazard(context, place, message, SAFE, severity="info")
    for act, table in context.named("create index"):
        yield from _create(context, act, table)


def _create(context: Context, act: Act, table: TableDraft) -> Iterator[Hazard]:
    place = address("index", table.schema, act.part) if act.part else table_address(table)
    virtual = [name for name in act.columns if name in table.columns and _virtual(table, name)]
    if virtual:
        message = f"{virtual[0]} is a virtual column: an index over it is refused (0A000)"
        yield VIRTUAL.hazard(context, place, message, "Index the expression itself, or make the column STORED.")
        return
    if act.missing_ok and act.part in table.indexes:
        return
    if not act.concurrently and table.partitioning is None:
        message = f"nobody can write to {shown(table)}{context.size(table)} until the index is built"
        yield BUILD.hazard(context, place, message, SAFE, severity=context.weight(table))
    twin = _twin(act, table)
    if twin is not None:
        message = f"{shown(table)} has the index {twin} over the same columns already: each write keeps both"
        yield TWICE.hazard(context, place, message, "Leave one of them out.")


def _virtual(table: TableDraft, column: str) -> bool:
    generated = table.columns[column].generated
    return generated is not None and not generated.stored


def _twin(act: Act, table: TableDraft) -> str | None:
    if act.condition or not all(act.columns) or act.unique:
        return None
    for index in table.indexes.values():
        plain = index.where is None and len(index.columns) == len(index.parts)
        usual = not any(part.descending or part.opclass or part.collation for part in index.parts)
        if plain and usual and index.columns == act.columns and index.method == act.option and index.name != act.part:
            return index.name
    return None


def _concurrently(context: Context, act: Act) -> Iterator[Hazard]:
    place = address("index", (act.name.schema if act.name else None) or "public", act.part or str(act.name))
    word = act.action.upper()
    drizzle = context.file.drizzle and not context.transaction.ended
    if drizzle or (context.inside and (context.transaction.explicit or context.file.statements > 1)):
        who = (
            "Drizzle's migrator runs all that is pending in one transaction"
            if drizzle
            else "it runs in \
a transaction"
        )
        certain = drizzle or context.transaction.explicit or context.file.certain
        message = f"{word} CONCURRENTLY is refused (25001), because {who}"
        yield INSIDE.hazard(
            context,
            place,
            message,
            "A file of its own, `-- dbarchitect: no-transaction`, applied by \
`dbarchitect migrate apply`.",
            severity="error" if certain else "warning",
        )
    if context.session.lock_timeout and act.action != "detach partition":
        message = (
            f"lock_timeout ends {word} CONCURRENTLY while it waits for older transactions, and leaves an INVALID index"
        )
        yield TIMEOUT.hazard(context, place, message, "SET lock_timeout = 0 before it.")
    if act.action == "create index" and act.missing_ok and act.part:
        oid = f"to_regclass('{spelled(act.part)}')"
        query = f"SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid AND indexrelid = {oid};"
        message = f"when an earlier try failed, {act.part} is there and INVALID, and IF NOT EXISTS keeps it so"
        yield KEPT.hazard(context, place, message, "Look for an invalid index first, and drop it.", query=query)
    if context.postgres == 14 and act.action in ("create index", "reindex"):
        yield CORRUPT.hazard(context, place, f"before PostgreSQL 14.4 {word} CONCURRENTLY could corrupt the index",
                             "Bring the server up to 14.4 or later first.")  # fmt: skip


def _reindex(context: Context, act: Act) -> Iterator[Hazard]:
    found = context.around.index(act.name) if act.object == "index" else None
    table = found[1] if found else context.around.table(act.name)
    if act.concurrently or table is None or isinstance(table, View) or table_address(table) in context.transaction.made:
        return
    message = f"nobody can write to {shown(table)}{context.size(table)}, nor read by that index, until it is built"
    yield REINDEX.hazard(context, table_address(table), message, "REINDEX … CONCURRENTLY, outside a transaction.",
                         severity=context.weight(table))  # fmt: skip


T = (
    "CREATE TABLE t (id int PRIMARY KEY, a int, b int, v int GENERATED ALWAYS AS (a + 1) VIRTUAL);\n"
    "CREATE INDEX t_b_idx ON t (b);\n"
)
CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
EXAMPLES = (
    bad(T, "CREATE INDEX i ON t (a);", "IX01"),
    bad(T, CIC + "\nSELECT 1;", "IX02"),
    bad(T, CIC, "IX02", drizzle=True),
    bad(T, "BEGIN;\n" + CIC + "\nCOMMIT;", "IX02"),
    bad(T, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);", "IX03", transaction=False),
    bad(T, "SET lock_timeout = '5s';\n" + CIC, "IX04", transaction=False),
    bad(T, "REINDEX TABLE t;", "IX06"),
    bad(T, "CREATE INDEX i ON t (b);", "IX01", "IX11"),
    bad(T, "CREATE INDEX i ON t (v);", "IX13"),
    bad(T, CIC, "IX14", transaction=False, postgres=14),
    good(T, "COMMIT;\n" + CIC, drizzle=True, title="the transaction has ended"),
    good(T, CIC, transaction=False),
    good(T, CIC, title="alone in its file, whose runner is not known"),
    good("", T + "CREATE INDEX i ON t (a);", title="the table is new"),
    good(T, "CREATE MATERIALIZED VIEW m AS SELECT a FROM t;\nCREATE INDEX i ON m (a);", title="the view is new"),
)
