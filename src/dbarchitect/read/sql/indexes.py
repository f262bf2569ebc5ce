"""CREATE INDEX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dbarchitect.model.index import Index, IndexPart
from dbarchitect.read.sql.attachments import attach, hand_down, partitions
from dbarchitect.read.sql.constraints import require_columns
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.read.sql.index_parts import index_parts
from dbarchitect.read.sql.naming import joined, key_names, relation_name
from dbarchitect.read.sql.options import pairs
from dbarchitect.read.sql.replay import TEMPORARY, Replay, StatementError, shown
from dbarchitect.read.sql.source import Written
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import without_outer_parentheses


def create_index(replay: Replay, node: Node) -> None:
    """CREATE INDEX on a table or materialized view."""
    table = replay.table(node["relation"])
    view = None
    if table is None:
        relation = node["relation"]
        view = replay.lookup(replay.state.views, relation.get("schemaname") or None, relation["relname"])
        if view is None:
            raise replay.missing(relation)
    schema, relation_of = table.key if table is not None else view or ("", "")
    elements = [item["IndexElem"] for item in node.get("indexParams", ())]
    include = [item["IndexElem"] for item in node.get("indexIncludingParams", ())]
    name = node.get("idxname")
    if name and replay.state.has_relation((schema, name)):
        if node.get("if_not_exists") or replay.lenient:
            return
        raise StatementError(f"the schema {schema!r} has a relation {name!r} already")
    if not name:
        words = joined(key_names([*elements, *include]))
        name = relation_name(replay.state, schema, relation_of, words, "idx", key=False)
    index = _index(replay.statement, node, name, elements, tuple(item.get("name", "") for item in include))
    if table is not None:
        check_columns(table, index.parts, index.include)
        only = not node["relation"].get("inh") and bool(partitions(replay.state, table))
        replay.state.add_index(table, replace(index, only=True) if only else index)
        if not only:
            hand_down(replay, table, index)
    elif view is not None:
        found = replay.state.views[view]
        replay.state.views[view] = replace(found, indexes=(*found.indexes, index))
        replay.state.indexes[schema, name] = view
    if schema != TEMPORARY:
        replay.mark("index", schema, name)


def check_columns(table: TableDraft, parts: Sequence[IndexPart], include: Sequence[str]) -> None:
    """Refuse keys that the table has not."""
    require_columns(table, [part.column for part in parts if part.column is not None])
    require_columns(table, include)


def _index(written: Written, node: Node, name: str, elements: list[Node], include: tuple[str, ...]) -> Index:
    expressions = any("expr" in element for element in elements)
    where = "whereClause" in node
    brackets = written.bracketed(written.start) if expressions else None
    condition = None
    if where:
        word = [lexeme for lexeme in written.top() if lexeme.is_word("where")][-1]
        condition = without_outer_parentheses(written.file.text[word.end : written.lexemes[-1].end])
    return Index(
        name,
        tuple(index_parts(written, elements, brackets)),
        unique=bool(node.get("unique")),
        method=node.get("accessMethod") or "btree",
        include=include,
        where=condition,
        nulls_not_distinct=bool(node.get("nulls_not_distinct")),
        options=pairs(node.get("options", ())),
    )


def alter_index(replay: Replay, node: Node) -> None:
    """ALTER INDEX … ATTACH PARTITION, SET and RESET."""
    relation = node["relation"]
    key = replay.lookup(replay.state.indexes, relation.get("schemaname") or None, relation["relname"])
    if key is None:
        if node.get("missing_ok"):
            return
        raise StatementError(f"the index {shown(relation)} is not there")
    table = replay.state.tables.get(replay.state.indexes[key])
    for item in node.get("cmds", ()):
        command = item["AlterTableCmd"]
        if command["subtype"] == "AT_AttachPartition":
            _attach(replay, table, key[1], command["def"]["PartitionCmd"]["name"])
        elif command["subtype"] in ("AT_SetRelOptions", "AT_ResetRelOptions") and table and key[1] in table.indexes:
            changed = dict(pairs(command["def"]["List"]["items"]))
            kept = {name: value for name, value in table.indexes[key[1]].options if name not in changed}
            options = {**kept, **changed} if command["subtype"] == "AT_SetRelOptions" else kept
            table.indexes[key[1]] = replace(table.indexes[key[1]], options=tuple(sorted(options.items())))
            replay.mark_again("index", *key)
        elif command["subtype"] != "AT_ChangeOwner":
            replay.lost(f"what ALTER INDEX says about {shown(relation)}")


def _attach(replay: Replay, table: TableDraft | None, name: str, relation: Node) -> None:
    """The index of a partition becomes a part of its parent's."""
    key = replay.lookup(replay.state.indexes, relation.get("schemaname") or None, relation["relname"])
    if key is None:
        raise StatementError(f"the index {shown(relation)} is not there")
    child = replay.state.tables.get(replay.state.indexes[key])
    if child is not None and table is not None:
        attach(replay, table, name, child, key[1])
