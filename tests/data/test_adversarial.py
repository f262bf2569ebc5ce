"""Rows that try everything, for types that answer otherwise than PostgreSQL's own."""

from __future__ import annotations

from contextlib import closing

from dbarchitect.data.adversarial import fill
from dbarchitect.engines import postgres
from dbarchitect.read.database import read_schema

NOTES = """
CREATE EXTENSION vector;
CREATE TABLE notes (
    id int PRIMARY KEY,
    model text,
    embedding vector(3),
    CHECK ((embedding IS NULL) = (model IS NULL))
);
"""


def test_a_check_over_a_type_whose_input_fails_gets_rows(database: postgres.Database) -> None:
    """pgvector raises on a bad text instead of answering `pg_input_is_valid`."""
    with closing(database.connect()) as connection:
        connection.autocommit = True
        connection.execute(NOTES)
        filled = fill(connection, read_schema(connection))
        found = connection.execute("SELECT count(*), count(embedding) FROM notes").fetchone()

    assert filled
    assert found is not None
    assert found[0] > found[1] > 0
