"""Dumps that hold every row, and those that do not."""

import os
import stat
import subprocess

import pytest

from dbarchitect.errors import EngineError, InputError, RefusedError
from dbarchitect.migrate.runner import backup
from dbarchitect.migrate.runner.backup import back_up, find

FORCED = """
    create table "t ""x" (a int, "b.c" text);
    create table plain (a int);
    create table parted (a int) partition by range (a);
    create table parted_1 partition of parted for values from (0) to (10);
    create table generated (a int generated always as (1) stored);
    insert into "t ""x" select n, E'line\\n' || n || '\\.' from generate_series(1, 7) n;
    insert into plain select generate_series(1, 3);
    insert into parted values (1), (2);
    insert into generated default values;
    alter table "t ""x" enable row level security;
    alter table "t ""x" force row level security;
    create policy mine on "t ""x" using (a = nullif(current_setting('app.a', true), '')::int) with check (true)"""


@pytest.fixture
def owned(server):
    owner = server.role("keeper")
    with server.database(owner=owner) as database, database.connect(owner) as connection:
        for statement in FORCED.split(";"):
            connection.execute(statement.encode())
        yield database, connection


@pytest.mark.parametrize("name", ["all.dump", "all.sql"])
def test_a_dump_holds_every_row_and_comes_back(name, owned, server, tmp_path):
    database, _ = owned
    with database.connect() as superuser:
        made = back_up(superuser, tmp_path / name)
    assert (made.tables, made.rows) == (3, 12)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    if name.endswith(".dump"):
        folder, _ = find(18)
        with server.database() as other:
            command = [str(folder / "pg_restore"), "--no-owner", "-d", other.url(), str(tmp_path / name)]
            subprocess.run(command, check=True, capture_output=True)
            with other.connect() as connection:
                assert connection.execute('select count(*) from "t ""x"').fetchone() == (7,)


def test_a_role_from_which_policies_hide_rows_makes_no_backup(owned, tmp_path):
    _, connection = owned
    with pytest.raises(RefusedError, match="hides rows of") as refused:
        back_up(connection, tmp_path / "all.dump")
    assert "BYPASSRLS" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["all.dump", "all.sql"])
def test_a_dump_that_is_short_is_found(name, owned, tmp_path):
    """pg_dump with row security switched on succeeds and holds no rows; so does one that leaves a table out."""
    database, _ = owned
    folder, _ = find(18)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "pg_restore").symlink_to(folder / "pg_restore")
    (programs / "pg_dump").write_text(f'#!/bin/sh\nexec "{folder}/pg_dump" --exclude-table-data=plain "$@"\n')
    (programs / "pg_dump").chmod(0o755)
    with database.connect() as superuser, pytest.raises(EngineError, match=r"0 of the 3 rows of public\.plain"):
        back_up(superuser, tmp_path / name, programs)
    assert [path.name for path in tmp_path.iterdir()] == ["programs"]


def test_a_backup_that_cannot_be_made(owned, tmp_path):
    database, connection = owned
    (tmp_path / "there").touch()
    with pytest.raises(InputError, match="there already"):
        back_up(connection, tmp_path / "there")
    with pytest.raises(InputError, match="no folder"):
        back_up(connection, tmp_path / "no" / "file")
    with pytest.raises(EngineError, match="no pg_dump here is that new"):
        find(99)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "pg_dump").write_text('#!/bin/sh\necho "pg_dump: error: it broke" >&2\nexit 1\n')
    os.chmod(programs / "pg_dump", 0o755)
    with database.connect() as superuser, pytest.raises(EngineError, match="pg_dump failed: it broke"):
        back_up(superuser, tmp_path / "all.dump", programs)


def test_rows_that_are_written_meanwhile_do_no_harm(owned, tmp_path, monkeypatch):
    """The tables are counted in the snapshot that is dumped."""
    database, _ = owned
    with database.connect() as writer, database.connect() as superuser:

        def late(*arguments):
            writer.execute("insert into plain values (4)")
            dump(*arguments)

        dump = backup._dump
        monkeypatch.setattr(backup, "_dump", late)
        assert back_up(superuser, tmp_path / "all.dump").rows == 12
