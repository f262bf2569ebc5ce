"""The steps of a plan as migration files, there and back; plain SQL is NNNN_name.sql and NNNN_name.down.sql."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dbarchitect.engines.toolchain_journal import script
from dbarchitect.migrate.marks import down_head, head
from dbarchitect.model.plan import Plan, Step
from dbarchitect.sql.breakpoint import without_breakpoint
from dbarchitect.write.sql.text import terminated

IRREVERSIBLE = "-- irreversible: nothing takes this back.\n"
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


def up_text(step: Step, *, breakpoints: bool = False) -> str:
    """What a step does, as a file.

    Args:
        step: of a plan.
        breakpoints: part the statements as Drizzle's migrator wants them.
    """
    return head(step) + _text(step.up, breakpoints=breakpoints)


def down_text(step: Step, *, breakpoints: bool = False) -> str:
    """What takes it back, as a file; it begins with a comment where it cannot give everything back."""
    if step.down is None:
        return IRREVERSIBLE
    if not step.down:
        return "-- There is nothing to take back.\n"
    text = _text(step.down, breakpoints=breakpoints and step.down_transaction == "none")
    lossy = step.reversible == "lossy" and not text.startswith("-- lossy")
    return down_head(step) + ("-- lossy: this does not bring back what was lost.\n" if lossy else "") + text


def _text(statements: Sequence[str], *, breakpoints: bool) -> str:
    parts = [_whole(statement) for statement in statements]
    return script(parts) if breakpoints else "\n".join(f"{part}\n" for part in parts)


def _whole(statement: str) -> str:
    """A statement with its semicolon, and no mark of Drizzle's within; what is only a comment has no semicolon."""
    lines = [line for line in statement.splitlines() if line.strip()]
    comment = all(line.lstrip().startswith("--") for line in lines)
    return statement if comment else terminated(without_breakpoint(statement))
