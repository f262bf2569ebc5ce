"""Migrations as they are proved: from a folder of any layout, or from a plan."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from dbarchitect.errors import InputError
from dbarchitect.model.plan import Plan, Reversible, Step, Transaction
from dbarchitect.read.sql import folder as layouts
from dbarchitect.read.sql.sections import way_down, way_up
from dbarchitect.sql.statements import split

_ALONE = re.compile(
    r"^--\s*(?:dbarchitect:\s*no-transaction|atlas:txmode\s+none|\+goose\s+NO\s+TRANSACTION"
    r"|migrate:up\s+transaction:\s*false|disable_ddl_transaction!?|no-transaction)\b",
    re.IGNORECASE | re.MULTILINE,
)
_BRACKETS = re.compile(r"(?:begin|start\s+transaction|commit|end)(?:\s+(?:work|transaction))?\Z", re.IGNORECASE)
_DECLARED = re.compile(r"\b(lossy|irreversible)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration.

    Args:
        name: the name of its file or folder.
        up: its statements.
        down: those that take it back; None when there is no way back.
        transaction: `one` for all statements together, `none` for each by itself.
        hash: SHA-256 of its texts.
        declared: how reversible it says that it is.
        runner: `drizzle` when Drizzle's migrator runs it, which puts all pending files into one transaction.
    """

    name: str
    up: tuple[str, ...]
    down: tuple[str, ...] | None
    transaction: Transaction
    hash: str
    declared: Reversible | None = None
    runner: str = ""


def from_folder(path: Path) -> tuple[Migration, ...]:
    """The migrations of a folder in the order in which they run, or the one of a file.

    Args:
        path: a project's folder with `drizzle/`, a folder of migrations of either Drizzle line, Prisma, or plain SQL.

    Raises:
        InputError: there is no such path, it holds no migrations, or its journal lies.
    """
    base = path / "drizzle" if (path / "drizzle").is_dir() and not list(path.glob("*.sql")) else path
    files, problems = layouts.ordered(base)
    for problem in problems:
        if problem.severity == "error":
            raise InputError(problem.message, place=problem.span.file if problem.span else None)
    if not files:
        raise InputError("the folder holds no migrations", place=str(path))
    return tuple(_of_file(file, base) for file in files)


def _of_file(file: Path, base: Path) -> Migration:
    text = layouts.text_of(file)
    down_text = _down(file, base, text)
    nested = file.name in ("migration.sql", "up.sql")
    name = file.parent.name if nested else file.stem.removesuffix(".up")
    drizzle = (base / layouts.JOURNAL).is_file() or (file.parent / "snapshot.json").is_file()
    return Migration(
        name,
        statements(way_up(text)),
        None if down_text is None else statements(down_text),
        "none" if _ALONE.search(text) else "one",
        digest(text, down_text or ""),
        declared(down_text),
        "drizzle" if drizzle else "",
    )


def _down(file: Path, base: Path, text: str) -> str | None:
    """The text that takes a file back: beside it, in a folder for such files, or in the file itself."""
    stem = file.stem.removesuffix(".up")
    beside = [file.with_name(f"{stem}.down.sql"), file.with_name(f"{stem}_down.sql")]
    beside += [base / kind / f"{stem}.sql" for kind in ("down", "downs", "rollback", "rollbacks", "undo")]
    beside += [file.parent / kind / f"{stem}.sql" for kind in ("down", "rollback")]
    if file.name in ("migration.sql", "up.sql"):
        beside.append(file.with_name("down.sql"))
    if flyway := re.match(r"[vV](\d[\d._]*__.*)", file.name):
        beside.append(file.with_name(f"U{flyway[1]}"))
    for place in beside:
        if place.is_file():
            return layouts.text_of(place)
    own = way_down(text)
    return own if own.strip() else None


def from_plan(plan: Plan) -> tuple[Migration, ...]:
    """The steps of a plan."""
    return tuple(
        Migration(
            step.file, step.up, step.down, step.transaction,
            digest(";\n".join(step.up), ";\n".join(step.down or ())), step.reversible,
        )
        for step in plan.steps
    )  # fmt: skip


def read_plan(path: Path) -> Plan:
    """A plan from the JSON that `migrate plan --format json` writes; its statements and what it says of them.

    Raises:
        InputError: it cannot be read, or is no plan.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        steps = tuple(_step(step) for step in content["steps"])
        identity, before, after = (str(content[key]) for key in ("id", "from_hash", "to_hash"))
        return Plan(identity, before, after, int(content["postgres"]), steps, {})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"this is no plan: {error}", place=str(path)) from None


def _step(step: Any) -> Step:
    down = None if step["down"] is None else tuple(map(str, step["down"]))
    if step["transaction"] not in get_args(Transaction) or step["reversible"] not in get_args(Reversible):
        raise ValueError(f"step {step['file']!r} has a transaction or a reversibility that is unknown")
    return Step(str(step["file"]), step["transaction"], (), tuple(map(str, step["up"])), down, step["reversible"])


def statements(text: str) -> tuple[str, ...]:
    """The statements of a text, without those that only open or close a transaction."""
    return tuple(piece.text for piece in split(text) if not _BRACKETS.match(piece.text))


def declared(down: str | None) -> Reversible | None:
    """What the comment says that a down begins with (DESIGN §6)."""
    if down is None:
        return None
    head = re.match(r"(?:\s*--[^\n]*(?:\n|\Z))*", down)
    found = _DECLARED.search(head[0]) if head else None
    if found is None:
        return None
    return "lossy" if found[1].lower() == "lossy" else "no"


def digest(*texts: str) -> str:
    """SHA-256 of texts, such that no two lists of texts share it."""
    found = hashlib.sha256()
    for text in texts:
        raw = text.encode()
        found.update(f"{len(raw)}:".encode() + raw)
    return found.hexdigest()


def of_all(migrations: Sequence[Migration]) -> str:
    """The hash of a history."""
    return digest(*(migration.hash for migration in migrations))
