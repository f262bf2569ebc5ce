"""`dbarchitect migrate check` on folders, files and standard input."""

from __future__ import annotations

import io
import json
import shutil
import subprocess

import pytest

from dbarchitect.engines.toolchain_journal import EPOCH
from dbarchitect.surface.cli.main import run

FIRST = "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50), note text);\n"
SECOND = """ALTER TABLE users ALTER COLUMN name TYPE text;
-- dbarchitect: ignore IX01: nobody works then
CREATE INDEX ON users (note);
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_users.sql").write_text(FIRST, encoding="utf-8")
    (made / "0002_more.sql").write_text(SECOND, encoding="utf-8")
    return made


def drizzle(tmp_path, *entries):
    made = tmp_path / "drizzle"
    (made / "meta").mkdir(parents=True)
    journal = {"version": "7", "dialect": "postgresql", "entries": []}
    for number, (tag, when, text) in enumerate(entries):
        journal["entries"].append({"idx": number, "version": "7", "when": when, "tag": tag, "breakpoints": True})
        (made / f"{tag}.sql").write_text(text, encoding="utf-8")
    (made / "meta" / "_journal.json").write_text(json.dumps(journal), encoding="utf-8")
    return made


def test_a_folder_is_judged_by_its_history(folder, capsys):
    assert run(["migrate", "check", "migrations", "--format", "concise"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("migrations/0002_more.sql:4:1: warning RW01 users is written anew")


def test_hazards_are_accepted_by_name(folder, capsys):
    assert run(["migrate", "check", "migrations", "--allow", "volatile-default"]) == 0
    assert run(["migrate", "check", "migrations", "--allow", "RW01", "--format", "json"]) == 0
    assert run(["migrate", "check", "migrations", "--allow", "volatile"]) == 2
    assert "Did you mean volatile-default?" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["full", "concise", "json", "github", "gitlab", "sarif", "junit"])
def test_every_format_names_the_hazard(folder, capsys, form):
    assert run(["migrate", "check", "migrations", "--format", form]) == 1
    out = capsys.readouterr().out
    assert "RW01" in out
    assert "House" not in out


def test_one_statement_from_standard_input(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("CREATE TABLE t (id int);\nDROP TABLE t;\n"))
    assert run(["migrate", "check", "-"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("SELEC 1;\n"))
    assert run(["migrate", "check", "-"]) == 2


def test_older_servers_do_not_know_newer_words(folder, capsys):
    (folder / "0003_v.sql").write_text(
        "ALTER TABLE users ADD COLUMN v text GENERATED ALWAYS AS (note || name) VIRTUAL;\n", encoding="utf-8"
    )
    assert run(["migrate", "check", "migrations", "--allow", "RW01"]) == 0
    assert run(["migrate", "check", "migrations", "--allow", "RW01", "--postgres", "17"]) == 1
    assert "P805" in capsys.readouterr().out


def test_the_faults_of_a_drizzle_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    drizzle(
        tmp_path, ("0000_a", EPOCH + 5000, FIRST), ("0001_b", EPOCH, "CREATE INDEX CONCURRENTLY i ON users (note);\n")
    )
    assert run(["migrate", "check", "--format", "concise"]) == 1
    out = capsys.readouterr().out
    assert "error DZ01 0001_b is dated 5 seconds before 0000_a" in out
    assert "error IX02 CREATE INDEX CONCURRENTLY is refused (25001), because Drizzle" in out


def test_a_drizzle_folder_with_two_branches(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    drizzle(tmp_path, ("0000_a", EPOCH, FIRST), ("0000_b", EPOCH + 1000, "CREATE TABLE t (id int PRIMARY KEY);\n"))
    assert run(["migrate", "check", "--format", "concise"]) == 1
    assert "error DZ03 0000_a and 0000_b have one number" in capsys.readouterr().out


def test_a_database_says_what_is_applied_and_how_large_it_is(folder, database, monkeypatch, capsys):
    monkeypatch.setenv("DBARCHITECT_LIVE_URL", database.url())
    with database.connect() as connection:
        connection.execute(FIRST.encode())
        connection.execute("insert into users select n, n, n from generate_series(1, 100) n")
        connection.execute("analyze users")
    assert run(["migrate", "check", "migrations", "--statistics", "db:live", "--format", "json"]) == 0
    found = {item["code"]: item for item in json.loads(capsys.readouterr().out)["findings"]}
    assert found["RW01"]["severity"] == "info", "a hundred rows are written in no time"
    assert "(100 rows)" in found["RW01"]["message"]


def test_an_applied_file_that_was_edited(tmp_path, database, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBARCHITECT_LIVE_URL", database.url())
    made = drizzle(tmp_path, ("0000_a", EPOCH, FIRST))
    from dbarchitect import api

    api.apply_migrations("live", made, confirm=lambda preview: True)
    assert run(["migrate", "check", "--statistics", "db:live", "--format", "concise"]) == 0
    (made / "0000_a.sql").write_text(FIRST.replace("note", "remark"), encoding="utf-8")
    capsys.readouterr()
    assert run(["migrate", "check", "--statistics", "db:live", "--format", "concise"]) == 1
    assert "DZ03 0000_a was edited after it was applied" in capsys.readouterr().out


def test_drizzle_runs_all_that_is_pending_in_one_transaction(tmp_path, database, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBARCHITECT_LIVE_URL", database.url())
    from dbarchitect import api

    api.apply_migrations("live", drizzle(tmp_path, ("0000_a", EPOCH, FIRST)), confirm=lambda preview: True)
    more = [(f"000{n}_x", EPOCH + n * 1000, f"ALTER TABLE users ADD COLUMN c{n} text;\n") for n in (1, 2)]
    shutil.rmtree(tmp_path / "drizzle")
    drizzle(tmp_path, ("0000_a", EPOCH, FIRST), *more)
    assert run(["migrate", "check", "--statistics", "db:live", "--format", "concise"]) == 1
    out = capsys.readouterr().out
    assert "warning DZ02 2 files are pending and Drizzle runs them in one transaction" in out


def test_nothing_to_check_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["migrate", "check"]) == 2
    assert "there are no migrations" in capsys.readouterr().err


def test_prisma_s_folder_is_no_drizzle_folder(tmp_path, monkeypatch, capsys):
    """Prisma runs each file by itself, so that a single CONCURRENTLY in one is fine."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("1_a", FIRST), ("2_b", "CREATE INDEX CONCURRENTLY i ON users (note);\n")):
        (tmp_path / "migrations" / name).mkdir(parents=True)
        (tmp_path / "migrations" / name / "migration.sql").write_text(text, encoding="utf-8")
    (tmp_path / "migrations" / "migration_lock.toml").write_text('provider = "postgresql"\n', encoding="utf-8")
    assert run(["migrate", "check", "migrations"]) == 0
    capsys.readouterr()


