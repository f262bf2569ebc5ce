"""Foreign keys: `.references(() => …)` of a column and `foreignKey({…})` of a table."""

from __future__ import annotations

import string
from typing import cast, get_args

from dbarchitect.model.constraint import Action, ForeignKey
from dbarchitect.model.names import MAX_BYTES
from dbarchitect.read.drizzle.syntax.collections import unknown_of
from dbarchitect.read.drizzle.syntax.column_types import option
from dbarchitect.read.drizzle.syntax.constraints import cased, column_name, listed, text_argument, uncased
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    Chain,
    ColumnRef,
    FunctionValue,
    Link,
    ObjectValue,
    TableValue,
    Value,
)

_ACTIONS = get_args(Action)
_DIGITS = string.digits + string.ascii_lowercase + string.ascii_uppercase


class ForeignKeys:
    """Reads foreign keys of one table."""

    def __init__(self, reading: Reading, table: TableValue) -> None:
        self._evaluator = reading.evaluator
        self._table = table
        self._line = reading.line

    def inline(self, column: str, link: Link) -> ForeignKey:
        """A column's `.references(() => parent.id, { onDelete, onUpdate })`.

        Raises:
            UnreadableError: when the parent is not told.
        """
        value = self._evaluator.lazy(link.arguments[0]) if link.arguments else UNDEFINED
        if isinstance(value, FunctionValue):
            value = self._evaluator.call(value, [])
        config = self._evaluator.lazy(link.arguments[1]) if len(link.arguments) > 1 else UNDEFINED
        actions = _action(config, "onDelete"), _action(config, "onUpdate")
        own = ColumnRef(self._table, column, link.source, link.call)
        return self._key("", [own], [value], actions)

    def composite(self, chain: Chain) -> ForeignKey:
        """`foreignKey({ name, columns, foreignColumns }).onDelete('cascade')`.

        Raises:
            UnreadableError: when a column is not told.
        """
        link = chain.links[0]
        config = self._evaluator.lazy(link.arguments[0]) if link.arguments else UNDEFINED
        if isinstance(config, FunctionValue):
            config = self._evaluator.call(config, [])
        if not isinstance(config, ObjectValue):
            raise UnreadableError(unknown_of(config))
        columns, targets = listed(config, "columns"), listed(config, "foreignColumns")
        name = text_argument(config.entries["name"].value()) if "name" in config.entries else ""
        actions: dict[str, Action] = {}
        for step in chain.links[1:]:
            if step.arguments:
                actions[step.name] = _checked(self._evaluator.lazy(step.arguments[0]))
        both = actions.get("onDelete", "no action"), actions.get("onUpdate", "no action")
        return self._key(name, columns, targets, both)

    def _key(self, name: str, columns: list[Value], targets: list[Value], actions: tuple[Action, Action]) -> ForeignKey:
        own, theirs = [column_name(each) for each in columns], [column_name(each) for each in targets]
        first = targets[0] if targets else None
        if not isinstance(first, ColumnRef):
            raise UnreadableError(unknown_of(first))
        parent = first.table
        if not parent.name:
            lost = parent.lost if isinstance(parent, TableValue) else []
            raise UnreadableError(lost[0] if lost else None)
        if not name and self._line == "0.45":
            keys, others = [uncased(each) for each in columns], [uncased(each) for each in targets]
            made = "_".join((self._table.name, *keys, parent.name, *others, "fk"))
            name = cased(made, [*keys, *others], [*own, *theirs])
        elif not name:
            name = newer_name(self._table.name, own, parent.name, theirs)
        return ForeignKey(name, tuple(own), parent.schema, parent.name, tuple(theirs), actions[0], actions[1])


def newer_name(table: str, columns: list[str], parent: str, targets: list[str]) -> str:
    """The name that drizzle-kit 1 gives to a foreign key: hashed when PostgreSQL would cut it."""
    name = "_".join((table, *columns, parent, *targets, "fkey"))
    if len(name) <= MAX_BYTES:
        return name
    return f"{table}_{_hashed(name)}_fkey" if len(table) < 45 else f"{_hashed(name)}_fkey"


def _hashed(text: str) -> str:
    """Twelve digits to base 62 of a polynomial of the code points."""
    limit, power, total = 62**12, 1, 0
    for character in text:
        total = (total + ord(character) * power) % limit
        power = power * 53 % limit
    digits = ""
    for _ in range(12):
        total, rest = divmod(total, 62)
        digits = _DIGITS[rest] + digits
    return digits


def _action(config: Value, name: str) -> Action:
    return _checked(option(config, name))


def _checked(value: object) -> Action:
    return cast(Action, value) if value in _ACTIONS else "no action"
