"""A plan as migrations to prove: each of its steps is one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from dbarchitect.errors import InputError
from dbarchitect.migrate.migrations import Migration
from dbarchitect.model.plan import Plan, Reversible, Step, Transaction


def from_plan(plan: Plan) -> tuple[Migration, ...]:
    """The steps of a plan."""
    return tuple(
        Migration(
            step.file, step.up, step.down, step.transaction, step.reversible, down_alone=step.down_transaction == "none"
        )
        for step in plan.steps
    )


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
    alone = step.get("down_transaction") == "none"
    up = tuple(map(str, step["up"]))
    return Step(str(step["file"]), step["transaction"], (), up, down, step["reversible"], down_alone=alone)
