"""Functions, procedures and triggers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from dbarchitect.model.names import quote
from dbarchitect.model.routine import Event, Function, Timing, Trigger
from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.read.sql.types import formatted, names
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import without_outer_parentheses

_EVENTS: tuple[tuple[int, Event], ...] = ((4, "insert"), (8, "delete"), (16, "update"), (32, "truncate"))
_OUT = ("FUNC_PARAM_OUT", "FUNC_PARAM_TABLE")
_BUILT_IN = frozenset(("suppress_redundant_updates_trigger", "tsvector_update_trigger",
                       "tsvector_update_trigger_column"))  # fmt: skip

FunctionKey = tuple[str, str, str]


def create_function(replay: Replay, node: Node) -> None:
    """CREATE FUNCTION or PROCEDURE; the definition is the statement itself, its name with the schema."""
    schema, name = replay.new_name(node["funcname"])
    types = [item["FunctionParameter"] for item in node.get("parameters", ())]
    arguments = _arguments(replay, [item for item in types if item.get("mode") not in _OUT])
    key = (schema, name, arguments)
    if key in replay.state.functions and not node.get("replace") and not replay.lenient:
        raise StatementError(f"the function {name}({arguments}) is there already")
    kind: Literal["function", "procedure"] = "procedure" if node.get("is_procedure") else "function"
    known = replay.state.functions.get(key)
    definition = _qualified(replay, schema, name, len(names(node["funcname"])) > 1)
    replay.state.functions[key] = Function(*key, definition, kind, known.comment if known else None)
    replay.mark("function", schema, name, *([arguments] if arguments else []))


def _arguments(replay: Replay, parameters: Sequence[Node]) -> str:
    return ", ".join(formatted(replay.type(item["argType"])) for item in parameters)


def _qualified(replay: Replay, schema: str, name: str, dotted: bool) -> str:
    """The statement with the schema in front of the function's name, when it is not `public`."""
    written = replay.statement
    if dotted or schema == "public":
        return written.text
    lexemes = written.lexemes
    word = next(place for place, item in enumerate(lexemes) if item.is_word("function", "procedure"))
    start = lexemes[word + 1].start
    return (
        f"{written.file.text[written.start : start]}{quote(schema)}.{quote(name)}"
        + (written.file.text[lexemes[word + 1].end : written.start + len(written.text)])
    )


def function_key(replay: Replay, node: Node) -> FunctionKey | None:
    """The function of an ObjectWithArgs: by its arguments, or the only one of its name."""
    dotted = names(node.get("objname", ()))
    places = [dotted[-2]] if len(dotted) > 1 else replay.path
    functions = replay.state.functions
    if not node.get("args_unspecified"):
        parameters = [item["FunctionParameter"] for item in node.get("objfuncargs", ())]
        arguments = _arguments(replay, [item for item in parameters if item.get("mode") not in _OUT])
        for place in places:
            if (place, dotted[-1], arguments) in functions:
                return place, dotted[-1], arguments
        return None
    for place in places:
        found = [key for key in functions if key[:2] == (place, dotted[-1])]
        if len(found) == 1:
            return found[0]
    return None


def create_trigger(replay: Replay, node: Node) -> None:
    """CREATE TRIGGER on a table or view."""
    table = replay.table(node["relation"])
    relation = node["relation"]
    view = None
    if table is None:
        view = replay.lookup(replay.state.views, relation.get("schemaname") or None, relation["relname"])
        if view is None:
            raise replay.missing(relation)
    trigger = _trigger(replay, node)
    if table is not None:
        if trigger.name in table.triggers and not node.get("replace"):
            if replay.lenient:
                return
            raise StatementError(f"the table {table.name!r} has a trigger {trigger.name!r} already")
        table.triggers[trigger.name] = trigger
        replay.mark("trigger", *table.key, trigger.name)
    elif view is not None:
        found = replay.state.views[view]
        others = tuple(item for item in found.triggers if item.name != trigger.name)
        replay.state.views[view] = replace(found, triggers=(*others, trigger))
        replay.mark("trigger", *view, trigger.name)
    if node.get("constrrel"):
        replay.lost(f"other table of the constraint trigger {trigger.name}")


def _trigger(replay: Replay, node: Node) -> Trigger:
    timing: Timing = {2: "before", 64: "instead of"}.get(node.get("timing", 0), "after")  # type: ignore[assignment]
    events = tuple(sorted(event for bit, event in _EVENTS if node.get("events", 0) & bit))
    when = None
    if "whenClause" in node:
        written = replay.statement
        word = next(lexeme for lexeme in written.top() if lexeme.is_word("when"))
        when = without_outer_parentheses(written.in_brackets(word.end))
    tables: dict[bool, str] = {}
    for item in node.get("transitionRels", ()):
        transition = item["TriggerTransition"]
        tables[bool(transition.get("isNew"))] = transition["name"]
    return Trigger(
        node["trigname"],
        timing,
        events,
        *_function(replay, names(node["funcname"])),
        tuple(names(node.get("args", ()))),
        tuple(names(node.get("columns", ()))),
        bool(node.get("row")),
        when,
        bool(node.get("isconstraint")),
        bool(node.get("deferrable")) or bool(node.get("initdeferred")),
        bool(node.get("initdeferred")),
        tables.get(False),
        tables.get(True),
    )


def _function(replay: Replay, dotted: list[str]) -> tuple[str, str]:
    """(schema, name) of a trigger's function, along the search path."""
    name = dotted[-1]
    if len(dotted) > 1:
        return dotted[-2], name
    for place in replay.path:
        if (place, name, "") in replay.state.functions:
            return place, name
    return ("pg_catalog" if name in _BUILT_IN else replay.here), name
