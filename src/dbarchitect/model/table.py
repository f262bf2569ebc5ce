"""Tables."""

from __future__ import annotations

from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.ordering import by_name
from dbarchitect.model.policy import Policy
from dbarchitect.model.routine import Trigger
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Partitioning:
    """PARTITION BY: `strategy` is range, list or hash; `keys` are columns or expressions as SQL."""

    strategy: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartitionOf:
    """A partition's parent and its bound, such as `FOR VALUES IN ('a')` or `DEFAULT`."""

    schema: str
    table: str
    bound: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with everything that belongs to it.

    Columns keep their order; everything else is sorted by name, so that equal tables are equal however they were built.

    Args:
        schema: the PostgreSQL schema.
        name: the table's name.
        columns: in order.
        primary_key: its primary key.
        uniques: unique constraints.
        foreign_keys: foreign keys.
        checks: checks.
        exclusions: exclusion constraints.
        indexes: indexes that back no constraint.
        policies: row level security policies.
        row_security: ROW LEVEL SECURITY is enabled.
        force_row_security: it holds for the owner too.
        triggers: triggers.
        partitioning: for a partitioned table.
        partition_of: for a partition.
        own_not_nulls: the columns of a partition whose NOT NULL is its own beside its parent's, sorted.
        validated_checks: checks that are NOT VALID on the parent and valid for this partition, sorted.
        inherits: parents as (schema, name).
        unlogged: UNLOGGED.
        replica_identity: default, full, nothing, or the name of an index.
        options: storage parameters, sorted.
        comment: the table's comment.
    """

    schema: str
    name: str
    columns: tuple[Column, ...] = ()
    primary_key: PrimaryKey | None = None
    uniques: tuple[Unique, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    indexes: tuple[Index, ...] = ()
    policies: tuple[Policy, ...] = ()
    row_security: bool = False
    force_row_security: bool = False
    triggers: tuple[Trigger, ...] = ()
    partitioning: Partitioning | None = None
    partition_of: PartitionOf | None = None
    own_not_nulls: tuple[str, ...] = ()
    validated_checks: tuple[str, ...] = ()
    inherits: tuple[tuple[str, str], ...] = ()
    unlogged: bool = False
    replica_identity: str = "default"
    options: tuple[tuple[str, str], ...] = ()
    comment: str | None = None

    def __post_init__(self) -> None:
        for field in ("uniques", "foreign_keys", "checks", "exclusions", "indexes", "policies", "triggers"):
            object.__setattr__(self, field, by_name(getattr(self, field)))

    @property
    def address(self) -> str:
        """`table:schema.name`."""
        return address("table", self.schema, self.name)

    @property
    def key(self) -> tuple[str, str]:
        """(schema, name)."""
        return self.schema, self.name

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: when there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.address} has no column {name!r}")

    def has(self, name: str) -> bool:
        """Whether there is a column of that name."""
        return any(column.name == name for column in self.columns)

    def column_address(self, name: str) -> str:
        """`column:schema.table.name`."""
        return address("column", self.schema, self.name, name)

    def index_address(self, name: str) -> str:
        """`index:schema.name`."""
        return address("index", self.schema, name)

    def constraint_address(self, name: str) -> str:
        """`constraint:schema.table.name`."""
        return address("constraint", self.schema, self.name, name)

    def policy_address(self, name: str) -> str:
        """`policy:schema.table.name`."""
        return address("policy", self.schema, self.name, name)