def test_what_a_branch_adds_is_one_deployment(folder, capsys):
    """A table that an earlier pending file makes is used by nobody yet; one that is deployed is."""
    (folder / "0003_posts.sql").write_text("CREATE TABLE posts (id bigint PRIMARY KEY, body text);\n", encoding="utf-8")
    (folder / "0004_index.sql").write_text("CREATE INDEX ON posts (body);\n", encoding="utf-8")
    check = ["migrate", "check", "migrations", "--format", "concise", "--since"]
    assert run([*check, "0002_more"]) == 0
    assert run([*check, "0003_posts.sql"]) == 1
    assert "IX01" in capsys.readouterr().out
    assert run([*check, "0002_mor"]) == 2
    assert "Did you mean 0002_more" in capsys.readouterr().err


def test_the_first_files_of_a_design_are_one_deployment(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    index = "CREATE INDEX ON users (note);\n"
    drizzle(tmp_path, ("0000_init", EPOCH, FIRST), ("0001_companion", EPOCH + 1000, index))
    assert run(["migrate", "check", "--format", "concise"]) == 0
    shutil.rmtree(tmp_path / "drizzle")
    drizzle(tmp_path, ("0000_init", EPOCH, FIRST), ("0001_notes", EPOCH + 1000, index))
    assert run(["migrate", "check", "--format", "concise"]) == 1


def test_ways_back_are_replayed_where_they_stand(folder, capsys):
    """In a file of their own, or behind a mark in the same one."""
    (folder / "0003_mood.sql").write_text(
        "-- migrate:up\nCREATE TYPE mood AS ENUM ('ok');\nALTER TABLE users ADD COLUMN m mood;\n"
        "-- migrate:down\nALTER TABLE users DROP COLUMN m;\n", encoding="utf-8",
    )  # fmt: skip
    (folder / "0004_age.sql").write_text("ALTER TABLE users ADD COLUMN age int;\n", encoding="utf-8")
    (folder / "0004_age.down.sql").write_text("ALTER TABLE users DROP COLUMN years;\n", encoding="utf-8")
    assert run(["migrate", "check", "migrations", "--since", "0002_more", "--format", "concise"]) == 1
    out = capsys.readouterr().out
    assert "0003_mood.sql:4:1: warning RB01 after 0003_mood and its way back, enum mood is left over" in out
    assert "0003_mood.sql:4:1: warning RB03 after its way back 0003_mood cannot be run again" in out
    assert "0004_age.down.sql:1:1: warning RB01 the way back of 0004_age fails" in out


def test_what_is_not_at_a_commit_yet(folder, capsys):
    def git(*words):
        subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", *words], cwd=folder, check=True)

    git("init", "-q", "-b", "main", "..")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    (folder / "0003_drop.sql").write_text("ALTER TABLE users DROP COLUMN note;\n", encoding="utf-8")
    assert run(["migrate", "check", "migrations", "--since", "git:main", "--format", "concise"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert "0003_drop.sql:1:1: warning DL02" in lines[0]


def test_a_label_that_an_earlier_pending_file_adds(tmp_path, monkeypatch, capsys):
    """Drizzle runs both files in one transaction, in which the new label cannot be used."""
    monkeypatch.chdir(tmp_path)
    first = "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE t (id bigint PRIMARY KEY, m mood);\n"
    more = ("ALTER TYPE mood ADD VALUE 'ok';\n", "UPDATE t SET m = 'ok' WHERE id = 1;\n")
    drizzle(tmp_path, *((f"000{n}_x", EPOCH + n * 9000, text) for n, text in enumerate((first, *more))))
    assert run(["migrate", "check", "--since", "0000_x", "--format", "concise"]) == 1
    assert "0002_x.sql:1:1: error EN01" in capsys.readouterr().out
    assert run(["migrate", "check", "--since", "0001_x", "--format", "concise"]) == 0


def test_a_folder_that_begins_to_keep_ways_back(folder, capsys):
    check = ["migrate", "check", "migrations", "--format", "concise", "--allow", "RW01"]
    down = "DROP INDEX CONCURRENTLY users_note_idx;\n"
    down = f"-- dbarchitect: no-transaction\n-- lossy: token\n{down}"
    (folder / "0002_more.down.sql").write_text(down, encoding="utf-8")
    assert run(check) == 0, "files before the first one that has a way back are as they are"
    (folder / "0003_c.sql").write_text("COMMENT ON TABLE users IS 'x';\n", encoding="utf-8")
    assert run(check) == 1
    assert "RB01 0003_c.sql has no way back, and 1 other file has one" in capsys.readouterr().out
