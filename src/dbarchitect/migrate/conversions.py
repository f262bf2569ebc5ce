"""What a change of a column's type costs: nothing, its indexes, or the whole table.

PostgreSQL writes a table anew unless the new value is bit for bit the old one (ATColumnChangeRequiresRewrite), and
keeps an index unless its operator class or collation changes (CheckIndexCompatible). Measured in `migrate/truth`.
"""

from __future__ import annotations

from typing import Literal

from dbarchitect.model.types import SqlType

Cost = Literal["nothing", "indexes", "rewrite", "timezone"]
"""`timezone`: indexes where the session's time zone is UTC, a rewrite elsewhere."""

_WIDER = ("smallint", "integer", "bigint", "numeric")
_TEXTS = {"text", "varchar"}
_READABLE = {*_WIDER, *_TEXTS, "boolean", "uuid", "date", "citext", "inet", "cidr"}
"""What reads back from its text as it was."""
_TEMPORAL = {"timestamp", "timestamptz", "time", "timetz", "interval"}
_UNLIMITED = 6
_COERCIBLE = {
    ("varchar", "text"), ("text", "varchar"), ("cidr", "inet"), ("xml", "text"), ("citext", "text"),
    ("citext", "varchar"), ("text", "citext"), ("integer", "oid"), ("oid", "integer"), ("bit", "varbit"),
    ("varchar", "citext"),
}  # fmt: skip
"""Pairs with a binary-coercible cast (pg_cast, castmethod b)."""
_OTHER_CLASS = _COERCIBLE - {("varchar", "text"), ("text", "varchar"), ("cidr", "inet"), ("xml", "text")}
"""Those of them whose indexes are built anew."""


def cost(old: SqlType, new: SqlType) -> Cost:
    """What it costs to change `old` to `new`; domains are resolved by the caller."""
    if old == new:
        return "nothing"
    if old.dimensions or new.dimensions:
        plain = (old.name, old.schema, old.arguments) == (new.name, new.schema, new.arguments)
        return "nothing" if plain and old.dimensions and new.dimensions else "rewrite"
    if (old.name, old.schema) == (new.name, new.schema):
        return "nothing" if _wider(old.name, old.arguments, new.arguments) else "rewrite"
    pair = (old.name, new.name)
    if old.schema is None and new.schema is None:
        if pair in (("timestamp", "timestamptz"), ("timestamptz", "timestamp")):
            return "timezone" if _wider("timestamp", old.arguments, new.arguments) else "rewrite"
        if pair in _COERCIBLE and _fits(old, new):
            return "indexes" if pair in _OTHER_CLASS else "nothing"
    return "rewrite"


def _fits(old: SqlType, new: SqlType) -> bool:
    if not new.arguments:
        return True
    return bool(old.arguments) and old.name == "varchar" and int(old.arguments[0]) <= int(new.arguments[0])


def _wider(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Whether PostgreSQL's support functions see that every old value is one of the new length or precision."""
    if old == new:
        return True
    if name in ("varchar", "varbit"):
        return not new or (bool(old) and int(old[0]) <= int(new[0]))
    if name == "numeric":
        if not new:
            return True
        scale = (old[1] if len(old) > 1 else "0", new[1] if len(new) > 1 else "0")
        return bool(old) and scale[0] == scale[1] and int(old[0]) <= int(new[0])
    if name in _TEMPORAL and all(part.isdigit() for part in (*old, *new)):
        before = int(old[0]) if old else _UNLIMITED
        after = int(new[0]) if new else _UNLIMITED
        return after >= _UNLIMITED or before <= after
    return False


def lossy(old: SqlType, new: SqlType) -> bool:
    """Whether values may lose something that no way back restores, even when the change succeeds."""
    if old.name == new.name and old.schema == new.schema:
        return old.name in ("numeric", *_TEMPORAL) and not _wider(old.name, old.arguments, new.arguments)
    floats = {"real", "double precision"}
    pairs = {
        ("timestamptz", "date"), ("timestamp", "date"), ("timestamptz", "time"), ("timestamp", "time"),
        ("json", "jsonb"), ("double precision", "real"), ("inet", "cidr"),
    }  # fmt: skip
    if (old.name, new.name) in pairs:
        return True
    whole = {"smallint", "integer", "bigint"}
    if old.name in floats | {"numeric"} and new.name in whole:
        return not (old.name == "numeric" and len(old.arguments) == 1)
    return old.name in {"numeric", "bigint"} and new.name in floats


def loses(old: SqlType, new: SqlType) -> bool:
    """Whether two values may become one, or a part of a value may go, as far as nobody knows better.

    `lossy` speaks where a loss is known, this where none is excluded: a way back is called exact by it.
    """
    if cost(old, new) in ("nothing", "indexes"):
        return False
    if old.dimensions != new.dimensions or old.schema or new.schema or new.arguments:
        return True
    if old.name in _WIDER and new.name in _WIDER:
        return _WIDER.index(old.name) > _WIDER.index(new.name)
    if new.name in _TEXTS and old.name in _READABLE:
        return False
    return (old.name, new.name) not in (("real", "double precision"), ("date", "timestamp"))


def narrows(old: SqlType, new: SqlType) -> bool:
    """Whether a value may be refused because it does not fit any more."""
    whole = ("smallint", "integer", "bigint")
    if old.dimensions or new.dimensions:
        return False
    if old.name in whole and new.name in whole:
        return whole.index(new.name) < whole.index(old.name)
    if {old.name, new.name} <= {"varchar", "text", "char"}:
        return bool(new.arguments) and (not old.arguments or int(new.arguments[0]) < int(old.arguments[0]))
    if old.name == new.name == "numeric" and new.arguments:
        return not old.arguments or _digits(new) < _digits(old)
    return old.name in ("numeric", "real", "double precision") and (new.name in whole or bool(new.arguments))


def _digits(type_: SqlType) -> int:
    return int(type_.arguments[0]) - (int(type_.arguments[1]) if len(type_.arguments) > 1 else 0)
