"""The steps of a plan as the texts of migration files: statements parted as Drizzle's migrator parts them."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.engines.toolchain_journal import script
from dbarchitect.errors import RefusedError
from dbarchitect.migrate.folder.entries import Added
from dbarchitect.migrate.marks import down_head, head
from dbarchitect.model.plan import Plan, Step
from dbarchitect.read.migrations.folder import Json
from dbarchitect.sql.breakpoint import without_breakpoint
from dbarchitect.write.drizzle.naming import file_stem
from dbarchitect.write.sql.text import terminated

IRREVERSIBLE = "-- irreversible: nothing takes this back.\n"


def migrations(plan: Plan, seen: Json | None, *, runner: str = "drizzle") -> tuple[Added, ...]:
    """The files of a plan.

    Args:
        plan: from `migrate.plan`.
        seen: what drizzle-kit sees when all of them have run; None when it sees no change. The last one gets it.
        runner: who runs them: Drizzle's own migrator has one transaction for all of them.

    Raises:
        RefusedError: a step cannot run in a transaction, and the runner has no other way.
    """
    if runner == "drizzle":
        for step in plan.steps:
            if step.transaction == "none":
                raise RefusedError(
                    f"{step.file} cannot run in a transaction, and Drizzle's migrator puts all files into one",
                    hint="Plan with --runner dbarchitect, or accept the locks of the plain statement with --allow.",
                )
    last = len(plan.steps) - 1
    return tuple(
        Added(file_stem(step.file), up_text(step), down_text(step), seen if place == last else None)
        for place, step in enumerate(plan.steps)
    )


def up_text(step: Step) -> str:
    """The text of the migration."""
    return head(step) + script(_whole(step.up))


def down_text(step: Step) -> str:
    """The text that takes it back; it begins with a comment where it cannot give everything back."""
    if step.down is None:
        return IRREVERSIBLE
    parts = _whole(step.down)
    text = script(parts) if step.transaction == "none" else "".join(f"{part}\n" for part in parts)
    lossy = step.reversible == "lossy" and not text.startswith("-- lossy")
    return down_head(step) + ("-- lossy: this does not bring back what was lost.\n" if lossy else "") + text


def _whole(statements: Sequence[str]) -> list[str]:
    """The statements with semicolons; what is only a comment has none."""
    found = []
    for statement in statements:
        lines = [line for line in statement.splitlines() if line.strip()]
        comment = all(line.lstrip().startswith("--") for line in lines)
        found.append(statement if comment else terminated(without_breakpoint(statement)))
    return found
