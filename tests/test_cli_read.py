"""`read` through the command: every format, from files and from a real server, and sources that lead nowhere."""

import json

import pytest
from test_cli import within

from dbarchitect.surface.cli import main

DDL = """
create table "user" (id uuid primary key, email text not null unique);
create table post (id uuid primary key, user_id uuid not null references "user" (id) on delete cascade,
  title text check (title ~ '^[a-z]'));
create index post_user_id_idx on post (user_id) where title is not null;
comment on table post is 'What a user wrote.';
"""


@pytest.fixture
def url(database):
    with database.connect() as connection:
        connection.execute(DDL)
    return database.url()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "schema.sql").write_text(DDL, encoding="utf-8")
    return tmp_path


def test_json_says_everything(url):
    done = within("read", url)
    assert done.returncode == 0, done.stderr
    payload = json.loads(done.stdout)
    assert [table["name"] for table in payload["schema"]["tables"]] == ["post", "user"]
    assert (payload["format"], payload["kind"]) == (1, "database")
    assert "shell's history" in done.stderr


def test_sql_makes_the_same_schema(url, server):
    first = within("read", url, "--to", "sql")
    assert first.returncode == 0, first.stderr
    with server.database() as copy:
        with copy.connect() as connection:
            connection.execute(first.stdout)
        assert within("read", copy.url(), "--to", "sql").stdout == first.stdout


@pytest.mark.parametrize(
    ("form", "start", "said"),
    [
        ("mermaid", "erDiagram", "info: a diagram does not show 1 check, 1 index"),
        ("svg", "<svg", "info: a diagram does not show 1 check, 1 index"),
        ("dbml", "Table post {", "its condition is lost, DBML has no partial index"),
        ("brief", "post belongs to user", "check post_title_check of post: write it under `rules:`"),
    ],
)
def test_what_a_format_cannot_hold_is_said(folder, form, start, said):
    done = within("read", "schema.sql", "--to", form, "--output", "out", folder=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert start in (folder / "out").read_text(encoding="utf-8")
    assert said in done.stderr


def test_drizzle_is_a_folder(folder):
    done = within("read", "schema.sql", "--to", "drizzle", "-o", "out", folder=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [f"out/{path}" for path in (
        "sql/companion.sql", "src/db/schema/index.ts", "src/db/schema/post.ts", "src/db/schema/relations.ts",
        "src/db/schema/user.ts",
    )]  # fmt: skip
    assert "pgTable" in (folder / "out/src/db/schema/post.ts").read_text(encoding="utf-8")
    again = within("read", "out", "--static", "--to", "dbml", folder=folder)
    assert "post.user_id > user.id [delete: cascade]" in again.stdout
    second = within("read", "schema.sql", "--to", "drizzle", "-o", "out", folder=folder)
    assert second.returncode == 2
    assert "not empty" in second.stderr


def test_standard_input_needs_the_format():
    done = within("read", "-", "--from-format", "sql", "--to", "dbml", stdin="create table a (b int);")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Table a {\n  b integer\n}")
    refused = within("read", "-", stdin="create table a (b int);")
    assert refused.returncode == 2
    assert "--from-format" in refused.stderr


def test_an_alias_keeps_the_address_out_of_sight(url, tmp_path):
    (tmp_path / "dbarchitect.toml").write_text('[aliases]\nmain = { env = "MAIN_URL" }\n', encoding="utf-8")
    done = within("read", "db:main", "--statistics", folder=tmp_path, MAIN_URL=url)
    assert done.returncode == 0, done.stderr
    assert "table:public.post" in json.loads(done.stdout)["statistics"]["tables"]
    assert "history" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["postgres://me:topsecret@127.0.0.1:1/none"], "cannot be reached"),
        (["db:nowhere"], "no database alias"),
        (["schema.prisma"], "Did you mean schema.sql?"),
        (["schema.sql", "--statistics"], "no live database"),
        (["schema.sql", "--to", "drizzle"], "-o DIR"),
        (["schema.sql", "--to", "sql", "-o", "x"], "--output FILE"),
        (["schema.sql", "--to", "dbml", "--statistics"], "only JSON holds statistics"),
        (["bad.dbml"], "expected Table"),
    ],
)
def test_what_cannot_run_exits_2_and_keeps_the_password(folder, arguments, said, monkeypatch, capsys):
    (folder / "bad.dbml").write_text("Nothing here", encoding="utf-8")
    monkeypatch.chdir(folder)
    assert main.run(["read", *arguments]) == 2
    written = capsys.readouterr()
    assert said in written.err
    assert "topsecret" not in written.err + written.out


def test_nothing_to_draw_is_said(database):
    done = within("read", database.url(), "--to", "svg")
    assert done.returncode == 2
    assert "no tables" in done.stderr
