"""What a run would do, bound by its id to the database and the folder as they are now."""

from __future__ import annotations

import hashlib
from dataclasses import field
from typing import Any

from dbarchitect.errors import RefusedError
from dbarchitect.migrate.runner.foresight import Locks
from dbarchitect.migrate.runner.standing import Standing
from dbarchitect.migrate.runner.statements import statements
from dbarchitect.model.codec import content_hash
from dbarchitect.model.plan import Hazard
from dbarchitect.model.schema import Schema
from dbarchitect.read.migrations.folder import Folder, Migration
from dbarchitect.records import dataclass

_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Preview:
    """The first of two steps.

    Args:
        id: of the state of database and folder; the second step asks for it.
        folder: the folder.
        standing: what is applied and what is not.
        to_lose: whether the database holds anything that could be lost.
        locks: what statements lock.
        delays: who would keep statements waiting now.
    """

    id: str
    folder: Folder
    standing: Standing
    to_lose: bool
    locks: Locks = field(default_factory=dict)
    delays: tuple[Hazard, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is odd about the folder, and what goes on in the database."""
        return (*self.standing.notes, *(f"{item.code} {item.message}" for item in self.delays))

    @property
    def losses(self) -> tuple[Migration, ...]:
        """The pending files that nothing takes back whole, when there is something to lose."""
        return tuple(item for item in self.standing.pending if item.loss) if self.to_lose else ()

    def to_json(self) -> dict[str, Any]:
        """As schemas/apply.schema.json says."""
        return {
            "id": self.id,
            "folder": self.folder.place,
            "kind": self.folder.form,
            "applied": list(self.standing.applied),
            "pending": [self._file(item) for item in self.standing.pending],
            "waiting": [item.name for item in self.standing.waiting],
            "needs_backup": bool(self.losses),
            "notes": list(self.notes),
        }

    def _file(self, item: Migration) -> dict[str, Any]:
        begun = self.standing.begun
        return {
            "name": item.name,
            "file": item.place,
            "transaction": "none" if item.alone else "one",
            "done": begun.done if begun is not None and begun.file == item.name else 0,
            "loss": item.loss,
            "statements": [
                {"text": statement.text, "line": statement.line, "locks": self._locks(item.name, number)}
                for number, statement in enumerate(statements(item))
            ],
        }

    def _locks(self, name: str, number: int) -> list[dict[str, Any]] | None:
        found = self.locks.get((name, number))
        if found is None:
            return None
        return [
            {"address": lock.address, "mode": lock.mode, "rewrites": lock.rewrites, "scans": lock.scans}
            for lock in found
        ]


def preview(
    folder: Folder,
    standing: Standing,
    schema: Schema,
    own: str,
    locks: Locks | None = None,
    delays: tuple[Hazard, ...] = (),
) -> Preview:
    """What a run would do.

    Args:
        folder: the folder.
        standing: where the database stands in it.
        schema: the schema that the database has now.
        own: the PostgreSQL schema of the bookkeeping.
        locks: what statements lock.
        delays: who would keep statements waiting now; they are no part of the id.
    """
    begun = standing.begun
    waits = f"before {standing.waiting[0].name}" if standing.waiting else ""
    state = (folder.hash, waits, *standing.applied, f"{begun.file} {begun.done} {begun.started}" if begun else "")
    todo = hashlib.sha256("\0".join(state).encode()).hexdigest()
    identity = f"{content_hash(schema)[:_LENGTH]}-{todo[:_LENGTH]}"
    to_lose = any(table.schema != own for table in schema.tables)
    return Preview(identity, folder, standing, to_lose, locks or {}, delays)


def require(now: Preview, plan: str) -> None:
    """See that a plan is still what would be done.

    Raises:
        RefusedError: it is stale; the message says what changed.
    """
    if plan == now.id:
        return
    hint = (
        "Nothing was applied. Run `migrate apply` without --plan, look at what it shows, and take the new id; what was "
        "shown with --contract runs with it."
    )
    schema, _, todo = plan.partition("-")
    here = now.id.split("-")
    if len(schema) != _LENGTH or len(todo) != _LENGTH:
        raise RefusedError(f"{plan!r} is no id of a plan", hint=hint)
    changed = [
        what
        for what, same in (
            ("the schema of the database", schema == here[0]),
            ("the folder, or what is applied of it,", todo == here[1]),
        )
        if not same
    ]
    raise RefusedError(f"the plan is stale: {' and '.join(changed)} changed since it was made", hint=hint)
