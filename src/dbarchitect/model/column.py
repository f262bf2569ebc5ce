"""Columns."""

from __future__ import annotations

from dbarchitect.model.types import SqlType
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class SequenceOptions:
    """How a sequence counts; None means PostgreSQL's default."""

    start: int | None = None
    increment: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    cache: int | None = None
    cycle: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """GENERATED ALWAYS or BY DEFAULT AS IDENTITY.

    Args:
        always: ALWAYS instead of BY DEFAULT.
        options: how it counts.
        sequence: the name of its sequence when it is not `<table>_<column>_seq`.
    """

    always: bool = True
    options: SequenceOptions = SequenceOptions()
    sequence: str | None = None


@dataclass(frozen=True, slots=True)
class Generated:
    """GENERATED ALWAYS AS (expression) STORED or VIRTUAL."""

    expression: str
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """A column; at most one of `default`, `identity` and `generated` is set.

    Args:
        name: the column's name.
        type: its type.
        nullable: False for NOT NULL.
        default: the default as an SQL expression.
        identity: counted by PostgreSQL.
        generated: computed by PostgreSQL.
        collation: when it is not the type's.
        comment: the column's comment.
    """

    name: str
    type: SqlType
    nullable: bool = True
    default: str | None = None
    identity: Identity | None = None
    generated: Generated | None = None
    collation: str | None = None
    comment: str | None = None
