"""Migrations of rows: what a file must hold, and that its check takes everything back when it finds anything."""

import psycopg
import pytest
from migrate.folders import QUICK

from dbarchitect import api
from dbarchitect.errors import InputError
from dbarchitect.migrate import data_file
from dbarchitect.migrate.files import down_text, up_text
from dbarchitect.migrate.runner.folder import read_folder
from dbarchitect.migrate.runner.run import StatementError, run
from dbarchitect.surface.cli import main

TABLE = "create table users (id int primary key, name text, slug text, still_wrong int);\n"
FILE = """\
-- Slugs for everybody.
-- up
update users set slug = lower(name) where slug is null;
update users set still_wrong = 1 where id < 9;
-- down
update users set slug = null, still_wrong = null;
-- check: who has none
select id, still_wrong from users where slug is null
"""


def test_a_file_has_its_own_up_down_and_check():
    read = data_file.read(FILE, "Fill slugs")
    assert read.name == "fill_slugs"
    assert (len(read.up), len(read.down), read.about) == (2, 1, ("-- Slugs for everybody.",))
    step = data_file.step(read)
    assert (step.reversible, step.check) == ("exact", "select id, still_wrong from users where slug is null")
    assert up_text(step).startswith("-- dbarchitect: data\n-- Slugs for everybody.\n")
    lossy = data_file.step(data_file.read(FILE.replace("-- down", "-- down\n-- lossy: other slugs"), "x"))
    assert lossy.reversible == "lossy"
    assert down_text(lossy).startswith("-- lossy: other slugs\n")
    start, _, end = FILE.partition("-- down\n")
    never = data_file.step(data_file.read(f"{start}-- irreversible: gone\n{end[end.index('-- check') :]}", "x"))
    assert (never.reversible, never.down) == ("no", None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("-- check: who has none\nselect id, still_wrong from users where slug is null\n", "", "no section `-- check`"),
        ("-- down\n", "", "no one way back"),
        ("-- down\n", "-- down\n-- up\n", "two sections"),
        ("-- down\n", "-- irreversible\n", "nobody says why"),
        ("-- Slugs for everybody.", "select 1;", "before the first section"),
        ("select id, still_wrong from", "delete from", "no single query"),
        ("update users set still_wrong = 1 where id < 9;", "update users st still_wrong = 1;", "syntax error"),
        ("update users set still_wrong = 1 where id < 9;", "commit;", "transactions of its own"),
    ],
)
def test_what_is_not_of_the_form_is_refused(old, new, message):
    assert old in FILE
    with pytest.raises(InputError, match=message):
        data_file.read(FILE.replace(old, new), "x")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "0000_users.sql").write_text(TABLE)
    (tmp_path / "fill.sql").write_text(FILE)
    return tmp_path


def command():
    return main.run(["migrate", "plan", "--data", "fill.sql", "-o", "sql"])


def test_a_check_that_finds_rows_takes_everything_back(folder, database):
    assert command() == 0
    with database.connect() as connection:
        first = read_folder(folder / "sql")
        with pytest.raises(StatementError, match="the check of fill finds rows that are still wrong: 1"):
            run(connection, first, patience=QUICK, watch=_filled(connection))
        rows = "select slug, still_wrong from users order by id"
        assert connection.execute(rows).fetchall() == [(None, None), (None, None)]
        connection.execute("delete from users where name is null")
        assert run(connection, first, patience=QUICK).applied == ("0001_fill.sql",)
        assert connection.execute(rows).fetchall() == [("a", 1)]


def _filled(connection: psycopg.Connection):
    """Rows between the two files."""

    def watch(moment, migration, number):
        if moment == "recorded" and migration.name == "0000_users.sql":
            connection.execute(b"insert into users values (1, 'A'), (2, null)")

    return watch


def test_what_changes_the_schema_or_does_not_run_is_refused(folder):
    for more, message in (("alter table users add x int;", "it changes the schema"), ("update user2 set a = 1;", "2")):
        (folder / "fill.sql").write_text(FILE.replace("-- down", f"{more}\n-- down"))
        with pytest.raises(InputError, match=message):
            api.plan_data("fill.sql", folder="sql")
    assert len(list((folder / "sql").iterdir())) == 1


def test_rows_that_row_level_security_hides_are_a_hazard(folder, capsys):
    (folder / "sql" / "0000_users.sql").write_text(
        TABLE + "alter table users enable row level security, force row level security;\n"
    )
    assert command() == 1
    assert "RLS01" in capsys.readouterr().out
    assert len(list((folder / "sql").iterdir())) == 1
