"""The entries of a project's migrations folder: our own SQL in our own order, each with its exact inverse."""

from __future__ import annotations

from typing import Literal

from dbarchitect.model.schema import Schema
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings
from dbarchitect.sql.breakpoint import without_breakpoint
from dbarchitect.write.drizzle.companion import companion_steps
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.drizzle.held_schema import before_schema, held_schema, without
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.dependencies import names_of, needs, node_key
from dbarchitect.write.sql.drop import drop
from dbarchitect.write.sql.statement import Statement
from dbarchitect.write.sql.text import terminated

Sees = Literal["nothing", "schema", "as before"]


@dataclass(frozen=True, slots=True)
class Migration:
    """One entry of the folder.

    Args:
        tag: its name without number or time: `init`.
        up: the statements, in order.
        down: the statements that undo it exactly, in order.
        sees: which snapshot belongs to it: `nothing` for the one of an empty schema, `schema` for the one that
            drizzle-kit makes of the schema files, `as before` when drizzle-kit sees no change.
    """

    tag: str
    up: tuple[Statement, ...]
    down: tuple[Statement, ...]
    sees: Sees

    @property
    def up_sql(self) -> tuple[str, ...]:
        """The statements as texts with their semicolons, which Drizzle cannot cut, for `journal.script`."""
        return tuple(terminated(without_breakpoint(statement.sql)) for statement in self.up)

    @property
    def down_sql(self) -> str:
        """The text of the down file."""
        return "".join(f"{terminated(without_breakpoint(statement.sql))}\n" for statement in self.down)


def migration_entries(schema: Schema, settings: Settings) -> tuple[Migration, ...]:
    """The entries of a first migration, those that are empty left out.

    `before` makes what drizzle-kit's SQL would need, `init` equals what drizzle-kit makes of the schema files, and
    `companion` adds what Drizzle cannot express. Together they equal `write.sql.create(schema)`.

    Args:
        schema: the schema.
        settings: the choices of the project; the SQL is the same on both lines but for names that the line gives.
    """
    del settings
    held = Held(schema)
    first = before_schema(held)
    weak = held_schema(held)
    made = {(statement.kind, statement.address) for statement in create(first)}
    init = tuple(s for s in create(weak) if (s.kind, s.address) not in made and s.kind != "setting")
    steps = companion_steps(held)
    entries = (
        Migration("before", _before(held, first), drop(first), "nothing"),
        Migration("init", init, drop(without(weak, first)), "schema"),
        Migration(
            "companion",
            tuple(statement for step in steps for statement in step.up),
            tuple(statement for step in reversed(steps) for statement in step.down),
            "as before",
        ),
    )
    return tuple(entry for entry in entries if entry.up)


def empty_snapshot(line: str) -> dict[str, object]:
    """What drizzle-kit's API gives for a schema without anything, for entries that see `nothing`."""
    if line == "0.45":
        return {
            "version": "7", "dialect": "postgresql", "tables": {}, "enums": {}, "schemas": {}, "sequences": {},
            "roles": {}, "policies": {}, "views": {}, "_meta": {"columns": {}, "schemas": {}, "tables": {}},
        }  # fmt: skip
    return {"version": "9", "dialect": "postgres", "ddl": []}


def _before(held: Held, first: Schema) -> tuple[Statement, ...]:
    """Bodies in SQL are not looked into when they read tables that come later."""
    names = names_of(held.schema)
    own = {node_key(function) for function in first.functions}
    statements = tuple(statement for statement in create(first) if statement.kind != "setting")
    if not any(needs(function, names).soft - own for function in first.functions):
        return create(first)
    unchecked = Statement("SET check_function_bodies = off", "", "setting")
    return (unchecked, *statements, Statement("RESET check_function_bodies", "", "setting"))
