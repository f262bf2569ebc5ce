"""`review` and `rule` on the command line: exit codes, choices, fixes, and what bad input gets."""

import json
import subprocess

import jsonschema
import pytest
from test_cli import within
from test_cli_json import SCHEMAS

SCHEMA = """\
import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull(),
});

export const posts = pgTable('posts', {
  id: uuid('id').primaryKey(),
  // who wrote it
  userId: uuid('user_id').notNull().references(() => users.id, { onDelete: 'cascade' }),
  writtenAt: timestamp('written_at').notNull(),
});
"""
CONFIG = "export default { schema: './schema.ts', out: './drizzle', dialect: 'postgresql' };\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "drizzle.config.ts").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "package.json").write_text('{"dependencies": {"drizzle-orm": "^0.45.4"}}', encoding="utf-8")
    (tmp_path / "schema.ts").write_text(SCHEMA, encoding="utf-8")
    return tmp_path


def review(folder, *arguments):
    return within("review", "--static", *arguments, folder=folder)


def codes(done):
    return {line.split()[2] for line in done.stdout.splitlines() if line.startswith("schema.ts:")}


def test_findings_are_shown_and_set_the_exit_code(project):
    done = review(project)
    assert done.returncode == 1, done.stderr
    assert "R01 [*] no index finds the rows of posts by user_id" in done.stdout
    assert "--> schema.ts:11:37" in done.stdout
    assert "House conventions" in done.stdout
    payload = json.loads(review(project, "--format", "json").stdout)
    schema = json.loads((SCHEMAS / "review.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(payload)
    assert review(project, "--select", "R01", "--fail-on", "error").returncode == 0


def test_running_the_project_finds_the_same(project):
    ran = within("review", "--format", "json", folder=project)
    assert json.loads(ran.stdout)["findings"] == json.loads(review(project, "--format", "json").stdout)["findings"]


def test_rules_are_chosen_by_option_file_and_comment(project):
    assert codes(review(project, "--select", "R,T01", "--format", "concise")) == {"R01", "T01"}
    assert codes(review(project, "--select", "R,T", "--ignore", "T01", "--format", "concise")) == {"R01"}
    (project / "dbarchitect.toml").write_text('select = ["R01", "T01"]\n[severity]\nT01 = "off"\n', encoding="utf-8")
    assert codes(review(project, "--format", "concise")) == {"R01"}
    text = SCHEMA.replace("  // who", "  // dbarchitect-ignore R01: few rows\n  // who")
    (project / "schema.ts").write_text(text, encoding="utf-8")
    done = review(project)
    assert done.returncode == 0
    assert "1 ignored in the source" in done.stdout


def test_an_unknown_code_is_refused(project):
    done = review(project, "--select", "R0l")
    assert done.returncode == 2
    assert "Did you mean R" in done.stderr
    assert "reading" not in done.stderr, "it is seen before anything is read"


def test_fix_changes_only_what_it_mends_and_is_done_once(project):
    shown = review(project, "--select", "R01", "--diff")
    assert shown.returncode == 1
    assert "+  index('posts_user_id_idx').on(table.userId)" in shown.stdout
    assert (project / "schema.ts").read_text(encoding="utf-8") == SCHEMA
    done = review(project, "--select", "R01", "--fix")
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'CREATE INDEX "posts_user_id_idx"' in done.stderr
    text = (project / "schema.ts").read_text(encoding="utf-8")
    assert [line for line in SCHEMA.splitlines() if line not in text.splitlines()] in (
        ["import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';"],
        ["import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';", "});"],
    )
    assert review(project, "--select", "R01", "--fix").returncode == 0
    assert (project / "schema.ts").read_text(encoding="utf-8") == text


def test_unsafe_fixes_wait_to_be_asked(project):
    assert review(project, "--select", "T01", "--fix").returncode == 1
    assert (project / "schema.ts").read_text(encoding="utf-8") == SCHEMA
    assert review(project, "--select", "T01", "--fix", "--unsafe-fixes").returncode == 0
    assert "{ withTimezone: true }" in (project / "schema.ts").read_text(encoding="utf-8")


def test_a_baseline_and_a_commit_narrow_the_review(project):
    first = review(project, "--select", "R,T", "--baseline", "known.json", "--update-baseline")
    assert first.returncode == 0, first.stdout
    assert "2 in the baseline" in first.stdout
    more = SCHEMA + "export const tags = pgTable('tags', {\n  at: timestamp('at'),\n});\n"
    git = ["git", "-c", "user.name=n", "-c", "user.email=e@example.com"]
    subprocess.run([*git, "init", "-q"], cwd=project, check=True)
    subprocess.run([*git, "add", "-A"], cwd=project, check=True)
    subprocess.run([*git, "commit", "-qm", "first"], cwd=project, check=True)
    (project / "schema.ts").write_text(more, encoding="utf-8")
    for narrowed in (("--baseline", "known.json"), ("--since", "HEAD")):
        done = review(project, "--select", "R,T", "--format", "concise", *narrowed)
        assert [line.split(":")[1] for line in done.stdout.splitlines()] == ["15"], done.stdout
    assert review(project, "--since", "nowhere").returncode == 2


@pytest.mark.parametrize("form", ["github", "gitlab", "sarif", "junit"])
def test_every_format_goes_to_a_file(project, form):
    done = review(project, "--format", form, "--output", "out.txt")
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert "schema.ts" in (project / "out.txt").read_text(encoding="utf-8")


def test_what_cannot_be_read_is_named_and_the_rest_reviewed(project):
    (project / "schema.ts").write_text(SCHEMA + "export const broken = pgTable('broken', {\n", encoding="utf-8")
    done = review(project)
    assert done.returncode == 1
    assert "R01" in done.stdout
    assert "not reviewed: schema.ts:" in done.stdout


def test_what_is_not_there_is_refused(project):
    done = review(project, "schem.ts")
    assert done.returncode == 2
    assert "schema.ts" in done.stderr
    assert review(project, "--update-baseline").returncode == 2
    assert review(project, "--baseline", "none.json").returncode == 2


def test_sql_from_standard_input():
    ddl = "create table a (id bigint primary key);\ncreate table b (id bigint primary key, a_id bigint references a);\n"
    done = within("review", "-", "--from-format", "sql", "--select", "R01", "--format", "concise", stdin=ddl)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("standard input:2:")


def test_a_live_database(database, monkeypatch, tmp_path):
    with database.connect() as connection:
        connection.execute("create table a (id bigint primary key)")
        connection.execute("create table b (id bigint primary key, a_id bigint references a)")
    monkeypatch.setenv("DBARCHITECT_MAIN_URL", database.url())
    done = within("review", "db:main", "--format", "json", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert {"R01", "S01"} & {finding["code"] for finding in json.loads(done.stdout)["findings"]}
    refused = within("review", "db:main", "--fix", folder=tmp_path)
    assert refused.returncode == 2


def test_rules_are_listed_shown_and_demonstrated():
    assert "R01" in within("rule").stdout
    page = within("rule", "foreign-key-without-index")
    assert "Why" in page.stdout
    assert json.loads(within("rule", "R", "--format", "json").stdout)["rules"][0]["code"] == "R01"
    shown = within("rule", "R01", "--demonstrate")
    assert shown.returncode == 0, shown.stderr
    assert "Seq Scan" in shown.stdout
    assert within("rule", "R99").returncode == 2
    assert within("rule", "H01", "--demonstrate").returncode == 2
