"""A column's type changes at the price of the whole table.

Why
    Where the new type keeps every value bit for bit (varchar(50) to text, a longer varchar, more digits before the
    point) only the catalog changes, and nothing is said (RW09). Otherwise every row and every index is written anew
    under ACCESS EXCLUSIVE (RW08); between timestamp and timestamptz that depends on the session's time zone (RW10).
    With the same values but another order, indexes are built anew (RW11). A key's type also locks every table that
    refers to it (RW13). Values may lose something (DL04), may not fit (DL05) or have no cast of their own (DZ04).

Safe way
    A new column, filled by a trigger and in batches, then the names are exchanged.

Sources
    https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-NOTES
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.conversions import cost, lossy, narrows
from dbarchitect.migrate.effects_parts import names_over
from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown, spelled
from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Severity
from dbarchitect.model.plan import Hazard
from dbarchitect.model.types import SqlType
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.sql.acts import Act

REWRITE = Kind("RW08", "change-type", "warning", "A change of type writes the table anew.")
ZONE = Kind("RW10", "change-time-zone", "warning", "A change between timestamp and timestamptz depends on the session.")
INDEXES = Kind("RW11", "rebuild-indexes", "warning", "A change of type or collation builds indexes anew.")
VICTIMS = Kind("RW13", "change-key-type", "warning", "A key's change of type locks the tables that refer to it.")
LOSSY = Kind("DL04", "narrow-type", "warning", "Values may lose something that no way back restores.")
NARROW = Kind("DL05", "values-may-not-fit", "warning", "Values may not fit the new type.")
NO_CAST = Kind("DZ04", "no-cast", "error", "No cast leads to the new type by itself.")
KINDS = (REWRITE, ZONE, INDEXES, VICTIMS, LOSSY, NARROW, NO_CAST)
SAFE = "Add a column of the new type, fill it by a trigger and in batches, then exchange the names."


def check(context: Context) -> Iterator[Hazard]:
    """Each change of type that costs or may fail."""
    for act, table in context.named("set type"):
        column = table.columns.get(act.part)
        if column is None or act.type is None or not context.alters or context.effect.refused:
            continue
        place = address("column", table.schema, table.name, act.part)
        new = context.around.type(act.type)
        yield from _price(context, act, table, column, new, place)
        yield from _values(context, act, table, column, new, place)


def _price(context: Context, act: Act, table: TableDraft, column: Column, new: SqlType, place: str) -> Iterator[Hazard]:
    grave = context.weight(table)
    change = f"{table.name}.{column.name} becomes {new.sql()}"
    around = context.around
    pair = cost(around.base(column.type), around.base(new))
    if pair == "timezone" and act.using is None:
        message = f"{change}: in a session with another time zone than UTC every row is written anew"
        yield ZONE.hazard(context, place, message, "SET LOCAL timezone = 'UTC' before it, if the values are UTC.",
                          severity=grave)  # fmt: skip
    elif context.rewrites(table):
        message = f"{change}: all rows and indexes of {shown(table)}{context.size(table)} are written anew, no reads \
and no writes meanwhile"
        yield REWRITE.hazard(context, place, message, SAFE, severity=grave)
    elif context.scans(table) and (built := _built(context, table, column.name)):
        names = ", ".join(built)
        message = f"{change}: {names} of {shown(table)}{context.size(table)} built anew, no reads and no writes"
        yield INDEXES.hazard(context, place, message, SAFE, severity=grave)
    others = sorted({shown(other) for other, key in keys_over_referring(context, table, column.name)})
    if others:
        message = f"{change}: {', '.join(others)} cannot be read or written either, because keys refer to it"
        yield VICTIMS.hazard(context, place, message, SAFE, severity=grave)


def keys_over_referring(context: Context, table: TableDraft, column: str) -> list[tuple[TableDraft, object]]:
    """The tables whose foreign keys point at a column."""
    found = context.around.referrers(table)
    return [(child, key) for child, key in found if column in key.target_columns]


def _values(
    context: Context, act: Act, table: TableDraft, column: Column, new: SqlType, place: str
) -> Iterator[Hazard]:
    old, new = context.around.base(column.type), context.around.base(new)
    change = f"{table.name}.{column.name} becomes {new.sql()}"
    if context.empty(table):
        return
    if act.using is None and no_cast(context, old, new):
        using = f"USING {spelled(column.name)}::{new.sql()}"
        yield NO_CAST.hazard(context, place, f"{change}: no cast from {old.sql()} applies by itself, so it fails",
                             f"Say how: {using}.")  # fmt: skip
    elif narrows(old, new):
        yield NARROW.hazard(
            context, place, f"{change}: it fails when a value does not fit",
            "Look for such values first.", query=_too_big(table, column.name, old, new),
        )  # fmt: skip
    if lossy(old, new):
        message = f"{change}: what {old.sql()} holds beyond that is gone for good"
        weight: Severity = "info" if old.name == "json" else "warning"
        yield LOSSY.hazard(context, place, message, "Keep the old column until nobody needs it.", severity=weight)


def no_cast(context: Context, old: SqlType, new: SqlType) -> bool:
    """Whether ALTER COLUMN TYPE certainly refuses without USING: there is no assignment cast."""
    if old == new or old.dimensions or new.dimensions:
        return False
    texts = {"text", "varchar", "char", "citext", "name"}
    enums = context.around.state.enums
    if (new.schema or "", new.name) in enums:
        return True
    if old.schema is None and new.schema is None and old.name in texts and new.name not in texts:
        return new.category != "other"
    whole = {"smallint", "integer", "bigint"}
    return (old.name in whole and new.name in {"boolean", "uuid", "timestamp", "timestamptz", "date"}) or (
        old.name == "boolean" and new.name in whole
    )


def _too_big(table: TableDraft, column: str, old: SqlType, new: SqlType) -> str | None:
    name = spelled(column)
    if new.arguments and new.category == "text":
        return f"SELECT * FROM {shown(table)} WHERE length({name}) > {new.arguments[0]};"
    limits = {"smallint": 32767, "integer": 2147483647}
    if new.name in limits:
        top = limits[new.name]
        return f"SELECT * FROM {shown(table)} WHERE {name} NOT BETWEEN {-top - 1} AND {top};"
    if new.name == "numeric" and new.arguments:
        digits = int(new.arguments[0]) - (int(new.arguments[1]) if len(new.arguments) > 1 else 0)
        return f"SELECT * FROM {shown(table)} WHERE abs({name}) >= 1e{digits};"
    return None


def _built(context: Context, table: TableDraft, column: str) -> list[str]:
    """The indexes over a column that the statement builds anew; a plain one may stay where one over a call does not."""
    if table.partitioning is not None:
        return names_over(table, column)
    found = [(name, context.effect.lock(address("index", table.schema, name))) for name in names_over(table, column)]
    return [name for name, lock in found if lock is not None and lock.rewrites]


T = (
    "CREATE TABLE t (id int PRIMARY KEY, n int, name varchar(50), note text, price numeric(10,2), at timestamp, moment "
    "timestamptz);\nCREATE INDEX t_name_idx ON t (name);\nCREATE TABLE c (id int PRIMARY KEY, t_id int REFERENCES t);\n"
)
EXAMPLES = (
    bad(T, "ALTER TABLE t ALTER COLUMN n TYPE bigint;", "RW08"),
    bad(T, "ALTER TABLE t ALTER COLUMN id TYPE bigint;", "RW08", "RW13"),
    bad(T, "ALTER TABLE t ALTER COLUMN name TYPE varchar(20);", "DL05", "RW08"),
    bad(T, "ALTER TABLE t ALTER COLUMN note TYPE varchar(100);", "DL05", "RW08"),
    bad(T, "ALTER TABLE t ALTER COLUMN at TYPE timestamptz;", "RW10"),
    bad(T, 'ALTER TABLE t ALTER COLUMN name TYPE varchar(50) COLLATE "C";', "RW11"),
    bad(T, "ALTER TABLE t ALTER COLUMN moment TYPE date;", "DL04", "RW08"),
    bad(T, "ALTER TABLE t ALTER COLUMN note TYPE int;", "DZ04", "RW08"),
    good(T, "ALTER TABLE t ALTER COLUMN name TYPE text;", title="RW09: the same bits"),
    good(T, "ALTER TABLE t ALTER COLUMN name TYPE varchar(100);", title="RW09: a longer varchar"),
    good(T, "ALTER TABLE t ALTER COLUMN price TYPE numeric(12,2);", title="RW09: more digits before the point"),
    good("", T + "ALTER TABLE t ALTER COLUMN n TYPE bigint;", title="the table is new"),
)
