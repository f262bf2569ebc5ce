"""The boxes of a diagram: one for each table, with the rows that a reader looks for."""

from __future__ import annotations

import unicodedata

from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.column import Column
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass

TITLE_HEIGHT = 30
ROW_HEIGHT = 21
CHARACTER = 7.25
"""Width in px of one character of the 12 px monospace face."""

PADDING = 12
MARK_WIDTH = 26
LONGEST_NAME = 34
LONGEST_TYPE = 22
CROWDED = 60
"""From so many tables on, only keys are shown."""

QUIET = ("created_at", "updated_at", "deleted_at")
SHORT = {"timestamp with time zone": "timestamptz", "timestamptz": "timestamptz", "double precision": "double"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a box: a column, or several quiet ones together."""

    name: str
    type: str
    mark: str
    required: bool
    columns: tuple[str, ...]
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A table as a box, lengths in px."""

    id: str
    title: str
    kind: str
    rows: tuple[Row, ...]
    width: int
    description: str

    @property
    def heights(self) -> tuple[int, ...]:
        """Title and rows from top to bottom."""
        return (TITLE_HEIGHT, *(ROW_HEIGHT for _ in self.rows))

    @property
    def height(self) -> int:
        """The whole box."""
        return sum(self.heights)

    def row_of(self, columns: tuple[str, ...]) -> int:
        """The row, counted from the title as 0, of the first of the columns that is shown; 0 when none is."""
        for wanted in columns:
            for number, row in enumerate(self.rows, start=1):
                if wanted in row.columns:
                    return number
        return 0


def boxes(schema: Schema) -> list[Box]:
    """The boxes, parents before children."""
    lookup = Lookup(schema)
    tables = [table for table in lookup.insert_order if table.partition_of is None]
    keys_only = len(tables) > CROWDED
    return [_box(lookup, table, keys_only) for table in tables]


def text_width(text: str) -> float:
    """Width in px of a text in the diagram's face; East Asian wide characters and emoji take two cells."""
    cells = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))
    return cells * CHARACTER


def shorten(text: str, longest: int) -> str:
    """At most `longest` characters, with an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _box(lookup: Lookup, table: Table, keys_only: bool) -> Box:
    intent = lookup.intent(table)
    rows = tuple(_rows(lookup, table, keys_only))
    title = table.name if table.schema == "public" else f"{table.schema}.{table.name}"
    widest = max((text_width(row.name) + text_width(row.type) for row in rows), default=0)
    width = max(text_width(title) * 1.12 + 2 * PADDING, widest + MARK_WIDTH + 24 + 2 * PADDING, 150)
    kind = intent.kind if intent.kind != "child" else "entity"
    return Box(table.address, title, kind, rows, round(width), intent.description or table.comment or "")


def _rows(lookup: Lookup, table: Table, keys_only: bool) -> list[Row]:
    primary = set(table.primary_key.columns) if table.primary_key else set()
    foreign = {name for key in table.foreign_keys for name in key.columns}
    unique = {name for access in lookup.accesses(table) if access.unique for name in access.columns} - primary
    managed = {name: lookup.column_intent(table, name).managed for name in (c.name for c in table.columns)}
    quiet = [name for name, kind in managed.items() if kind in QUIET]
    rows = []
    for column in table.columns:
        if column.name in quiet or (keys_only and column.name not in primary | foreign):
            continue
        mark = "PK" if column.name in primary else "FK" if column.name in foreign else ""
        if column.name in primary & foreign:
            mark = "PF"
        if not mark and column.name in unique:
            mark = "UK"
        rows.append(_row(column, mark))
    if quiet and not keys_only:
        rows.append(Row(_together(quiet), "", "", True, tuple(quiet), quiet=True))
    return rows


def _row(column: Column, mark: str) -> Row:
    spelled = column.type.sql().replace('"', "")
    for long, short in SHORT.items():
        spelled = spelled.replace(long, short)
    spelled = spelled.removeprefix("public.")
    name, kind = shorten(column.name, LONGEST_NAME), shorten(spelled, LONGEST_TYPE)
    return Row(name, kind, mark, not column.nullable, (column.name,))


def _together(names: list[str]) -> str:
    stems = [name.removesuffix("_at") for name in names]
    return f"{', '.join(stems)} at" if all(name.endswith("_at") for name in names) else ", ".join(names)
