"""`migrate prove` from outside: folders of every layout, plans, formats and exit codes."""

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from dbarchitect import api
from dbarchitect.surface.cli import main

BASE = "create table t (id int primary key, name text, age int);"
UP = "alter table t add constraint t_name_key unique (name);\n--> statement-breakpoint\nalter table t drop column age;"
DOWN = "-- lossy: age\nalter table t add column age int; alter table t drop constraint t_name_key;"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def journal(*tags: str) -> str:
    entries = [
        {"idx": n, "version": "7", "when": 1000 + n, "tag": tag, "breakpoints": True} for n, tag in enumerate(tags)
    ]
    return json.dumps({"version": "7", "dialect": "postgresql", "entries": entries})


LAYOUTS = {
    "drizzle 0.45": {
        "drizzle/0000_base.sql": BASE, "drizzle/0001_next.sql": UP, "drizzle/down/0001_next.sql": DOWN,
        "drizzle/meta/_journal.json": journal("0000_base", "0001_next"),
    },
    "drizzle 1": {
        "20260101000000_base/migration.sql": BASE, "20260101000000_base/snapshot.json": "{}",
        "20260102000000_next/migration.sql": UP, "20260102000000_next/snapshot.json": "{}",
        "20260102000000_next/down.sql": DOWN,
    },
    "pairs": {"1_base.up.sql": BASE, "10_next.up.sql": UP, "10_next.down.sql": DOWN},
    "sections": {"1_base.sql": BASE, "2_next.sql": f"-- migrate:up\n{UP}\n-- migrate:down\n{DOWN}"},
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_folders_of_every_layout(tmp_path, layout):
    found = api.prove_migrations(write(tmp_path, LAYOUTS[layout]))
    (proven,) = found.migrations
    assert (found.history, proven.verdict, [c.sqlstate for c in proven.conditions]) == (1, "lossy", ["23505"])
    assert [loss.address for loss in proven.losses] == ["column:public.t.age"]


def test_the_json_is_what_the_schema_says(tmp_path, capsys):
    write(tmp_path, {"1_base.sql": BASE, "2_broken.sql": "alter table nothing add x int", "3_after.sql": "select 1"})
    assert main.run(["migrate", "prove", str(tmp_path), "--all", "--format", "json"]) == 1
    content = json.loads(capsys.readouterr().out)
    schema = json.loads((resources.files("dbarchitect") / "schemas/certificate.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(content)
    assert content["summary"] == {"exact": 0, "lossy": 0, "irreversible": 1, "failed": 1, "unproved": 1}
    whole = api.prove_migrations(write(tmp_path / "more", LAYOUTS["pairs"])).to_json()
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(whole)))


def test_a_page_that_a_reviewer_reads(tmp_path, capsys):
    write(tmp_path, LAYOUTS["pairs"])
    assert main.run(["migrate", "prove", str(tmp_path)]) == 0
    page = capsys.readouterr().out
    assert "! lossy" in page
    assert "public.t.age dropped" in page
    assert "select name, count(*)" in page
    assert "readers and writers wait" in page
    assert (
        main.run(["migrate", "prove", str(tmp_path), "--format", "markdown", "--output", str(tmp_path / "c.md")]) == 0
    )
    assert "| `10_next` | ! **lossy** | readers and writers of public.t | readers and writers of public.t |" in (
        tmp_path / "c.md"
    ).read_text("utf-8")
    assert main.run(["migrate", "prove", str(tmp_path), "--format", "concise"]) == 0
    assert capsys.readouterr().out.startswith("lossy 10_next: ")


def test_drizzle_cannot_run_what_needs_no_transaction(tmp_path):
    files = LAYOUTS["drizzle 0.45"] | {
        "drizzle/0001_next.sql": "create index concurrently i on t (name);",
        "drizzle/down/0001_next.sql": "drop index i;",
    }
    (proven,) = api.prove_migrations(write(tmp_path, files)).migrations
    assert (proven.verdict, proven.level) == ("failed", "strict")
    assert "Drizzle's migrator runs all pending files in one" in proven.reason


def test_a_plan_is_proved_from_where_it_starts(tmp_path, capsys):
    before = write(tmp_path, {"a.sql": BASE, "b.sql": BASE.replace("age int", "age bigint")})
    plan = api.plan(str(before / "a.sql"), str(before / "b.sql"), allow=["change-type", "RW08"])
    (tmp_path / "plan.json").write_text(json.dumps(plan.to_json()), encoding="utf-8")
    assert main.run(["migrate", "prove", str(tmp_path / "plan.json")]) == 2
    assert "--from SOURCE" in capsys.readouterr().err
    found = api.prove_migrations(tmp_path / "plan.json", before=str(before / "a.sql"))
    assert [item.verdict for item in found.migrations] == ["exact"] * len(plan.steps)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere"),
        ([".", "--last", "2", "--all"], "exclude each other"),
        (["empty"], "no migrations"),
        (["bad.json"], "no plan"),
    ],
)
def test_what_cannot_be_proved_is_exit_2(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    assert main.run(["migrate", "prove", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_what_is_kept_is_compared_by_the_check(tmp_path, capsys):
    write(tmp_path, LAYOUTS["drizzle 0.45"])
    before = sorted(path for path in (tmp_path / "drizzle").rglob("*"))
    assert main.run(["migrate", "prove", str(tmp_path), "--keep", "--format", "concise"]) == 0
    assert "kept 1 certificate" in capsys.readouterr().err
    assert sorted(path for path in (tmp_path / "drizzle").rglob("*")) == before
    content = json.loads((tmp_path / ".dbarchitect/certificates/drizzle/0001_next.json").read_text("utf-8"))
    assert (content["verdict"], content["declared"], content["loses"]) == ("lossy", "lossy", ["column:public.t.age"])
    assert content["locks"]["up"]["table:public.t"] == content["locks"]["down"]["table:public.t"] == "ACCESS EXCLUSIVE"
    check = ["migrate", "check", str(tmp_path), "--format", "concise", "--fail-on", "error"]
    assert main.run(check) == 0
    assert "CE0" not in capsys.readouterr().out
    (tmp_path / "drizzle/down/0001_next.sql").write_text(f"{DOWN}\nselect 1;", encoding="utf-8")
    assert main.run(check) == 1
    assert "error CE02 the way back of 0001_next was edited after it was proved" in capsys.readouterr().out
    assert main.run(["migrate", "prove", str(tmp_path), "--keep", "--format", "concise"]) == 0
    assert main.run(check) == 0
    assert main.run(["migrate", "prove", str(tmp_path), "--keep", "--format", "concise"]) == 0
    assert "nothing to prove" in capsys.readouterr().out
    assert main.run(["migrate", "prove", str(tmp_path / "drizzle/0001_next.sql"), "--keep"]) == 2
