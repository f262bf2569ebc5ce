"""`design` into a folder: made once, left alone when nothing changed, grown by additions, or changed as a plan says."""

import dataclasses
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dbarchitect import api
from dbarchitect.errors import InputError, RefusedError
from dbarchitect.prove import run
from dbarchitect.prove.stored import parse
from dbarchitect.settings import Settings

BRIEF = """\
title: Notes
entities:
  author:
    purpose: Somebody who writes.
    name: person name required
    email: email required unique
    mood: one of calm, wild required default calm
  note:
    title: varchar(120) required search
    body: long text
relationships:
  - note belongs to author (required, cascade)
"""
GROWN = (
    BRIEF.replace("one of calm, wild", "one of calm, wild, tired")
    .replace("    body: long text\n", "    body: long text\n    pinned: boolean required default false\n")
    .replace("relationships:", "  tag:\n    name: varchar(40) required unique\nrelationships:\n  - note has many tags")
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was designed once; tests copy it."""
    place = tmp_path_factory.mktemp("made")
    (place / "notes.yaml").write_text(BRIEF)
    result = api.design(str(place / "notes.yaml"), out=place / "notes")
    assert result.proof is not None
    assert [claim.reason for claim in result.proof.failed] == []
    return place / "notes"


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "notes")


def brief(folder: Path, text: str) -> str:
    path = folder.parent / "brief.yaml"
    path.write_text(text)
    return str(path)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_layout_is_the_promised_one(made: Path) -> None:
    paths = set(tree(made))
    expected = (
        "README.md brief.yaml package.json bun.lock tsconfig.json biome.json drizzle.config.ts .env.example .gitignore "
        "proof.json docs/design.md docs/decisions.md docs/erd.svg docs/erd.mmd src/db/schema/authors.ts "
        "src/db/schema/notes.ts src/db/schema/index.ts src/db/schema/relations.ts src/db/queries/notes.ts "
        "src/db/validation/notes.ts src/db/client.ts src/db/transaction.ts src/db/pagination.ts src/db/errors.ts "
        "src/db/seed.ts src/db/migrate.ts drizzle/0000_init.sql drizzle/down/0000_init.sql "
        "drizzle/meta/_journal.json .dbarchitect/manifest.json"
    )
    assert set(expected.split()) - paths == set()
    assert not any(path.endswith(".new") for path in paths)


def test_the_same_brief_writes_no_byte(project: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    result = api.design(brief(project, BRIEF), out=project)
    assert result.files is not None
    assert result.files.written == ()
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == before
    assert result.proof is not None
    assert result.proof.to_json() == json.loads((project / "proof.json").read_text())


def test_the_written_brief_gives_the_same_project(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the proof, which is taken from the first: tests/prove compares two of one project."""
    proof = parse(json.loads((made / "proof.json").read_text()))
    monkeypatch.setattr(run, "prove", lambda _: proof)
    api.design(str(made / "brief.yaml"), out=tmp_path / "notes")
    assert tree(tmp_path / "notes") == tree(made)


def test_additions_become_the_next_migration_with_its_down(project: Path) -> None:
    before = tree(project)
    (project / "src/db/queries/notes.ts").write_text("// mine\n")
    result = api.design(brief(project, GROWN), out=project)
    after = tree(project)
    assert result.proof is not None
    assert [claim.reason for claim in result.proof.failed] == []
    assert result.files is not None
    assert result.files.beside == ("src/db/queries/notes.ts",)
    assert after["src/db/queries/notes.ts"] == b"// mine\n"
    old = [path for path in before if path.startswith(("drizzle/0", "drizzle/down/"))]
    assert [path for path in old if after[path] != before[path]] == []
    new = [path for path in after if path.startswith("drizzle/0") and path not in before]
    assert new
    assert all(f"drizzle/down/{Path(path).name}" in after for path in new)
    sql = b"".join(after[path] for path in new)
    assert b"pinned" in sql
    assert b"'tired'" in sql
    assert b'"tags"' in sql


@pytest.mark.parametrize(
    ("edit", "named", "hazard"),
    [
        (lambda text: text.replace("    body: long text\n", ""), "body", "drop-column"),
        (lambda text: text.replace("varchar(120)", "varchar(60)"), "title", "narrow-type"),
    ],
    ids=["dropped column", "narrower type"],
)
def test_what_loses_data_is_refused_by_name_and_nothing_written(project: Path, edit, named: str, hazard: str) -> None:
    before = tree(project)
    with pytest.raises(RefusedError, match=named) as refused:
        api.design(brief(project, edit(BRIEF)), out=project)
    assert f"--allow {hazard}" in str(refused.value)
    assert tree(project) == before


EDITED = (
    BRIEF.replace("  author:", "  writer:")
    .replace("author", "writer")
    .replace("    name: person name required", "    full name: person name required")
    .replace("one of calm, wild", "one of wild, calm")
    .replace("    title: varchar(120) required search\n    body: long text", "    title: varchar(120) required search")
    + "was:\n  writer: author\n  writer.full name: name\n"
)


def test_what_is_renamed_keeps_its_rows_and_what_is_allowed_goes(project: Path) -> None:
    """A renamed entity with its references, a renamed attribute, labels in another order, a column that goes."""
    before = tree(project)
    result = api.design(brief(project, EDITED), out=project, allow=["drop-column"])
    after = tree(project)
    assert result.proof is not None
    assert [claim.reason for claim in result.proof.failed] == []
    new = [path for path in after if path.startswith("drizzle/0") and path not in before]
    sql = b"".join(after[path] for path in new)
    assert b'ALTER TABLE "public"."authors" RENAME TO "writers"' in sql
    assert b'RENAME COLUMN "author_id" TO "writer_id"' in sql
    assert b'RENAME COLUMN "name" TO "full_name"' in sql
    assert b'DROP COLUMN "body"' in sql
    assert any(after[f"drizzle/down/{Path(path).name}"].startswith(b"-- lossy") for path in new)
    assert any("drop-column" in note for note in result.notes)
    assert b"writer: author" in after["brief.yaml"]


def test_other_settings_are_refused(project: Path) -> None:
    with pytest.raises(RefusedError, match="drizzle"):
        api.design(brief(project, BRIEF), out=project, settings=Settings(drizzle="1"))


def test_a_migration_of_somebody_else_is_refused(project: Path) -> None:
    journal = project / "drizzle/meta/_journal.json"
    content = json.loads(journal.read_text())
    content["entries"].append({**content["entries"][-1], "idx": 9, "tag": "0009_mine"})
    journal.write_text(json.dumps(content))
    with pytest.raises(RefusedError, match="0009_mine"):
        api.design(brief(project, GROWN), out=project)


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/index.ts").write_text("x")
    with pytest.raises(InputError, match="not empty"):
        api.design(brief(tmp_path / "x", BRIEF), out=tmp_path / "shop")
    assert tree(tmp_path / "shop") == {"index.ts": b"x"}


@pytest.mark.parametrize("delay", [0.3, 1.2, 3.0])
def test_killed_at_any_moment_nothing_is_half_written(tmp_path: Path, delay: float) -> None:
    """Kill the run: the folder is absent or whole, and no process that it started is left."""
    program = Path(sys.executable).parent / "dbarchitect"
    out = tmp_path / "notes"
    command = [str(program), "design", brief(tmp_path / "x", BRIEF), "-o", str(out), "--yes"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(delay)
    started = descendants(child.pid)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not out.exists() or (out / "proof.json").exists()
    deadline = time.monotonic() + 10
    while (left := [pid for pid in started if running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and theirs."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, its in parents.items() if its == parent]
        found += children
        waiting += children
    return found


def running(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_settings_are_remembered(made: Path) -> None:
    content = json.loads((made / ".dbarchitect/manifest.json").read_text())
    assert content["settings"] == dataclasses.asdict(Settings())
