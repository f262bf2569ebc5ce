"""`read` on a real server: every format, the alias, and addresses that lead nowhere."""

import json

import pytest
from test_cli import dbarchitect

DDL = """
create table "user" (id uuid primary key, email text not null unique);
create table post (id uuid primary key, user_id uuid not null references "user" (id) on delete cascade, title text);
create index post_user_id_idx on post (user_id);
comment on table post is 'What a user wrote.';
"""


@pytest.fixture
def url(database):
    with database.connect() as connection:
        connection.execute(DDL)
    return database.url()


def test_json_says_everything(url):
    done = dbarchitect("read", url)
    assert done.returncode == 0, done.stderr
    payload = json.loads(done.stdout)
    assert [table["name"] for table in payload["schema"]["tables"]] == ["post", "user"]
    assert "shell's history" in done.stderr


def test_sql_makes_the_same_schema(url, server):
    first = dbarchitect("read", url, "--to", "sql")
    assert first.returncode == 0, first.stderr
    with server.database() as copy:
        with copy.connect() as connection:
            connection.execute(first.stdout)
        assert dbarchitect("read", copy.url(), "--to", "sql").stdout == first.stdout


@pytest.mark.parametrize(("form", "start"), [("mermaid", "erDiagram"), ("svg", "<svg")])
def test_diagrams(url, form, start, tmp_path):
    path = tmp_path / "picture"
    done = dbarchitect("read", url, "--to", form, "--output", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert start in path.read_text(encoding="utf-8")


def test_an_alias_keeps_the_address_out_of_sight(url, tmp_path):
    (tmp_path / "dbarchitect.toml").write_text('[aliases]\nmain = { env = "MAIN_URL" }\n', encoding="utf-8")
    done = dbarchitect("read", "db:main", folder=tmp_path, MAIN_URL=url)
    assert done.returncode == 0, done.stderr
    assert "history" not in done.stderr


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("postgres://me:topsecret@127.0.0.1:1/none", "cannot be reached"),
        ("db:nowhere", "no database alias"),
        ("schema.prisma", "no source"),
    ],
)
def test_a_source_that_leads_nowhere_exits_2_and_keeps_the_password(source, said):
    done = dbarchitect("read", source)
    assert done.returncode == 2
    assert said in done.stderr
    assert "topsecret" not in done.stderr + done.stdout


def test_nothing_to_draw_is_said(database):
    done = dbarchitect("read", database.url(), "--to", "svg")
    assert done.returncode == 2
    assert "no tables" in done.stderr
