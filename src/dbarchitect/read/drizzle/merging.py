"""What Drizzle said and what is written, made one schema: the run gives the truth, the text the places and the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from dbarchitect.model.address import address
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.decision import Problem
from dbarchitect.model.schema import Schema
from dbarchitect.model.source import Position, Span
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.static import StaticResult
from dbarchitect.read.drizzle.things import LOST, Thing, schema_of

_PARTS = ("uniques", "foreign_keys", "checks", "indexes", "policies")


def merge(things: Iterable[Thing], text: StaticResult, unrun: frozenset[str]) -> tuple[Schema, tuple[Problem, ...]]:
    """The schema, and what of it could not be told.

    Args:
        things: what Drizzle said (see `things.schema_of`).
        text: what is written.
        unrun: paths of the files that could not be run: what they declare is taken from the text.

    Returns:
        The schema with the places of everything, and problems.
    """
    things = [thing for thing in things if thing["seen"] and not thing.get("existing")]
    merging = _Merging(text, unrun)
    schema = schema_of(things)
    by_key = {(thing["schema"], thing["name"]): thing for thing in things if thing["kind"] == "table"}
    tables = [merging.table(table, by_key[table.key]) for table in schema.tables]
    enums = [merging.labelled(enum) for enum in schema.enums]
    schema = replace(
        schema,
        tables=(*tables, *merging.unrun("tables", "table", schema)),
        enums=(*enums, *merging.unrun("enums", "enum", schema)),
        views=(*schema.views, *merging.unrun("views", "view", schema)),
        sequences=(*schema.sequences, *merging.unrun("sequences", "sequence", schema)),
        namespaces=(*schema.namespaces, *merging.unrun_namespaces(schema)),
        annotations=text.schema.annotations,
    )
    return schema, tuple(merging.problems)


class _Merging:
    def __init__(self, text: StaticResult, unrun: frozenset[str]) -> None:
        self.problems: list[Problem] = [
            problem for problem in text.problems if problem.span is not None and problem.span.file in unrun
        ]
        self._text = text
        self._unrun = unrun
        self._spans: Mapping[str, tuple[Span, ...]] = text.schema.annotations.spans
        self._tables = {table.key: table for table in text.schema.tables}

    def table(self, table: Table, thing: Thing) -> Table:
        """A table that Drizzle described, with what it could not tell taken from the text."""
        written = self._tables.get(table.key)
        failure = thing["failure"]
        if failure is not None:
            self._problem(table, f"the extra configuration of {table.name} fails ({failure['message']})", failure)
        gaps = self._gaps(table, thing)
        if written is None or not (failure or gaps):
            return table
        filled: dict[str, Any] = {part: _filled(getattr(table, part), getattr(written, part)) for part in _PARTS}
        types = {column.name: column for column in written.columns}
        unknown = {column["name"] for column in thing["columns"] if "missing" in column}
        columns = tuple(types.get(c.name, c) if c.name in unknown else c for c in table.columns)
        key = table.primary_key or written.primary_key
        return replace(table, columns=columns, primary_key=key, **filled)

    def _gaps(self, table: Table, thing: Thing) -> bool:
        """Name what of a table is not known; whether anything is."""
        written = self._tables.get(table.key)
        found = False
        for column in thing["columns"]:
            if "missing" in column:
                found = True
                place = table.column_address(column["name"])
                self._lost(f"the type of {table.name}.{column['name']}", column["missing"], place)
        for key in thing["foreignKeys"]:
            if "unresolved" in key:
                found = True
                told = any(_same(each, key["columns"]) for each in written.foreign_keys) if written else False
                if not told:
                    names = ", ".join(key["columns"])
                    self._lost(f"the foreign key of {table.name} ({names})", key["unresolved"], table.address)
        wanted = sum(len(thing[part]) for part in ("indexes", "checks"))
        if len(table.indexes) + len(table.checks) < wanted:
            found = True
            unnamed = [
                part["name"] or "an index" for kind in ("indexes", "checks") for part in thing[kind] if _lost(part)
            ]
            for name in unnamed:
                self._lost(f"{name} of {table.name}", "", table.address)
        return found

    def labelled(self, enum: Any) -> Any:
        """An enum whose labels could not be loaded, with those of the text."""
        if enum.labels and not any(LOST in label for label in enum.labels):
            return enum
        written = {(each.schema, each.name): each for each in self._text.schema.enums}.get((enum.schema, enum.name))
        if written is not None and written.labels:
            return written
        self._lost(f"the labels of the enum {enum.name}", "", address("enum", enum.schema, enum.name))
        return replace(enum, labels=())

    def unrun(self, collection: str, kind: str, schema: Schema) -> list[Any]:
        """What the files that could not be run declare, and nothing else does."""
        known = {(each.schema, each.name) for each in getattr(schema, collection)}
        others = getattr(self._text.schema, collection)
        return [
            each
            for each in others
            if (each.schema, each.name) not in known and self._in_unrun(address(kind, each.schema, each.name))
        ]

    def unrun_namespaces(self, schema: Schema) -> list[Any]:
        """The same for schemas of PostgreSQL."""
        known = {each.name for each in schema.namespaces}
        others = self._text.schema.namespaces
        return [e for e in others if e.name not in known and self._in_unrun(address("namespace", e.name))]

    def _in_unrun(self, place: str) -> bool:
        return any(span.file in self._unrun for span in self._spans.get(place, ()))

    def _lost(self, what: str, cause: str, place: str) -> None:
        module = cause.partition("#")[0] if "#" in cause else cause
        why = f": {module} could not be loaded" if "#" in cause else f": {cause}" if cause else ""
        self.problems.append(Problem("warning", f"{what} could not be read{why}", self._span(place)))

    def _problem(self, table: Table, message: str, failure: Mapping[str, Any]) -> None:
        span = self._span(table.address)
        if failure["line"] and span is not None:
            start = Position(failure["line"], failure["column"] or 1)
            same = PurePath(failure["file"]).name == PurePath(span.file).name
            span = Span(span.file, start, start) if same else span
        self.problems.append(Problem("error", f"{message}; it is read from the text", span))

    def _span(self, place: str) -> Span | None:
        for name in (place, f"table:{place.partition(':')[2].rpartition('.')[0]}"):
            if self._spans.get(name):
                return self._spans[name][0]
        return None


def _filled(told: tuple[Any, ...], written: tuple[Any, ...]) -> tuple[Any, ...]:
    """What was told, and what is written beside it under names that were not told."""
    names = {each.name for each in told}
    return (*told, *(each for each in written if each.name not in names))


def _same(key: ForeignKey, columns: Iterable[str]) -> bool:
    return key.columns == tuple(columns)


def _lost(part: Mapping[str, Any]) -> bool:
    return (
        LOST in repr(part)
        or part.get("expression") == ""
        or any(each.get("expression") == "" for each in part.get("parts", ()))
    )
