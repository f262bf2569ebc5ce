"""What becomes of a column's values when its type changes."""

from __future__ import annotations

from dbarchitect.model.column import Column
from dbarchitect.model.types import SqlType

_WIDER = ("smallint", "integer", "bigint", "numeric")
_READABLE = {*_WIDER, "boolean", "uuid", "date", "varchar", "text", "citext", "inet", "cidr"}
_TEXTS = {"text", "varchar"}


def rewrites(old: Column, new: Column) -> bool:
    """Whether the table's rows are written anew (RW08), and not only the catalog (RW09) or indexes (RW11)."""
    return old.type != new.type and not _relabelled(old.type, new.type)


def loses(old: Column, new: Column) -> bool:
    """Whether two values may become one, or a part of a value may go, so that no way back gives it back."""
    was, will = old.type, new.type
    if was == will or _relabelled(was, will):
        return False
    if was.dimensions != will.dimensions or was.schema or will.schema:
        return True
    if not will.arguments:
        if was.name in _WIDER and will.name in _WIDER:
            return _WIDER.index(was.name) > _WIDER.index(will.name)
        if will.name in _TEXTS and was.name in _READABLE:
            return False
        if (was.name, will.name) in (("real", "double precision"), ("date", "timestamp")):
            return False
    return True


def _relabelled(was: SqlType, will: SqlType) -> bool:
    if was.dimensions != will.dimensions or was.schema != will.schema:
        return False
    if {was.name, will.name} <= _TEXTS:
        return not will.arguments or (bool(was.arguments) and int(was.arguments[0]) <= int(will.arguments[0]))
    if was.name != will.name:
        return (was.name, will.name) == ("cidr", "inet")
    if not will.arguments:
        return was.name in ("numeric", "timestamp", "timestamptz", "time", "varbit", "bit varying")
    if not was.arguments:
        return False
    if was.name == "numeric":
        scale = [int(type_.arguments[1]) if len(type_.arguments) > 1 else 0 for type_ in (was, will)]
        return scale[0] == scale[1] and int(was.arguments[0]) <= int(will.arguments[0])
    if was.name in ("timestamp", "timestamptz", "time", "bit varying"):
        return int(was.arguments[0]) <= int(will.arguments[0])
    return False
