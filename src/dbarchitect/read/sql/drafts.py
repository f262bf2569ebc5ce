"""Schemas in the making: tables that change statement by statement, and everything else by (schema, name)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.policy import Policy
from dbarchitect.model.routine import Function, Trigger
from dbarchitect.model.schema import (
    Composite,
    Domain,
    Enum,
    ExtendedStatistics,
    Extension,
    Namespace,
    RangeType,
    Sequence,
    View,
)
from dbarchitect.model.table import Partitioning, PartitionOf, Table

Key = tuple[str, str]
Constraint = PrimaryKey | Unique | ForeignKey | Check | Exclusion


@dataclass(slots=True)
class TableDraft:
    """A table that can be changed; fields as `model.table.Table` has them.

    Args:
        constraints: every constraint by name.
        local: the columns that it has of its own, not only from its parents.
        not_nulls: columns by the name of their not-null constraint.
        unproved_not_nulls: the columns whose not-null constraint is NOT VALID.
        required: the columns whose NOT NULL a partition says itself.
        validated: the checks of its parents that a partition has as valid ones.
        made: the names of keys and indexes that PostgreSQL made of the parent's.
    """

    schema: str
    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    constraints: dict[str, Constraint] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    row_security: bool = False
    force_row_security: bool = False
    partitioning: Partitioning | None = None
    partition_of: PartitionOf | None = None
    inherits: tuple[Key, ...] = ()
    unlogged: bool = False
    replica_identity: str = "default"
    options: dict[str, str] = field(default_factory=dict)
    comment: str | None = None
    local: set[str] = field(default_factory=set)
    not_nulls: dict[str, str] = field(default_factory=dict)
    unproved_not_nulls: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    validated: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        """(schema, name)."""
        return self.schema, self.name

    @property
    def parents(self) -> tuple[Key, ...]:
        """The tables whose columns it has."""
        return ((self.partition_of.schema, self.partition_of.table),) if self.partition_of else self.inherits

    @property
    def primary_key(self) -> PrimaryKey | None:
        """Its primary key."""
        return next((item for item in self.constraints.values() if isinstance(item, PrimaryKey)), None)

    def of(self, kind: type[Constraint]) -> list[Constraint]:
        """The constraints of a kind."""
        return [item for item in self.constraints.values() if isinstance(item, kind)]

    def require(self, column: str) -> None:
        """Make a column NOT NULL."""
        if column in self.columns and self.columns[column].nullable:
            self.columns[column] = replace(self.columns[column], nullable=False)

    def frozen(
        self, columns: tuple[Column, ...], unsaid: set[str], own_not_nulls: tuple[str, ...], checks: tuple[str, ...]
    ) -> Table:
        """The table of the model.

        Args:
            columns: those of its columns that it says itself.
            unsaid: the names of its keys and indexes that go without saying.
            own_not_nulls: as `model.table.Table` has them.
            checks: its `validated_checks`.
        """
        found: dict[type, list[Constraint]] = {}
        for item in self.constraints.values():
            if item.name not in unsaid:
                found.setdefault(type(item), []).append(item)
        return Table(
            self.schema, self.name, columns,
            primary_key=next(iter(found.get(PrimaryKey, ())), None),  # type: ignore[arg-type]
            uniques=tuple(found.get(Unique, ())),  # type: ignore[arg-type]
            foreign_keys=tuple(found.get(ForeignKey, ())),  # type: ignore[arg-type]
            checks=tuple(found.get(Check, ())),  # type: ignore[arg-type]
            exclusions=tuple(found.get(Exclusion, ())),  # type: ignore[arg-type]
            indexes=tuple(index for index in self.indexes.values() if index.name not in unsaid),
            policies=tuple(self.policies.values()),
            row_security=self.row_security,
            force_row_security=self.force_row_security,
            triggers=tuple(self.triggers.values()),
            partitioning=self.partitioning,
            partition_of=self.partition_of,
            own_not_nulls=own_not_nulls,
            validated_checks=checks,
            inherits=self.inherits,
            unlogged=self.unlogged,
            replica_identity=self.replica_identity,
            options=tuple(sorted(self.options.items())),
            comment=self.comment,
        )  # fmt: skip


@dataclass(slots=True)
class State:
    """Everything that a database holds while statements run.

    Args:
        indexes: the table or view of each index by (schema, index); those behind constraints too.
        constraint_names: how often a namespace has a constraint of a name, by (schema, name).
        grants: the privileges, by (address, grantee, grantable).
        temporary: keys of tables that go with the session.
    """

    tables: dict[Key, TableDraft] = field(default_factory=dict)
    views: dict[Key, View] = field(default_factory=dict)
    enums: dict[Key, Enum] = field(default_factory=dict)
    domains: dict[Key, Domain] = field(default_factory=dict)
    composites: dict[Key, Composite] = field(default_factory=dict)
    ranges: dict[Key, RangeType] = field(default_factory=dict)
    sequences: dict[Key, Sequence] = field(default_factory=dict)
    functions: dict[tuple[str, str, str], Function] = field(default_factory=dict)
    statistics: dict[Key, ExtendedStatistics] = field(default_factory=dict)
    extensions: dict[str, Extension] = field(default_factory=dict)
    namespaces: dict[str, Namespace] = field(default_factory=dict)
    indexes: dict[Key, Key] = field(default_factory=dict)
    constraint_names: Counter[Key] = field(default_factory=Counter)
    grants: dict[tuple[str, str, bool], set[str]] = field(default_factory=dict)
    temporary: set[Key] = field(default_factory=set)
    identities: dict[Key, tuple[Key, str]] = field(default_factory=dict)
    children: dict[Key, list[Key]] = field(default_factory=dict)
    referring: dict[Key, set[Key]] = field(default_factory=dict)

    def has_relation(self, key: Key) -> bool:
        """Whether a table, view, sequence, index or composite has that name."""
        return (
            key in self.tables
            or key in self.views
            or key in self.sequences
            or key in self.indexes
            or key in self.composites
            or key in self.identities
        )

    def type_schema(self, schema: str, name: str) -> bool:
        """Whether a type of that name is there: every table and view is one, too."""
        key = (schema, name)
        return (
            key in self.enums
            or key in self.domains
            or key in self.composites
            or key in self.ranges
            or key in self.tables
            or key in self.views
        )

    def add_constraint(self, table: TableDraft, constraint: Constraint) -> None:
        """Give the table a constraint; what an index stands behind takes its name among the relations."""
        table.constraints[constraint.name] = constraint
        self.constraint_names[table.schema, constraint.name] += 1
        if isinstance(constraint, PrimaryKey | Unique | Exclusion):
            self.indexes[table.schema, constraint.name] = table.key
        elif isinstance(constraint, ForeignKey):
            self.referring.setdefault((constraint.target_schema, constraint.target_table), set()).add(table.key)

    def drop_constraint(self, table: TableDraft, name: str) -> None:
        """Take a constraint from the table."""
        constraint = table.constraints.pop(name)
        self.constraint_names[table.schema, name] -= 1
        if isinstance(constraint, PrimaryKey | Unique | Exclusion):
            self.indexes.pop((table.schema, name), None)

    def add_index(self, table: TableDraft, index: Index) -> None:
        """Give the table an index."""
        table.indexes[index.name] = index
        self.indexes[table.schema, index.name] = table.key

    def drop_index(self, table: TableDraft, name: str) -> None:
        """Take an index from the table."""
        del table.indexes[name]
        self.indexes.pop((table.schema, name), None)

    def adopt(self, child: Key, parent: Key) -> None:
        """Note that a table has its columns from another."""
        self.children.setdefault(parent, []).append(child)

    def disown(self, child: Key, parent: Key) -> None:
        """Undo `adopt`."""
        if child in self.children.get(parent, ()):
            self.children[parent].remove(child)

    def descendants(self, table: TableDraft) -> Iterator[TableDraft]:
        """The tables that have their columns from this one, directly or not."""
        for key in tuple(self.children.get(table.key, ())):
            child = self.tables.get(key)
            if child is not None:
                yield child
                yield from self.descendants(child)

    def referrers(self, key: Key) -> Iterator[tuple[TableDraft, ForeignKey]]:
        """The foreign keys that point at a table."""
        for child in sorted(self.referring.get(key, ())):
            table = self.tables.get(child)
            for item in tuple(table.constraints.values()) if table else ():
                if isinstance(item, ForeignKey) and (item.target_schema, item.target_table) == key:
                    assert table is not None
                    yield table, item
