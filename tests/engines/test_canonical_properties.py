"""What must hold for every schema: reading undoes writing, the canonical form is a fixed point, drop undoes create."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from strategies import schemas

from dbarchitect.engines.canonical import build, canonical
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.read.database import read, read_schema
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.drop import drop


@pytest.fixture(scope="module")
def connection(server):
    with server.database() as database, database.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def empty(connection):
    return fingerprint(connection)


@given(schema=schemas())
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
def test_written_read_and_dropped(server, connection, empty, schema):
    with connection.transaction(force_rollback=True):
        build(connection, create(schema))
        found = read(connection)
        built = fingerprint(connection)
        build(connection, drop(schema))
        assert difference(empty, fingerprint(connection)) == ()
    assert found.problems == ()
    with connection.transaction(force_rollback=True):
        build(connection, create(found.schema))
        assert difference(built, fingerprint(connection)) == ()
        assert read_schema(connection) == found.schema
        build(connection, drop(found.schema))
        assert difference(empty, fingerprint(connection)) == ()


@given(schema=schemas())
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_canonical_is_what_the_database_says_and_a_fixed_point(server, connection, schema):
    form = canonical(schema, server)
    assert canonical(form, server) == form
    with connection.transaction(force_rollback=True):
        build(connection, create(schema))
        assert read_schema(connection) == form
