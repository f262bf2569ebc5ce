"""The two schemas that a migration leads between, as the kinds of pieces look at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dbarchitect.model.column import Column
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table


@dataclass(frozen=True)
class Context:
    """What there is before and after; a way back is the same with the two exchanged.

    Args:
        before: the schema before.
        after: the schema after.
        back: it is a way back: what was written since then must not be cut in silence.
        again: of columns that a way back makes again, the statements that do so on a table with rows, by address.
    """

    before: Schema
    after: Schema
    back: bool = False
    again: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def before_tables(self) -> dict[tuple[str, str], Table]:
        """Tables before, by (schema, name)."""
        return {table.key: table for table in self.before.tables}

    @cached_property
    def after_tables(self) -> dict[tuple[str, str], Table]:
        """Tables after, by (schema, name)."""
        return {table.key: table for table in self.after.tables}

    def columns_of_type(self, schema: str, name: str) -> Iterator[tuple[Table, Column]]:
        """The columns that have this type before and after; those of a partition follow their parent's."""
        for table in self.after.tables:
            old = self.before_tables.get(table.key)
            if old is None or table.partition_of:
                continue
            for column in table.columns:
                same = (column.type.schema, column.type.name) == (schema, name)
                if same and old.has(column.name) and old.column(column.name).type == column.type:
                    yield table, column
