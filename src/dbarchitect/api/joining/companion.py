"""What the new tables need and drizzle-kit cannot write: SQL to run before its migration, and after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dbarchitect.api.joining.schema import Joint
from dbarchitect.model.intent import Intent
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.migration import migration_entries


@dataclass(frozen=True, slots=True)
class Companion:
    """Statements around drizzle-kit's SQL; comments stay in the schema files."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def text(self, tables: Iterable[str]) -> str:
        """The file for the user, '' when there is nothing to run."""
        if not (self.before or self.after):
            return ""
        lines = [f"-- What Drizzle cannot express of {', '.join(tables)}."]
        if self.before:
            lines += ["", "-- Run this before the generated migration (`bunx drizzle-kit generate --custom`).", ""]
            lines += _statements(self.before)
        if self.after:
            lines += ["", "-- Run this after the generated migration (`bunx drizzle-kit generate --custom`).", ""]
            lines += _statements(self.after)
        return "\n".join(lines).rstrip("\n") + "\n"


def companion_of(joint: Joint, settings: Settings) -> Companion:
    """The companion of the new tables: that of the whole without that of what is there.

    Args:
        joint: what is there and what is new.
        settings: with the project's line.
    """
    fresh = {table.key for table in joint.fresh}
    schema = joint.schema
    there = replace(
        schema,
        tables=tuple(table for table in schema.tables if table.key not in fresh),
        enums=tuple(enum for enum in schema.enums if enum not in joint.enums),
        functions=(), extensions=(), domains=(), intent=Intent(),
    )  # fmt: skip
    known = {s.sql for entry in migration_entries(there, settings) for s in entry.up}
    parts: dict[str, tuple[str, ...]] = {
        entry.tag: tuple(s.sql for s in entry.up if s.kind not in ("comment", "setting") and s.sql not in known)
        for entry in migration_entries(schema, settings)
    }
    return Companion(parts.get("before", ()), parts.get("companion", ()))


def _statements(statements: Iterable[str]) -> list[str]:
    lines: list[str] = []
    for statement in statements:
        if lines:
            lines.append("--> statement-breakpoint")
        lines.append(f"{statement};")
    return lines
