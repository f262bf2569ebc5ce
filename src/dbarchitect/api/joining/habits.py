"""New tables in the project's habits: its ids, its timestamps, the columns that its tables share."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.column import Column
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.practice import ROLES, Habit, Need, Practice
from dbarchitect.records import dataclass
from dbarchitect.write.drizzle.typescript import string

_TIMES = ("created_at", "updated_at", "deleted_at")


@dataclass(frozen=True, slots=True)
class Dressed:
    """A column in the project's own words.

    Args:
        expression: the TypeScript of its value; '' for a column that a shared object brings.
        needs: what the expression uses.
        shared: the object that brings it, with what that one uses, or ''.
    """

    expression: str
    needs: tuple[Need, ...]
    shared: str = ""


def dress(table: Table, lookup: Lookup, practice: Practice) -> tuple[Table, dict[str, Dressed]]:
    """A table of the draft with the managed columns that the project would give it.

    Returns:
        The table, and by column what is written in the project's own words.
    """
    managed = {role: name for role in ROLES if (name := lookup.managed(table, role))}
    columns = {column.name: column for column in table.columns}
    dressed: dict[str, Dressed] = {}
    for shared in practice.shared:
        theirs = {column.name: column for _, column in shared.columns}
        if set(theirs) & set(managed.values()) and set(theirs) <= {*columns, *managed, *ROLES}:
            for name, column in theirs.items():
                columns[name] = column
                dressed[name] = Dressed("", shared.needs, shared.expression)
    for role, name in managed.items():
        habit = practice.habit(role)
        if name in dressed or habit is None or (habit.column.name != name):
            continue
        if role == "id" and not _is_alone(table, name):
            continue
        columns[name] = _definition(habit, columns[name])
        expression = habit.expression or (_serial(habit) if habit.serial else "")
        if expression:
            needs = habit.needs if habit.expression else (Need(_serial_word(habit), "drizzle-orm/pg-core"),)
            dressed[name] = Dressed(expression, needs)
    created = practice.habit("created_at")
    for role in _TIMES:  # stamps of one table are of one type
        name = managed.get(role, "")
        if created and name and name not in dressed and practice.habit(role) is None:
            columns[name] = replace(columns[name], type=created.column.type)
    return replace(table, columns=tuple(columns.values())), dressed


def _definition(habit: Habit, ours: Column) -> Column:
    column = habit.column
    return replace(ours, type=column.type, nullable=column.nullable, default=column.default, identity=column.identity)


def _is_alone(table: Table, name: str) -> bool:
    return table.primary_key is not None and table.primary_key.columns == (name,)


def _serial_word(habit: Habit) -> str:
    return {"bigint": "bigserial", "smallint": "smallserial"}.get(habit.column.type.name, "serial")


def _serial(habit: Habit) -> str:
    options = ", { mode: 'number' }" if habit.column.type.name == "bigint" else ""
    return f"{_serial_word(habit)}({string(habit.column.name)}{options}).primaryKey()"
