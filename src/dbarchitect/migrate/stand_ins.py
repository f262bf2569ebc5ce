"""What rows get in a required column that a way back makes again: its values are gone, and it must run on rows.

`ADD COLUMN … NOT NULL` fails on any table that has rows (23502). So the column comes back with a stand-in as its
default, which goes right after it: a constant default writes no row anew. Where the column must be unique the stand-in
differs from row to row. A column that refers to other rows gets none, because any would give these rows to somebody:
it stays NULL, and its NOT NULL comes back as NOT VALID, which holds for what is written from then on (PostgreSQL 18).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace

import psycopg

from dbarchitect.engines.postgres import Connection, Server
from dbarchitect.errors import InputError
from dbarchitect.migrate.context import Context
from dbarchitect.migrate.operation import Operation
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Unique
from dbarchitect.model.index import Index
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Domain, Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.records import dataclass
from dbarchitect.sql.default_names import chosen
from dbarchitect.sql.expression import parenthesized
from dbarchitect.sql.quote import literal
from dbarchitect.sql.tokens import scan
from dbarchitect.write.sql.table import column_sql
from dbarchitect.write.sql.types import type_sql

NIL = "00000000-0000-0000-0000-000000000000"
_BY_CATEGORY = {
    "text": ("''", "'-'"),
    "integer": ("0", "1"),
    "decimal": ("0", "1"),
    "float": ("0", "1"),
    "boolean": ("false", "true"),
    "uuid": (f"'{NIL}'",),
    "timestamp": ("now()",),
    "date": ("CURRENT_DATE",),
    "time": ("'00:00:00'",),
    "interval": ("'00:00:00'", "'1 day'"),
    "json": ("'{}'", "'[]'"),
    "binary": ("''",),
    "search": ("''",),
}
_BY_NAME = {
    "inet": "'0.0.0.0'", "cidr": "'0.0.0.0/32'", "macaddr": "'00:00:00:00:00:00'",
    "macaddr8": "'00:00:00:00:00:00:00:00'", "point": "'(0,0)'", "box": "'(0,0),(0,0)'", "circle": "'<(0,0),0>'",
    "lseg": "'[(0,0),(0,0)]'", "path": "'((0,0))'", "polygon": "'((0,0))'", "varbit": "''", "hstore": "''",
    "ltree": "''",
}  # fmt: skip
_COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class StandIn:
    """How a required column comes back.

    Args:
        statements: what adds it.
        said: what rows that are there get, in words; why there is nothing for them when `fits` is False.
        fits: it can be added to a table with rows.
        rewrites: it writes every row.
    """

    statements: tuple[str, ...]
    said: str
    fits: bool = True
    rewrites: bool = False


def stand_ins(operations: Sequence[Operation], context: Context, server: Server, postgres: int) -> dict[str, StandIn]:
    """The required columns that come back without a value of their own, by address.

    Args:
        operations: of the way back.
        context: the two schemas in its direction.
        server: where stand-ins are tried against checks.
        postgres: the major version that runs it.
    """
    made = {operation.address for operation in operations if operation.action == "create" and operation.kind == "table"}
    found = {}
    with ExitStack() as stack:
        trial = _Trial(server, stack)
        for operation in operations:
            if operation.kind != "column" or operation.action != "create":
                continue
            table: Table = operation.element.owner
            if not isinstance(table, Table) or table.address in made:
                continue
            column = table.column(operation.element.value.name)
            if _is_bare(column, context.after):
                choice = _Choice(table, column, context.after, trial, postgres)
                found[operation.address] = choice.made()
    return found


def _is_bare(column: Column, schema: Schema) -> bool:
    """Whether rows that are there must get a value, and nothing says which."""
    domain = _domain(column.type, schema)
    required = not column.nullable or (domain is not None and not domain.nullable)
    given = column.default or column.identity or column.generated or (domain is not None and domain.default)
    return required and not given


def _domain(type_: SqlType, schema: Schema) -> Domain | None:
    own = (type_.schema, type_.name)
    return next((item for item in schema.domains if (item.schema, item.name) == own and not type_.dimensions), None)


class _Trial:
    """Values tried against checks, in an empty database that is made when it is needed."""

    def __init__(self, server: Server, stack: ExitStack) -> None:
        self.server, self.stack = server, stack
        self.connection: Connection | None = None

    def passes(self, expression: str, name: str, type_: str, value: str) -> bool | None:
        """Whether a check lets a value in; None when it speaks of what is not known here."""
        if self.connection is None:
            database = self.stack.enter_context(self.server.database())
            self.connection = self.stack.enter_context(closing(database.connect(self.server.guest)))
            self.connection.autocommit = True
        said = f"SELECT {parenthesized(expression)} IS NOT FALSE FROM (SELECT ({value})::{type_} AS {name}) AS tried"
        try:
            row = self.connection.execute(said.encode()).fetchone()
        except psycopg.Error:
            return None
        return bool(row and row[0])


class _Choice:
    """What fits one column."""

    def __init__(self, table: Table, column: Column, schema: Schema, trial: _Trial, postgres: int) -> None:
        self.table, self.column, self.schema, self.trial, self.postgres = table, column, schema, trial, postgres
        self.place = f"ALTER TABLE {qualified(*table.key)}"
        self.name = quote(column.name)
        self.domain = _domain(column.type, schema)
        self.base = self.domain.base if self.domain else column.type
        self.enum = next(
            (item for item in schema.enums if (item.schema, item.name) == (self.base.schema, self.base.name)), None
        )

    def made(self) -> StandIn:
        """A value, else nothing under a NOT NULL that waits, else what fails on rows."""
        refers = any(self.column.name in key.columns for key in self.table.foreign_keys)
        held = self._is_excluding()
        value = None if refers or held else next(filter(self._passes, self._values()), None)
        if value == _COUNTED:
            return self._counted()
        if value is not None:
            return self._filled(value)
        if self._may_be_null() and not self.table.inherits and self.postgres >= 18:
            return self._empty()
        why = "it refers to other rows" if refers else "nothing could stand in for them"
        if self._keys("primary"):
            why = f"it is part of the primary key, and {why}"
        added = f"{self.place}\n  ADD COLUMN {column_sql(self.column, table_schema=self.table.schema)}"
        return StandIn((added,), why, fits=False)

    def _filled(self, value: str) -> StandIn:
        """The value as a default that goes again."""
        column = replace(self.column, default=value)
        added = f"{self.place}\n  ADD COLUMN {column_sql(column, table_schema=self.table.schema)}"
        words = "one of its own for each row" if value.startswith("gen_random_uuid") else "the same for all rows"
        return StandIn(
            (added, f"{self.place} ALTER COLUMN {self.name} DROP DEFAULT"),
            f"rows that are there get {value}, {words}",
            rewrites=value.startswith("gen_random_uuid"),
        )

    def _counted(self) -> StandIn:
        added = f"{self.place}\n  ADD COLUMN {self.name} {type_sql(self.column.type)} GENERATED BY DEFAULT AS IDENTITY"
        gone = f"{self.place} ALTER COLUMN {self.name} DROP IDENTITY"
        return StandIn((added, gone), "rows that are there are counted: 1, 2, 3 …", rewrites=True)

    def _empty(self) -> StandIn:
        """NULL in rows that are there; a table without rows gets its NOT NULL whole."""
        column = replace(self.column, nullable=True)
        added = f"{self.place}\n  ADD COLUMN {column_sql(column, table_schema=self.table.schema)}"
        rule = quote(chosen(self.table.name, [self.column.name], "not_null"))
        block = (
            f"DO $required$\nbegin\n  {self.place} ALTER COLUMN {self.name} SET NOT NULL;\n"
            "exception when not_null_violation then\n"
            f"  {self.place} ADD CONSTRAINT {rule} NOT NULL {self.name} NOT VALID;\nend\n$required$"
        )
        return StandIn((added, block), "rows that are there have NULL, and its NOT NULL is NOT VALID because of them")

    def _values(self) -> Iterator[str]:
        """What could stand in, the best first."""
        type_ = self.base
        unique = self._keys("primary") or self._keys("unique")
        if unique:
            if not type_.dimensions and type_.category == "uuid":
                yield "gen_random_uuid()"
            elif not type_.dimensions and type_.name in ("text", "citext", "varchar"):
                if not type_.arguments or int(type_.arguments[0]) >= len(NIL):
                    yield "gen_random_uuid()::text"
            elif self.column.type.name in ("smallint", "integer", "bigint") and not type_.dimensions:
                table = self.table
                if not (table.partitioning or table.partition_of or table.inherits):
                    yield _COUNTED
            return
        if type_.dimensions:
            yield "'{}'"
        elif self.enum is not None:
            yield from map(literal, self.enum.labels)
        elif type_.name == "bit":
            yield f"B'{'0' * int(type_.arguments[0] if type_.arguments else 1)}'"
        elif type_.name in _BY_NAME:
            yield _BY_NAME[type_.name]
        elif type_.category == "range":
            yield "'{}'" if type_.name.endswith("multirange") else "'empty'"
        else:
            yield from _BY_CATEGORY.get(type_.category, ())
            if self._checks():
                yield from self._mentioned(type_)

    def _mentioned(self, type_: SqlType) -> Iterator[str]:
        """The values that its checks name."""
        wanted = {"text": "string", "integer": "number", "decimal": "number", "float": "number"}.get(type_.category)
        told = [token.text for check in self._checks() for token in scan(check) if token.kind == wanted]
        yield from dict.fromkeys(text for text in told if text[0] not in "eE")
        yield from (str(int(text) + 1) for text in dict.fromkeys(told) if text.isdigit())

    def _checks(self) -> list[str]:
        """Conditions on the column that come back with it."""
        own = [check.expression for check in self.table.checks if check.validated and check.enforced]
        found = [text for text in own if self._says(text)]
        if self.domain is not None:
            found += [check.expression for check in self.domain.checks if check.validated]
        return found

    def _passes(self, value: str) -> bool:
        tried = "1" if value == _COUNTED else value
        return all(self._tried(check, tried) for check in self._checks())

    def _tried(self, expression: str, value: str) -> bool | None:
        name = self.name if self._says(expression) else "value"
        return self.trial.passes(expression, name, type_sql(self.base), value)

    def _may_be_null(self) -> bool:
        """Whether nothing refuses NULL but its NOT NULL."""
        twins = any(item.nulls_not_distinct and self._is_keyed(item) for item in self._uniques())
        own = self.domain is None or self.domain.nullable
        refused = any(self._tried(check, "NULL") is False for check in self._checks())
        return own and not twins and not refused and not self._keys("primary")

    def _keys(self, kind: str) -> bool:
        """Whether the column is in a primary key, or in what is unique."""
        if kind == "primary":
            return self.table.primary_key is not None and self.column.name in self.table.primary_key.columns
        return any(map(self._is_keyed, self._uniques()))

    def _uniques(self) -> Iterator[Unique | Index]:
        yield from self.table.uniques
        yield from (index for index in self.table.indexes if index.unique)

    def _is_keyed(self, item: Unique | Index) -> bool:
        if isinstance(item, Unique):
            return self.column.name in item.columns
        return any(part.column == self.column.name or self._says(part.expression or "") for part in item.parts)

    def _is_excluding(self) -> bool:
        return any(
            item.column == self.column.name or self._says(item.expression or "")
            for rule in self.table.exclusions
            for item in rule.elements
        )

    def _says(self, expression: str) -> bool:
        """Whether an expression speaks of the column; a type or a function may be called the same."""
        if not expression:
            return False
        try:
            tokens = scan(expression)
        except InputError:
            return True
        around = zip((None, *tokens), tokens, (*tokens[1:], None), strict=False)
        return any(
            token.name == self.column.name
            and not (before is not None and before.text == "::")
            and not (after is not None and after.text == "(" and token.kind == "word")
            for before, token, after in around
        )
