import pytest
from write.drizzle import schema_corpus as corpus
from write.drizzle import schema_project as project

from dbarchitect.engines.toolchain import journal
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check
from dbarchitect.model.routine import Function
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.settings import LINES, Settings
from dbarchitect.write.drizzle.migration import empty_snapshot, migration_entries
from dbarchitect.write.drizzle.naming_foreign_keys import with_line_names

T = corpus.T
HOUSE = Settings()


@pytest.mark.parametrize("line", LINES)
def test_drizzle_kit_accepts_the_folder_and_sees_no_change(line, tmp_path):
    schema = with_line_names(corpus.shop(), line)
    made = project.make(tmp_path, schema, line)
    with made.link():
        snapshots = {"schema": made.kit_snapshot().snapshot, "nothing": empty_snapshot(line), "as before": None}
        entries = migration_entries(schema, Settings(drizzle=line))
        moments = journal.moments(len(entries))
        folder = journal.folder(
            line,
            [
                journal.Entry(entry.tag, journal.script(entry.up_sql), snapshots[entry.sees], when)
                for entry, when in zip(entries, moments, strict=True)
            ],
        )
        project.write(tmp_path / "drizzle", folder)
        assert made.kit_check().problems == ()
        assert made.kit_generate_changes() == []


@pytest.mark.parametrize("line", LINES)
def test_the_empty_snapshot_is_drizzle_kits_own(line, tmp_path):
    made = project.make(tmp_path, Schema(), line)
    with made.link():
        snapshot = made.kit_snapshot().snapshot
    rest = {key: value for key, value in snapshot.items() if key not in ("id", "prevId", "prevIds")}
    assert rest == empty_snapshot(line)


def test_drizzles_mark_inside_a_statement_cuts_nothing(server):
    """In a condition and in a function's body, on the way up and on the way down."""
    mark = journal.BREAKPOINT.strip()
    body = f"CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$ select '{mark}' $$"
    table = Table("public", "notes", (Column("id", T("text")),), checks=(Check("notes_check", f"id <> '{mark}'"),))
    schema = Schema((table,), functions=(Function("public", "f", "", body),))
    entries = migration_entries(schema, HOUSE)
    pieces = [piece for entry in entries for piece in journal.script(entry.up_sql).split(mark)]
    assert len(pieces) == sum(len(entry.up) for entry in entries)
    assert not any(mark in entry.down_sql for entry in entries)
    with server.database() as database, database.connect() as connection:
        for piece in pieces:
            connection.execute(piece.encode())
        assert connection.execute("select public.f()").fetchone() == (mark,)
