"""What stands at the top of a migration file and tells runners how and when to run it."""

from __future__ import annotations

import re

from dbarchitect.model.plan import Step
from dbarchitect.read.migrations.folder import MARK

NO_TRANSACTION = f"{MARK}\n"
"""The first line of a file whose statements run one by one."""
CONTRACT = "-- dbarchitect: contract\n"
"""The first line of a file that is run when no program needs what it takes away."""
_CONTRACT = re.compile(r"(?:\s*--[^\n]*\n)*?\s*--[ \t]*dbarchitect:[ \t]*contract\b", re.IGNORECASE)


def contracts(text: str) -> bool:
    """Whether a file says among its first comments that programs come before it."""
    return bool(_CONTRACT.match(text))


def head(step: Step) -> str:
    """The first lines of the file of a step."""
    mark = NO_TRANSACTION if step.transaction == "none" else ""
    mark += CONTRACT if step.phase == "contract" else ""
    return mark + "".join(f"{line}\n" for line in step.notes)


def down_head(step: Step) -> str:
    """The first line of the file that takes a step back."""
    return NO_TRANSACTION if step.down_transaction == "none" else ""
