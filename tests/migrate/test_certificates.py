"""Certificates beside a folder: what changed since a proof is told; each way of being wrong is broken on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from dbarchitect.migrate import certificates
from dbarchitect.migrate.migrations import from_folder, pasts
from dbarchitect.model import kept
from dbarchitect.model.kept import Kept
from dbarchitect.model.plan import Hazard

FILES = {
    "1_base.sql": "create table t (id int primary key, age int);",
    "2_note.up.sql": "alter table t add column note text;",
    "2_note.down.sql": "alter table t drop column note;",
    "3_index.up.sql": "create index on t (note);",
    "3_index.down.sql": "drop index t_note_idx;",
}
SCHEMA = "schemas/kept-certificate.schema.json"


def proved(folder: Path, *names: str) -> dict[str, Kept]:
    """Certificates as a proof of the folder as it is would keep them."""
    history = from_folder(folder)
    return {
        one.key: Kept(
            one.key, "exact", "the down restores schema and data", one.up_digest, one.down_digest, past, "18.6",
            "adversarial", one.declared, (), (("23505", None),), (("table:public.t", "ACCESS EXCLUSIVE"),),
        )
        for one, past in zip(history, pasts(history), strict=True)
        if not names or one.key in names
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "migrations"
    made.mkdir()
    for name, text in FILES.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def keep(folder: Path, made: dict[str, Kept]) -> None:
    certificates.save(folder, list(made.values()), from_folder(folder))


def told(folder: Path) -> list[tuple[str, str, str]]:
    """(code, severity, file) of what is said."""
    from dbarchitect.read.migrations.reader import read_folder

    named = {item.path: item for item in read_folder(folder).migrations}
    found: list[Hazard] = certificates.of_folder(folder, named, frozenset(named))
    return [(item.code, item.severity, item.address.removeprefix("file:")) for item in found]


def test_they_lie_beside_the_folder_and_say_the_same_bytes(folder: Path) -> None:
    keep(folder, proved(folder))
    place = folder.parent / ".dbarchitect/certificates/migrations"
    assert sorted(path.name for path in place.iterdir()) == ["1_base.json", "2_note.json", "3_index.json"]
    assert not list(folder.glob("**/*.json"))
    first = (place / "2_note.json").read_bytes()
    keep(folder, proved(folder))
    assert (place / "2_note.json").read_bytes() == first
    assert dict(certificates.load(folder).found) == proved(folder)
    schema = json.loads((resources.files("dbarchitect") / SCHEMA).read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(first))


def test_a_repository_of_migrations_keeps_them_inside(folder: Path) -> None:
    (folder / ".git").mkdir()
    assert certificates.place(folder) == folder / ".dbarchitect/certificates"


def test_a_folder_without_any_is_told_once(folder: Path) -> None:
    assert told(folder) == [("CE01", "info", "3_index.up.sql")]


def test_a_folder_whose_certificates_hold_is_told_nothing(folder: Path) -> None:
    keep(folder, proved(folder))
    assert told(folder) == []


def test_what_was_there_before_the_first_certificate_is_let_be(folder: Path) -> None:
    keep(folder, proved(folder, "2_note"))
    assert told(folder) == [("CE01", "warning", "3_index.up.sql")]


def edit(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text, encoding="utf-8")


def says(**changes: object) -> Callable[[Path], object]:
    return lambda folder: keep(folder, {"2_note": replace(proved(folder)["2_note"], **changes)})  # type: ignore[arg-type]


def spoil(text: str) -> Callable[[Path], object]:
    return lambda folder: (certificates.place(folder) / "2_note.json").write_text(text, encoding="utf-8")


BREAKS: dict[str, tuple[Callable[[Path], object], list[tuple[str, str, str]]]] = {
    "an up step that was edited": (
        edit("3_index.up.sql", "create index on t (note, age);"), [("CE02", "error", "3_index.up.sql")],
    ),
    "a way back that was edited": (
        edit("2_note.down.sql", "alter table t drop column note cascade;"), [("CE02", "error", "2_note.up.sql")],
    ),
    "a way back that is gone": (
        lambda folder: (folder / "3_index.down.sql").unlink(), [("CE02", "error", "3_index.up.sql")],
    ),
    "another mode of transaction": (
        edit("3_index.up.sql", f"-- dbarchitect: no-transaction\n{FILES['3_index.up.sql']}"),
        [("CE02", "error", "3_index.up.sql")],
    ),
    "a migration that was put before": (
        edit("1_first.sql", "create table u (x int);"),
        [("CE01", "warning", "1_first.sql"), ("CE02", "warning", "2_note.up.sql")],
    ),
    "one that was edited and what follows it": (
        edit("1_base.sql", "create table t (id bigint primary key, age int);"),
        [("CE02", "error", "1_base.sql"), ("CE02", "warning", "2_note.up.sql")],
    ),
    "a new migration": (edit("4_more.sql", "select 1;"), [("CE01", "warning", "4_more.sql")]),
    "certificates of other names, as after a rebase": (
        lambda folder: [path.rename(path.with_name(f"9{path.name}")) for path in certificates.place(folder).iterdir()],
        [("CE02", "warning", "3_index.up.sql")],
    ),
    "a proof that failed": (says(verdict="failed"), [("CE03", "error", "2_note.up.sql")]),
    "a proof that this server cannot do": (says(verdict="unproved"), [("CE03", "warning", "2_note.up.sql")]),
    "a loss that the way back does not name": (says(verdict="lossy"), [("CE03", "warning", "2_note.up.sql")]),
    "a merge that left its marks": (spoil("<<<<<<< ours\n{}"), [("CE02", "error", "2_note.up.sql")]),
    "a file of another kind": (spoil('{"format": 1}'), [("CE02", "error", "2_note.up.sql")]),
    "an unknown verdict": (says(verdict="perfect"), [("CE02", "error", "2_note.up.sql")]),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_each_way_of_being_wrong_is_told(folder: Path, name: str) -> None:
    change, expected = BREAKS[name]
    keep(folder, proved(folder))
    change(folder)
    assert told(folder) == expected


BEARABLE = {
    "a comment": edit("3_index.up.sql", f"-- dbarchitect: ignore IX01: nobody works then\n{FILES['3_index.up.sql']}"),
    "line ends of another system": edit("2_note.up.sql", "alter table t\r\nadd column note text;\r\n"),
    "a loss that is named": lambda folder: (
        edit("3_index.down.sql", "-- lossy: it\ndrop index t_note_idx;")(folder),
        keep(folder, {"3_index": replace(proved(folder)["3_index"], verdict="lossy")}),
    ),
}


@pytest.mark.parametrize("name", BEARABLE)
def test_what_changes_nothing_that_runs_is_let_be(folder: Path, name: str) -> None:
    (folder / "2_note.up.sql").write_text("alter table t\nadd column note text;\n", encoding="utf-8")
    keep(folder, proved(folder))
    BEARABLE[name](folder)
    assert told(folder) == []


def test_what_is_due_begins_with_the_last_and_then_with_the_first_that_is_kept(folder: Path) -> None:
    history = from_folder(folder)
    assert certificates.due(history, certificates.load(folder)) == {"3_index"}
    keep(folder, proved(folder, "1_base", "3_index"))
    assert certificates.due(history, certificates.load(folder)) == {"2_note"}
    (folder / "1_base.sql").write_text("create table t (id bigint primary key);", encoding="utf-8")
    assert certificates.due(from_folder(folder), certificates.load(folder)) == {"1_base", "2_note", "3_index"}


def test_the_certificate_of_a_migration_that_is_gone_goes_too(folder: Path) -> None:
    keep(folder, proved(folder))
    for name in ("3_index.up.sql", "3_index.down.sql"):
        (folder / name).unlink()
    changed = certificates.save(folder, [], from_folder(folder))
    assert [path.name for path in changed] == ["3_index.json"]
    assert certificates.load(folder).names == {"1_base", "2_note"}


def test_a_certificate_is_read_as_it_was_written() -> None:
    made = Kept("a/b", "lossy", "why", "1", None, "2", "18.6", "restored", "lossy", ("column:public.t.é",))
    assert kept.read(made.text()) == made
