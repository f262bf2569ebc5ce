"""Constraints of a table."""

from __future__ import annotations

from typing import Literal

from dbarchitect.records import dataclass

Action = Literal["no action", "restrict", "cascade", "set null", "set default"]


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """A primary key; `without_overlaps` makes the last column a period (PostgreSQL 18).

    `only` and `attached_to` are those of `model.index.Index`.
    """

    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    deferrable: bool = False
    initially_deferred: bool = False
    without_overlaps: bool = False
    comment: str | None = None
    only: bool = False
    attached_to: str | None = None


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique constraint. A unique rule with a condition or an expression is an `Index` instead.

    `only` and `attached_to` are those of `model.index.Index`.
    """

    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    without_overlaps: bool = False
    comment: str | None = None
    only: bool = False
    attached_to: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key.

    Args:
        name: the constraint's name.
        columns: the child's columns, in the order of `target_columns`.
        target_schema: the parent's schema.
        target_table: the parent's name.
        target_columns: the parent's columns.
        on_delete: what happens to the child when the parent goes.
        on_update: what happens to the child when the parent's key changes.
        set_columns: for `set null` and `set default` the columns that are set; empty means all (PostgreSQL 15).
        match_full: MATCH FULL instead of MATCH SIMPLE.
        deferrable: whether the check may wait for the end of the transaction.
        initially_deferred: whether it waits unless told otherwise.
        validated: False for NOT VALID.
        enforced: False for NOT ENFORCED (PostgreSQL 18).
        period: the last column pair is a period (PostgreSQL 18).
        comment: the constraint's comment.
    """

    name: str
    columns: tuple[str, ...]
    target_schema: str
    target_table: str
    target_columns: tuple[str, ...]
    on_delete: Action = "no action"
    on_update: Action = "no action"
    set_columns: tuple[str, ...] = ()
    match_full: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    validated: bool = True
    enforced: bool = True
    period: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check; `expression` is the condition without the word CHECK and without outer parentheses."""

    name: str
    expression: str
    validated: bool = True
    enforced: bool = True
    no_inherit: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class ExclusionElement:
    """`expression WITH operator`; exactly one of `column` and `expression` is set."""

    operator: str
    column: str | None = None
    expression: str | None = None
    opclass: str | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An exclusion constraint: no two rows may satisfy all operators at once.

    `only` and `attached_to` are those of `model.index.Index`.
    """

    name: str
    elements: tuple[ExclusionElement, ...]
    method: str = "gist"
    where: str | None = None
    include: tuple[str, ...] = ()
    deferrable: bool = False
    initially_deferred: bool = False
    comment: str | None = None
    only: bool = False
    attached_to: str | None = None
