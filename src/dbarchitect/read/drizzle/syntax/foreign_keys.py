"""Foreign keys: `.references(() => …)` of a column and `foreignKey({…})` of a table."""

from __future__ import annotations

from typing import cast, get_args

from dbarchitect.model.constraint import Action, ForeignKey
from dbarchitect.read.drizzle.syntax.collections import unknown_of
from dbarchitect.read.drizzle.syntax.column_types import option
from dbarchitect.read.drizzle.syntax.constraints import column_name, columns_of, text_argument
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    ArrayValue,
    Chain,
    ColumnRef,
    FunctionValue,
    Link,
    ObjectValue,
    TableValue,
    Unknown,
    Value,
)

_ACTIONS = get_args(Action)


class ForeignKeys:
    """Reads foreign keys of one table."""

    def __init__(self, reading: Reading, table: TableValue) -> None:
        self._evaluator = reading.evaluator
        self._table = table

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
        return self._key("", [column], [value], actions)

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
        columns = columns_of(config, "columns")
        entry = config.entries.get("foreignColumns")
        targets = entry.value() if entry else UNDEFINED
        if not isinstance(targets, ArrayValue) or targets.lost:
            raise UnreadableError(unknown_of(targets) or Unknown("has no `foreignColumns`", config.source, config.node))
        name = text_argument(config.entries["name"].value()) if "name" in config.entries else ""
        actions: dict[str, Action] = {}
        for step in chain.links[1:]:
            if step.arguments:
                actions[step.name] = _checked(self._evaluator.lazy(step.arguments[0]))
        both = actions.get("onDelete", "no action"), actions.get("onUpdate", "no action")
        return self._key(name, columns, [item.value() for item in targets.items], both)

    def _key(self, name: str, columns: list[str], targets: list[Value], actions: tuple[Action, Action]) -> ForeignKey:
        if not targets:
            raise UnreadableError(None)
        names = [column_name(target) for target in targets]
        first = targets[0]
        if not isinstance(first, ColumnRef):
            raise UnreadableError(unknown_of(first))
        parent = first.table
        if not parent.name:
            lost = parent.lost if isinstance(parent, TableValue) else []
            raise UnreadableError(lost[0] if lost else None)
        own = name or "_".join((self._table.name, *columns, parent.name, *names, "fk"))
        return ForeignKey(own, tuple(columns), parent.schema, parent.name, tuple(names), *actions[:1], actions[1])


def _action(config: Value, name: str) -> Action:
    return _checked(option(config, name))


def _checked(value: object) -> Action:
    return cast(Action, value) if value in _ACTIONS else "no action"
