"""Indexes and triggers, which tables and views share, and the list of what the model cannot say."""

from __future__ import annotations

from typing import Literal, cast

from dbarchitect.model.decision import Problem
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.inheritance import is_usual_name
from dbarchitect.model.routine import Event, Timing, Trigger
from dbarchitect.read.catalog import Catalog, Row, condition, grouped, options, reference_name
from dbarchitect.sql.tokens import scan, without_outer_parentheses

_EVENTS: tuple[tuple[int, Event], ...] = ((4, "insert"), (8, "delete"), (16, "update"), (32, "truncate"))
_ENABLED: dict[str, Literal["origin", "always", "replica", "disabled"]] = {
    "O": "origin", "A": "always", "R": "replica", "D": "disabled",
}  # fmt: skip

_DATABASE_COLLATION = 100  # DEFAULT_COLLATION_OID


class Parts:
    """Builds what belongs to relations."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._indexes = {row[0]: row for row in catalog.rows["indexes"]}
        self._by_relation = grouped(catalog.rows["indexes"], 1)
        self._names = {row[0]: row[2] for row in catalog.rows["relations"]}
        self._triggers = grouped(catalog.rows["triggers"], 1)
        self._keys = {(row[0], row[1]): (row[2], row[3]) for row in catalog.rows["index_keys"]}
        self._opclasses = {oid: rest for oid, *rest in catalog.rows["opclasses"]}
        self._defaults = {(rest[2], rest[4]): oid for oid, rest in self._opclasses.items() if rest[3]}
        self._collations = {oid: rest for oid, *rest in catalog.rows["collations"]}
        self._attributes = {(row[0], row[1]): (row[3], row[13]) for row in catalog.rows["columns"]}
        keys = [row for row in catalog.rows["constraints"] if row[4] in ("p", "u", "x")]
        self._of_constraints = {row[12] for row in keys}
        self._own_constraints = {row[12] for row in keys if not row[22] or row[10]}  # a parent's copy is inheritable
        self._attached = grouped(catalog.rows["indexes"], 13)
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
            if not row[8] and not row[9]:
                self.lost(f"that the index {row[2]} is invalid")
            if row[17]:
                self.lost(f"CLUSTER mark of the index {row[2]}")
            if row[18]:
                self.lost(f"tablespace of the index {row[2]}")
            if row[11] and row[0] in self._of_constraints:
                self.lost(f"storage parameters of the constraint {row[2]} on {self._names[row[1]]}")
        return tuple(
            self._index(row)
            for row in rows
            if row[0] not in self._of_constraints and not self.is_made_by_parent(row[0])
        )

    def is_made_by_parent(self, oid: int) -> bool:
        """Whether an index is what PostgreSQL makes of a parent's index in a partition, so that it goes without saying.

        It is not when somebody named it, made it a constraint's, or attached something to it by hand, or when the
        parent's is ON ONLY, so that nothing is made for it.

        Args:
            oid: the index; one of a relation that is not read is made by nobody.
        """
        row = self._indexes.get(oid)
        if row is None or not row[13] or row[0] in self._own_constraints:
            return False
        parent = self._indexes.get(row[13])
        words = [part.column or "expr" for part in self.keys(row)] + list(self._catalog.names(row[1], row[6][row[5] :]))
        if (parent is not None and not parent[8]) or not is_usual_name(row[2], self._names[row[1]], words):
            return False
        return all(self.is_made_by_parent(child[0]) for child in self._attached[oid])

    def place(self, oid: int) -> tuple[bool, str | None]:
        """Whether an index is ON ONLY its table, and the name of the one that it is attached to."""
        row = self._indexes[oid]
        parent = self._indexes.get(row[13])
        return row[9] and not row[8], parent[2] if parent else None

    def _index(self, row: Row) -> Index:
        only, attached_to = self.place(row[0])
        return Index(
            row[2],
            self.keys(row),
            unique=row[4],
            method=row[3],
            include=self._catalog.names(row[1], row[6][row[5] :]),
            where=condition(row[12]),
            nulls_not_distinct=row[10],
            options=options(row[11]),
            only=only,
            comment=self._catalog.comment("pg_class", row[0]),
            attached_to=attached_to,
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
                    opclass=self._opclass(row, place),
                    opclass_options=tuple(self._keys.get((row[0], place + 1), (None, None))[1] or ()),
                    collation=self._collation(row, place),
                    descending=descending,
                    nulls_first=None if first == descending else first,
                )
            )
        return tuple(parts)

    def _opclass(self, row: Row, place: int) -> str | None:
        """The operator class of a key, unless PostgreSQL would choose it."""
        namespace, name, method, default, _ = self._opclasses[row[15][place]]
        type_, parameters = self._keys.get((row[0], place + 1), (None, None))
        if number := row[6][place]:
            type_ = self._attributes[row[1], number][0]
        other = self._defaults.get((method, type_), row[15][place]) != row[15][place]
        return None if default and not other and parameters is None else reference_name(namespace, name)

    def _collation(self, row: Row, place: int) -> str | None:
        """The collation of a key, unless it is the column's, or the database's for an expression."""
        collation, number = row[16][place], row[6][place]
        usual = self._attributes[row[1], number][1] if number else _DATABASE_COLLATION
        return None if collation in (0, usual) else reference_name(*self._collations[collation])

    def triggers(self, relation: int) -> tuple[Trigger, ...]:
        """The triggers of a relation."""
        return tuple(self._trigger(row) for row in self._triggers[relation])

    def _trigger(self, row: Row) -> Trigger:
        if row[15]:
            self.lost(f"other table of the constraint trigger {row[2]}")
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
