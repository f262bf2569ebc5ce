"""Read the schema of a live database from its catalog, in one read-only snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbarchitect.errors import EngineError, InputError
from dbarchitect.model.schema import Schema
from dbarchitect.read.catalog import Catalog, Rows, fetch
from dbarchitect.read.catalog_objects import Objects
from dbarchitect.read.catalog_parts import Parts
from dbarchitect.read.catalog_tables import Tables
from dbarchitect.read.result import ReadResult

if TYPE_CHECKING:
    import psycopg

OLDEST = 13
SETTINGS = {
    "search_path": "pg_catalog",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "lc_monetary": "C",
    "xmlbinary": "base64",
    "statement_timeout": "120s",
}
"""What decides how PostgreSQL writes expressions, and how long it may take."""

_SAVE = "select k, pg_catalog.current_setting(k) from unnest(%s::text[]) s(k)"
_SET = "select pg_catalog.set_config(k, v, true) from unnest(%s::text[], %s::text[]) s(k, v)"


def read(connection: psycopg.Connection[Any], *, schemas: Sequence[str] | None = None) -> ReadResult:
    """The schema of a database, without what extensions own; nothing but the catalog is read.

    Outside of a transaction the reading is one REPEATABLE READ READ ONLY transaction of its own; inside one it sees
    what that transaction sees, and leaves its settings as they were.

    Args:
        connection: to the database; any role may read.
        schemas: names of PostgreSQL schemas; None for all but the system's.

    Returns:
        The schema, and a problem for everything in the database that the model cannot say.

    Raises:
        EngineError: the server is older than PostgreSQL 13.
        InputError: a schema that is asked for does not exist.
    """
    require(connection)
    with snapshot(connection):
        rows = fetch(connection, schemas)
    missing = sorted(set(schemas or ()) - {str(row[1]) for row in rows["namespaces"]})
    if missing:
        raise InputError(f"the database has no schema {missing[0]!r}")
    return _assembled(rows)


def read_schema(connection: psycopg.Connection[Any]) -> Schema:
    """As `read`, without the search for what the model cannot say: for databases that we built from the model."""
    with snapshot(connection):
        return _assembled(fetch(connection, None, without=("problems",))).schema


def _assembled(rows: Rows) -> ReadResult:
    catalog = Catalog(rows)
    parts = Parts(catalog)
    objects = Objects(catalog, parts)
    schema = Schema(
        tables=Tables(catalog, parts).all(),
        enums=objects.enums(),
        domains=objects.domains(),
        composites=objects.composites(),
        ranges=objects.ranges(),
        sequences=objects.sequences(),
        views=objects.views(),
        functions=objects.functions(),
        statistics=objects.statistics(),
        extensions=objects.extensions(),
        namespaces=objects.namespaces(),
        grants=objects.grants(),
    )
    return ReadResult(schema, parts.problems())


def require(connection: psycopg.Connection[Any]) -> None:
    """See that the server is one that can be read.

    Raises:
        EngineError: it is older than PostgreSQL 13.
    """
    if connection.info.server_version < OLDEST * 10000:
        raise EngineError(f"the server is older than PostgreSQL {OLDEST}", hint="PostgreSQL 13 to 18 can be read.")


@contextmanager
def snapshot(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """A read-only transaction with our settings, or the transaction that is open, whose settings come back after."""
    from psycopg.pq import TransactionStatus

    if connection.info.transaction_status != TransactionStatus.IDLE:
        saved = dict(connection.execute(_SAVE, [list(SETTINGS)]).fetchall())
        _apply(connection, SETTINGS)
        yield
        _apply(connection, saved)
        return
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        _apply(connection, SETTINGS)
        yield


def _apply(connection: psycopg.Connection[Any], settings: dict[str, str]) -> None:
    names = sorted(settings)
    connection.execute(_SET, [names, [settings[name] for name in names]])
