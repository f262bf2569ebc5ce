"""A column under two names: the statements that bring the second one, keep both equal, and take the first one away.

The column itself keeps its place, its constraints and everything that looks at it; what is added is a copy under the
new name, which goes when the column takes its name. So nothing need be carried over, and nothing can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dbarchitect.migrate.batches import batches
from dbarchitect.migrate.recipe import hastily
from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import fit, qualified, quote
from dbarchitect.model.policy import Grant
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.sql.default_names import chosen
from dbarchitect.write.sql.grant import grant_sql
from dbarchitect.write.sql.table import column_sql
from dbarchitect.write.sql.types import type_sql

_NO_EQUALITY = frozenset({"json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"})
"""Types that cannot be compared with `=`, or of which `=` compares the area."""


@dataclass(frozen=True)
class ColumnOverlap:
    """One column that has two names for a while.

    Args:
        table: the table before.
        later: the table when all renames are done.
        column: the column before.
        name: its new name.
        default: what a row has that does not give it; `null` where it has no default, or another one for each row.
        grants: privileges on the column.
    """

    table: Table
    later: Table
    column: Column
    name: str
    default: str
    grants: tuple[Grant, ...] = ()

    @property
    def place(self) -> str:
        """The address of the column before."""
        return self.table.column_address(self.column.name)

    def expanded(self) -> tuple[str, ...]:
        """The copy, the trigger that keeps both equal, and the check that says so."""
        added = f"{_alter(self.table)} ADD COLUMN {self._copy(self.name)}"
        return (added, *self._privileges(self.table), *self._synchronized(self.table), self._checked(self.table))

    def undone(self) -> tuple[str, ...]:
        """All of it gone."""
        return (*self._released(self.table), f"{_alter(self.table)} DROP COLUMN {quote(self.name)}")

    def filled(self) -> tuple[str, ...]:
        """The rows that were there."""
        old, new = quote(self.column.name), quote(self.name)
        return batches(self.table, f"{new} = {old}", self._differ(new, old))

    def validated(self) -> tuple[str, ...]:
        """That no row differs."""
        return (f"{_alter(self.table)} VALIDATE CONSTRAINT {quote(self._check)}",)

    def unvalidated(self) -> tuple[str, ...]:
        """The check for new rows only."""
        return (f"{_alter(self.table)} DROP CONSTRAINT {quote(self._check)}", self._checked(self.table))

    def contracted(self) -> tuple[str, ...]:
        """The copy gone, and the column under the new name."""
        return (
            *self._released(self.later),
            f"{_alter(self.later)} DROP COLUMN {quote(self.name)}",
            f"{_alter(self.later)} RENAME COLUMN {quote(self.column.name)} TO {quote(self.name)}",
        )

    def reopened(self) -> tuple[str, ...]:
        """A copy under the old name, which is right for every row; nobody who says the new name waits or notices."""
        old, new = quote(self.column.name), quote(self.name)
        function, trigger = self._synchronized(self.later, turned=True)
        return (
            *hastily(f"{_alter(self.later)} ADD COLUMN {self._copy(self.column.name)}"),
            function,
            *hastily(trigger),
            *hastily(self._checked(self.later, turned=True)),
            *batches(self.later, f"{old} = {new}", self._differ(old, new)),
            f"{_alter(self.later)} VALIDATE CONSTRAINT {quote(self._check)}",
        )

    def exchanged(self) -> tuple[str, ...]:
        """The copy and the column with each other's names, so that the copy has the new one again."""
        aside = quote(fit(f"{self.column.name}__aside"))
        old, new = quote(self.column.name), quote(self.name)
        names = ((new, aside), (old, new), (aside, old))
        function, _ = self._synchronized(self.later)
        renamed = (f"{_alter(self.later)} RENAME COLUMN {one} TO {other}" for one, other in names)
        return *renamed, function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)

    @property
    def _helper(self) -> str:
        return fit(f"{self.table.name}__{self.name}__both")

    @property
    def _function(self) -> str:
        return qualified(self.table.schema, self._helper)

    @property
    def _check(self) -> str:
        return chosen(self.table.name, [self.name], "both")

    def _copy(self, name: str) -> str:
        default = None if self.default == "null" else self.default
        copy = replace(self.column, name=name, nullable=True, default=default, identity=None)
        return column_sql(copy, table_schema=self.table.schema)

    def privileged(self) -> tuple[str, ...]:
        """The privileges on the copy, after it has changed places."""
        return self._privileges(self.later)

    def _privileges(self, table: Table) -> tuple[str, ...]:
        place = address("column", *table.key, self.name)
        return tuple(grant_sql(replace(grant, address=place)) for grant in self.grants)

    def _synchronized(self, table: Table, *, turned: bool = False) -> tuple[str, str]:
        """Who writes one name writes the other; values are compared byte by byte, which every type can be.

        A row whose copy is not filled yet gets it from the column: the copy counts only where a statement changes it.

        Args:
            table: the table as it is called.
            turned: the copy has the old name, and the column the new one.
        """
        old, new = quote(self.column.name), quote(self.name)
        old, new = (new, old) if turned else (old, new)
        default = f"({self.default})::{type_sql(self.column.type)}"
        return (
            f"CREATE FUNCTION {self._function}() RETURNS trigger LANGUAGE plpgsql AS $both$\nbegin\n"
            f"  if tg_op = 'INSERT' and {self._differ(f'new.{new}', default)}\n"
            f"    or tg_op = 'UPDATE' and {self._differ(f'new.{new}', f'old.{new}')} then\n"
            f"    new.{old} := new.{new};\n  else\n    new.{new} := new.{old};\n  end if;\n  return new;\nend\n$both$",
            f"CREATE TRIGGER {quote(self._helper)} BEFORE INSERT OR UPDATE ON {qualified(*table.key)}\n"
            f"  FOR EACH ROW EXECUTE FUNCTION {self._function}()",
        )

    def _differ(self, one: str, other: str) -> str:
        return f"row({one})::record operator(pg_catalog.*<>) row({other})::record"

    def _checked(self, table: Table, *, turned: bool = False) -> str:
        cast = "" if _has_equality(self.column.type) else "::text"
        one, other = (self.column.name, self.name) if turned else (self.name, self.column.name)
        said = f"{quote(one)}{cast} IS NOT DISTINCT FROM {quote(other)}{cast}"
        return f"{_alter(table)} ADD CONSTRAINT {quote(self._check)} CHECK ({said}) NOT VALID"

    def _released(self, table: Table) -> tuple[str, ...]:
        return (
            f"DROP TRIGGER {quote(self._helper)} ON {qualified(*table.key)}",
            f"DROP FUNCTION {self._function}()",
            f"{_alter(table)} DROP CONSTRAINT {quote(self._check)}",
        )


