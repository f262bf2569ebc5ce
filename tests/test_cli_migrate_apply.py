"""`migrate apply` on the command line: two steps, stale plans, backups, and what is refused."""

import io
import json

import jsonschema
import pytest
from migrate.folders import ALONE, TWO_PHASES, write
from test_cli import dbarchitect
from test_cli_json import SCHEMAS

from dbarchitect import api
from dbarchitect.api.applying import Choices, migrations_folder
from dbarchitect.errors import InputError, RefusedError
from dbarchitect.surface.cli import main, terminal

SMALL = {
    "one": ("create table a (x int)", "insert into a select generate_series(1, 5)"),
    "two": (ALONE + "create index concurrently a_x_idx on a (x)",),
}
DOWNS = {"one": "drop table a;", "two": "drop index a_x_idx;"}
VARIABLE = "DBARCHITECT_STAGING_URL"


@pytest.fixture
def staging(database, monkeypatch, tmp_path):
    """A database that the alias `staging` stands for, in an empty folder."""
    monkeypatch.setenv(VARIABLE, database.url())
    monkeypatch.chdir(tmp_path)
    with database.connect() as connection:
        yield connection


def run(*arguments):
    return main.run(["migrate", "apply", "--db", "staging", *arguments])


def test_two_steps_as_a_user_takes_them(staging, database, tmp_path):
    write(tmp_path / "drizzle", "0.45", SMALL, DOWNS)
    shown = dbarchitect("migrate", "apply", "--db", "staging", "--format", "json", folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    first = json.loads(shown.stdout)
    assert staging.execute("select to_regclass('a'), to_regnamespace('drizzle')").fetchone() == (None, None)
    schema = json.loads((SCHEMAS / "apply.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(first, schema)
    done = dbarchitect(
        "migrate", "apply", "--db", "staging", "--plan", first["id"], "--format", "json", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    jsonschema.validate(json.loads(done.stdout), schema)
    assert json.loads(done.stdout)["ran"] == {"applied": ["0000_one", "0001_two"], "statements": 3}
    assert staging.execute("select count(*) from a").fetchone() == (5,)
    for text in (shown, done):
        assert database.url() not in text.stdout + text.stderr


def test_the_page_shows_statements_and_the_command_for_the_second_step(staging, tmp_path, capsys):
    write(tmp_path / "drizzle", "1", SMALL, DOWNS)
    assert run() == 0
    page = capsys.readouterr().out
    assert "0 migrations applied, 2 to come" in page
    assert "CREATE INDEX concurrently".lower() in page.lower()
    assert "no transaction, statement by statement" in page
    assert "dbarchitect migrate apply --db staging drizzle --plan " in page
    assert run("--format", "concise") == 0
    plan = capsys.readouterr().out.splitlines()[-1].removeprefix("plan ")
    assert run("--plan", plan) == 0
    assert "applied 20260101000001_two" in capsys.readouterr().out
    assert run() == 0
    assert "up to date" in capsys.readouterr().out


def test_a_stale_plan_is_refused_and_says_what_changed(staging, tmp_path):
    folder = write(tmp_path / "drizzle", "0.45", SMALL, DOWNS)
    plan = api.apply_migrations("staging").preview.id
    staging.execute("create table meanwhile (x int)")
    with pytest.raises(RefusedError, match="the schema of the database changed"):
        api.apply_migrations("staging", plan=plan)
    plan = api.apply_migrations("staging").preview.id
    write(folder, "0.45", {**SMALL, "three": ("select 1",)}, DOWNS)
    with pytest.raises(RefusedError, match="stale: the folder"):
        api.apply_migrations("staging", plan=plan)
    with pytest.raises(RefusedError, match="no id of a plan"):
        api.apply_migrations("staging", plan="12")
    assert staging.execute("select to_regclass('a')").fetchone() == (None,)


def test_what_loses_something_needs_a_backup_or_a_word(staging, tmp_path):
    write(tmp_path / "drizzle", "1", SMALL, DOWNS)
    api.apply_migrations("staging", confirm=lambda found: True)
    later = {**SMALL, "three": ("alter table a drop column x",)}
    downs = {
        **DOWNS,
        "three": "-- lossy: column:public.a.x is dropped with its values\nalter table a add column x int;",
    }
    write(tmp_path / "drizzle", "1", later, downs)
    plan = api.apply_migrations("staging").preview
    assert [item.name for item in plan.losses] == ["20260101000002_three"]
    with pytest.raises(RefusedError, match="is dropped with its values") as refused:
        api.apply_migrations("staging", plan=plan.id)
    assert "--backup" in refused.value.hint
    made = api.apply_migrations("staging", plan=plan.id, choices=Choices(backup=tmp_path / "before.dump"))
    assert made.backup is not None
    assert made.backup.rows == 5 + 2, "its own rows and those of Drizzle's table"
    assert (tmp_path / "before.dump").read_bytes().startswith(b"PGDMP")
    jsonschema.validate(made.to_json(), json.loads((SCHEMAS / "apply.schema.json").read_text(encoding="utf-8")))


def test_without_a_way_back_something_is_lost_but_not_from_an_empty_database(staging, tmp_path):
    write(tmp_path / "drizzle", "sql", {"one": SMALL["one"]})
    api.apply_migrations("staging", plan=api.apply_migrations("staging").preview.id)
    write(tmp_path / "drizzle", "sql", SMALL)
    with pytest.raises(RefusedError, match="nothing takes it back"):
        api.apply_migrations("staging", plan=api.apply_migrations("staging").preview.id)
    found = api.apply_migrations("staging", confirm=lambda found: True, choices=Choices(without_backup=True))
    assert found.ran is not None
    assert found.ran.applied == ("2_two.sql",)


def test_a_backup_of_a_database_with_forced_row_security_ends_with_2(server, monkeypatch, tmp_path, capsys):
    owner = server.role("owner_of_forced")
    write(tmp_path / "drizzle", "0.45", SMALL)
    monkeypatch.chdir(tmp_path)
    with server.database(owner=owner) as database, database.connect(owner) as connection:
        for statement in (
            "create table t (a int)",
            "insert into t values (1)",
            "alter table t enable row level security",
        ):
            connection.execute(statement)
        connection.execute("alter table t force row level security")
        monkeypatch.setenv(VARIABLE, database.url(owner))
        plan = api.apply_migrations("staging").preview.id
        assert run("--plan", plan, "--backup", "all.dump") == 2
        assert "row level security hides rows of public.t" in capsys.readouterr().err
        assert connection.execute("select to_regclass('a')").fetchone() == (None,)
        assert not (tmp_path / "all.dump").exists()


@pytest.mark.parametrize(("answer", "applied"), [("yes\n", True), ("\n", False)])
def test_yes_on_a_terminal_asks_once(answer, applied, staging, tmp_path, monkeypatch, capsys):
    write(tmp_path / "drizzle", "0.45", SMALL, DOWNS)
    monkeypatch.setattr(terminal, "interactive", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert run("--yes") == 0
    assert "Run this?" in capsys.readouterr().err
    assert (staging.execute("select to_regclass('a')").fetchone() != (None,)) is applied


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--yes",), "asks on a terminal"),
        (("nowhere",), "there is no folder"),
        (("--backup", "a", "--without-backup"), "exclude each other"),
        (("--table", "x"), "takes SCHEMA.NAME"),
        (("--db", "prod"), "no database alias 'prod'"),
        (("--db", "postgres://u:secret@h/d"), "takes the alias"),
    ],
)
def test_what_cannot_be_done_ends_with_2(arguments, said, staging, tmp_path, capsys):
    write(tmp_path / "drizzle", "0.45", SMALL, DOWNS)
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert "secret" not in printed.out + printed.err


def test_a_database_that_cannot_be_reached_is_named_by_its_alias(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "postgres://me:secret@127.0.0.1:1/db")
    write(tmp_path / "m", "0.45", SMALL)
    with pytest.raises(InputError, match="db:staging cannot be reached") as failed:
        api.apply_migrations("staging", tmp_path / "m")
    assert "secret" not in str(failed.value)
    assert "127" not in str(failed.value)


def test_the_folder_is_the_one_of_drizzle_kit(tmp_path):
    assert migrations_folder(tmp_path) == tmp_path / "drizzle"
    (tmp_path / "drizzle.config.ts").write_text("export default { dialect: 'postgresql', out: './db/migrations' };")
    assert migrations_folder(tmp_path) == tmp_path / "db" / "migrations"


def test_locks_are_told_where_the_text_tells_them(staging, tmp_path, capsys):
    staging.execute("create table busy (x int)")
    hidden = "do $$ begin execute format('analyze %I', 'busy'); end $$"
    story = {"one": ("alter table busy alter column x type bigint", "do $$ begin end $$", hidden)}
    write(tmp_path / "m", "sql", {**story, "two": (ALONE + "create index concurrently i on busy (x)",)})
    found = api.apply_migrations("staging", tmp_path / "m").to_json()
    first, second = found["pending"]
    assert first["statements"][0]["locks"][0] == {
        "address": "table:public.busy", "mode": "ACCESS EXCLUSIVE", "rewrites": True, "scans": True,
    }  # fmt: skip
    assert [statement["locks"] for statement in first["statements"][1:]] == [[], None]
    assert {lock["mode"] for lock in second["statements"][0]["locks"]} == {"SHARE UPDATE EXCLUSIVE"}
    assert run("m") == 0
    assert "locks table:public.busy ACCESS EXCLUSIVE, rewrites it" in capsys.readouterr().out


def test_a_contract_is_shown_and_run_only_when_asked_for(staging, tmp_path, capsys):
    write(tmp_path / "drizzle", "0.45", dict(list(TWO_PHASES.items())[:2]))
    api.apply_migrations("staging", plan=api.apply_migrations("staging").preview.id)
    write(tmp_path / "drizzle", "0.45", TWO_PHASES)
    assert run() == 0
    page = capsys.readouterr().out
    assert "0002_three waits for --contract, and 2 migrations with it" in page
    assert "--plan" not in page
    first = api.apply_migrations("staging").preview
    assert [item.name for item in first.standing.waiting] == ["0002_three", "0003_four", "0004_five"]
    assert run("--contract", "--format", "concise") == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:3] == [
        "0002_three: 1 statement, one transaction", "0003_four: 1 statement, one transaction",
        "0004_five: waits for --contract",
    ]  # fmt: skip
    identity = shown[3].removeprefix("plan ")
    assert identity != first.id
    assert run("--plan", identity, "--without-backup") == 2
    assert run("--plan", identity, "--without-backup", "--contract") == 0
    assert "0004_five waits for --contract: 2 migrations, 2 statements." in capsys.readouterr().out
