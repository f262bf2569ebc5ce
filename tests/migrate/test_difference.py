"""The difference of two schemas leads from one to the other and back, on a real PostgreSQL."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import schemas

from dbarchitect.engines.canonical import build, canonical
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.migrate.compare import compare
from dbarchitect.migrate.context import Context
from dbarchitect.migrate.order import ordered
from dbarchitect.migrate.script import reverse, script
from dbarchitect.read.database import read_schema
from dbarchitect.write.sql.create import create

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "migrations" / "pg_schema_diff.json"
LEVEL = "no-automatic-names"


def statements(old, new):
    """(up, down) between two canonical schemas."""
    found = compare(old, new)
    operations = ordered(found)
    up = [sql for said in script(operations, found.context, found.needed_before) for sql in said.statements]
    back = script(reverse(operations), Context(new, old), found.needed_after)
    down = [sql for said in back for sql in said.statements]
    return up, down


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(old=schemas(), new=schemas())
def test_any_schema_leads_to_any_other_and_back(server, old, new):
    old, new = canonical(old, server), canonical(new, server)
    up, down = statements(old, new)
    assert statements(new, new) == ([], [])
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(old))
        first = fingerprint(connection)
        for sql in up:
            connection.execute(sql.encode())
        assert read_schema(connection) == new
        for sql in down:
            connection.execute(sql.encode())
        assert difference(fingerprint(connection), first, LEVEL) == ()
