"""Break one constraint on purpose: change one valid row so that exactly this constraint is hurt.

Every attempt is an UPDATE of one row in a transaction that is rolled back. Values come from another row of the table
(for keys and exclusions) or from a list of unlikely values of the column's type (for checks), so that no knowledge of
the business is needed: PostgreSQL itself says which constraint refused the row. A constraint that speaks before the one
in question is taken away for the attempt.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dbarchitect.data import unlikely
from dbarchitect.model.constraint import Check, ForeignKey
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    import psycopg

MOST_ATTEMPTS = 400
MOST_IN_THE_WAY = 8
PUT_ASIDE = ("23502", "23503", "23505", "23514", "23P01")
ROWS = 3
"""Rows on which a check is tried: a rule may hold for rows of one kind only."""


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


@dataclass(frozen=True, slots=True)
class Target:
    """Who must refuse a row: a constraint or index by name, or a column that must not be NULL."""

    states: tuple[str, ...]
    name: str | None = None
    column: str | None = None


class Breaker:
    """Tries to break constraints of one filled table.

    Args:
        connection: autocommit connection of a scratch database that may write, sees every row and wakes no triggers.
        table: the declared table.
        tenant: its tenant column; rows of one tenant are compared.
    """

    def __init__(self, connection: psycopg.Connection[Any], table: Table, tenant: str | None = None) -> None:
        self._connection = connection
        self._table = table
        self._tenant = tenant
        self._name = qualified(table.schema, table.name)
        key = table.primary_key.columns if table.primary_key else ()
        self._order = ", ".join(quote(column) for column in key) or "ctid"

    def not_null(self, column: str) -> Attempt:
        """Set the column to NULL."""
        return self._try([f"{quote(column)} = null"], self._row(), Target(("23502",), column=column))

    def foreign_key(self, key: ForeignKey) -> Attempt:
        """Point at a parent that does not exist, keeping the tenant where the key has it."""
        own = [name for name in key.columns if name != self._tenant] or list(key.columns)
        values = [unlikely.absent(self._table.column(name).type) for name in own]
        if None in values:
            return Attempt("impossible", why=f"no absent value is known for {', '.join(own)}")
        changes = [f"{quote(name)} = {value}" for name, value in zip(own, values, strict=True)]
        return self._try(changes, self._row(), Target(("23503",), key.name))

    def same_key(self, name: str, columns: Sequence[str], where: str | None) -> Attempt:
        """Give one row the key of another one.

        Args:
            name: the constraint or index that must refuse it.
            columns: the columns that its keys are made of.
            where: the condition that both rows must meet.
        """
        condition = self._peers(columns, where)
        if condition is None:
            return Attempt("impossible", why="the seed has no two rows that could clash")
        listed = ", ".join(quote(column) for column in columns)
        first = f"(select {listed} from {self._name} where {condition} order by {self._order} limit 1)"
        change = f"({listed}) = {first}" if len(columns) > 1 else f"{listed} = {first}"
        return self._try([change], self._row(condition, 1), Target(("23505", "23P01"), name))

    def check(self, check: Check, columns: Sequence[str]) -> Attempt:
        """Try unlikely values in the columns of the check until PostgreSQL names it.

        Args:
            check: the rule.
            columns: the columns that it reads.
        """
        target = Target(("23514",), check.name)
        attempts = ((changes, row) for row in range(ROWS) for changes in self._unlikely(check, columns))
        for changes, row in itertools.islice(attempts, MOST_ATTEMPTS):
            attempt = self._try(changes, self._row(offset=row), target, aside=("23514",))
            if attempt.outcome == "rejected":
                return attempt
            if attempt.outcome == "accepted" and self._breaks(check, changes, self._row(offset=row)):
                return attempt
        return Attempt("impossible", why=f"no value was found that breaks {check.expression}")

    def _unlikely(self, check: Check, columns: Sequence[str]) -> Iterator[list[str]]:
        said = unlikely.spoken(check.expression)
        usual = [column for column in columns if self._table.column(column).generated is None]
        values = {column: unlikely.unlikely(self._table.column(column).type, said) for column in usual}
        for column in usual:
            for value in values[column]:
                yield [f"{quote(column)} = {value}"]
        for left, right in itertools.combinations(usual, 2):
            for one, two in itertools.product(values[left], values[right]):
                yield [f"{quote(left)} = {one}", f"{quote(right)} = {two}"]
        if usual:
            yield [f"{quote(column)} = null" for column in usual]

    def _breaks(self, check: Check, changes: Sequence[str], row: str) -> bool:
        """Whether the row that was accepted really breaks the check, as PostgreSQL evaluates it."""
        import psycopg

        sql = f"update {self._name} set {', '.join(changes)} where {row} returning not ({check.expression})"
        try:
            with self._connection.transaction(force_rollback=True):
                found = self._connection.execute(sql.encode()).fetchone()
                return bool(found and found[0])
        except psycopg.Error:
            return False

    def _try(self, changes: Sequence[str], row: str, target: Target, *, aside: tuple[str, ...] = PUT_ASIDE) -> Attempt:
        """Change a row; what refuses it with a state of `aside` before the target does makes way for another try."""
        import psycopg

        sql = f"update {self._name} set {', '.join(changes)} where {row}"
        removed: list[str] = []
        while True:
            try:
                with self._connection.transaction(force_rollback=True):
                    for statement in removed:
                        self._connection.execute(statement.encode())
                    cursor = self._connection.execute(sql.encode())
                    self._connection.execute("set constraints all immediate")
                    if cursor.rowcount == 0:
                        return Attempt("impossible", sql, why="the seed has no row to change")
                    return Attempt("accepted", sql)
            except psycopg.Error as error:
                if self._is(error, target):
                    return Attempt("rejected", sql, error.sqlstate)
                free = error.sqlstate in aside and len(removed) < MOST_IN_THE_WAY
                obstacle = self._obstacle(error) if free else None
                if obstacle is None or obstacle in removed:
                    named = error.diag.constraint_name or error.diag.message_primary or ""
                    return Attempt("impossible", sql, error.sqlstate, f"{error.sqlstate} {named}: refused before")
                removed.append(obstacle)

    def _is(self, error: psycopg.Error, target: Target) -> bool:
        diag = error.diag
        if error.sqlstate not in target.states or (diag.schema_name, diag.table_name) != self._table.key:
            return False
        return diag.column_name == target.column if target.column else diag.constraint_name == target.name

    def _obstacle(self, error: psycopg.Error) -> str | None:
        """The statement that takes away what refused the row."""
        diag = error.diag
        if not (diag.schema_name and diag.table_name):
            return None
        relation = qualified(diag.schema_name, diag.table_name)
        if error.sqlstate == "23502" and diag.column_name:
            return f"alter table {relation} alter column {quote(diag.column_name)} drop not null"
        if not diag.constraint_name:
            return None
        query = "select 1 from pg_constraint where conname = %s and conrelid = %s::regclass"
        if self._connection.execute(query, (diag.constraint_name, relation)).fetchone():
            return f"alter table {relation} drop constraint {quote(diag.constraint_name)} cascade"
        return f"drop index {qualified(diag.schema_name, diag.constraint_name)}"

    def _row(self, condition: str = "true", offset: int = 0) -> str:
        chosen = f"select ctid from {self._name} where {condition} order by {self._order} offset {offset} limit 1"
        return f"ctid = ({chosen})"

    def _peers(self, columns: Sequence[str], where: str | None) -> str | None:
        """The condition of rows of one tenant that may clash, when there are two; a NULL in the key never clashes."""
        parts = [f"{quote(column)} is not null" for column in columns]
        parts += [f"({where})"] if where else []
        condition = " and ".join(parts)
        tenant = quote(self._tenant) if self._tenant and self._table.has(self._tenant) else None
        group = f" group by {tenant} order by {tenant}" if tenant else ""
        shown = f"{tenant}::text" if tenant else "null"
        query = f"select {shown}, count(*) from {self._name} where {condition}{group}"
        for owner, count in self._connection.execute(query.encode()).fetchall():
            if count >= 2:
                return f"{condition} and {tenant} = {literal(owner)}" if tenant else condition
        return None


def literal(text: str) -> str:
    """A string as SQL writes it."""
    escaped = text.replace("'", "''")
    return f"E'{escaped.replace(chr(92), chr(92) * 2)}'" if chr(92) in text else f"'{escaped}'"
