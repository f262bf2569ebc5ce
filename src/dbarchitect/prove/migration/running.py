"""Run the statements of a migration as its owner would: no superuser, one transaction for all or one for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from dbarchitect.migrate.migrations import transactions
from dbarchitect.model.names import quote
from dbarchitect.model.plan import Transaction
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    import psycopg

    from dbarchitect.engines.postgres import Database
    from dbarchitect.migrate.migrations import Migration

ALONE: Final = "25001"
"""What PostgreSQL says to a statement that cannot run in a transaction."""
_MISSING_ROLE: Final = re.compile(r'role "(.+)" does not exist')
_CREATES_ROLE: Final = re.compile(
    r"create\s+(?:role|user|group)\s+(?!mapping\b)(\"(?:[^\"]|\"\")+\"|[\w$]+)", re.IGNORECASE
)
_CREATES_EXTENSION: Final = re.compile(
    r"create\s+extension\s+(?:if\s+not\s+exists\s+)?(\"[^\"]+\"|[\w$]+)(?:\s+(?:with\s+)?schema\s+(\"[^\"]+\"|[\w$]+))?",
    re.IGNORECASE,
)
_MOST_ROLES: Final = 20


@dataclass(frozen=True, slots=True)
class Guest:
    """Who runs a migration.

    Args:
        role: a role that is no superuser and owns the database.
        helped: roles and extensions that it may not make itself are made for it.
    """

    role: str
    helped: bool = True


class Refused(Exception):  # noqa: N818 - what PostgreSQL said, not a fault of ours
    """PostgreSQL refused a statement of a migration.

    Args:
        statement: the statement; `COMMIT` when what was deferred came out then.
        error: what PostgreSQL said.
    """

    def __init__(self, statement: str, error: psycopg.Error) -> None:
        lines = str(error).strip().splitlines()
        super().__init__(lines[0] if lines else type(error).__name__)
        self.statement = statement
        self.error = error
        self.sqlstate = error.sqlstate or ""
        self.diag = error.diag
        self.message = error.diag.message_primary or str(self)

    def of(self, statement: str) -> Refused:
        """The same, said of a statement that stands within this one."""
        return Refused(statement, self.error)


def run(database: Database, statements: Sequence[str], transaction: Transaction, guest: Guest | None = None) -> None:
    """Run a migration.

    Roles that it names need not be there for who is helped: they are made, without rights, as often as one is missing.
    Extensions that only a superuser may create are created beforehand.

    Args:
        database: a database that belongs to who runs it.
        statements: in order.
        transaction: `one` for all up to a COMMIT of theirs, `none` for each by itself.
        guest: who runs them; `Server.guest`, helped, when None.

    Raises:
        Refused: PostgreSQL refuses a statement; with `one`, nothing is left of the others since the last COMMIT.
    """
    who = guest or Guest(database.server.guest)
    if who.helped:
        prepare(database, statements)
    with closing(database.connect(who.role)) as connection:
        for mode, part in transactions(statements, transaction):
            if mode == "one":
                _helped(database, who, partial(_together, connection, part, who))
            else:
                for statement in part:
                    _helped(database, who, partial(_execute, connection, statement, who))


def run_either(database: Database, migration: Migration) -> Transaction:
    """Run a migration's up step as it says that it runs, and one by one when that cannot be.

    Returns:
        How its statements ran.

    Raises:
        Refused: as for `run`.
    """
    try:
        run(database, migration.up, migration.transaction)
    except Refused as refused:
        if refused.sqlstate != ALONE or migration.transaction == "none":
            raise
        run(database, migration.up, "none")
        return "none"
    return migration.transaction


def prepare(database: Database, statements: Sequence[str]) -> None:
    """Make what only a superuser may make: the roles and the untrusted extensions that statements create."""
    for statement in statements:
        if found := _CREATES_EXTENSION.match(statement):
            _extension(database, _bare(found[1]), _bare(found[2]) if found[2] else None)
        elif found := _CREATES_ROLE.match(statement):
            _role(database, _bare(found[1]))


def made_beforehand(statement: str) -> bool:
    """Whether `prepare` has done what the statement asks for."""
    return bool(_CREATES_ROLE.match(statement))


def execute(database: Database, connection: psycopg.Connection[Any], statement: str) -> None:
    """Run one statement by itself, with the roles that it misses.

    Raises:
        Refused: PostgreSQL refuses it.
    """
    who = Guest(database.server.guest)
    _helped(database, who, lambda: _execute(connection, statement, who))


def _execute(connection: psycopg.Connection[Any], statement: str, who: Guest) -> None:
    import psycopg

    if who.helped and made_beforehand(statement):
        return
    try:
        connection.execute(statement.encode(), prepare=False)
    except psycopg.errors.DuplicateObject as error:
        if not who.helped or not _CREATES_EXTENSION.match(statement):
            raise Refused(statement, error) from None
    except psycopg.Error as error:
        raise Refused(statement, error) from None


def _together(connection: psycopg.Connection[Any], statements: Sequence[str], who: Guest) -> None:
    import psycopg

    with _transaction(connection):
        for statement in statements:
            _execute(connection, statement, who)
        try:
            connection.execute("commit")
        except psycopg.Error as error:
            raise Refused("COMMIT", error) from None


@contextmanager
def _transaction(connection: psycopg.Connection[Any]) -> Iterator[None]:
    connection.execute("begin")
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()


def _helped(database: Database, who: Guest, action: Callable[[], None]) -> None:
    """Do it, and again with each role that it misses."""
    for _ in range(_MOST_ROLES if who.helped else 0):
        try:
            action()
        except Refused as refused:
            missing = _MISSING_ROLE.search(refused.message)
            if refused.sqlstate != "42704" or not missing:
                raise
            _role(database, missing[1])
        else:
            return
    action()


def _role(database: Database, name: str) -> None:
    with database.server.admin() as admin:
        if admin.execute("select 1 from pg_catalog.pg_roles where rolname = %s", (name,)).fetchone():
            return
    made = database.server.role(name)
    with database.server.admin() as admin:
        admin.execute(f"grant {quote(made)} to {quote(database.server.guest)}".encode())


def _extension(database: Database, name: str, schema: str | None) -> None:
    """Create an extension that a guest may not; one that is unknown is left for PostgreSQL to say so."""
    query = "select v.trusted or not v.superuser from pg_catalog.pg_available_extension_versions v where v.name = %s"
    with closing(database.connect()) as connection:
        row = connection.execute(query, (name,)).fetchone()
        if row is None or row[0]:
            return
        place = f" schema {quote(schema)}" if schema else ""
        if schema:
            connection.execute(f"create schema if not exists {quote(schema)}".encode())
        connection.execute(f"create extension if not exists {quote(name)}{place} cascade".encode())


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
