"""Views and materialized views."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.model.names import quote
from dbarchitect.model.schema import View
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.read.sql.options import pairs
from dbarchitect.read.sql.replay import TEMPORARY, Replay, StatementError, shown
from dbarchitect.read.sql.source import Lexeme
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node

_CHECKS = {"LOCAL_CHECK_OPTION": "local", "CASCADED_CHECK_OPTION": "cascaded"}


def create_view(replay: Replay, node: Node) -> None:
    """CREATE VIEW."""
    key = replay.new_key(node["view"])
    known = replay.state.views.get(key)
    if replay.state.has_relation(key) and not (node.get("replace") and known):
        if replay.lenient:
            return
        raise StatementError(f"{shown(node['view'])} is there already")
    if key[0] == TEMPORARY:
        return
    options = dict(pairs(node.get("options", ())))
    check = _CHECKS.get(node.get("withCheckOption", "")) or options.pop("check_option", None)
    view = View(
        *key,
        _query(replay, node["query"]),
        tuple(names(node.get("aliases", ()))),
        options=tuple(sorted(options.items())),
        check_option=check,
    )
    if any(item.is_word("recursive") for item in replay.statement.top()[:5]):
        view = _recursive(view)
    if known:
        view = replace(view, triggers=known.triggers, comment=known.comment)
    replay.state.views[key] = view
    replay.mark("view", *key)


def _recursive(view: View) -> View:
    """CREATE RECURSIVE VIEW v (a) AS q is CREATE VIEW v (a) AS WITH RECURSIVE v (a) AS (q) SELECT a FROM v."""
    columns = ", ".join(quote(name) for name in view.columns)
    name = quote(view.name)
    query = f"WITH RECURSIVE {name} ({columns}) AS ({view.definition}) SELECT {columns} FROM {name}"
    return replace(view, definition=query)


def create_table_as(replay: Replay, node: Node) -> None:
    """CREATE MATERIALIZED VIEW; the columns of CREATE TABLE AS follow from a query, which is not worked out."""
    into = node["into"]
    key = replay.new_key(into["rel"])
    if node.get("objtype") != "OBJECT_MATVIEW":
        if key[0] == TEMPORARY:
            replay.state.tables.setdefault(key, TableDraft(*key))
            replay.state.temporary.add(key)
        else:
            replay.problem(f"the columns of {shown(into['rel'])} follow from a query: CREATE TABLE AS was not replayed")
        return
    if replay.state.has_relation(key):
        if node.get("if_not_exists") or replay.lenient:
            return
        raise StatementError(f"{shown(into['rel'])} is there already")
    replay.state.views[key] = View(
        *key,
        _query(replay, node["query"]),
        tuple(names(into.get("colNames", ()))),
        materialized=True,
        with_data=not into.get("skipData"),
        options=pairs(into.get("options", ())),
    )
    replay.mark("view", *key)


def _query(replay: Replay, tree: Node) -> str:
    """What stands behind AS, without WITH … CHECK OPTION and WITH [NO] DATA.

    Relations that only the search path finds get their schema, because nobody else has that path.
    """
    written = replay.statement
    top = written.top()
    start, end = next(lexeme for lexeme in top if lexeme.is_word("as")).end, _query_end(top)
    text, parts, done = written.file.text, [], start
    for place, schema in sorted(_found_by_path(replay, tree)) if replay.path != ["public"] else ():
        if start <= place < end:
            parts += [text[done:place], f"{quote(schema)}."]
            done = place
    return "".join([*parts, text[done:end]]).strip()


def _found_by_path(replay: Replay, tree: Node) -> set[tuple[int, str]]:
    """(offset, schema) of every relation that a query names without its schema."""
    found: set[tuple[int, str, str]] = set()
    within: set[str] = set()
    waiting: list[object] = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            if "RangeVar" in item and not item["RangeVar"].get("schemaname"):
                key = replay.target(item["RangeVar"])
                found.add((replay.statement.at(item["RangeVar"].get("location", 0)), *key))
            if "CommonTableExpr" in item:
                within.add(item["CommonTableExpr"]["ctename"])
            waiting += item.values()
    state = replay.state
    return {
        (place, schema)
        for place, schema, name in found
        if name not in within and ((schema, name) in state.tables or (schema, name) in state.views)
    }


def _query_end(top: list[Lexeme]) -> int:
    words = [lexeme.text.lower() if lexeme.kind == "word" else "" for lexeme in top]
    for tail in (("with", "local", "check", "option"), ("with", "cascaded", "check", "option"),
                 ("with", "check", "option"), ("with", "no", "data"), ("with", "data")):  # fmt: skip
        if tuple(words[-len(tail) :]) == tail:
            return top[-len(tail) - 1].end
    return top[-1].end


def alter_view(replay: Replay, node: Node) -> None:
    """ALTER VIEW … SET, RESET and OWNER."""
    relation = node["relation"]
    key = replay.lookup(replay.state.views, relation.get("schemaname") or None, relation["relname"])
    if key is None:
        if node.get("missing_ok"):
            return
        raise StatementError(f"the view {shown(relation)} is not there")
    view = replay.state.views[key]
    for item in node.get("cmds", ()):
        command = item["AlterTableCmd"]
        if command["subtype"] == "AT_SetRelOptions":
            options = {**dict(view.options), **dict(pairs(command["def"]["List"]["items"]))}
            check = options.pop("check_option", view.check_option)
            view = replace(view, options=tuple(sorted(options.items())), check_option=check)
        elif command["subtype"] == "AT_ResetRelOptions":
            gone = {name for name, _ in pairs(command["def"]["List"]["items"])}
            view = replace(view, options=tuple(pair for pair in view.options if pair[0] not in gone))
        elif command["subtype"] in ("AT_ColumnDefault", "AT_SetStatistics"):
            replay.lost(f"what ALTER VIEW says about a column of {shown(relation)}")
    replay.state.views[key] = view
    replay.mark_again("view", *key)


def refresh_view(replay: Replay, node: Node) -> None:
    """REFRESH MATERIALIZED VIEW: from then on it holds rows, or none."""
    relation = node["relation"]
    key = replay.lookup(replay.state.views, relation.get("schemaname") or None, relation["relname"])
    if key is None:
        raise StatementError(f"the view {shown(relation)} is not there")
    replay.state.views[key] = replace(replay.state.views[key], with_data=not node.get("skipData"))
