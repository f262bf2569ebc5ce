"""What differs between two designed schemas, statement by statement, and which differences are no mere additions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, Exclusion, Unique
from dbarchitect.model.schema import Enum, Schema
from dbarchitect.model.table import Table
from dbarchitect.sql.tokens import scan
from dbarchitect.write.drizzle.companion import Step
from dbarchitect.write.drizzle.companion_inverse import commented
from dbarchitect.write.drizzle.companion_owners import owners
from dbarchitect.write.sql.comment import comment_sql
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.place import object_address
from dbarchitect.write.sql.statement import Statement

_FREE = frozenset({"grant", "statistics", "setting", "comment"})
_WORDS = {"foreign key": "a foreign key", "index": "an index", "policy": "a policy", "trigger": "a trigger"}


class Changes:
    """The difference of two schemas as the statements that create them.

    Args:
        old: the schema before.
        new: the schema after.
    """

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old_tables = {table.key: table for table in old.tables}
        self.new_tables = {table.key: table for table in new.tables}
        self._before = [*create(old)]
        self._after = [*create(new)]
        self._owners = {**owners(old), **owners(new)}
        self._enums = {object_address(enum) for enum in (*old.enums, *new.enums)}
        self._known = {(s.kind, s.address, s.sql) for s in self._before}

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of the new schema that the old one has not, in their order; enums that grow are left out."""
        changed = {(s.kind, s.address) for s in self._before}
        added = [s for s in self._after if s.kind != "setting" and (s.kind, s.address, s.sql) not in self._known]
        functions = any(statement.kind == "function" for statement in added)
        wanted = {id(s) for s in added if not (s.kind == "enum" and (s.kind, s.address) in changed)}
        return tuple(s for s in self._after if id(s) in wanted or (functions and s.kind == "setting"))

    @property
    def seen_by_drizzle(self) -> bool:
        """Whether drizzle-kit may see a difference."""
        return any(s.kind not in ("comment", "grant", "statistics", "trigger", "setting") for s in self.statements)

    @cached_property
    def refused(self) -> tuple[str, ...]:
        """The differences that are no additions, in words."""
        return (*self._gone(), *self._changed(), *self._tables(), *self._on_existing())

    def _gone(self) -> Iterator[str]:
        after = {(s.kind, s.address) for s in self._after}
        for statement in self._before:
            owner = self._owners.get(statement.address)
            whole = owner is not None and owner not in self.new_tables and statement.kind != "table"
            lost = (statement.kind, statement.address) not in after and statement.kind not in ("comment", "setting")
            if lost and not whole:
                yield f"{statement.address} goes away"

    def _changed(self) -> Iterator[str]:
        """Objects that are there on both sides and are not the same."""
        before: dict[tuple[str, str], set[str]] = {}
        for statement in self._before:
            before.setdefault((statement.kind, statement.address), set()).add(statement.sql)
        after: dict[tuple[str, str], set[str]] = {}
        for statement in self._after:
            after.setdefault((statement.kind, statement.address), set()).add(statement.sql)
        for key in sorted(before.keys() & after.keys()):
            if key[0] not in ("table", "comment", "enum", "setting", "grant") and before[key] != after[key]:
                yield f"{key[1]} changes"

    def _tables(self) -> Iterator[str]:
        for key in sorted(self.old_tables.keys() & self.new_tables.keys()):
            old, new = self.old_tables[key], self.new_tables[key]
            yield from _columns(old, new)
            yield from _constraints(old, new)
            fixed = ("partitioning", "partition_of", "inherits", "unlogged", "options")
            if any(getattr(old, field) != getattr(new, field) for field in fixed):
                yield f"{new.address} changes its partitioning, inheritance or storage"

    def _on_existing(self) -> Iterator[str]:
        """What is added to tables that exist, and judges rows that are there or changes what may be done to them."""
        kinds = {(s.kind, s.address) for s in self._before}
        for statement in self.statements:
            owner = self._owners.get(statement.address)
            if owner not in self.old_tables or statement.kind in _FREE or (statement.kind, statement.address) in kinds:
                continue
            table = self.new_tables.get(owner)
            if table is not None and statement.kind not in ("table", "constraint"):
                reason = self._late(self.old_tables[owner], table, statement)
                if reason:
                    yield reason

    def _late(self, old: Table, new: Table, statement: Statement) -> str | None:
        fresh = {column.name for column in new.columns if not old.has(column.name)}
        if statement.kind == "index":
            index = next(i for i in new.indexes if new.index_address(i.name) == statement.address)
            columns = [part.column for part in index.parts if part.column is not None]
            if not index.unique or any(_empty(new.column(name)) for name in columns if name in fresh):
                return None
            return f"{statement.address} is unique over rows that may not be"
        if statement.kind == "foreign key":
            key = next(k for k in new.foreign_keys if new.constraint_address(k.name) == statement.address)
            return None if fresh & set(key.columns) else f"{statement.address} ties rows that are there"
        return f"{statement.address}: {_WORDS.get(statement.kind, statement.kind)} is added to a table that exists"

    def comment(self, statement: Statement) -> Step:
        """A comment that is new or another one."""
        about = commented(statement.sql)
        before = next((s.sql for s in self._before if s.kind == "comment" and commented(s.sql) == about), None)
        undone = before if before is not None else comment_sql(about, None)
        return Step((statement,), (Statement(undone, statement.address, "comment"),))

    def comments_gone(self) -> Iterator[Step]:
        """Comments that nothing has any more; those of things that go away are refused with them."""
        about = {commented(s.sql) for s in self._after if s.kind == "comment"}
        for statement in self._before:
            if statement.kind == "comment" and commented(statement.sql) not in about:
                cleared = comment_sql(commented(statement.sql), None)
                yield Step((Statement(cleared, statement.address, "comment"),), (statement,))


