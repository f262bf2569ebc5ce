"""A migration before it is run: steps with their statements, the way back, the hazards and the locks (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from dbarchitect.model.codec import encode
from dbarchitect.model.decision import Question
from dbarchitect.model.finding import Severity
from dbarchitect.model.source import Span
from dbarchitect.records import dataclass

Transaction = Literal["one", "none"]
Reversible = Literal["exact", "lossy", "no"]
Phase = Literal["expand", "contract"]
LockMode = Literal[
    "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE", "ACCESS EXCLUSIVE",
]  # fmt: skip


MODES: tuple[LockMode, ...] = get_args(LockMode)
"""The modes, the weakest first."""


@dataclass(frozen=True, slots=True)
class Lock:
    """What a statement locks.

    Args:
        address: the table, index or view.
        mode: the strongest mode that it takes.
        rewrites: its rows are written anew.
        scans: all of its rows are read while the lock is held.
    """

    address: str
    mode: LockMode
    rewrites: bool = False
    scans: bool = False

    @property
    def blocks_reads(self) -> bool:
        """Whether a SELECT waits for it."""
        return self.mode == "ACCESS EXCLUSIVE"

    @property
    def blocks_writes(self) -> bool:
        """Whether an INSERT, UPDATE or DELETE waits for it."""
        return self.mode in ("SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")


@dataclass(frozen=True, slots=True)
class Hazard:
    """What may go wrong when a statement runs where people work.

    Args:
        code: its id in reference/migrations.md, section 2: RW01, SC05, IX01, …
        name: kebab-case, for `--allow`.
        severity: how bad it is.
        message: what happens, to whom.
        address: the element.
        safe: the safe way, in a sentence; '' when there is none.
        statement: the statement at fault.
        span: where it stands, for a file that was read.
        query: the query that finds the rows at fault, where data decides.
    """

    code: str
    name: str
    severity: Severity
    message: str
    address: str
    safe: str = ""
    statement: str = ""
    span: Span | None = None
    query: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One file of a plan: what runs together.

    Args:
        file: its name without a number and an ending.
        transaction: `one` for all statements together, `none` for each by itself.
        operations: what is done, as (action, kind, address).
        up: the statements, without semicolons.
        down: those that take it back; None when nothing can.
        reversible: whether the way back gives everything back.
        hazards: what is left of hazards after the recipes, allowed by name or not.
        locks: the strongest lock on each relation that was there before the step, sorted.
        phase: `expand` is run before the programs that need it are deployed, `contract` when no program needs what it
            takes away.
        notes: what its file says at its top, line by line.
        down_alone: the statements of the way back run one by one, whatever those of the way there do.
        check: of a data migration, the query that finds rows which are still wrong.
    """

    file: str
    transaction: Transaction
    operations: tuple[tuple[str, str, str], ...]
    up: tuple[str, ...]
    down: tuple[str, ...] | None
    reversible: Reversible
    hazards: tuple[Hazard, ...] = ()
    locks: tuple[Lock, ...] = ()
    phase: Phase = "expand"
    notes: tuple[str, ...] = ()
    down_alone: bool = False
    check: str | None = None

    @property
    def down_transaction(self) -> Transaction:
        """How the way back is run."""
        return "none" if self.down_alone else self.transaction

    @property
    def strongest(self) -> Lock | None:
        """The lock that keeps most people waiting for longest, a table's first; None when nothing is locked."""

        def weight(lock: Lock) -> tuple[int, bool, bool, bool]:
            return MODES.index(lock.mode), lock.rewrites, lock.scans, lock.address.startswith("table:")

        return max(self.locks, key=weight, default=None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The way from one schema to another.

    Args:
        id: hash of everything below.
        from_hash: content hash of the canonical schema before.
        to_hash: and after.
        postgres: the major version that it is planned for.
        steps: in order.
        renames: declared renames, old address to new one.
        allowed: codes and names of the hazards that were accepted.
        questions: what looks like a rename and was not declared; nothing is guessed.
        kept: addresses of what stays because the source after has no word for it, sorted.
    """

    id: str
    from_hash: str
    to_hash: str
    postgres: int
    steps: tuple[Step, ...]
    renames: Mapping[str, str]
    allowed: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    kept: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The plan as DESIGN §4 has it; schemas/plan.schema.json describes it."""
        return {
            "format": 1,
            "id": self.id,
            "from_hash": self.from_hash,
            "to_hash": self.to_hash,
            "postgres": self.postgres,
            "renames": {old: self.renames[old] for old in sorted(self.renames)},
            "allowed": list(self.allowed),
            "questions": [_question(question) for question in self.questions],
            "kept": list(self.kept),
            "steps": [_step(step) for step in self.steps],
        }


def _question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "ask": question.ask,
        "default": question.default,
        "options": [{"value": option.value, "consequence": option.consequence} for option in question.options],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "file": step.file,
        "transaction": step.transaction,
        "operations": [
            {"action": action, "kind": kind, "address": address} for action, kind, address in step.operations
        ],
        "up": list(step.up),
        "down": None if step.down is None else list(step.down),
        "reversible": step.reversible,
        "hazards": [_hazard(hazard) for hazard in step.hazards],
        "locks": [
            {"address": lock.address, "mode": lock.mode, "rewrites": lock.rewrites, "scans": lock.scans}
            for lock in step.locks
        ],
        "phase": step.phase,
        "notes": list(step.notes),
        "down_transaction": step.down_transaction,
        "check": step.check,
    }


def _hazard(hazard: Hazard) -> dict[str, Any]:
    return {
        "code": hazard.code,
        "name": hazard.name,
        "severity": hazard.severity,
        "message": hazard.message,
        "address": hazard.address,
        "safe": hazard.safe,
        "statement": hazard.statement,
        "span": encode(hazard.span) if hazard.span else None,
        "query": hazard.query,
    }
