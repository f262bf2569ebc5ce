"""Types and defaults of Prisma as PostgreSQL columns get them from `prisma migrate`."""

from __future__ import annotations

import base64
import binascii
import re

from dbarchitect.model.types import SqlType, parse_type
from dbarchitect.read.prisma_syntax import Attribute, Value
from dbarchitect.sql.quote import literal

SCALARS = {
    "String": SqlType("text"),
    "Boolean": SqlType("boolean"),
    "Int": SqlType("integer"),
    "BigInt": SqlType("bigint"),
    "Float": SqlType("double precision"),
    "Decimal": SqlType("numeric", ("65", "30")),
    "DateTime": SqlType("timestamp", ("3",)),
    "Json": SqlType("jsonb"),
    "Bytes": SqlType("bytea"),
}
NATIVE = {
    "Text": "text", "VarChar": "varchar", "Char": "char", "Bit": "bit", "VarBit": "varbit", "Uuid": "uuid",
    "Xml": "xml", "Inet": "inet", "Citext": "citext", "Boolean": "boolean", "Integer": "integer",
    "SmallInt": "smallint", "Oid": "oid", "BigInt": "bigint", "DoublePrecision": "double precision", "Real": "real",
    "Decimal": "numeric", "Money": "money", "Timestamp": "timestamp", "Timestamptz": "timestamptz", "Date": "date",
    "Time": "time", "Timetz": "timetz", "Json": "json", "JsonB": "jsonb", "ByteA": "bytea",
}  # fmt: skip
SERIAL = ("smallint", "integer", "bigint")
APPLICATION = ("uuid", "cuid", "ulid", "nanoid", "auto")
"""Functions of @default that Prisma's client calls; the column has no default."""


def native_type(attribute: Attribute) -> SqlType | None:
    """The type of `@db.Name(arguments)`; None when PostgreSQL has none of that name."""
    name = NATIVE.get(attribute.name.removeprefix("db."))
    arguments = tuple(item.value.text for item in attribute.arguments if item.value.kind == "number")
    return SqlType(name, arguments) if name else None


def unsupported_type(text: str) -> SqlType | None:
    """The type of `Unsupported("…")`; None when it has not the shape of one."""
    if "\0" in text or not text.strip():
        return None
    try:
        return parse_type(text)
    except ValueError:
        return None


def operator_class(value: Value) -> str | None:
    """The operator class of `ops:`: the text of `raw("…")`, else Prisma's name in PostgreSQL's spelling."""
    if value.kind == "call" and value.text == "raw":
        return value.items[0].value.text if value.items and value.items[0].value.kind == "text" else None
    if value.kind != "word":
        return None
    words = value.text.replace("MinMax", "Minmax").replace("TimestampTz", "Timestamptz").replace("TimeTz", "Timetz")
    words = words.replace("TsVector", "Tsvector").replace("TsQuery", "Tsquery").replace("VarBit", "Varbit")
    words = words.replace("MacAddr", "Macaddr").replace("VarChar", "Varchar")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", words).lower()


def default(value: Value, type_: SqlType, labels: dict[str, str] | None) -> str | None:
    """A default as SQL; None when the database has none, because Prisma's client makes the value.

    Args:
        value: what stands in `@default(…)`.
        type_: the column's type.
        labels: of an enum, the label in the database by its name in Prisma's schema.

    Raises:
        ValueError: it is nothing that Prisma knows.
    """
    if value.kind == "list":
        items = [default(item.value, type_.element, labels) for item in value.items]
        return f"ARRAY[{', '.join(item for item in items if item)}]::{type_.element.sql()}[]"
    if value.kind == "call":
        return _called(value)
    if labels is not None:
        return literal(labels.get(value.text, value.text))
    if value.kind == "word":
        if value.text in ("true", "false"):
            return value.text
        raise ValueError(value.text)
    if value.kind == "number":
        return value.text
    if type_.name == "bytea":
        try:
            return literal("\\x" + base64.b64decode(value.text, validate=True).hex())
        except (binascii.Error, ValueError):
            raise ValueError(value.text) from None
    return literal(value.text)


def _called(value: Value) -> str | None:
    if value.text == "now":
        return "CURRENT_TIMESTAMP"
    if value.text in (*APPLICATION, "autoincrement"):
        return None
    if value.text == "dbgenerated":
        given = value.items[0].value if value.items else None
        return given.text.strip() or None if given is not None and given.kind == "text" else None
    raise ValueError(f"{value.text}()")
