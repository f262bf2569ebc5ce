"""Folders of migrations: which files run, in which order, and what is wrong with them."""

from __future__ import annotations

import json

import pytest

from dbarchitect.errors import InputError
from dbarchitect.read.sql.folder import read_path
from dbarchitect.read.sql.sections import way_up


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def journal(*tags):
    entries = [{"idx": place, "version": "7", "when": place, "tag": tag} for place, tag in enumerate(tags)]
    return json.dumps({"version": "7", "dialect": "postgresql", "entries": entries})


def order(folder):
    result, texts = read_path(folder, base=folder)
    return list(texts), [(problem.severity, problem.span.file) for problem in result.problems]


def test_drizzle_045_runs_by_its_journal(tmp_path):
    write(
        tmp_path,
        {
            "meta/_journal.json": journal("0001_b", "0000_a", "0002_gone"),
            "0000_a.sql": "alter table t add b int;--> statement-breakpoint\nalter table t add c int;",
            "0001_b.sql": "create table t (a int);",
            "0003_stray.sql": "create table u (a int);",
        },
    )
    result, texts = read_path(tmp_path, base=tmp_path.parent)
    assert list(texts) == [f"{tmp_path.name}/0001_b.sql", f"{tmp_path.name}/0000_a.sql"]
    assert [column.name for table in result.schema.tables for column in table.columns] == ["a", "b", "c"]
    assert [(problem.severity, problem.message) for problem in result.problems] == [
        ("error", "the journal names 0002_gone, and there is no 0002_gone.sql"),
        ("warning", "the journal does not name 0003_stray.sql: Drizzle never runs it"),
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"entries": [{"tag": "a"}]}', '{"entries": 1}', "\ufeff{"])
def test_a_journal_that_is_none(tmp_path, text):
    write(tmp_path, {"meta/_journal.json": text, "0000_a.sql": "create table t (a int);"})
    assert order(tmp_path) == (["0000_a.sql"], [("error", "meta/_journal.json")])


@pytest.mark.parametrize("tag", ["../0000_out", "/etc/passwd"])
def test_a_journal_leads_nowhere_else(tmp_path, tag):
    write(tmp_path, {"in/meta/_journal.json": journal(tag), "0000_out.sql": "create table t (a int);"})
    assert read_path(tmp_path / "in", base=tmp_path)[1] == {}


@pytest.mark.parametrize(
    "names",
    [
        ["20250101000000_a/migration.sql", "20250102000000_b/migration.sql"],
        ["1_a.sql", "2_b.sql", "10_c.sql"],
        ["000001_a.up.sql", "000002_b.up.sql"],
        ["V1__a.sql", "V1.1__b.sql", "V2__c.sql", "R__views.sql"],
        ["2024-01-01-a/up.sql", "2024-01-02-b/up.sql"],
        ["20141001190227_a/up.sql", "2017-08-31-230457_b/up.sql", "2025-11-19-091444-0000_c/up.sql"],
        ["db/migrations/1.sql", "db/migrations/2.sql"],
    ],
    ids=lambda names: names[0],
)
def test_plain_folders_run_by_name(tmp_path, names):
    back = ["000001_a.down.sql", "2024-01-01-a/down.sql", "down/1.sql", "U1__a.sql", "node_modules/x/1.sql"]
    write(tmp_path, dict.fromkeys([*reversed(names), *back], "select 1;"))
    assert order(tmp_path) == (names, [])


def test_prisma_runs_by_name_as_text(tmp_path):
    names = ["20250520123737_a/migration.sql", "20250625_b/migration.sql", "20250701000000_c/migration.sql"]
    write(tmp_path, dict.fromkeys(["migration_lock.toml", *reversed(names)], "select 1;"))
    assert order(tmp_path) == (names, [])


def test_what_the_migrations_make_is_not_made_twice(tmp_path):
    write(tmp_path, {"schema.sql": "create table t (a int);", "migrations/1.sql": "create table t (a int);"})
    assert order(tmp_path) == (["migrations/1.sql"], [("warning", "schema.sql")])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("-- migrate:up\na;\n-- migrate:down\nb;\n", "a"),
        ("-- +goose Up\n-- +goose StatementBegin\na;\n-- +goose StatementEnd\n-- +goose Down\nb;", "a"),
        ("-- +migrate Down\nb;\n-- +migrate Up\na;", "a"),
        ("a;\n---- create above / drop below ----\nb;", "a"),
        ("a;\n--//@UNDO\nb;", "a"),
        ("a;\n-- nothing to migrate:down here\n", "a"),
    ],
)
def test_the_way_back_is_left_out(text, kept):
    up = way_up(text)
    assert len(up) == len(text)
    assert up.count("\n") == text.count("\n")
    assert [line for line in up.splitlines() if line.strip() and not line.startswith("--")] == [f"{kept};"]


@pytest.mark.parametrize(
    ("raw", "tables", "severities"),
    [
        ("\ufeffcreate table t (a int);".encode(), 1, []),
        ("create table t (a int);".encode("utf-16"), 1, []),
        ("create table t (a int); -- \xe9".encode("latin-1"), 1, ["warning"]),
        (b"PGDMP\x01\x0e", 0, ["error"]),
    ],
)
def test_encodings(tmp_path, raw, tables, severities):
    write(tmp_path, {"a.sql": raw})
    result, _ = read_path(tmp_path / "a.sql", base=tmp_path)
    assert len(result.schema.tables) == tables
    assert [problem.severity for problem in result.problems] == severities


def test_nothing_to_read(tmp_path):
    assert order(tmp_path) == ([], [("warning", ".")])
    with pytest.raises(InputError, match="no file or folder"):
        read_path(tmp_path / "nope", base=tmp_path)


DUMP = r"""
\restrict abc
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.t (
    id integer NOT NULL,
    note text DEFAULT 'a;b'::text
);
ALTER TABLE public.t OWNER TO somebody;
CREATE SEQUENCE public.t_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.t_id_seq OWNED BY public.t.id;
ALTER TABLE ONLY public.t ALTER COLUMN id SET DEFAULT nextval('public.t_id_seq'::regclass);
COPY public.t (id, note) FROM stdin;
1	it's; -- $$ not SQL
2	\N
\.
SELECT pg_catalog.setval('public.t_id_seq', 2, true);
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
\unrestrict abc
"""


def test_the_output_of_pg_dump(tmp_path):
    write(tmp_path, {"dump.sql": DUMP})
    result, _ = read_path(tmp_path / "dump.sql", base=tmp_path)
    (table,) = result.schema.tables
    assert result.problems == ()
    assert table.primary_key.columns == ("id",)
    assert table.column("id").default == "nextval('public.t_id_seq'::regclass)"
    assert result.schema.sequences[0].owned_by == ("public", "t", "id")
    assert str(result.schema.annotations.spans["constraint:public.t.t_pkey"][0]) == "dump.sql:18:31"
