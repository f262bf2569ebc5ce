"""A new column or type is of a kind that one regrets, and that is costly to leave once rows are there.

Why
    json cannot be compared, char(n) pads with blanks, timestamp and time without a zone mean another moment to each
    session, serial leaves its sequence to be granted and moved apart, money depends on the server's locale, money in
    floating point is not what was paid, and a key of integer ends at 2,147,483,647 (BR09). An enum's labels stay for
    good and cannot be ordered anew; rows of a lookup table can (EN05). Changing it costs nothing today.

Safe way
    jsonb, text, timestamptz, GENERATED … AS IDENTITY, numeric, bigint; a lookup table for what users will extend.

Sources
    https://www.postgresql.org/docs/18/datatype.html
    https://wiki.postgresql.org/wiki/Don%27t_Do_This
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, few, good
from dbarchitect.model.plan import Hazard
from dbarchitect.sql.acts import Act, ColumnDefinition

TYPE = Kind("BR09", "regretted-type", "info", "A new column's type is one that is costly to leave later.")
ENUM = Kind("EN05", "new-enum", "info", "A new enum's labels stay for good.")
KINDS = (TYPE, ENUM)
WORDS = {
    "json": "json (jsonb can be compared and indexed)",
    "bpchar": "char(n) (text does not pad)",
    "timestamp": "timestamp without a time zone (timestamptz is a moment)",
    "timetz": "time with a time zone (timestamptz is a moment)",
    "money": "money (numeric does not depend on the locale)",
}
CODES = 3
"""Codes of ISO have so many letters, never fewer: nothing is padded."""
FLOATS = ("float4", "float8")
_PRICE = re.compile(r"(?:^|_)(?:price|amount|total|subtotal|cost|fee|balance|tax|salary|revenue)s?(?:_|$)")


def check(context: Context) -> Iterator[Hazard]:
    """New columns of new and old tables, and new enums."""
    for act in context.acts:
        known = context.around.key(context.around.state.enums, act.name)
        if act.action == "create enum" and act.name and known is None and context.once("EN05"):
            message = f"the labels of {act.name} can be added to and renamed, never taken away or ordered anew"
            yield ENUM.hazard(context, f"enum:{act.name}", message, "A table of its values, if users will change them.")
        found = [f"{column.name} is {word}" for column in _new(context, act) if (word := _regret(column, _keys(act)))]
        if found and act.name:
            message = f"in {act.name}, {few(found)}"
            yield TYPE.hazard(context, f"table:{act.name}", message, "Choose another one while that costs nothing.")


def _new(context: Context, act: Act) -> tuple[ColumnDefinition, ...]:
    table = context.around.table(act.name)
    if act.action == "create table":
        return () if table is not None else act.definitions
    if act.action == "add column" and act.column is not None:
        return () if table is not None and act.part in table.columns else (act.column,)
    return ()


def _keys(act: Act) -> set[str]:
    """The columns that are the whole primary key."""
    own = [act.column, *act.definitions]
    rules = [*act.constraints, *(rule for column in own if column is not None for rule in column.constraints)]
    return {rule.columns[0] for rule in rules if rule.kind == "primary key" and len(rule.columns) == 1}


def _regret(column: ColumnDefinition, keys: set[str]) -> str | None:
    name = column.type.name.name
    if column.serial:
        return "serial (an identity owns its sequence)"
    if name in ("int4", "int2") and column.name in keys and not column.type.dimensions:
        return "an integer key (bigint does not run out)"
    if name in FLOATS and _PRICE.search(column.name.lower()):
        return "money in floating point (numeric is exact)"
    if name == "bpchar" and column.type.arguments and int(column.type.arguments[0]) <= CODES:
        return None
    return WORDS.get(name)


EXAMPLES = (
    bad("", "CREATE TABLE t (id int PRIMARY KEY, a json, b timestamp, price real);", "BR09"),
    bad("CREATE TABLE t (id bigint);\n", "ALTER TABLE t ADD COLUMN n serial;", "BR09"),
    bad("", "CREATE TABLE t (id bigint PRIMARY KEY, code char(8));", "BR09"),
    bad("", "CREATE TYPE mood AS ENUM ('sad', 'ok');", "EN05"),
    good("", "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a jsonb, b timestamptz, n int,"
             " score real, price numeric(12, 2), currency char(3));"),
    good("CREATE TABLE t (a json);\n", "CREATE TABLE IF NOT EXISTS t (a json);"),
)  # fmt: skip
