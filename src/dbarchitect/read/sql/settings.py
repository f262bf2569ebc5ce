"""SET search_path, in each of its forms."""

from __future__ import annotations

from dbarchitect.read.sql.replay import Replay
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node


def set_variable(replay: Replay, node: Node) -> None:
    """SET search_path; other settings change no schema."""
    if node.get("name") == "search_path":
        constants = [item.get("A_Const", {}).get("sval", {}).get("sval", "") for item in node.get("args", ())]
        replay.set_path(constants if node.get("kind") == "VAR_SET_VALUE" else ["public"])
    elif node.get("kind") == "VAR_RESET_ALL":
        replay.set_path(["public"])


def select(replay: Replay, node: Node) -> None:
    """`SELECT pg_catalog.set_config('search_path', '', false)` as pg_dump has it; any other query changes nothing."""
    if "intoClause" in node:
        name = node["intoClause"]["rel"].get("relname", "")
        replay.problem(f"the columns of {name} follow from a query: SELECT INTO was not replayed")
        return
    for item in node.get("targetList", ()):
        call = item.get("ResTarget", {}).get("val", {}).get("FuncCall")
        if call is not None and names(call["funcname"])[-1] == "set_config":
            values = [part.get("A_Const", {}).get("sval", {}).get("sval", "") for part in call.get("args", ())]
            if len(values) == 3 and values[0].lower() == "search_path":
                replay.set_path(part.strip().strip('"') for part in values[1].split(","))
