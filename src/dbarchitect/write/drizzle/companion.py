"""The companion migration: SQL for what Drizzle cannot express (DESIGN section 6), and its exact inverse.

It runs after drizzle-kit's SQL, or after ours that equals it, in the same journal. drizzle-kit never sees it, because
it compares its own snapshots; so every name that both know must stay what it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings
from dbarchitect.sql.expression import as_default
from dbarchitect.write.drizzle.companion_inverse import Inverse
from dbarchitect.write.drizzle.companion_owners import Key, owners
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.drizzle.held_schema import before_schema, held_schema
from dbarchitect.write.sql.constraint import (
    add_constraint_sql,
    check_clause,
    drop_constraint_sql,
    exclusion_clause,
    foreign_key_clause,
    foreign_key_sql,
    waits,
)
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.options import storage_parameters
from dbarchitect.write.sql.statement import Statement

Statements = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Statements that belong together, and those that undo them."""

    up: Statements
    down: Statements = ()


def companion(schema: Schema, settings: Settings) -> Statements:
    """What must run after drizzle-kit's SQL so that the database is what `write.sql.create` makes of the schema.

    Args:
        schema: the schema; extensions, and types and functions that tables need, are made before drizzle-kit's SQL
            (`migration.migration_entries`).
        settings: the choices of the project; the companion is the same on both lines.
    """
    del settings
    return tuple(statement for step in companion_steps(Held(schema)) for statement in step.up)


def companion_steps(held: Held) -> tuple[Step, ...]:
    """The companion as steps, in order; run backwards, their `down` parts lead back to what Drizzle holds."""
    return tuple(_Companion(held).steps())


class _Companion:
    def __init__(self, held: Held) -> None:
        self._held = held
        self._schema = held.schema
        self._weak_schema = held_schema(held)
        self._weak = {table.key: table for table in self._weak_schema.tables}
        self._there = {(s.kind, s.address, s.sql) for s in create(self._weak_schema)}
        before = before_schema(held)
        self._before = {(s.kind, s.address) for s in create(before)}
        self._inverse = Inverse(self._schema)
        self._owners = owners(self._schema)
        self._anew = set(held.replaced) | {table.key for table in self._schema.tables if table.partition_of}

    def steps(self) -> Iterator[Step]:
        yield from self._make_room()
        yield from self._defaults()
        steps = [step for statement in create(self._schema) for step in self._step(statement)]
        functions = any(statement.kind == "function" for step in steps for statement in step.up)
        yield from (step for step in steps if functions or step.up[0].kind != "setting")

    def _make_room(self) -> Iterator[Step]:
        """Drop the tables that are made anew, after the foreign keys that hold them."""
        for table in self._weak.values():
            for key in table.foreign_keys:
                if self._touches_replaced(table, key):
                    place = table.constraint_address(key.name)
                    dropped = Statement(drop_constraint_sql(table, key.name), place, "foreign key")
                    yield Step((dropped,), (Statement(foreign_key_sql(table, key), place, "foreign key"),))
        for table in self._weak.values():
            if table.key in self._held.replaced:
                dropped = Statement(f"DROP TABLE {qualified(table.schema, table.name)}", table.address, "table")
                yield Step((dropped,), tuple(self._plain(table)))

    def _defaults(self) -> Iterator[Step]:
        """Defaults of arrays whose elements have a length: drizzle-kit 1 casts them to a type with that length."""
        for table in self._schema.tables:
            for column in table.columns:
                sized = column.type.dimensions and column.type.arguments and column.default is not None
                if sized and table.key in self._weak and table.key not in self._held.replaced:
                    column_sql = f"ALTER TABLE {qualified(*table.key)} ALTER COLUMN {quote(column.name)}"
                    text = f"{column_sql} SET DEFAULT {as_default(column.default or '')}"
                    statement = Statement(text, table.column_address(column.name), "table")
                    yield Step((statement,), (statement,))

    def _touches_replaced(self, table: Table, key: ForeignKey) -> bool:
        return table.key in self._held.replaced or (key.target_schema, key.target_table) in self._held.replaced

    def _plain(self, table: Table) -> Iterator[Statement]:
        """The table as Drizzle made it, without its foreign keys."""
        kept = {"table", "constraint", "index", "row security", "policy"}
        for statement in create(self._weak_schema):
            if statement.kind in kept and self._owners.get(statement.address) == table.key:
                yield statement

    def _step(self, statement: Statement) -> Iterator[Step]:
        owner = self._owners.get(statement.address)
        same = (statement.kind, statement.address, statement.sql) in self._there
        if owner in self._anew and statement.kind != "comment":
            yield Step((statement,), self._inverse.of(statement))
        elif statement.kind == "setting":
            yield Step((statement,))
        elif (statement.kind, statement.address) in self._before or (same and not self._dropped(statement)):
            return
        elif statement.kind == "table" and owner in self._weak:
            yield from self._alterations(owner)
        elif statement.kind == "foreign key" and owner in self._weak and not self._dropped(statement):
            yield self._foreign_key(statement, owner)
        else:
            yield Step((statement,), self._inverse.of(statement))

    def _dropped(self, statement: Statement) -> bool:
        """Whether it is a foreign key that made room for a table that is made anew."""
        owner = self._owners.get(statement.address)
        if statement.kind != "foreign key" or owner not in self._weak:
            return False
        table = self._weak[owner]
        keys = {table.constraint_address(key.name): key for key in table.foreign_keys}
        return statement.address in keys and self._touches_replaced(table, keys[statement.address])

    def _foreign_key(self, statement: Statement, owner: Key) -> Step:
        """One ALTER that puts the whole foreign key in the place of the one that Drizzle made under its name."""
        table = self._weak[owner]
        full = next(t for t in self._schema.tables if t.key == owner)
        weak = next((k for k in table.foreign_keys if table.constraint_address(k.name) == statement.address), None)
        key = next(k for k in full.foreign_keys if full.constraint_address(k.name) == statement.address)
        if weak is None:
            return Step((statement,), self._inverse.of(statement))
        return Step((_instead(full, key, statement.address),), (_instead(full, weak, statement.address),))

    def _alterations(self, owner: Key) -> Iterator[Step]:
        """What CREATE TABLE says in one statement and is added to a table that is there."""
        table = next(t for t in self._schema.tables if t.key == owner)
        name = qualified(*owner)
        present = {check.name for check in self._weak[owner].checks}
        clauses = [(e.name, exclusion_clause(e)) for e in table.exclusions]
        clauses += [(c.name, check_clause(c)) for c in table.checks if c.name not in present and not waits(c)]
        for constraint, clause in clauses:
            place = table.constraint_address(constraint)
            added = Statement(add_constraint_sql(table, clause), place, "constraint")
            yield Step((added,), (Statement(drop_constraint_sql(table, constraint), place, "constraint"),))
        pairs = []
        if table.unlogged:
            pairs.append(("SET UNLOGGED", "SET LOGGED"))
        if table.options:
            reset = ", ".join(key for key, _ in table.options)
            pairs.append((f"SET {storage_parameters(table.options)}", f"RESET ({reset})"))
        for up, down in pairs:
            yield Step(
                (Statement(f"ALTER TABLE {name} {up}", table.address, "table"),),
                (Statement(f"ALTER TABLE {name} {down}", table.address, "table"),),
            )


def _instead(table: Table, key: ForeignKey, place: str) -> Statement:
    dropped = f"DROP CONSTRAINT {quote(key.name)}"
    sql = f"ALTER TABLE {qualified(*table.key)}\n  {dropped},\n  ADD {foreign_key_clause(key)}"
    return Statement(sql, place, "foreign key")