def _columns(old: Table, new: Table) -> Iterator[str]:
    for column in old.columns:
        if not new.has(column.name):
            yield f"{old.column_address(column.name)} goes away"
        elif _bare(new.column(column.name)) != _bare(column):
            yield f"{old.column_address(column.name)} changes"
    for column in new.columns:
        filled = column.default is not None or column.generated is not None or column.identity is not None
        if not old.has(column.name) and not column.nullable and not filled:
            yield f"{new.column_address(column.name)} is required and has no default for the rows that are there"
    if old.primary_key != new.primary_key:
        yield f"the primary key of {new.address} changes"


def _bare(column: Column) -> tuple[object, ...]:
    return (
        column.type, column.nullable, column.default, column.identity, column.generated, column.collation,
    )  # fmt: skip


def _constraints(old: Table, new: Table) -> Iterator[str]:
    fresh = {column.name for column in new.columns if not old.has(column.name)}
    for before, after in (
        ({u.name: u for u in old.uniques}, {u.name: u for u in new.uniques}),
        ({c.name: c for c in old.checks}, {c.name: c for c in new.checks}),
        ({e.name: e for e in old.exclusions}, {e.name: e for e in new.exclusions}),
    ):
        yield from (f"{old.constraint_address(name)} goes away" for name in sorted(before.keys() - after.keys()))
        both = sorted(before.keys() & after.keys())
        yield from (f"{new.constraint_address(name)} changes" for name in both if _differ(before[name], after[name]))
    known_names = constraint_names(old)
    for unique in new.uniques:
        safe = any(_empty(new.column(name)) for name in unique.columns if name in fresh)
        if unique.name not in known_names and not safe:
            yield f"{new.constraint_address(unique.name)} is unique over rows that may not be"
    for check in new.checks:
        mentioned = {token.name for token in scan(check.expression)}
        if check.name not in known_names and not fresh & mentioned:
            yield f"{new.constraint_address(check.name)} judges rows that are there"
    for exclusion in new.exclusions:
        columns = {element.column for element in exclusion.elements if element.column}
        if exclusion.name not in known_names and not fresh & columns:
            yield f"{new.constraint_address(exclusion.name)} judges rows that are there"


def constraint_names(table: Table) -> set[str]:
    """The names of the constraints that CREATE TABLE holds, but for the primary key."""
    names = {unique.name for unique in table.uniques} | {check.name for check in table.checks}
    return names | {exclusion.name for exclusion in table.exclusions}


def _differ(before: Unique | Check | Exclusion, after: Unique | Check | Exclusion) -> bool:
    return replace(before, comment=None) != replace(after, comment=None)


def _empty(column: Column) -> bool:
    """Whether the column is NULL in every row that exists when it is added."""
    return column.nullable and column.default is None and column.generated is None and column.identity is None


def enum_pairs(old: Schema, new: Schema) -> Iterator[tuple[Enum, Enum]]:
    """Enums that are on both sides."""
    known = {(enum.schema, enum.name): enum for enum in old.enums}
    for enum in new.enums:
        if (enum.schema, enum.name) in known:
            yield known[enum.schema, enum.name], enum
