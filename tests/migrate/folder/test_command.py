"""`migrate plan` in a Drizzle project, without arguments."""

from pathlib import Path

import pytest
from migrate.folder import drizzle_projects as projects

from dbarchitect.api import carrying
from dbarchitect.surface.cli.main import run


def test_the_next_migration_is_planned_and_written_once_nothing_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    projects.make(tmp_path, "0.45")
    (tmp_path / "src/db/schema.ts").write_text(projects.AFTER)
    monkeypatch.chdir(tmp_path)
    before = projects.tree(tmp_path)
    given = ["migrate", "plan", "--format", "concise", "--rename", "users.name=full_name", "--allow", "rename"]
    assert run(given) == 1
    said = capsys.readouterr()
    assert "drop-column" in said.out
    assert "wrote nothing" in said.err
    assert projects.tree(tmp_path) == before
    accepted = [*given, "--allow", "drop-column", "--now", "2026-11-22T10:00:00Z"]
    assert run([*accepted, "--dry-run"]) == 0
    assert projects.tree(tmp_path) == before
    assert run(accepted) == 0
    new = projects.tree(tmp_path).keys() - before.keys()
    assert {path.split("/")[0] for path in new} == {"drizzle"}
    assert sum(path.startswith("drizzle/down/") for path in new) == len(new) // 3
    assert '"when": 1795341600000' in (tmp_path / "drizzle/meta/_journal.json").read_text()


def test_outside_of_a_project_a_source_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["migrate", "plan"]) == 2
    assert "--from SOURCE" in capsys.readouterr().err


def test_a_project_below_is_found_and_of_several_one_is_to_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "apps/shop"
    (root / "src/db").mkdir(parents=True)
    (root / "package.json").write_text('{"dependencies": {"drizzle-orm": "0.45.4"}}')
    (root / "src/db/drizzle.config.ts").write_text(projects.CONFIG)
    (root / "src/db/schema.ts").write_text(projects.BEFORE)
    monkeypatch.chdir(tmp_path)
    found = carrying.asked(None, None)
    assert found == root / "src/db/drizzle.config.ts"
    project = carrying.project_in(found)
    assert (project.root, project.out, project.config) == (root, "drizzle", "src/db/drizzle.config.ts")
    assert [table.name for table in project.schema.tables] == ["posts", "users"]
    (root / "drizzle.other.config.ts").write_text(projects.CONFIG.replace("schema.ts", "more.ts"))
    (root / "src/db/more.ts").write_text(projects.BEFORE)
    assert run(["migrate", "plan", "--dry-run"]) == 2
    said = capsys.readouterr().err
    assert "several Drizzle projects lie here: apps/shop/drizzle.other.config.ts, apps/shop/src/db/" in said
    assert "--to apps/shop/drizzle.other.config.ts" in said
    assert carrying.asked(None, "apps/shop/drizzle.other.config.ts") == root / "drizzle.other.config.ts"
