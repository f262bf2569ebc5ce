"""Questions about a schema, answered once: everything that more than one verb asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from dbarchitect.facts.order import insert_order
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.index import Index
from dbarchitect.model.intent import ColumnIntent, TableIntent, Tenancy
from dbarchitect.model.schema import Enum, Schema
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass

A = TypeVar("A")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key with the two tables that it ties."""

    child: Table
    foreign_key: ForeignKey
    parent: Table | None

    @property
    def address(self) -> str:
        """The constraint's address."""
        return self.child.constraint_address(self.foreign_key.name)


@dataclass(frozen=True, slots=True)
class Access:
    """A path to rows by equality on its columns: an index, a unique constraint or the primary key."""

    name: str
    columns: tuple[str, ...]
    unique: bool
    where: str | None = None
    method: str = "btree"
    address: str = ""


class Lookup:
    """Answers about one schema; every answer is computed at most once."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._answers: dict[tuple[object, int], tuple[Table, Any]] = {}

    def once(self, question: Callable[[Lookup, Table], A], table: Table) -> A:
        """The answer to a question about a table, worked out when it is asked for the first time."""
        key = question, id(table)
        if key not in self._answers:  # the table is kept, so that no other one gets its id
            self._answers[key] = table, question(self, table)
        answer: A = self._answers[key][1]
        return answer

    @cached_property
    def tables(self) -> dict[Key, Table]:
        """Tables by (schema, name)."""
        return {table.key: table for table in self.schema.tables}

    @cached_property
    def by_address(self) -> dict[str, Table]:
        """Tables by address."""
        return {table.address: table for table in self.schema.tables}

    @cached_property
    def enums(self) -> dict[Key, Enum]:
        """Enums by (schema, name)."""
        return {(enum.schema, enum.name): enum for enum in self.schema.enums}

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every foreign key, sorted by child and name; the parent is None when it is not in the schema."""
        return tuple(
            Reference(table, key, self.tables.get((key.target_schema, key.target_table)))
            for table in self.schema.tables
            for key in table.foreign_keys
        )

    @cached_property
    def _from(self) -> dict[Key, tuple[Reference, ...]]:
        grouped: dict[Key, list[Reference]] = {}
        for reference in self.references:
            grouped.setdefault(reference.child.key, []).append(reference)
        return {key: tuple(items) for key, items in grouped.items()}

    @cached_property
    def _to(self) -> dict[Key, tuple[Reference, ...]]:
        grouped: dict[Key, list[Reference]] = {}
        for reference in self.references:
            if reference.parent is not None:
                grouped.setdefault(reference.parent.key, []).append(reference)
        return {key: tuple(items) for key, items in grouped.items()}

    def references_from(self, table: Table) -> tuple[Reference, ...]:
        """The foreign keys that `table` has."""
        return self._from.get(table.key, ())

    def references_to(self, table: Table) -> tuple[Reference, ...]:
        """The foreign keys that point at `table`."""
        return self._to.get(table.key, ())

    @cached_property
    def insert_order(self) -> tuple[Table, ...]:
        """Parents before children; tables of a cycle in name order, cut where a reference may be null."""
        return insert_order(self.schema.tables)

    @property
    def tenancy(self) -> Tenancy | None:
        """How rows are kept apart, when they are."""
        return self.schema.intent.tenancy

    def intent(self, table: Table) -> TableIntent:
        """What the table is for; an empty intent when nobody said."""
        return self.schema.intent.tables.get(table.address, _NO_TABLE_INTENT)

    def column_intent(self, table: Table, column: str) -> ColumnIntent:
        """What the column means; an empty intent when nobody said."""
        return self.schema.intent.columns.get(table.column_address(column), _NO_COLUMN_INTENT)

    def managed(self, table: Table, kind: str) -> str | None:
        """The name of the column that is managed as `kind` (id, created_at, deleted_at, tenant, …)."""
        if not self.schema.intent.columns:
            return None
        for column in table.columns:
            if self.column_intent(table, column.name).managed == kind:
                return column.name
        return None

    def accesses(self, table: Table) -> tuple[Access, ...]:
        """Everything that finds rows of the table: primary key, unique constraints, indexes."""
        return self.once(Lookup._accesses, table)

    def _accesses(self, table: Table) -> tuple[Access, ...]:
        found = []
        if table.primary_key:
            key = table.primary_key
            found.append(Access(key.name, key.columns, True, address=table.constraint_address(key.name)))
        for unique in table.uniques:
            found.append(Access(unique.name, unique.columns, True, address=table.constraint_address(unique.name)))
        found.extend(self._index_access(table, index) for index in table.indexes)
        return tuple(found)

    @staticmethod
    def _index_access(table: Table, index: Index) -> Access:
        address = table.index_address(index.name)
        return Access(index.name, index.columns, index.unique, index.where, index.method, address)

    def index_for(self, table: Table, columns: tuple[str, ...]) -> Access | None:
        """A btree access whose first columns are `columns` in any order and that holds every row that a parent's
        deletion looks for: no condition, or only `column IS NOT NULL` of those columns.

        Source: reference/design.md R01 (leftmost prefix counts; primary key and unique count).
        """
        wanted = set(columns)
        harmless = {f"{quoted} is not null" for name in columns for quoted in (name, f'"{name}"')}
        for access in self.accesses(table):
            fits = access.method == "btree" and set(access.columns[: len(columns)]) == wanted
            if fits and (access.where is None or access.where.lower().strip("()") in harmless):
                return access
        return None


_NO_TABLE_INTENT = TableIntent()
_NO_COLUMN_INTENT = ColumnIntent()
