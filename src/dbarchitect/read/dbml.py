"""DBML (dbml.dbdiagram.io/docs) to a schema.

Read are Project, Table, TablePartial, Ref in all its forms, Enum, notes, indexes and checks; the meaning is what
`dbml2sql` of @dbml/core gives them for PostgreSQL: `increment` is an identity, a unique line of `indexes` a unique
index, `<>` a table of its own between the two. Only the DEFERRABLE that it gives to every reference is not added.
Groups, views of diagrams, colours and metadata are no part of a schema.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from dbarchitect.model.address import address
from dbarchitect.model.annotations import Annotations
from dbarchitect.model.decision import Problem
from dbarchitect.model.intent import Intent
from dbarchitect.model.schema import Enum, Namespace, Schema, Sequence
from dbarchitect.model.source import Span
from dbarchitect.model.types import REGISTRY, SqlType, parse_type
from dbarchitect.read.block_text import Name, Text
from dbarchitect.read.dbml_parser import parse
from dbarchitect.read.dbml_references import References
from dbarchitect.read.dbml_syntax import ColumnNode, Document, TableNode
from dbarchitect.read.dbml_tables import Member, Placed, TableBuilder, text_of
from dbarchitect.read.result import ReadResult


def read(text: str, file: str = "schema.dbml") -> ReadResult:
    """The schema of a DBML text; whatever cannot be read is a problem, never an exception.

    Args:
        text: the file.
        file: its path, relative and POSIX, for spans.
    """
    document, source, problems = parse(text, file)
    return _Reader(document, source, problems).result()


class _Reader:
    def __init__(self, document: Document, source: Text, problems: list[Problem]) -> None:
        self.document = document
        self.source = source
        self.problems = problems
        self.spans: dict[str, tuple[Span, ...]] = {}
        self.enums: dict[tuple[str, str], Enum] = {}
        self.sequences: list[Sequence] = []

    def result(self) -> ReadResult:
        self._enums()
        tables: dict[tuple[str, str], TableBuilder] = {}
        aliases: dict[str, tuple[str, str]] = {}
        partials = {node.name.text: node for node in self.document.partials}
        for node in self.document.tables:
            key = (node.schema or "public", node.name.text)
            if key in tables:
                self.problem("error", f"the table {node.name.text!r} is written twice", node.name)
                continue
            builder = TableBuilder(*key, node, self._members(node, partials), self)
            tables[key] = builder
            self.place(address("table", *key), node.start, node.end)
            if node.alias:
                aliases.setdefault(node.alias, key)
        References(self, tables, aliases).add(self.document)
        return self._finished(tables)

    def _finished(self, tables: Mapping[tuple[str, str], TableBuilder]) -> ReadResult:
        settings = self.document.project_settings
        kind = settings.get("database_type", "")
        if kind and "postgres" not in kind.lower():
            message = f"the project says database_type {kind!r}; its types are read as PostgreSQL's"
            self.problems.append(Problem("warning", message))
        built = tuple(builder.table() for builder in tables.values())
        homes = {schema for schema, _ in (*tables, *self.enums)} - {"public"}
        schema = Schema(
            tables=built,
            enums=tuple(self.enums.values()),
            sequences=tuple(self.sequences),
            namespaces=tuple(Namespace(name) for name in homes),
            intent=Intent(title=self.document.project, description=settings.get("note", "")),
            annotations=Annotations(spans=dict(sorted(self.spans.items()))),
        )
        return ReadResult(schema, tuple(self.problems))

    def _enums(self) -> None:
        for node in self.document.enums:
            key = (node.schema or "public", node.name.text)
            if key in self.enums:
                self.problem("error", f"the enum {node.name.text!r} is written twice", node.name)
                continue
            labels = tuple(dict.fromkeys(node.labels))
            if len(labels) < len(node.labels):
                self.problem("error", f"the enum {node.name.text!r} has a value twice", node.name)
            if node.notes:
                self.problem("info", f"the notes of the values of {node.name.text!r}: PostgreSQL has none", node.name)
            self.enums[key] = Enum(*key, labels)
            self.place(address("enum", *key), node.start, node.end)

    def _members(self, node: TableNode, partials: Mapping[str, TableNode]) -> Member:
        """What the table and the partials in it write; its own columns win, then those of the last partial."""
        taken: list[TableNode] = []
        columns: dict[str, ColumnNode] = {}
        own = {member.name.text for member in node.members if isinstance(member, ColumnNode)}
        for member in node.members:
            if isinstance(member, ColumnNode):
                if isinstance(columns.get(member.name.text), ColumnNode):
                    self.problem("error", f"the column {member.name.text!r} is written twice", member.name)
                    continue
                columns[member.name.text] = member
                continue
            partial = partials.get(member.text)
            if partial is None:
                near = difflib.get_close_matches(member.text, sorted(partials), n=1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                self.problem("error", f"there is no TablePartial {member.text!r}{meant}", member)
                continue
            taken.append(partial)
            inner = [column for column in partial.members if isinstance(column, ColumnNode)]
            columns.update({column.name.text: column for column in inner if column.name.text not in own})
        nodes = (*taken, node)
        notes = [item.note if item.note is not None else text_of(item.settings, "note") for item in nodes]
        return Member(
            columns=tuple(columns.values()),
            indexes=tuple(index for item in nodes for index in item.indexes),
            checks=tuple(check for item in nodes for check in item.checks),
            note=next((note for note in reversed(notes) if note), None),
        )

    # what builders ask for

    def place(self, where: str, start: int, end: int) -> None:
        """Remember where an element stands."""
        self.spans[where] = (*self.spans.get(where, ()), self.source.span(start, end))

    def problem(self, severity: str, message: str, at: Name | Placed) -> None:
        """Keep a problem with its place."""
        self.problems.append(Problem(severity, message, self.source.span(at.start, at.end)))

    def type(self, node: ColumnNode, home: str) -> SqlType:
        """The type of a column: an enum of the file, a type of PostgreSQL, else the name as it stands."""
        for place in (node.schema,) if node.schema else (home, "public"):
            if not node.rest and (place, node.base) in self.enums:
                return SqlType(node.base, (), node.dimensions, place)
        if node.schema in (None, "pg_catalog"):
            try:
                found = parse_type(node.type)
            except ValueError:
                found = None
            if found is not None and found.schema is None:
                return found.array(node.dimensions)
            if not node.quoted and (found is None or not found.name):
                self.problem("error", f"{node.type!r} is no type of PostgreSQL; it is read as text", node.name)
                return SqlType("text", (), node.dimensions)
        near = difflib.get_close_matches(node.base.lower(), [*REGISTRY, *(name for _, name in self.enums)], n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        message = f"the type {node.type!r} is neither PostgreSQL's nor an enum of the file{meant}"
        self.problem("warning", message, node.name)
        arguments = tuple(part.strip() for part in node.rest.strip()[1:-1].split(",")) if "(" in node.rest else ()
        name = node.base if node.quoted else node.base.lower()
        return SqlType(name, arguments, node.dimensions, node.schema or "public")
