"""What a SOURCE stands for: every form, and what is said when it leads nowhere."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from dbarchitect import api
from dbarchitect.api import render, sources
from dbarchitect.errors import InputError

TABLES = """import { pgTable, uuid } from 'drizzle-orm/pg-core'
export const %s = pgTable('%s', { id: uuid('id').primaryKey() })
"""
CONFIG = "export default { dialect: '%s', schema: './schema.ts' }\n"
PRISMA = 'datasource db {\n  provider = "postgresql"\n}\nmodel a {\n  id Int @id\n}\n'
SQL = "create table a (id int primary key);\n"
SNAPSHOT = json.dumps({
    "version": "7", "dialect": "postgresql", "id": "1", "prevId": "0", "enums": {}, "schemas": {},
    "tables": {"public.a": {
        "name": "a", "schema": "", "indexes": {}, "foreignKeys": {}, "compositePrimaryKeys": {},
        "uniqueConstraints": {},
        "columns": {"id": {"name": "id", "type": "integer", "primaryKey": True, "notNull": True}},
    }},
})  # fmt: skip
DBML = "Table a {\n  id int [pk]\n}\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def found(source: str | Path, base: Path, **options: object) -> list[tuple[str, str, list[str]]]:
    items = sources.find(str(source), base=base, static=True, **options)
    return [(item.name, item.kind, [table.name for table in item.result.schema.tables]) for item in items]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.sql", SQL, "sql"),
        ("a.dbml", DBML, "dbml"),
        ("a.prisma", PRISMA, "prisma"),
        ("a.ts", TABLES % ("a", "a"), "drizzle"),
        ("brief.yaml", "entities:\n  a: name required\n", "brief"),
        ("0000_snapshot.json", SNAPSHOT, "snapshot"),
        ("a.json", '{"format": 1, "schema": {"tables": [{"schema": "public", "name": "a"}]}}', "json"),
    ],
)
def test_what_a_file_is_is_found_out(tmp_path, name, text, kind):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (item,) = sources.find(str(path), base=tmp_path, static=True)
    assert item.kind == kind
    assert [table.name for table in item.result.schema.tables] == ["as" if kind == "brief" else "a"]
    assert list(item.texts) == [name]
    for spans in item.result.schema.annotations.spans.values():
        assert {span.file for span in spans} == {name}


def test_our_own_json_comes_back_whole(tmp_path):
    path = tmp_path / "a.sql"
    path.write_text(SQL + "create type mood as enum ('ok'); comment on table a is 'A.';", encoding="utf-8")
    first = api.read(str(path))
    (tmp_path / "a.json").write_text(render.render(first, "json").text, encoding="utf-8")
    again = api.read(str(tmp_path / "a.json"))
    assert again.schema == first.schema
    assert dict(again.schema.annotations.spans) == dict(first.schema.annotations.spans)


def test_a_monorepo_has_several_schemas(tmp_path):
    for name in ("auth", "billing"):
        write(tmp_path / "packages" / name, schema_dot_ts=TABLES % (name, name),
              drizzle_dot_config_dot_ts=CONFIG % "postgresql")  # fmt: skip
    write(tmp_path / "packages" / "cache", schema_dot_ts="", drizzle_dot_config_dot_ts=CONFIG % "sqlite")
    items = found(tmp_path, tmp_path)
    assert [(kind, tables) for _, kind, tables in items] == [("drizzle", ["auth"]), ("drizzle", ["billing"])]
    assert [name.rpartition("packages/")[2] for name, _, _ in items] == [
        "auth/drizzle.config.ts",
        "billing/drizzle.config.ts",
    ]
    problems = sources.find(str(tmp_path), base=tmp_path, static=True)[0].result.problems
    assert any("sqlite" in problem.message for problem in problems)
    with pytest.raises(InputError, match="holds 2 schemas") as caught:
        api.read(str(tmp_path), static=True)
    assert "auth/drizzle.config.ts" in caught.value.hint


def test_a_project_without_a_schema_does_not_hide_the_others(tmp_path):
    write(tmp_path / "packages" / "billing", schema_dot_ts=TABLES % ("billing", "billing"),
          drizzle_dot_config_dot_ts=CONFIG % "postgresql")  # fmt: skip
    write(tmp_path / "packages" / "auth", drizzle_dot_config_dot_ts=CONFIG % "postgresql")
    assert [tables for _, _, tables in found(tmp_path, tmp_path)] == [["billing"]]
    problems = sources.find(str(tmp_path), base=tmp_path, static=True)[0].result.problems
    assert any(problem.message.startswith("packages/auth/drizzle.config.ts: no file matches") for problem in problems)


@pytest.mark.parametrize(
    ("files", "kind", "tables"),
    [
        ({"migrations__1_dot_sql": SQL, "migrations__2_dot_sql": "create table b ();"}, "sql", ["a", "b"]),
        ({"prisma__schema_dot_prisma": PRISMA, "prisma__migrations__1__migration_dot_sql": "x"}, "prisma", ["a"]),
        ({"docs__a_dot_dbml": DBML, "node_modules__x__a_dot_sql": "x"}, "dbml", ["a"]),
        ({"src__tables_dot_ts": TABLES % ("a", "a"), "drizzle__0_dot_sql": "x"}, "drizzle", ["a"]),
        ({"a__one_dot_prisma": PRISMA, "a__two_dot_prisma": "model b {\n id Int @id\n}"}, "prisma", ["a", "b"]),
    ],
)
def test_what_a_folder_holds(tmp_path, files, kind, tables):
    assert [item[1:] for item in found(write(tmp_path, **files), tmp_path)] == [(kind, tables)]


def test_a_folder_of_several_kinds_is_not_guessed(tmp_path):
    write(tmp_path, a_dot_sql=SQL, b_dot_dbml=DBML)
    with pytest.raises(InputError, match="several kinds") as caught:
        found(tmp_path, tmp_path)
    assert "a_dot" not in caught.value.hint
    assert "b.dbml (dbml)" in caught.value.hint
    assert found(tmp_path, tmp_path, from_format="dbml")[0][1] == "dbml"


def test_an_odd_name_needs_the_format(tmp_path):
    write(tmp_path, dump_dot_txt=SQL)
    with pytest.raises(InputError, match="does not say what it holds"):
        found(tmp_path / "dump.txt", tmp_path)
    assert found(tmp_path / "dump.txt", tmp_path, from_format="sql")[0][1] == "sql"


@pytest.mark.parametrize(
    ("source", "said", "hint"),
    [
        ("scema.sql", "there is nothing at 'scema.sql'", "Did you mean schema.sql?"),
        ("bd/schema/x.ts", "there is nothing at", "Did you mean db?"),
        ("db", "holds no schema that can be read", "drizzle.config"),
        ("x" * 5000, "cannot be the name of a file", "Give a path"),
        ("db:nowhere", "no database alias", "dbarchitect.toml"),
        ("bytes.sql.dbml", "no text: byte 1", "UTF-8"),
        ("broken.json", "no JSON", None),
        ("other.json", "no schema of ours", "--to json"),
    ],
)
def test_a_source_that_leads_nowhere(tmp_path, monkeypatch, source, said, hint):
    write(tmp_path, schema_dot_sql=SQL, db__readme="", broken_dot_json="{", other_dot_json='{"a": 1}')
    (tmp_path / "bytes.sql.dbml").write_bytes(b"\xff\x00")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        sources.find(source)
    assert said in caught.value.message
    assert (hint is None) == (caught.value.hint is None)
    assert hint is None or hint in caught.value.hint


# git


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose working tree has gone on since its only commit."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    write(tmp_path, a_dot_sql=SQL, web__schema_dot_ts=TABLES % ("a", "a"), web__other_dot_ts="export {}")
    write(tmp_path, web__drizzle_dot_config_dot_ts=CONFIG % "postgresql", _dot_gitattributes="* filter=never\n")
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"], ["tag", "v1"]):
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True)
    subprocess.run(["git", "config", "filter.never.smudge", "false"], cwd=tmp_path, check=True)
    write(tmp_path, web__schema_dot_ts=TABLES % ("b", "b"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("source", "kind", "file"),
    [
        ("git:v1:a.sql", "sql", "a.sql"),
        ("git:main:web", "drizzle", "web/schema.ts"),
        ("git:HEAD:./web/schema.ts", "drizzle", "web/schema.ts"),
    ],
)
def test_git_gives_what_was(repository, source, kind, file):
    before = subprocess.run(["git", "status", "--porcelain"], capture_output=True, check=True).stdout
    (item,) = sources.find(source, static=True)
    assert (item.kind, item.root) == (kind, None)
    assert [table.name for table in item.result.schema.tables] == ["a"]
    assert str(item.result.schema.annotations.spans["table:public.a"][0]).startswith(f"{file}:")
    assert file in item.texts
    assert subprocess.run(["git", "status", "--porcelain"], capture_output=True, check=True).stdout == before


def test_git_counts_from_the_current_folder_when_asked(repository, monkeypatch):
    monkeypatch.chdir(repository / "web")
    assert sources.find("git:main:./schema.ts", static=True)[0].kind == "drizzle"
    with pytest.raises(InputError) as caught:
        sources.find("git:main:schema.ts")
    assert "./schema.ts" in caught.value.hint


@pytest.mark.parametrize(
    ("source", "said", "hint"),
    [
        ("git:mian:a.sql", "no commit 'mian'", "'main'"),
        ("git:main:a.sqll", "no 'a.sqll' at 'main'", "'a.sql'"),
        ("git:main:wbe/schema.ts", "no 'wbe/schema.ts'", "'web/schema.ts'"),
        ("git::a.sql", "names no commit", "git:main:"),
        ("git:--exec:a.sql", "names no commit", "git:main:"),
    ],
)
def test_git_says_what_is_not_there(repository, source, said, hint):
    with pytest.raises(InputError) as caught:
        sources.find(source)
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_no_repository_and_no_git(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(InputError, match="no git repository"):
        sources.find("git:main:a.sql", base=tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="git is not installed"):
        sources.find("git:main:a.sql", base=tmp_path)


def test_a_live_database_with_its_figures(database):
    with database.connect() as connection:
        connection.execute(SQL)
    (item,) = sources.find(database.url(), statistics=True)
    assert (item.kind, item.postgres) == ("database", 18)
    assert "table:public.a" in item.statistics.tables
    reading = api.read(database.url(), statistics=True)
    assert "statistics" in json.loads(render.render(reading, "json").text)
