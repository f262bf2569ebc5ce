"""The canonical form of a schema: what PostgreSQL makes of it, read back from a scratch database.

Expressions have no normal form as text (`a > 0` reads back as `a > (0)::numeric`), so schemas are compared in this
form only (DESIGN section 4). This is the one module of its package that stands above `read` and `write`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from weakref import WeakKeyDictionary

import psycopg

from dbarchitect.engines import postgres
from dbarchitect.engines.postgres import Connection, Database, Server
from dbarchitect.errors import EngineError, InputError
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Schema
from dbarchitect.read.database import read_schema
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.policy import ROLE_WORDS
from dbarchitect.write.sql.statement import Statement

_ROLE = "dbarchitect_standin"
logging.getLogger("psycopg").addHandler(logging.NullHandler())
"""A pipeline that stops at a refused statement says so on stderr, unless somebody listens; we say it ourselves."""


class _Scratch:
    """What one server keeps for us: an empty database for each set of extensions, and roles to stand in for others."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.databases: dict[tuple[str, ...], Database] = {}
        self.roles: list[str] = []


_scratch: WeakKeyDictionary[Server, _Scratch] = WeakKeyDictionary()
_lock = threading.Lock()


_UNSEEN = Statement("SET LOCAL check_function_bodies = off", "", "setting")


def canonical(
    schema: Schema, server: Server | None = None, *, then: Sequence[Statement] = (), renamed: bool = False
) -> Schema:
    """Build `schema` in a scratch database and read it back; intent and annotations are carried over by address.

    Everything but extensions is built by a role without rights elsewhere, in a transaction that is rolled back. Roles
    that the schema names need not exist: others stand in for them. Neither need namespaces that it names and does not
    make, nor tables there that it refers to: somebody else makes them (Supabase `auth.users`), and they are none of
    what is read back.

    Args:
        schema: any schema.
        server: where to build it; the shared server of this process when None.
        then: what to run after it was built, and before it is read.
        renamed: bodies of functions may still say names of before a rename: they are texts, and not looked at.

    Returns:
        The canonical schema. Building that one gives the same catalog, but for what `settled` speaks of.

    Raises:
        InputError: PostgreSQL refuses an element; the place is its address, the hint shows the statement.
        EngineError: the server lacks an extension, or cannot be reached.
    """
    server = server or postgres.shared()
    _check_extensions(schema, server)
    with _lock:
        scratch = _scratch.setdefault(server, _Scratch())
    roles = _roles(schema)
    with scratch.lock:
        while len(scratch.roles) < len(roles):
            scratch.roles.append(server.role(_ROLE))
        standins = dict(zip(roles, scratch.roles, strict=False))
        setup, statements = _split(create(_renamed(schema, standins)), schema)
        database = _database(scratch, server, setup)
    lent, before = _lent(schema)
    with closing(database.connect(server.guest)) as connection, _rolled_back(connection):
        build(connection, [*before, *([_UNSEEN] if renamed else []), *statements, *then])
        found = read_schema(connection)
    if lent:
        tables = {table.key for table in schema.tables}
        found = replace(
            found,
            namespaces=tuple(item for item in found.namespaces if item.name not in lent),
            tables=tuple(item for item in found.tables if item.schema not in lent or item.key in tables),
        )
    found = _renamed(found, {standin: role for role, standin in standins.items()})
    return replace(found, intent=schema.intent, annotations=schema.annotations)


def settled(schema: Schema, server: Server | None = None, *, renamed: bool = False) -> Schema:
    """The canonical form that stays as it is when it is built again: what two schemas are compared in for a plan.

    PostgreSQL writes `c IN ('a')` over varchar in one way when it is first read, and in another one when that is.

    Args:
        schema: any schema.
        server: as for `canonical`, and the same errors.
        renamed: as for `canonical`.
    """
    return canonical(canonical(schema, server, renamed=renamed), server, renamed=renamed)


def build(connection: Connection, statements: Sequence[Statement]) -> None:
    """Run DDL in the open transaction of `connection`, one statement at a time, nothing stacked behind it.

    Args:
        connection: in a transaction; it is rolled back to its beginning when a statement fails.
        statements: from `write.sql`.

    Raises:
        InputError: PostgreSQL refuses a statement; place and hint name it.
    """
    try:
        with connection.transaction(), connection.pipeline():
            for statement in statements:
                connection.execute(statement.sql.encode())
        return
    except psycopg.Error as error:
        if connection.closed:
            raise EngineError(f"the connection to PostgreSQL broke: {error}") from None
        first = error
    with connection.transaction(force_rollback=True):
        for statement in statements:
            try:
                connection.execute(statement.sql.encode(), prepare=True)
            except psycopg.Error as error:
                raise _refused(statement, error) from None
    raise InputError(f"PostgreSQL refuses the schema: {first.diag.message_primary or first}")


