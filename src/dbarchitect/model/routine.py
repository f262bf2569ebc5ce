"""Functions, procedures and triggers."""

from __future__ import annotations

from typing import Literal

from dbarchitect.records import dataclass

Timing = Literal["before", "after", "instead of"]
Event = Literal["insert", "update", "delete", "truncate"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function or procedure.

    Args:
        schema: its schema.
        name: its name.
        arguments: the types of its input arguments, which tell overloads apart: `integer, public.mood`; '' for none.
        definition: the whole CREATE OR REPLACE statement, without a semicolon at the end.
        kind: function or procedure.
        comment: its comment.
    """

    schema: str
    name: str
    arguments: str
    definition: str
    kind: Literal["function", "procedure"] = "function"
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of a table or view.

    Args:
        name: its name, unique in its table.
        timing: when it fires.
        events: sorted events.
        function_schema: the schema of the function.
        function: the function's name.
        arguments: string arguments passed to the function.
        update_columns: UPDATE OF these columns only.
        for_each_row: row or statement level.
        when: the condition, without outer parentheses.
        constraint: a constraint trigger.
        deferrable: for a constraint trigger.
        initially_deferred: for a constraint trigger.
        old_table: name of the transition table of old rows.
        new_table: name of the transition table of new rows.
        enabled: origin, always, replica or disabled.
        comment: its comment.
    """

    name: str
    timing: Timing
    events: tuple[Event, ...]
    function_schema: str
    function: str
    arguments: tuple[str, ...] = ()
    update_columns: tuple[str, ...] = ()
    for_each_row: bool = True
    when: str | None = None
    constraint: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    old_table: str | None = None
    new_table: str | None = None
    enabled: Literal["origin", "always", "replica", "disabled"] = "origin"
    comment: str | None = None
