"""Columns as CREATE TABLE and ADD COLUMN write them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from dbarchitect.model.column import Column, Generated, Identity, SequenceOptions
from dbarchitect.model.names import object_name
from dbarchitect.model.schema import Sequence as SequenceModel
from dbarchitect.model.types import SqlType
from dbarchitect.read.catalog import reference_name
from dbarchitect.read.sql.drafts import Key, TableDraft
from dbarchitect.read.sql.naming import relation_name
from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.read.sql.sequences import number_options, settled
from dbarchitect.read.sql.types import names, plain, serial
from dbarchitect.sql.parser import Node
from dbarchitect.sql.quote import literal
from dbarchitect.sql.tokens import without_outer_parentheses

_KEEPERS = ("CONSTR_CHECK", "CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION", "CONSTR_FOREIGN")


@dataclass(slots=True)
class Pending:
    """A constraint that a statement writes and that waits until its table is there.

    Args:
        node: the fields of the Constraint.
        start: its offset in the file.
        limit: where it ends at the latest.
        column: the column that it is written with; None for one of the table.
    """

    node: Node
    start: int
    limit: int | None = None
    column: str | None = None


@dataclass(slots=True)
class ReadColumn:
    """A column, the constraints written with it, and the sequence that `serial` makes."""

    column: Column
    pending: list[Pending] = field(default_factory=list)
    sequence: SequenceModel | None = None
    not_null: str | None = None


def read_column(replay: Replay, table: TableDraft, definition: Node) -> ReadColumn:
    """A column from the fields of a ColumnDef, not yet part of the table."""
    name = definition.get("colname", "")
    start = replay.statement.at(definition.get("location", 0))
    type_name = definition.get("typeName", {})
    counted = serial(type_name)
    type_ = SqlType(counted) if counted else replay.type(type_name)
    if type_name.get("pct_type") or type_name.get("setof"):
        raise StatementError(f"the type of the column {name!r} is no type of a column")
    said = _Said() if "constraints" not in definition else _said(replay, table, name, type_, definition)
    column = Column(name, type_, collation=collation(definition.get("collClause")), **said.fields)
    read = ReadColumn(column, said.pending, not_null=said.not_null)
    if counted:
        _count(replay, table, read)
    replay.mark("column", table.schema, table.name, name, start=start)
    return read


def collation(clause: Node | None) -> str | None:
    """The collation of a COLLATE clause, as the model names it."""
    if not clause:
        return None
    parts = names(clause.get("collname", ()))
    return reference_name(parts[-2] if len(parts) > 1 else "pg_catalog", parts[-1]) if parts else None


@dataclass(slots=True)
class _Said:
    """What stands behind the type of a column: fields of the column, constraints that wait, the name of NOT NULL."""

    fields: dict[str, Any] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    not_null: str | None = None


def _said(replay: Replay, table: TableDraft, name: str, type_: SqlType, definition: Node) -> _Said:
    written, clause = replay.statement, definition.get("collClause")
    nodes = [item["Constraint"] for item in definition["constraints"]]
    starts = [written.at(node.get("location", 0)) for node in nodes]
    stops = [*starts, written.at(clause.get("location", 0))] if clause else starts
    said = _Said()
    for node, start in zip(nodes, starts, strict=True):
        kind = node["contype"]
        if kind == "CONSTR_NOTNULL":
            said.fields["nullable"] = False
            said.not_null = node.get("conname")
            continue
        limit = min((stop for stop in stops if stop > start), default=None)
        if kind == "CONSTR_DEFAULT":
            text = written.expression(written.after_word(start, "default"), limit)
            said.fields["default"] = default_text(text, node)
        elif kind == "CONSTR_IDENTITY":
            said.fields |= {"identity": identity(table, name, type_, node), "nullable": False}
        elif kind == "CONSTR_GENERATED":
            text = written.in_brackets(written.after_word(start, "as"))
            stored = node.get("generated_kind", "s") != "v"
            said.fields["generated"] = Generated(without_outer_parentheses(text), stored)
        elif kind in _KEEPERS:
            said.pending.append(Pending(node, start, limit, name))
        elif kind.startswith("CONSTR_ATTR") and said.pending:
            _attribute(said.pending[-1], kind, limit)
    return said


def _attribute(pending: Pending, kind: str, limit: int | None) -> None:
    """DEFERRABLE and its kin behind a constraint of a column."""
    settings = {
        "CONSTR_ATTR_DEFERRABLE": ("deferrable", True),
        "CONSTR_ATTR_DEFERRED": ("initdeferred", True),
        "CONSTR_ATTR_NOT_ENFORCED": ("is_enforced", False),
    }
    if kind in settings:
        name, value = settings[kind]
        pending.node = {**pending.node, name: value}
    pending.limit = limit


def default_text(text: str, node: Node) -> str | None:
    """A default as the model keeps it; None for DEFAULT NULL, which is no default."""
    expression = node.get("raw_expr", {})
    if expression.get("A_Const", {}).get("isnull"):
        return None
    return without_outer_parentheses(text)


def identity(table: TableDraft, column: str, type_: SqlType, node: Node) -> Identity:
    """GENERATED … AS IDENTITY with what it does otherwise than usual: how it counts, the name of its sequence."""
    options = node.get("options", ())
    named = None
    for item in options:
        if item["DefElem"]["defname"] == "sequence_name":
            named = names(item["DefElem"]["arg"]["List"]["items"])[-1]
    if named == object_name(table.name, column, "seq"):
        named = None
    counting = settled(number_options(SequenceOptions(), options), type_)
    return Identity(node.get("generated_when", "a") == "a", counting, named)


def _count(replay: Replay, table: TableDraft, read: ReadColumn) -> None:
    """What `serial` stands for: an integer that is never null and counts by a sequence of its own."""
    column = read.column
    name = relation_name(replay.state, table.schema, table.name, column.name, "seq", key=False)
    owner = (table.schema, table.name, column.name)
    read.sequence = SequenceModel(table.schema, name, SqlType(column.type.name), owned_by=owner)
    default = nextval((table.schema, name))
    read.column = replace(column, default=default, nullable=False)


def nextval(key: Key) -> str:
    """The default that takes the next value of a sequence."""
    return f"nextval({literal(plain(key[0]) + '.' + plain(key[1]))}::regclass)"


def place_column(replay: Replay, table: TableDraft, read: ReadColumn) -> None:
    """Make a column part of its table, with the sequence of `serial`."""
    state, column = replay.state, read.column
    table.columns[column.name] = column
    table.local.add(column.name)
    if read.not_null:
        table.not_nulls[read.not_null] = column.name
    if read.sequence is not None:
        key = (read.sequence.schema, read.sequence.name)
        state.sequences[key] = read.sequence
        replay.mark("sequence", *key)
    if column.identity is not None:
        name = column.identity.sequence or object_name(table.name, column.name, "seq")
        state.identities[table.schema, name] = (table.key, column.name)