def _refused(statement: Statement, error: psycopg.Error) -> InputError:
    said = error.diag.message_primary or str(error)
    details = [text for text in (error.diag.message_detail, error.diag.message_hint) if text]
    sql = statement.sql if len(statement.sql) <= 2000 else statement.sql[:2000] + " …"
    hint = "\n".join([*details, "The statement was:", *(f"  {line}" for line in sql.splitlines())])
    return InputError(f"PostgreSQL refuses it: {said}", hint=hint, place=statement.address or None)


def _check_extensions(schema: Schema, server: Server) -> None:
    missing = sorted({extension.name for extension in schema.extensions} - server.available_extensions)
    if missing:
        raise EngineError(
            f"PostgreSQL {server.version} here lacks the extension {missing[0]!r}",
            hint="Claims that need it stay unproved; a server that has it can be named by --proof-url.",
            place=f"extension:{missing[0]}",
        )


def _lent(schema: Schema) -> tuple[list[str], list[Statement]]:
    """The namespaces that the schema names and does not make, and what makes them and the tables referred to there."""
    groups = ("tables", "enums", "domains", "composites", "ranges", "sequences", "views", "functions")
    named: set[str] = {item.schema for group in groups for item in getattr(schema, group)}
    keys = [(table, key) for table in schema.tables for key in table.foreign_keys]
    made = {item.name for item in schema.namespaces} | {item.schema for item in schema.extensions}
    lent = (named | {key.target_schema for _, key in keys}) - made - {"public"}
    known = {table.key for table in schema.tables}
    columns: dict[tuple[str, str], dict[str, str]] = {}
    unique: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for table, key in keys:
        target = (key.target_schema, key.target_table)
        if key.target_schema in lent and target not in known:
            types = [table.column(name).type.sql() for name in key.columns]
            columns.setdefault(target, {}).update(zip(key.target_columns, types, strict=False))
            unique.setdefault(target, set()).add(key.target_columns)
    made_first = [f"CREATE SCHEMA {quote(name)}" for name in sorted(lent)]
    for target, types_by_name in sorted(columns.items()):
        parts = [f"{quote(name)} {kind}" for name, kind in types_by_name.items()]
        parts += [f"UNIQUE ({', '.join(map(quote, names))})" for names in sorted(unique[target])]
        made_first.append(f"CREATE TABLE {qualified(*target)} ({', '.join(parts)})")
    return sorted(lent), [Statement(sql, "", "setting") for sql in made_first]


def _roles(schema: Schema) -> list[str]:
    named = {role for table in schema.tables for policy in table.policies for role in policy.roles}
    return sorted((named | {grant.grantee for grant in schema.grants}) - ROLE_WORDS)


def _renamed(schema: Schema, roles: Mapping[str, str]) -> Schema:
    """The schema with other roles in its policies and grants."""
    if not roles:
        return schema
    tables = tuple(
        replace(
            table,
            policies=tuple(
                replace(policy, roles=tuple(sorted(roles.get(role, role) for role in policy.roles)))
                for policy in table.policies
            ),
        )
        for table in schema.tables
    )
    grants = tuple(replace(grant, grantee=roles.get(grant.grantee, grant.grantee)) for grant in schema.grants)
    return replace(schema, tables=tables, grants=grants)


def _split(statements: Sequence[Statement], schema: Schema) -> tuple[list[str], list[Statement]]:
    """(what only a superuser may do, committed beforehand; the rest): extensions, their namespaces and comments."""
    extensions = {f"extension:{extension.name}" for extension in schema.extensions}
    places = {extension.schema for extension in schema.extensions}
    setup, rest = [], []
    for statement in statements:
        own = statement.kind == "extension" or (statement.kind == "comment" and statement.address in extensions)
        namespace = statement.kind == "namespace" and any(
            statement.sql == f"CREATE SCHEMA {quote(place)}" for place in places
        )
        if own or namespace:
            setup.append(statement.sql + (" AUTHORIZATION {guest}" if namespace else ""))
        else:
            rest.append(statement)
    return setup, rest


def _database(scratch: _Scratch, server: Server, setup: Sequence[str]) -> Database:
    key = tuple(setup)
    if key not in scratch.databases:
        database = server.database(owner=server.guest)
        with closing(database.connect()) as connection:
            for sql in setup:
                try:
                    connection.execute(sql.replace("{guest}", quote(server.guest)).encode())
                except psycopg.Error as error:
                    raise EngineError(f"PostgreSQL refuses {sql!r}: {error.diag.message_primary}") from None
        scratch.databases[key] = database
    return scratch.databases[key]


@contextmanager
def _rolled_back(connection: Connection) -> Iterator[None]:
    connection.execute("begin")
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
