"""What is reviewed: one schema with everything known about it. Rules are pure over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from dbarchitect.facts.lookup import Lookup
from dbarchitect.facts.naming import Naming, is_sketch
from dbarchitect.facts.roles import Roles
from dbarchitect.model.address import parse
from dbarchitect.model.schema import Schema
from dbarchitect.model.source import Span
from dbarchitect.model.table import Table
from dbarchitect.settings import Line, Profile

if TYPE_CHECKING:
    from dbarchitect.model.statistics import Statistics
    from dbarchitect.read.drizzle.declared import Declared, DeclaredColumn, DeclaredTable
    from dbarchitect.read.drizzle.queries import Queries
    from dbarchitect.typescript.source import Source


@dataclass(frozen=True)
class Subject:
    """One source under review.

    Args:
        schema: what was read; `schema.annotations.spans` says where each element stands.
        declared: the TypeScript of a Drizzle schema; None for any other source.
        queries: the queries of the project's TypeScript; None when there is none.
        migrations: the schema that the project's migrations folder leads to; None when there is none.
        statistics: sizes and use, of a live database.
        texts: every text file of the source by its relative POSIX path.
        sources: the TypeScript files among them, as syntax trees.
        line: the line of Drizzle that the project uses.
        profile: whose taste counts.
        postgres: the major version of PostgreSQL that the schema is for.
    """

    schema: Schema
    declared: Declared | None = None
    queries: Queries | None = None
    migrations: Schema | None = None
    statistics: Statistics | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    line: Line | None = None
    profile: Profile = "house"
    postgres: int = 18

    @cached_property
    def facts(self) -> Lookup:
        """Questions about the schema."""
        return Lookup(self.schema)

    @cached_property
    def migrated(self) -> Lookup | None:
        """Questions about the schema that the migrations lead to."""
        return Lookup(self.migrations) if self.migrations is not None else None

    def versions(self, table: Table) -> Iterator[tuple[Lookup, Table]]:
        """The table as the schema has it, then as the migrations make it, each with the facts of its schema.

        What a migration adds by hand is there, although the TypeScript does not say so; that the two differ is another
        rule's matter.
        """
        yield self.facts, table
        made = self.migrated.tables.get(table.key) if self.migrated else None
        if self.migrated and made:
            yield self.migrated, made

    @cached_property
    def roles(self) -> Roles:
        """What tables and columns are for, as far as intent or names tell."""
        return Roles(self.facts)

    @cached_property
    def naming(self) -> Naming:
        """What the schema's names tell."""
        return Naming(self.facts)

    def is_whole(self, table: Table) -> bool:
        """Whether everything that the table holds was read, so that what we do not see is really missing.

        Who read more columns than the syntax tells has run the schema.
        """
        if is_sketch(table):
            return False
        declared = self.declared_table(table.key) if self.declared else None
        return declared is None or declared.complete or len(table.columns) > len(declared.columns)

    def span(self, address: str) -> Span | None:
        """Where the element was written first; where what it lies in was, when it has no place of its own."""
        spans = self.schema.annotations.spans.get(address)
        if spans:
            return spans[0]
        kind, parts = parse(address)
        if kind in ("column", "constraint", "policy", "trigger"):
            return self.span(f"table:{address.partition(':')[2]}") if len(parts) == 2 else self._within(parts)
        return None

    def _within(self, parts: tuple[str, ...]) -> Span | None:
        table = self.facts.tables.get((parts[0], parts[1]))
        spans = self.schema.annotations.spans.get(table.address, ()) if table else ()
        return spans[0] if spans else None

    def declared_table(self, key: tuple[str, str]) -> DeclaredTable | None:
        """The declaration in TypeScript of the table `(schema, name)`."""
        return self.declared.table(*key) if self.declared else None

    def declared_column(self, key: tuple[str, str], column: str) -> DeclaredColumn | None:
        """The declaration in TypeScript of a column of the table `(schema, name)`."""
        table = self.declared_table(key)
        return table.column(column) if table else None
