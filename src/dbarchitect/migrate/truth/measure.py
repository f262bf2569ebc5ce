"""Measure statements on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing

from dbarchitect.engines.postgres import Database, Server
from dbarchitect.engines.trace import Trace, Tracer
from dbarchitect.migrate.truth.table import Asked, Row


def measure(server: Server, setups: Mapping[str, str], asked: Iterable[Asked]) -> Iterator[Row]:
    """What each statement does, in the order in which they are asked for.

    Statements that can run in a transaction share a database and are taken back; the others, and those with a set-up
    of their own, each get a copy.

    Args:
        server: whose owner is a superuser, without autovacuum.
        setups: SQL by name.
        asked: the statements.
    """
    templates: dict[str, Database] = {}
    shared: dict[str, Tracer] = {}
    try:
        for item in asked:
            if item.setup not in templates:
                templates[item.setup] = _made(server, setups[item.setup])
                shared[item.setup] = Tracer(server.database(template=templates[item.setup]))
            yield _row(item, _traced(server, templates[item.setup], shared[item.setup], item))
    finally:
        for tracer in shared.values():
            tracer.close()


def _made(server: Server, sql: str) -> Database:
    database = server.database()
    with closing(database.connect()) as connection:
        connection.execute(sql.encode())
    return database


def _traced(server: Server, template: Database, tracer: Tracer, item: Asked) -> Trace:
    if not item.first and _in_transaction(item.sql):
        with closing(_Settings(tracer, item.settings)):
            return tracer.trace(item.sql, keep=False)
    with server.database(template=template) as copy, Tracer(copy) as own:
        for statement in (*item.settings, *item.first):
            own.connection.execute(statement.encode())
        return own.trace(item.sql, keep=False)


class _Settings:
    """Settings of a shared session, taken back when it is closed."""

    def __init__(self, tracer: Tracer, settings: tuple[str, ...]) -> None:
        self._tracer = tracer
        for statement in settings:
            tracer.connection.execute(statement.encode())

    def close(self) -> None:
        """Take them back."""
        self._tracer.connection.execute("reset all")


def _in_transaction(sql: str) -> bool:
    words = sql.upper().split()
    return ("CONCURRENTLY" not in words and words[0] not in ("VACUUM", "CREATE", "BEGIN", "COMMIT")) or (
        words[0] == "CREATE" and words[1] != "DATABASE" and "CONCURRENTLY" not in words
    )


def _row(item: Asked, trace: Trace) -> Row:
    if trace.sqlstate is not None:
        return Row(item, sqlstate=trace.sqlstate)
    return Row(
        item,
        trace.transaction,
        trace.locks,
        tuple(seen.lock.address for seen in trace.seen if seen.reads_wait),
        tuple(seen.lock.address for seen in trace.seen if seen.writes_wait),
    )
