"""Where a table is written in TypeScript, ready to be mended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.finding import Edit
from dbarchitect.model.index import Index
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.declared import DeclaredColumn, DeclaredExtra, DeclaredTable
from dbarchitect.review.mending import extras
from dbarchitect.review.mending.entries import Words
from dbarchitect.review.mending.imports import Imports
from dbarchitect.review.mending.script import Script, script
from dbarchitect.review.subject import Subject
from dbarchitect.write.drizzle.typescript import member

Edits = tuple[Edit, ...]
Thing = PrimaryKey | Unique | ForeignKey | Check | Index
_KINDS = {
    Index: ("index", "uniqueIndex"), Unique: ("unique",), Check: ("check",), ForeignKey: ("foreignKey",),
    PrimaryKey: ("primaryKey",),
}  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A table's declaration and its file.

    Args:
        subject: what is reviewed.
        table: the table.
        declared: its declaration.
        script: the file that holds it.
    """

    subject: Subject
    table: Table
    declared: DeclaredTable
    script: Script

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """The property of each column."""
        return {column.name: column.key for column in self.declared.columns}

    @cached_property
    def parameter(self) -> str | None:
        """The name through which entries know the table, or None."""
        return extras.parameter(self.script, self.declared)

    def words(self, imports: Imports) -> Words | None:
        """What entries are written with; None when they cannot name the table's columns."""
        return Words(self.script, imports, self.parameter, self.columns) if self.parameter else None

    def entry(self, thing: Thing) -> DeclaredExtra | None:
        """The entry that makes a thing: of its name, or without a name and of its columns."""
        entries = [entry for entry in self.declared.extras if entry.kind in _KINDS[type(thing)] and not entry.lost]
        named = next((entry for entry in entries if entry.name == thing.name), None)
        if named is not None or isinstance(thing, Check):
            return named
        wanted = [f".{self.columns.get(column, '?')}" for column in thing.columns]
        return next((entry for entry in entries if not entry.name and wanted and _speaks_of(entry, wanted)), None)

    def knows(self, columns: tuple[str, ...]) -> bool:
        """Whether the property of each column is known."""
        return all(column in self.columns for column in columns)

    def column(self, name: str) -> tuple[DeclaredColumn, Script] | None:
        """A column's declaration that is a chain of calls, with its file."""
        found = self.declared.column(name)
        declared = self.subject.declared
        if found is None or not found.chain or declared is None or found.span.file not in declared.sources:
            return None
        return found, script(declared.sources[found.span.file])

    def leads_back(self, key: ForeignKey) -> bool:
        """Whether references lead from a foreign key's target back to this table, so that TypeScript needs a type."""
        pending, seen = [(key.target_schema, key.target_table)], set[tuple[str, str]]()
        while pending:
            now = pending.pop()
            if now == self.table.key:
                return True
            if now not in seen and now in self.subject.facts.tables:
                seen.add(now)
                other = self.subject.facts.tables[now]
                pending += [(each.target_schema, each.target_table) for each in other.foreign_keys]
        return False

    def target(self, imports: Imports, key: tuple[str, str], column: str) -> str | None:
        """The TypeScript of another table's column, such as `users.id`; None when it cannot be imported."""
        other = self.subject.declared_table(key)
        found = other.column(column) if other else None
        if other is None or found is None or not other.variable:
            return None
        same = other.span.file == self.script.source.file
        if not same and not other.exported:
            return None
        return member(imports.file(other.span.file, other.variable), found.key)


def site(subject: Subject, table: Table) -> Site | None:
    """Where a table is written; None when the source is no TypeScript, or does not say."""
    if subject.declared is None:
        return None
    declared = subject.declared_table(table.key)
    if declared is None:
        return None
    source = subject.declared.sources.get(declared.span.file)
    return Site(subject, table, declared, script(source)) if source is not None else None


def _speaks_of(entry: DeclaredExtra, members: list[str]) -> bool:
    written = " ".join(argument for call in entry.chain for argument in call.arguments)
    return all(re.search(rf"{re.escape(member)}\b", written) for member in members)
