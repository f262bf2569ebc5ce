"""The SQL type of a column's builder, as Drizzle's getSQLType() writes it."""

from __future__ import annotations

from dbarchitect.model.column import SequenceOptions
from dbarchitect.model.types import SqlType, parse_type
from dbarchitect.read.drizzle.syntax.literals import written
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError, data
from dbarchitect.read.drizzle.syntax.values import UNDEFINED, Unknown, Value

SERIALS = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
_SAME = {"doublePrecision": "double precision", "decimal": "numeric", "geometry": "geometry(point)"}
_ZONED = ("timestamp", "time")
_SIZED = {"varchar": "length", "char": "length", "vector": "dimensions", "halfvec": "dimensions",
          "sparsevec": "dimensions", "bit": "dimensions"}  # fmt: skip
_COUNTING = {"startWith": "start", "increment": "increment", "minValue": "minimum", "maxValue": "maximum",
             "cache": "cache"}  # fmt: skip


def type_text(builder: str, config: Value) -> str:
    """The type that a builder of Drizzle's makes.

    Args:
        builder: `varchar`, `timestamp`, …
        config: its options.

    Raises:
        UnreadableError: when an option that the type depends on is not told.
    """
    if builder in _SIZED:
        size = option(config, _SIZED[builder])
        return builder if size is None else f"{builder}({_written(size)})"
    if builder in _ZONED:
        precision = option(config, "precision")
        size = "" if precision is None else f"({_written(precision)})"
        return f"{builder}{size}{' with time zone' if option(config, 'withTimezone') else ''}"
    if builder in ("numeric", "decimal"):
        precision, scale = option(config, "precision"), option(config, "scale")
        if precision is None:
            return "numeric"
        return f"numeric({_written(precision)}{'' if scale is None else f', {_written(scale)}'})"
    if builder == "interval":
        fields, precision = option(config, "fields"), option(config, "precision")
        return "interval" + (f" {fields}" if fields else "") + (f"({_written(precision)})" if precision else "")
    return _SAME.get(builder, builder)


def option(config: Value, name: str) -> object:
    """An option; None when it is not given.

    Raises:
        UnreadableError: when it is given and not told.
    """
    if isinstance(config, Unknown):
        raise UnreadableError(config)
    entry = getattr(config, "entries", {}).get(name)
    if entry is None:
        lost = getattr(config, "lost", [])
        if lost:
            raise UnreadableError(lost[0])
        return None
    value = entry.value()
    return data(value) if value is not UNDEFINED else None


def sequence_options(config: Value) -> SequenceOptions:
    """How a sequence counts: `{ startWith, increment, minValue, maxValue, cache, cycle }`.

    Raises:
        UnreadableError: when an option is not told.
    """
    if config is UNDEFINED:
        return SequenceOptions()
    found = {name: _whole(option(config, key)) for key, name in _COUNTING.items()}
    return SequenceOptions(**found, cycle=bool(option(config, "cycle")))


def _whole(value: object) -> int | None:
    text = str(value)
    return int(text) if len(text) < 30 and text.removeprefix("-").isdecimal() else None


def _written(size: object) -> str:
    return written(size) if isinstance(size, int | float) and not isinstance(size, bool) else str(size)


def sql_type(text: str, dimensions: int) -> SqlType:
    """The model's type of what Drizzle calls it."""
    bare = SERIALS.get(text, text)
    try:
        return parse_type(bare).array(dimensions)
    except ValueError:
        return SqlType(bare, (), dimensions, "public")
