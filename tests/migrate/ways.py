"""Plans run on a real PostgreSQL, file by file, up and down."""

from __future__ import annotations

import re
from contextlib import closing

from dbarchitect.engines.canonical import build, canonical
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.migrate.plan import plan
from dbarchitect.read.sql.reader import read
from dbarchitect.write.sql.create import create

LEVEL = "no-automatic-names"
COUNTED = re.compile(r"\.(is_called|last_value|log_cnt): ")
"""Where a sequence is after rows were put in."""


def schema(text, server):
    """The canonical schema of some SQL."""
    result = read({"schema.sql": text})
    assert result.problems == ()
    return canonical(result.schema, server)


def planned(old, new, server, **choices):
    """The plan between two SQL texts."""
    return plan(schema(old, server), schema(new, server), server=server, **choices)


def print_of(server, made):
    """The fingerprint of a schema."""
    with server.database() as database, closing(database.connect()) as connection:
        build(connection, create(made))
        return fingerprint(connection)


def run(connection, statements, transaction):
    """Run one file as its mode says."""
    if transaction == "none":
        for sql in statements:
            connection.execute(sql.encode())
        return
    with connection.transaction():
        for sql in statements:
            connection.execute(sql.encode())


def proved(made, old, new, server, rows=(), level=LEVEL, times=2):
    """Run a plan up, down and up again; each file's way back must give back what was there before it.

    Args:
        made: the plan.
        old: the canonical schema before.
        new: the canonical schema after.
        server: where.
        rows: statements that put rows into the old schema.
        level: how equal.
        times: how often up and down.
    """
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(old))
        for sql in rows:
            connection.execute(sql.encode())
        for _ in range(times):
            prints = [fingerprint(connection)]
            for step in made.steps:
                run(connection, step.up, step.transaction)
                prints.append(fingerprint(connection))
            left = [str(item) for item in difference(prints[-1], print_of(server, new), level)]
            assert [item for item in left if not COUNTED.search(item)] == []
            for step, before in zip(reversed(made.steps), reversed(prints[:-1]), strict=True):
                run(connection, step.down, step.down_transaction)
                assert difference(fingerprint(connection), before, level) == (), step.file
