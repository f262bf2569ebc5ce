"""Sequences that are no identity."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.column import SequenceOptions
from dbarchitect.model.names import qualified
from dbarchitect.write.sql.sequence import sequence_sql

KIND, RANK = "sequence", 6


def create(element: Element, context: Context) -> list[str]:
    """CREATE SEQUENCE."""
    return [sequence_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP SEQUENCE."""
    return [f"DROP SEQUENCE {qualified(element.value.schema, element.value.name)}"]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Type and options can change; the place that it counts from stays."""
    words = options_changed(before.value.options, after.value.options)
    if before.value.type != after.value.type:
        words.insert(0, f"AS {after.value.type.sql()}")
    return [f"ALTER SEQUENCE {qualified(after.value.schema, after.value.name)} {' '.join(words)}"]


def options_changed(old: SequenceOptions, new: SequenceOptions) -> list[str]:
    """The words that make the one set of options the other, as ALTER SEQUENCE takes them."""
    words = []
    if old.increment != new.increment:
        words.append(f"INCREMENT BY {new.increment if new.increment is not None else 1}")
    for word, was, value in (("MINVALUE", old.minimum, new.minimum), ("MAXVALUE", old.maximum, new.maximum)):
        if was != value:
            words.append(f"{word} {value}" if value is not None else f"NO {word}")
    if old.start != new.start:
        words.append(f"START WITH {new.start if new.start is not None else 1}")
    if old.cache != new.cache:
        words.append(f"CACHE {new.cache if new.cache is not None else 1}")
    if old.cycle != new.cycle:
        words.append("CYCLE" if new.cycle else "NO CYCLE")
    return words
