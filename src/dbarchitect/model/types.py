"""Types of PostgreSQL: one registry with every spelling, and `SqlType`, a type with its arguments and dimensions."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from dbarchitect.model.names import quote
from dbarchitect.records import dataclass

Category = Literal[
    "text", "integer", "decimal", "float", "boolean", "uuid", "timestamp", "date", "time", "interval",
    "json", "binary", "network", "bits", "geometry", "range", "search", "vector", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """What we know of one type.

    Args:
        name: our canonical short name.
        category: the family that decides about operators, checks and rows.
        spellings: how SQL and the catalog write it beside `name`.
        drizzle: the builder of `drizzle-orm/pg-core`, or None when Drizzle has none (a customType is emitted).
        typescript: the type of a value that Drizzle returns by default.
        size: bytes of a value on disk; None when it varies.
        extension: the extension that brings the type.
    """

    name: str
    category: Category
    spellings: tuple[str, ...] = ()
    drizzle: str | None = None
    typescript: str = "string"
    size: int | None = None
    extension: str | None = None


_REGISTRY = (
    TypeInfo("text", "text", (), "text"),
    TypeInfo("varchar", "text", ("character varying",), "varchar"),
    TypeInfo("char", "text", ("character", "bpchar"), "char"),
    TypeInfo("citext", "text", (), None, extension="citext"),
    TypeInfo("name", "text", (), None, size=64),
    TypeInfo("smallint", "integer", ("int2",), "smallint", "number", 2),
    TypeInfo("integer", "integer", ("int", "int4"), "integer", "number", 4),
    TypeInfo("bigint", "integer", ("int8",), "bigint", "number", 8),
    TypeInfo("oid", "integer", (), None, "number", 4),
    TypeInfo("numeric", "decimal", ("decimal",), "numeric"),
    TypeInfo("money", "decimal", (), None, size=8),
    TypeInfo("real", "float", ("float4",), "real", "number", 4),
    TypeInfo("double precision", "float", ("float8", "float"), "doublePrecision", "number", 8),
    TypeInfo("boolean", "boolean", ("bool",), "boolean", "boolean", 1),
    TypeInfo("uuid", "uuid", (), "uuid", "string", 16),
    TypeInfo("timestamptz", "timestamp", ("timestamp with time zone",), "timestamp", "Date", 8),
    TypeInfo("timestamp", "timestamp", ("timestamp without time zone",), "timestamp", "Date", 8),
    TypeInfo("date", "date", (), "date", "string", 4),
    TypeInfo("time", "time", ("time without time zone",), "time", "string", 8),
    TypeInfo("timetz", "time", ("time with time zone",), "time", "string", 12),
    TypeInfo("interval", "interval", (), "interval", "string", 16),
    TypeInfo("json", "json", (), "json", "unknown"),
    TypeInfo("jsonb", "json", (), "jsonb", "unknown"),
    TypeInfo("jsonpath", "other", (), None),
    TypeInfo("xml", "other", (), None),
    TypeInfo("hstore", "other", (), None, extension="hstore"),
    TypeInfo("ltree", "other", (), None, extension="ltree"),
    TypeInfo("bytea", "binary", (), None, "Uint8Array"),
    TypeInfo("inet", "network", (), "inet"),
    TypeInfo("cidr", "network", (), "cidr"),
    TypeInfo("macaddr", "network", (), "macaddr", size=6),
    TypeInfo("macaddr8", "network", (), "macaddr8", size=8),
    TypeInfo("bit", "bits", (), "bit"),
    TypeInfo("varbit", "bits", ("bit varying",), None),
    TypeInfo("point", "geometry", (), "point", "[number, number]", 16),
    TypeInfo("line", "geometry", (), "line", "[number, number, number]", 24),
    TypeInfo("lseg", "geometry", (), None, size=32),
    TypeInfo("box", "geometry", (), None, size=32),
    TypeInfo("path", "geometry", (), None),
    TypeInfo("polygon", "geometry", (), None),
    TypeInfo("circle", "geometry", (), None, size=24),
    TypeInfo("int4range", "range", (), None),
    TypeInfo("int8range", "range", (), None),
    TypeInfo("numrange", "range", (), None),
    TypeInfo("tsrange", "range", (), None),
    TypeInfo("tstzrange", "range", (), None),
    TypeInfo("daterange", "range", (), None),
    TypeInfo("int4multirange", "range", (), None),
    TypeInfo("int8multirange", "range", (), None),
    TypeInfo("nummultirange", "range", (), None),
    TypeInfo("tsmultirange", "range", (), None),
    TypeInfo("tstzmultirange", "range", (), None),
    TypeInfo("datemultirange", "range", (), None),
    TypeInfo("tsvector", "search", (), None),
    TypeInfo("tsquery", "search", (), None),
    TypeInfo("vector", "vector", (), "vector", "number[]", None, "vector"),
    TypeInfo("halfvec", "vector", (), "halfvec", "number[]", None, "vector"),
    TypeInfo("sparsevec", "vector", (), "sparsevec", "string", None, "vector"),
)

REGISTRY: dict[str, TypeInfo] = {info.name: info for info in _REGISTRY}
_BY_SPELLING = {spelling: info for info in _REGISTRY for spelling in (info.name, *info.spellings)}

_SHAPE = re.compile(
    r"\s*(?P<name>\"(?:[^\"]|\"\")+\"(?:\.\"(?:[^\"]|\"\")+\")?|[^()\[\]\"]+?)\s*"
    r"(?:\((?P<arguments>[^)]*)\))?\s*(?P<zone>with(?:out)? time zone)?\s*(?P<dimensions>(?:\[\d*\]\s*)*)\Z",
    re.IGNORECASE,
)
_WITH_ZONE = {"timestamptz": "timestamp", "timetz": "time"}


@dataclass(frozen=True, slots=True)
class SqlType:
    """A type as a column has it.

    Args:
        name: canonical name of the registry, or the bare name of a user's own type.
        arguments: what stands in parentheses, as written: ('10', '2'); for interval the fields: ('day to second',).
        dimensions: 0 for a plain type, 1 for an array, 2 for an array of arrays.
        schema: the schema of a user's own type (enum, domain, composite, range); None for a type of the registry.
    """

    name: str
    arguments: tuple[str, ...] = ()
    dimensions: int = 0
    schema: str | None = None

    @property
    def info(self) -> TypeInfo | None:
        """The registry's entry; None for a user's own type."""
        return REGISTRY.get(self.name) if self.schema is None else None

    @property
    def category(self) -> Category:
        """The family of the element type."""
        info = REGISTRY.get(self.name) if self.schema is None else None
        return info.category if info else "other"

    @property
    def element(self) -> SqlType:
        """The type without its array dimensions."""
        return SqlType(self.name, self.arguments, 0, self.schema)

    def array(self, dimensions: int = 1) -> SqlType:
        """The array of this type."""
        return SqlType(self.name, self.arguments, self.dimensions + dimensions, self.schema)

    def sql(self) -> str:
        """The type as DDL writes it."""
        return self._base() + "[]" * self.dimensions

    def _base(self) -> str:
        if self.schema is not None:
            return f"{quote(self.schema)}.{quote(self.name)}{self._parentheses()}"
        if self.name in _WITH_ZONE and self.arguments:
            return f"{_WITH_ZONE[self.name]}{self._parentheses()} with time zone"
        if self.name == "interval" and self.arguments and not self.arguments[0].isdigit():
            return f"interval {self.arguments[0]}"
        return f"{self.name}{self._parentheses()}" if self.info else f"{quote(self.name)}{self._parentheses()}"

    def _parentheses(self) -> str:
        return f"({', '.join(self.arguments)})" if self.arguments else ""


@lru_cache(maxsize=4096)
def parse_type(text: str, *, schema: str = "public") -> SqlType:
    """A type from any spelling that SQL or the catalog gives it.

    Args:
        text: such as `varchar(255)`, `timestamp(3) with time zone`, `numeric(10,2)[]`, `"shop"."order_status"`.
        schema: the schema of a name that the registry does not know and that has none of its own.

    Raises:
        ValueError: when the text has not the shape of a type.
    """
    match = _SHAPE.match(text)
    if not match:
        raise ValueError(f"not a type: {text!r}")
    name = match["name"].strip()
    arguments = tuple(part.strip() for part in match["arguments"].split(",")) if match["arguments"] else ()
    dimensions = match["dimensions"].count("[")
    if name.startswith('"') or "." in name:
        own, bare = _split_qualified(name, schema)
        return SqlType(bare, arguments, dimensions, own)
    folded = " ".join(name.lower().split())
    if match["zone"]:
        folded = f"{folded} {match['zone'].lower()}"
    if folded.startswith("interval ") and folded not in _BY_SPELLING:
        precision = f"({', '.join(arguments)})" if arguments else ""
        return SqlType("interval", (folded.removeprefix("interval ") + precision,), dimensions)
    info = _BY_SPELLING.get(folded)
    if info:
        return SqlType(info.name, arguments, dimensions)
    return SqlType(name.lower(), arguments, dimensions, schema)


def _split_qualified(name: str, schema: str) -> tuple[str, str]:
    parts = re.findall(r'"((?:[^"]|"")+)"|([^".]+)', name)
    plain = [quoted.replace('""', '"') if quoted else bare.strip().lower() for quoted, bare in parts]
    return (plain[0], plain[1]) if len(plain) == 2 else (schema, plain[0])
