"""Unique rules of a table, whether a constraint or an index makes them."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.conditions import mentions
from dbarchitect.model.constraint import Unique
from dbarchitect.model.index import Index
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class UniqueRule:
    """A unique constraint or unique index; the primary key is none.

    Args:
        made_by: what is declared.
        address: of the constraint or the index.
        columns: its plain key columns.
        expressions: its other keys, as SQL.
        where: the condition of a partial index.
        nulls_equal: NULLS NOT DISTINCT.
    """

    made_by: Unique | Index
    address: str
    columns: tuple[str, ...]
    expressions: tuple[str, ...] = ()
    where: str | None = None
    nulls_equal: bool = False

    @property
    def name(self) -> str:
        """The name of the constraint or index."""
        return self.made_by.name

    def concerns(self, table: Table) -> tuple[str, ...]:
        """The columns that it speaks of, those inside of expressions too, in the order of the table."""
        return tuple(
            column.name
            for column in table.columns
            if column.name in self.columns or any(mentions(text, column.name) for text in self.expressions)
        )


def unique_rules(table: Table) -> Iterator[UniqueRule]:
    """The unique constraints of a table, then its unique indexes, by name; none over a column that is not there."""
    for unique in table.uniques:
        if not unique.without_overlaps and all(table.has(name) for name in unique.columns):
            address = table.constraint_address(unique.name)
            yield UniqueRule(unique, address, unique.columns, nulls_equal=unique.nulls_not_distinct)
    for index in table.indexes:
        columns = tuple(part.column for part in index.parts if part.column)
        if index.unique and all(table.has(name) for name in columns):
            expressions = tuple(part.expression for part in index.parts if part.expression)
            address = table.index_address(index.name)
            yield UniqueRule(index, address, columns, expressions, index.where, index.nulls_not_distinct)
