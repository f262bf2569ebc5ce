"""The steps of a plan as plain SQL files: NNNN_name.sql and NNNN_name.down.sql."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dbarchitect.migrate.marks import down_head, head
from dbarchitect.model.plan import Plan, Step
from dbarchitect.write.sql.text import terminated

_NUMBER = re.compile(r"(\d+)_")


def files(plan: Plan, existing: Iterable[str] = ()) -> dict[str, str]:
    """The texts of all files, by name, numbered after those that are there.

    Args:
        plan: the plan.
        existing: the names of the files in the folder.
    """
    numbers = [int(match[1]) for name in existing if (match := _NUMBER.match(name))]
    first = max(numbers, default=-1) + 1
    found = {}
    for number, step in enumerate(plan.steps, start=first):
        stem = f"{number:04d}_{step.file}"
        found[f"{stem}.sql"] = up_text(step)
        found[f"{stem}.down.sql"] = down_text(step)
    return found


def up_text(step: Step) -> str:
    """What a step does, as a file."""
    return head(step) + _text(step.up)


def down_text(step: Step) -> str:
    """What takes it back, as a file; a comment says so when nothing does."""
    if step.down is None:
        return "-- irreversible: nothing takes this back.\n"
    return down_head(step) + _text(step.down) if step.down else "-- There is nothing to take back.\n"


def _text(statements: Sequence[str]) -> str:
    return "\n".join(f"{terminated(statement)}\n" for statement in statements)
