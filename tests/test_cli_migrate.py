"""`migrate plan` through the command: formats, files, what is refused and what is asked."""

import json
from pathlib import Path

import jsonschema
import pytest
from test_cli import dbarchitect

import dbarchitect as package
from dbarchitect.surface.cli import main

SCHEMA = Path(package.__file__).parent / "schemas" / "plan.schema.json"
OLD = "create table users (id int primary key, name text, mail text);\n"
NEW = """\
create table users (id int primary key, full_name text not null, mail text unique);
create table posts (id int primary key, user_id int references users (id));
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "a.sql").write_text(OLD, encoding="utf-8")
    (tmp_path / "b.sql").write_text(NEW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words):
    return main.run(["migrate", "plan", "--from", "a.sql", "--to", "b.sql", *words])


def test_json_is_what_the_schema_says(folder, capsys):
    assert run("--format", "json") == 1
    first = capsys.readouterr().out
    made = json.loads(first)
    jsonschema.validate(made, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [question["id"] for question in made["questions"]] == ["rename:column:public.users.name"]
    assert {hazard["name"] for step in made["steps"] for hazard in step["hazards"]} == {
        "add-required-column", "add-unique", "drop-column",
    }  # fmt: skip
    assert made["steps"][0]["down"][0].startswith("-- lossy: column:public.users.name is dropped")
    run("--format", "json")
    assert capsys.readouterr().out == first


def test_files_are_written_when_nothing_is_open(folder, capsys):
    assert run("-o", "out") == 1
    assert not (folder / "out").exists()
    assert "wrote nothing" in capsys.readouterr().err
    chosen = ("--rename", "users.name=full_name", "--allow", "rename", "--runner", "dbarchitect", "-o", "out")
    assert run(*chosen) == 0
    names = sorted(path.name for path in (folder / "out").iterdir())
    assert names == [
        "0000_schema.down.sql", "0000_schema.sql", "0001_indexes.down.sql", "0001_indexes.sql",
        "0002_validate.down.sql", "0002_validate.sql",
    ]  # fmt: skip
    assert (folder / "out" / "0001_indexes.sql").read_text().startswith("-- dbarchitect: no-transaction\n")
    assert run(*chosen) == 0
    assert (folder / "out" / "0005_validate.sql").exists()


def test_the_page_says_what_to_accept(folder, capsys):
    assert run() == 1
    page = " ".join(capsys.readouterr().out.split())
    assert "[--allow drop-column]" in page
    assert "Was public.users.name renamed to full_name?" in page
    assert run("--format", "concise") == 1
    assert "hazard DL02 drop-column" in capsys.readouterr().out
    assert run("--format", "sql") == 1
    assert capsys.readouterr().out.startswith("-- 0000_schema.sql\nSET LOCAL lock_timeout = '3s';\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--allow", "drp-column"), "Did you mean drop-column?"),
        (("--rename", "users.nam=x"), "Did you mean column:public.users.name?"),
        (("--rename", "users.name"), "--rename takes OLD=NEW"),
    ],
)
def test_what_is_not_there_is_refused(folder, capsys, words, message):
    assert run(*words) == 2
    assert message in capsys.readouterr().err


def test_sql_that_cannot_be_read_is_refused(folder, capsys):
    (folder / "b.sql").write_text("create tabel x (a int);", encoding="utf-8")
    assert run("-o", "out") == 2
    assert "b.sql" in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_a_new_label_that_is_used_is_refused_for_drizzle(folder, capsys):
    types = "create type mood as enum ('good'{}); create table t (id int primary key, m mood default '{}');"
    (folder / "a.sql").write_text(types.format("", "good"), encoding="utf-8")
    (folder / "b.sql").write_text(types.format(", 'bad'", "bad"), encoding="utf-8")
    assert run() == 2
    error = capsys.readouterr().err
    assert "55P04" in error
    assert "--runner dbarchitect" in error
    assert run("--runner", "dbarchitect", "--format", "concise") == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["labels", "change_t"]


def test_nothing_to_do(folder):
    done = dbarchitect("migrate", "plan", "--from", "a.sql", "--to", "a.sql", folder=folder)
    assert (done.returncode, done.stdout) == (0, "The two schemas are the same: there is nothing to do.\n")
