"""Row level security policies: `pgPolicy('name', { as, to, for, using, withCheck })`."""

from __future__ import annotations

from typing import cast, get_args

from dbarchitect.model.policy import Command, Policy
from dbarchitect.read.drizzle.syntax.collections import unknown_of
from dbarchitect.read.drizzle.syntax.column_types import option
from dbarchitect.read.drizzle.syntax.constraints import text_argument
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError, sql_text
from dbarchitect.read.drizzle.syntax.values import UNDEFINED, ArrayValue, Chain, Made, ObjectValue, Value

_COMMANDS = get_args(Command)


def policy(reading: Reading, chain: Chain) -> Policy:
    """The policy that a chain makes.

    Raises:
        UnreadableError: when a part of it is not told.
    """
    evaluator, arguments = reading.evaluator, chain.links[0].arguments
    name = text_argument(evaluator.lazy(arguments[0])) if arguments else ""
    config = evaluator.lazy(arguments[1]) if len(arguments) > 1 else UNDEFINED
    command = option(config, "for")
    return Policy(
        name,
        cast(Command, command) if command in _COMMANDS else "all",
        option(config, "as") != "restrictive",
        _roles(reading, config),
        _condition(config, "using"),
        _condition(config, "withCheck"),
    )


def _roles(reading: Reading, config: Value) -> tuple[str, ...]:
    entry = config.entries.get("to") if isinstance(config, ObjectValue) else None
    if entry is None:
        return ("public",)
    value = entry.value()
    listed = [item.value() for item in value.items] if isinstance(value, ArrayValue) else [value]
    return tuple(sorted(_role(reading, each) for each in listed)) or ("public",)


def _role(reading: Reading, value: Value) -> str:
    if isinstance(value, Made) and value.kind == "role" and value.arguments:
        value = reading.evaluator.lazy(value.arguments[0])
    if not isinstance(value, str):
        raise UnreadableError(unknown_of(value))
    return value


def _condition(config: Value, name: str) -> str | None:
    entry = config.entries.get(name) if isinstance(config, ObjectValue) else None
    value = entry.value() if entry else UNDEFINED
    return None if value is UNDEFINED else sql_text(value)