def doubled(table: Table, later: Table) -> tuple[tuple[Index, Index], ...]:
    """The indexes that say a renamed column, once more for its copy: rows are found as quickly, duplicates refused.

    Which ones they are is told from how they change: PostgreSQL has renamed the column in them.

    Args:
        table: the table before.
        later: the table when the renames are done.

    Returns:
        Each of them in the words of before and of later.
    """
    before = {index.name: index for index in _indexes_of(table)}
    found = [(before[index.name], index) for index in _indexes_of(later) if index.name in before]
    return tuple((_double(was), _double(will)) for was, will in found if _nameless(was) != _nameless(will))


def _double(index: Index) -> Index:
    return replace(index, name=fit(f"{index.name}__both"), comment=None)


def _indexes_of(table: Table) -> Iterable[Index]:
    """Its indexes, those behind constraints too; a deferrable one lets duplicates pass for a moment, so it is plain."""
    yield from table.indexes
    keys: list[PrimaryKey | Unique] = [*([table.primary_key] if table.primary_key else []), *table.uniques]
    for key in keys:
        parts = tuple(IndexPart(column) for column in key.columns)
        apart = isinstance(key, Unique) and key.nulls_not_distinct
        if not key.without_overlaps:
            yield Index(key.name, parts, not key.deferrable, include=key.include, nulls_not_distinct=apart)


def _nameless(index: Index) -> Index:
    return replace(index, name="", comment=None)


def _alter(table: Table) -> str:
    return f"ALTER TABLE {qualified(*table.key)}"


def _has_equality(type_: SqlType) -> bool:
    return type_.schema is None and type_.info is not None and type_.name not in _NO_EQUALITY
