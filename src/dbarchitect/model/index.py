"""Indexes."""

from __future__ import annotations

from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class IndexPart:
    """One key of an index; exactly one of `column` and `expression` is set.

    Args:
        column: a column's name.
        expression: an expression without its outer parentheses.
        opclass: the operator class when it is not the default of the type.
        opclass_options: parameters of the operator class, ('siglen=32',).
        collation: the collation when it is not the column's.
        descending: DESC.
        nulls_first: None means PostgreSQL's default for the direction (last for ascending, first for descending).
    """

    column: str | None = None
    expression: str | None = None
    opclass: str | None = None
    opclass_options: tuple[str, ...] = ()
    collation: str | None = None
    descending: bool = False
    nulls_first: bool | None = None

    @property
    def puts_nulls_first(self) -> bool:
        """Where NULLs really go."""
        return self.descending if self.nulls_first is None else self.nulls_first


@dataclass(frozen=True, slots=True)
class Index:
    """An index of a table or materialized view; it lies in the schema of its table.

    Args:
        name: the index' name, unique in its schema.
        parts: its keys in order.
        unique: whether equal keys are refused.
        method: btree, hash, gin, gist, spgist, brin, hnsw, ivfflat …
        include: columns that ride along without being keys.
        where: the condition of a partial index.
        nulls_not_distinct: for a unique index, NULL equals NULL.
        options: storage parameters, sorted (('fillfactor', '70'),).
        only: ON ONLY a partitioned parent: of no use until each partition has an index attached to it.
        attached_to: the index or key of the parent table that this one of a partition is a part of; those that
            PostgreSQL makes and names itself for a parent's are not told.
        comment: the index' comment.
    """

    name: str
    parts: tuple[IndexPart, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str | None = None
    nulls_not_distinct: bool = False
    options: tuple[tuple[str, str], ...] = ()
    only: bool = False
    comment: str | None = None
    attached_to: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The key columns up to the first expression."""
        names: list[str] = []
        for part in self.parts:
            if part.column is None:
                break
            names.append(part.column)
        return tuple(names)
