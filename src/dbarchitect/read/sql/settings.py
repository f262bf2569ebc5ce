"""SET search_path, in each of its forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.read.sql.replay import Replay
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node

_CHANGES = re.compile(r"\b(?:execute\s+(?!function|procedure)|(?:create|alter|drop)\s+(?!or\b|temp))", re.IGNORECASE)


def set_variable(replay: Replay, node: Node) -> None:
    """SET search_path; other settings change no schema."""
    if node.get("name") == "search_path":
        constants = [item.get("A_Const", {}).get("sval", {}).get("sval", "") for item in node.get("args", ())]
        replay.set_path(constants if node.get("kind") == "VAR_SET_VALUE" else ["public"])
    elif node.get("kind") == "VAR_RESET_ALL":
        replay.set_path(["public"])


def call(replay: Replay, node: Node) -> None:
    """CALL of a procedure."""
    note_call(replay, names(node.get("funccall", {}).get("funcname", ())))


def note_call(replay: Replay, parts: list[str]) -> None:
    """A function of the user's own that is called here may hold DDL, whose effect nobody knows without running it."""
    for key, function in replay.state.functions.items() if parts else ():
        meant = key[1] == parts[-1] and key[0] in (parts[:-1] or replay.path)
        if meant and _CHANGES.search(function.definition, _head(function.definition)):
            replay.problem(f"{key[1]} may change the schema in a way that cannot be known without running it")


def _head(definition: str) -> int:
    """Where the words CREATE [OR REPLACE] FUNCTION end."""
    match = re.search(r"\b(?:function|procedure)\b", definition, re.IGNORECASE)
    return match.end() if match else 0


def select(replay: Replay, node: Node) -> None:
    """`SELECT pg_catalog.set_config('search_path', '', false)` as pg_dump has it; any other query changes nothing."""
    if "intoClause" in node:
        name = node["intoClause"]["rel"].get("relname", "")
        replay.problem(f"the columns of {name} follow from a query: SELECT INTO was not replayed")
        return
    for found in _calls(node):
        parts = names(found["funcname"])
        note_call(replay, parts)
        if parts[-1] == "set_config":
            values = [part.get("A_Const", {}).get("sval", {}).get("sval", "") for part in found.get("args", ())]
            if len(values) == 3 and values[0].lower() == "search_path":
                replay.set_path(part.strip().strip('"') for part in values[1].split(","))


def _calls(node: Node) -> Iterator[Node]:
    """Every FuncCall of a query."""
    waiting: list[object] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            if "FuncCall" in item:
                yield item["FuncCall"]
            waiting += item.values()
