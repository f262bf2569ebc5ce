"""Break one constraint on purpose: change one valid row so that exactly this constraint is hurt.

Every attempt is an UPDATE of one row in a transaction that is rolled back. Values come from another row of the table
(for keys and exclusions) or from a list of unlikely values of the column's type (for checks), so that no knowledge of
the business is needed: PostgreSQL itself says which constraint refused the row.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType

if TYPE_CHECKING:
    import psycopg

Breakable = PrimaryKey | Unique | ForeignKey | Check | Exclusion | Index

UNLIKELY = {
    "text": ("''", "' '", "'x'", "'X y!'", "'a@'", "repeat('x', 300)", "'-1'"),
    "integer": ("-1", "0", "101", "-2147483648", "2147483647", "6"),
    "decimal": ("-1", "0", "100.5", "-9999999", "9999999"),
    "float": ("-1", "0", "1000000", "'NaN'", "-1000000"),
    "timestamp": ("'0001-01-01'", "'9999-01-01'", "'-infinity'", "'infinity'"),
    "date": ("'0001-01-01'", "'9999-01-01'", "'-infinity'", "'infinity'"),
    "time": ("'00:00'", "'23:59:59'"),
    "interval": ("'-1 day'", "'0'", "'1000 years'"),
    "boolean": ("true", "false"),
    "json": ("'null'", "'[]'", "'{}'", "'1'", "'\"x\"'"),
    "range": ("'empty'",),
    "network": ("'0.0.0.0'",),
    "binary": ("''",),
    "uuid": ("'00000000-0000-7000-8000-000000000000'",),
}
ABSENT = {
    "uuid": "'00000000-0000-7000-8000-00000000dead'",
    "integer": "-32001",
    "decimal": "-32001",
    "text": "'~none~'",
    "date": "'0001-01-01'",
    "timestamp": "'0001-01-01'",
}
MOST_ATTEMPTS = 400


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt to break a constraint brought.

    Args:
        outcome: `rejected` by the constraint, `accepted` although it breaks it, or `impossible` to try.
        sql: the statement that was tried.
        sqlstate: what PostgreSQL answered.
        why: for `impossible`, what was missing.
    """

    outcome: str
    sql: str = ""
    sqlstate: str | None = None
    why: str = ""


