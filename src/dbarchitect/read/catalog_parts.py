"""Indexes and triggers, which tables and views share, and the list of what the model cannot say."""

from __future__ import annotations

import re
from typing import Literal, cast

from dbarchitect.model.decision import Problem
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.routine import Event, Timing, Trigger
from dbarchitect.read.catalog import Catalog, Row, condition, grouped, object_name, options
from dbarchitect.sql.tokens import scan, without_outer_parentheses

_EVENTS: tuple[tuple[int, Event], ...] = ((4, "insert"), (8, "delete"), (16, "update"), (32, "truncate"))
_ENABLED: dict[str, Literal["origin", "always", "replica", "disabled"]] = {
    "O": "origin", "A": "always", "R": "replica", "D": "disabled",
}  # fmt: skip


class Parts:
    """Builds what belongs to relations."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._indexes = {row[0]: row for row in catalog.rows["indexes"]}
        self._by_relation = grouped(catalog.rows["indexes"], 1)
        self._names = {row[0]: row[2] for row in catalog.rows["relations"]}
        self._triggers = grouped(catalog.rows["triggers"], 1)
        self._of_constraints = {row[12] for row in catalog.rows["constraints"] if row[4] in ("p", "u", "x")}
        self._lost = [f"{kind} {name}" for kind, name in catalog.rows["problems"]]

    def lost(self, what: str) -> None:
        """Note something that the model cannot say."""
        self._lost.append(what)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that was noted."""
        return tuple(
            Problem("warning", f"left out, because the model has no place for it: {what}") for what in self._lost
        )

    def index_row(self, oid: int) -> Row:
        """The row of an index by its OID."""
        return self._indexes[oid]

    def indexes(self, relation: int) -> tuple[Index, ...]:
        """The indexes of a relation that back no constraint and come from no parent."""
        rows = self._by_relation[relation]
        for row in rows:
            if row[13] and not self._is_made_by_parent(row):
                self.lost(f"index {row[2]} of a partition, attached to an index of its parent under a name of its own")
        return tuple(self._index(row) for row in rows if row[0] not in self._of_constraints and not row[13])

    def _is_made_by_parent(self, row: Row) -> bool:
        """Whether the index has the name that PostgreSQL gives to a partition's copy of its parent's index.

        Source: ChooseIndexName in PostgreSQL's src/backend/commands/indexcmds.c.
        """
        parts = [part.column or "expr" for part in self.keys(row)] + list(self._catalog.names(row[1], row[6][row[5] :]))
        table = self._names[row[1]]
        usual = [object_name(table, "_".join(parts), suffix) for suffix in ("idx", "key", "excl")]
        usual.append(object_name(table, None, "pkey"))
        return any(re.fullmatch(re.escape(name) + r"\d*", row[2]) for name in usual)

    def _index(self, row: Row) -> Index:
        return Index(
            row[2],
            self.keys(row),
            unique=row[4],
            method=row[3],
            include=self._catalog.names(row[1], row[6][row[5] :]),
            where=condition(row[12]),
            nulls_not_distinct=row[10],
            options=options(row[11]),
            only=row[9] and not row[8],
            comment=self._catalog.comment("pg_class", row[0]),
        )

    def keys(self, row: Row) -> tuple[IndexPart, ...]:
        """The keys of an index."""
        parts = []
        for place, number in enumerate(row[6][: row[5]]):
            flags = row[7][place]
            descending, first = bool(flags & 1), bool(flags & 2)
            parts.append(
                IndexPart(
                    column=self._catalog.names(row[1], [number])[0] if number else None,
                    expression=None if number else without_outer_parentheses(row[14][place]),
                    opclass=row[15][place],
                    opclass_options=tuple(row[16][place].split(", ")) if row[16][place] else (),
                    collation=row[17][place],
                    descending=descending,
                    nulls_first=None if first == descending else first,
                )
            )
        return tuple(parts)

    def triggers(self, relation: int) -> tuple[Trigger, ...]:
        """The triggers of a relation."""
        return tuple(self._trigger(row) for row in self._triggers[relation])

    def _trigger(self, row: Row) -> Trigger:
        bits = row[3]
        timing: Timing = "before" if bits & 2 else "instead of" if bits & 64 else "after"
        events = tuple(sorted(event for bit, event in _EVENTS if bits & bit))
        arguments = bytes(row[6]).decode().split("\0")[:-1]
        return Trigger(
            row[2],
            timing,
            events,
            row[4],
            row[5],
            tuple(arguments),
            self._catalog.names(row[1], row[7]),
            bool(bits & 1),
            trigger_condition(row[8]) if row[8] else None,
            *cast("tuple[bool, bool, bool]", row[9:12]),
            row[12],
            row[13],
            _ENABLED[row[14]],
            self._catalog.comment("pg_trigger", row[0]),
        )


def trigger_condition(definition: str) -> str:
    """The condition of a CREATE TRIGGER statement that has one, without outer parentheses."""
    tokens = [token for token in scan(definition) if token.depth == 0]
    start = next(token for token in tokens if token.is_word("when")).end
    end = next(token for token in reversed(tokens) if token.is_word("execute")).start
    return without_outer_parentheses(definition[start:end])
