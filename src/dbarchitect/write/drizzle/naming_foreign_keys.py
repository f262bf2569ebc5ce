"""Names of foreign keys that Drizzle's `.references(() => …)` can carry.

`.references` takes no name; each line of Drizzle makes one of its own. A simple foreign key that has the line's name is
written with its column, as the seed does; one with another name needs `foreignKey({ name, … })`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.names import MAX_BYTES
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.settings import LINES, Line

_ENDING: dict[Line, str] = {"0.45": "fk", "1": "fkey"}

V = TypeVar("V")


def default_foreign_key_name(table: str, key: ForeignKey, line: Line) -> str:
    """The name that a foreign key without one gets on a line of Drizzle: table, columns, target, its columns."""
    return "_".join((table, *key.columns, key.target_table, *key.target_columns, _ENDING[line]))


def can_be_inline(table: str, key: ForeignKey) -> bool:
    """Whether a foreign key can stand with its column on both lines: one column, and a name that fits 63 bytes."""
    fits = all(len(default_foreign_key_name(table, key, line).encode()) <= MAX_BYTES for line in LINES)
    return len(key.columns) == 1 and fits


def with_line_names(schema: Schema, line: Line) -> Schema:
    """The schema with the line's names for foreign keys that can stand with their column.

    Call it once, before anything is written: the SQL, the snapshot and the files must agree on every name.

    Args:
        schema: a designed schema.
        line: the line of Drizzle that the project is written for.

    Returns:
        The schema, with reasons, names of relations, spans and origins under the new addresses.
    """
    moved: dict[str, str] = {}
    tables = []
    for table in schema.tables:
        renamed = _renamed(table, line)
        for before, after in renamed.items():
            moved[table.constraint_address(before)] = table.constraint_address(after)
        keys = tuple(replace(key, name=renamed.get(key.name, key.name)) for key in table.foreign_keys)
        tables.append(replace(table, foreign_keys=keys))
    intent, notes = schema.intent, schema.annotations
    return replace(
        schema,
        tables=tuple(tables),
        intent=replace(intent, relations=_moved(intent.relations, moved), reasons=_moved(intent.reasons, moved)),
        annotations=replace(
            notes, spans=_moved(notes.spans, moved), origins=_moved(notes.origins, moved), was=_moved(notes.was, moved)
        ),
    )


def _renamed(table: Table, line: Line) -> dict[str, str]:
    uses = Counter(key.columns for key in table.foreign_keys)
    others = {check.name for check in table.checks} | {unique.name for unique in table.uniques}
    others |= {key.name for key in table.foreign_keys} | {exclusion.name for exclusion in table.exclusions}
    renamed = {}
    for key in table.foreign_keys:
        name = default_foreign_key_name(table.name, key, line)
        if can_be_inline(table.name, key) and uses[key.columns] == 1 and name != key.name and name not in others:
            renamed[key.name] = name
    return renamed


def _moved(notes: Mapping[str, V], moved: Mapping[str, str]) -> dict[str, V]:
    return {moved.get(place, place): note for place, note in notes.items()}