class Breaker:
    """Tries to break constraints of one filled table.

    Args:
        connection: autocommit connection that may write and sees every row.
        table: the declared table.
        tenant: its tenant column; rows of one tenant are compared.
    """

    def __init__(self, connection: psycopg.Connection[Any], table: Table, tenant: str | None = None) -> None:
        self._connection = connection
        self._table = table
        self._tenant = tenant
        self._name = qualified(table.schema, table.name)

    def not_null(self, column: str) -> Attempt:
        """Set the column to NULL."""
        return self._refusal([f"{quote(column)} = null"], "true", None, ("23502",))

    def foreign_key(self, key: ForeignKey) -> Attempt:
        """Point at a parent that does not exist, keeping the tenant where the key has it."""
        own = [name for name in key.columns if name != self._tenant] or list(key.columns)
        values = [ABSENT.get(self._type(name).category) for name in own]
        if None in values:
            return Attempt("impossible", why=f"no absent value is known for {', '.join(own)}")
        changes = [f"{quote(name)} = {value}" for name, value in zip(own, values, strict=True)]
        return self._refusal(changes, "true", key.name, ("23503",))

    def same_key(self, name: str, columns: Sequence[str], where: str | None) -> Attempt:
        """Give one row the key of another one.

        Args:
            name: the constraint or index that must refuse it.
            columns: the columns that its keys are made of.
            where: the condition that both rows must meet.
        """
        pair = self._pair(columns, where)
        if pair is None:
            return Attempt("impossible", why="the seed has no two rows that could clash")
        first, second = pair
        listed = ", ".join(quote(column) for column in columns)
        change = f"({listed}) = (select {listed} from {self._name} where ctid = '{first}')"
        if len(columns) == 1:
            change = f"{listed} = (select {listed} from {self._name} where ctid = '{first}')"
        return self._refusal([change], f"ctid = '{second}'", name, ("23505", "23P01"))

    def check(self, check: Check, columns: Sequence[str]) -> Attempt:
        """Try unlikely values in the columns of the check until PostgreSQL names it."""
        last = Attempt("impossible", why=f"no value was found that breaks {check.expression}")
        for changes in itertools.islice(self._unlikely(columns), MOST_ATTEMPTS):
            attempt = self._refusal(changes, "true", check.name, ("23514",))
            if attempt.outcome == "rejected":
                return attempt
            if attempt.outcome == "accepted" and self._breaks(check, changes):
                return attempt
        return last

    def _unlikely(self, columns: Sequence[str]) -> Iterator[list[str]]:
        single = {column: self._candidates(column) for column in columns}
        for column in columns:
            for value in single[column]:
                yield [f"{quote(column)} = {value}"]
        for left, right in itertools.combinations(columns, 2):
            for one, two in itertools.product(single[left], single[right]):
                yield [f"{quote(left)} = {one}", f"{quote(right)} = {two}"]
        yield [f"{quote(column)} = null" for column in columns]

    def _candidates(self, column: str) -> tuple[str, ...]:
        kind = self._type(column)
        if kind.dimensions:
            return ("'{}'", "null")
        return (*UNLIKELY.get(kind.category, ()), "null")

    def _breaks(self, check: Check, changes: Sequence[str]) -> bool:
        """Whether the row that was accepted really breaks the check, as PostgreSQL evaluates it."""
        import psycopg

        try:
            with self._connection.transaction(force_rollback=True):
                self._prepare()
                row = self._connection.execute(
                    f"update {self._name} set {', '.join(changes)} where ctid = {self._one('true')} "
                    f"returning not ({check.expression})".encode()
                ).fetchone()
                return bool(row and row[0])
        except psycopg.Error:
            return False

    def _refusal(self, changes: Sequence[str], where: str, name: str | None, states: tuple[str, ...]) -> Attempt:
        import psycopg

        target = where if where.startswith("ctid") else f"ctid = {self._one(where)}"
        sql = f"update {self._name} set {', '.join(changes)} where {target}"
        try:
            with self._connection.transaction(force_rollback=True):
                self._prepare()
                cursor = self._connection.execute(sql.encode())
                self._connection.execute("set constraints all immediate")
                if cursor.rowcount == 0:
                    return Attempt("impossible", sql, why="the seed has no row to change")
                return Attempt("accepted", sql)
        except psycopg.Error as error:
            named = error.diag.constraint_name
            if error.sqlstate in states and (name is None or named == name):
                return Attempt("rejected", sql, error.sqlstate)
            why = f"{error.sqlstate} {named or ''}".strip() + " refused it first"
            return Attempt("impossible", sql, error.sqlstate, why)

    def _prepare(self) -> None:
        """Let nothing but the constraints speak: triggers of the user's stand back within this transaction."""
        self._connection.execute(f"alter table {self._name} disable trigger user".encode())

    def _one(self, where: str) -> str:
        return f"(select ctid from {self._name} where {where} order by ctid limit 1)"

    def _pair(self, columns: Sequence[str], where: str | None) -> tuple[str, str] | None:
        """Two rows of one tenant that meet the condition and have no NULL in the key."""
        given = [f"{quote(column)} is not null" for column in columns]
        condition = " and ".join([*given, f"({where})" if where else "true"])
        same = f"array_agg(ctid::text order by ctid) from {self._name} where {condition}"
        group = f" group by {quote(self._tenant)}" if self._tenant and self._table.has(self._tenant) else ""
        rows = self._connection.execute(f"select {same}{group}".encode()).fetchall()
        for (found,) in rows:
            if found and len(found) >= 2:
                return found[0], found[1]
        return None

    def _type(self, column: str) -> SqlType:
        return self._table.column(column).type
