"""Sequences and how they count."""

from __future__ import annotations

from collections.abc import Sequence as Items
from dataclasses import replace

from dbarchitect.model.column import SequenceOptions
from dbarchitect.model.schema import Sequence
from dbarchitect.model.types import SqlType
from dbarchitect.read.sql.drafts import Key
from dbarchitect.read.sql.replay import TEMPORARY, Replay, StatementError, shown
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node

_FIELDS = {
    "start": "start", "increment": "increment", "minvalue": "minimum", "maxvalue": "maximum", "cache": "cache",
}  # fmt: skip
_LIMITS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


def number_options(options: SequenceOptions, items: Items[Node]) -> SequenceOptions:
    """The options with what a statement says of them: START, INCREMENT, MINVALUE, NO MAXVALUE, CACHE, CYCLE."""
    for item in items:
        element = item["DefElem"]
        name = element["defname"]
        if name in _FIELDS:
            number = _number(element["arg"]) if "arg" in element else None
            options = replace(options, **{_FIELDS[name]: number})  # type: ignore[arg-type]
        elif name == "cycle":
            options = replace(options, cycle=bool(element["arg"]["Boolean"].get("boolval", False)))
    return options


def settled(options: SequenceOptions, type_: SqlType) -> SequenceOptions:
    """The options without what PostgreSQL would choose anyway."""
    limit = _LIMITS.get(type_.name, 2**63)
    increment = options.increment or 1
    low, high = (1, limit - 1) if increment > 0 else (-limit, -1)
    minimum = None if options.minimum == low else options.minimum
    maximum = None if options.maximum == high else options.maximum
    first = (minimum if minimum is not None else low) if increment > 0 else (maximum if maximum is not None else high)
    return SequenceOptions(
        None if options.start == first else options.start,
        None if increment == 1 else increment,
        minimum,
        maximum,
        None if options.cache == 1 else options.cache,
        options.cycle,
    )


def _number(node: Node) -> int:
    if "Integer" in node:
        return int(node["Integer"].get("ival", 0))
    return int(node["Float"]["fval"])


def create_sequence(replay: Replay, node: Node) -> None:
    """CREATE SEQUENCE."""
    key = replay.new_key(node["sequence"])
    if replay.state.has_relation(key):
        if node.get("if_not_exists") or replay.lenient:
            return
        raise StatementError(f"{shown(node['sequence'])} is there already")
    if key[0] == TEMPORARY:
        return
    sequence = _changed(replay, Sequence(*key), node.get("options", ()))
    replay.state.sequences[key] = sequence
    replay.mark("sequence", *key)


def alter_sequence(replay: Replay, node: Node) -> None:
    """ALTER SEQUENCE."""
    relation = node["sequence"]
    schema = relation.get("schemaname") or None
    key = replay.lookup(replay.state.sequences, schema, relation["relname"])
    if key is None:
        if _alter_identity(replay, relation, node.get("options", ())) or node.get("missing_ok"):
            return
        raise StatementError(f"the sequence {shown(relation)} is not there")
    replay.state.sequences[key] = _changed(replay, replay.state.sequences[key], node.get("options", ()))
    replay.mark("sequence", *key)


def _alter_identity(replay: Replay, relation: Node, items: Items[Node]) -> bool:
    """ALTER SEQUENCE on the sequence of an identity column."""
    key = replay.lookup(replay.state.identities, relation.get("schemaname") or None, relation["relname"])
    if key is None:
        return False
    owner, column = replay.state.identities[key]
    table = replay.state.tables.get(owner)
    if table is not None and column in table.columns:
        found = table.columns[column].identity
        if found is not None:
            options = settled(number_options(found.options, items), table.columns[column].type)
            table.columns[column] = replace(table.columns[column], identity=replace(found, options=options))
    return True


def _changed(replay: Replay, sequence: Sequence, items: Items[Node]) -> Sequence:
    type_ = sequence.type
    for item in items:
        element = item["DefElem"]
        if element["defname"] == "as":
            type_ = replay.type(element["arg"]["TypeName"])
        elif element["defname"] == "owned_by":
            sequence = replace(sequence, owned_by=_owner(replay, sequence, names(element["arg"]["List"]["items"])))
        elif element["defname"] == "logged":
            continue
    options = settled(number_options(sequence.options, items), type_)
    return replace(sequence, type=type_, options=options)


def _owner(replay: Replay, sequence: Sequence, parts: list[str]) -> tuple[str, str, str] | None:
    if parts == ["none"] or len(parts) < 2:
        return None
    key: Key | None = replay.key_of(replay.state.tables, parts[:-1])
    if key is None:
        replay.problem(f"the sequence {sequence.name!r} belongs to a table that is not there: {'.'.join(parts[:-1])}")
        return None
    return (*key, parts[-1])
