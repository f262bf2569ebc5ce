"""Type names of the parser's tree as types of the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from dbarchitect.model.names import quote
from dbarchitect.model.types import SqlType, TypeInfo, parse_type
from dbarchitect.sql.keywords import RESERVED
from dbarchitect.sql.parser import Node

SERIALS = {
    "serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint",
    "smallserial": "smallint", "serial2": "smallint",
}  # fmt: skip

BUILT_IN = frozenset(
    """aclitem any anyarray anycompatible anycompatiblearray anyelement anyenum anyrange bpchar char cid cstring
    event_trigger gtsvector internal pg_lsn pg_snapshot record refcursor regclass regcollation regconfig regdictionary
    regnamespace regoper regoperator regproc regprocedure regrole regtype tid trigger txid_snapshot void xid
    xid8""".split()
)
"""Types of pg_catalog that the registry does not know."""

_FORMATTED = {
    "varchar": "character varying", "char": "character", "varbit": "bit varying",
    "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
    "timetz": "time with time zone", "time": "time without time zone",
}  # fmt: skip

_FIELDS = ((4, "year"), (2, "month"), (8, "day"), (1024, "hour"), (2048, "minute"), (4096, "second"))
_ANY_FIELD = 0x7FFF

Find = Callable[[str | None, str], str | None]
"""(schema or None, name) -> the schema of a type of the user's own, or None when there is none."""


def names(items: Sequence[Node]) -> list[str]:
    """The texts of a list of String nodes."""
    return [item["String"].get("sval", "") for item in items if "String" in item]


def serial(type_name: Node) -> str | None:
    """The integer type that stands behind `serial` and its kin; None for any other type."""
    parts = type_name.get("names", ())
    return SERIALS.get(parts[0]["String"].get("sval", "")) if len(parts) == 1 and "String" in parts[0] else None


def sql_type(type_name: Node, find: Find, default_schema: str) -> SqlType:
    """The model's type of a TypeName.

    Args:
        type_name: the fields of a TypeName.
        find: the schema of a type of the user's own.
        default_schema: where a type lies that nothing is known of.
    """
    parts = names(type_name.get("names", ()))
    name = parts[-1] if parts else ""
    schema = parts[-2] if len(parts) > 1 else None
    dimensions = len(type_name.get("arrayBounds", ()))
    arguments = tuple(map(_argument, type_name.get("typmods", ())))
    if schema in (None, "pg_catalog"):
        known = _known(schema, name, arguments, dimensions)
        if known is not None:
            return known
        if schema is not None or (name in BUILT_IN and find(None, name) is None):
            return SqlType(name, arguments, dimensions, "pg_catalog")
    own = find(schema, name)
    info = _info(name)
    if info is not None and info.extension is not None and (own or schema or "public") == "public":
        return SqlType(info.name, arguments, dimensions)
    return SqlType(name, arguments, dimensions, own or schema or default_schema)


@lru_cache(maxsize=512)
def _known(schema: str | None, name: str, arguments: tuple[str, ...], dimensions: int) -> SqlType | None:
    """A type that PostgreSQL brings and that the registry knows."""
    if name == "interval" and arguments:
        return SqlType("interval", _interval(arguments), dimensions)
    if name == "char" or (name == "bpchar" and schema is None):
        return SqlType(name, arguments, dimensions, "pg_catalog")
    info = _info(name)
    return SqlType(info.name, arguments, dimensions) if info is not None and info.extension is None else None


@lru_cache(maxsize=512)
def _info(name: str) -> TypeInfo | None:
    if not name.replace("_", "").isalnum():
        return None
    return parse_type(name).info if name == name.lower() else None


def _argument(node: Node) -> str:
    if "A_Const" in node:
        constant = node["A_Const"]
        for kind, field in (("ival", "ival"), ("fval", "fval"), ("sval", "sval")):
            if kind in constant:
                return str(constant[kind].get(field, 0 if kind == "ival" else ""))
    if "ColumnRef" in node:
        return ".".join(names(node["ColumnRef"].get("fields", ())))
    if "Integer" in node:
        return str(node["Integer"].get("ival", 0))
    if "A_Expr" in node and node["A_Expr"].get("rexpr"):
        return "-" + _argument(node["A_Expr"]["rexpr"])
    return ""


def _interval(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """`day to second(3)` from the mask of fields and the precision."""
    mask = int(arguments[0])
    precision = f"({arguments[1]})" if len(arguments) > 1 else ""
    if mask == _ANY_FIELD:
        return arguments[1:]
    fields = [word for bit, word in _FIELDS if mask & bit]
    words = fields[0] if len(fields) == 1 else f"{fields[0]} to {fields[-1]}"
    return (words + precision,)


def formatted(type_: SqlType) -> str:
    """The type as PostgreSQL writes it in a function's signature: without its arguments."""
    if type_.schema in (None, "pg_catalog"):
        base = _FORMATTED.get(type_.name, type_.name) if type_.schema is None else _catalog(type_.name)
        if type_.info is not None and type_.info.extension is not None:
            base = f"public.{type_.name}"
    else:
        base = f"{plain(type_.schema)}.{plain(type_.name)}"
    return base + ("[]" if type_.dimensions else "")


def _catalog(name: str) -> str:
    return '"char"' if name == "char" else name


def plain(name: str) -> str:
    """The name as PostgreSQL writes it: in double quotes only where it needs them."""
    simple = name.isascii() and name.replace("_", "a").isalnum() and name == name.lower() and not name[0].isdigit()
    return name if simple and name not in RESERVED else quote(name)
