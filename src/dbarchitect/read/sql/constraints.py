"""Constraints of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dbarchitect.model.constraint import Action, Check, Exclusion, ExclusionElement, ForeignKey, PrimaryKey, Unique
from dbarchitect.read.sql.attachments import hand_down, partitions
from dbarchitect.read.sql.columns import Pending
from dbarchitect.read.sql.drafts import Constraint, Key, TableDraft
from dbarchitect.read.sql.index_parts import index_parts
from dbarchitect.read.sql.naming import columns_in, constraint_name, joined, key_names, relation_name
from dbarchitect.read.sql.replay import Replay, StatementError, shown
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import without_outer_parentheses

_ACTIONS: dict[str, Action] = {
    "a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default",
}  # fmt: skip
_ORDER = {"CONSTR_CHECK": 0, "CONSTR_PRIMARY": 1, "CONSTR_UNIQUE": 2, "CONSTR_EXCLUSION": 3, "CONSTR_FOREIGN": 4}


def add_all(replay: Replay, table: TableDraft, pending: Sequence[Pending], *, created: bool) -> None:
    """The constraints that a statement writes, in the order in which PostgreSQL makes and names them.

    Args:
        replay: the replay.
        table: their table, with all of its columns.
        pending: the constraints.
        created: they stand in CREATE TABLE, where nothing can be not valid and equal keys are one.
    """
    unnamed: set[str] = set()
    for item in sorted(pending, key=lambda item: _ORDER[item.node["contype"]]):
        try:
            constraint = read_constraint(replay, table, item)
            if constraint is None:
                continue
            constraint = _valid(constraint) if created else constraint
            named = str(item.node.get("conname") or "")
            if not (created and _merged(replay, table, constraint, named, unnamed)):
                add(replay, table, constraint, item)
                unnamed |= set() if named else {constraint.name}
        except StatementError as error:
            replay.problem(error.message, "error", start=item.start)


def add(replay: Replay, table: TableDraft, constraint: Constraint, item: Pending) -> None:
    """Give the table the constraint and note where it stands."""
    if constraint.name in table.constraints:
        if replay.lenient:
            return
        raise StatementError(f"the table {table.name!r} has a constraint {constraint.name!r} already")
    if isinstance(constraint, _KEYS) and replay.state.has_relation((table.schema, constraint.name)):
        if replay.lenient:
            return
        raise StatementError(f"the schema {table.schema!r} has a relation {constraint.name!r} already")
    constraint = _over_partitions(replay, table, constraint)
    if isinstance(constraint, PrimaryKey):
        for column in constraint.columns:
            for place in (table, *replay.state.descendants(table)):
                place.require(column)
        if table.partition_of and ("CreateStmt" in replay.statement.node or item.node.get("indexname")):
            table.required |= set(constraint.columns)
    replay.mark("constraint", table.schema, table.name, constraint.name, start=item.start, limit=item.limit)


_KEYS = (PrimaryKey, Unique, Exclusion)


def _over_partitions(replay: Replay, table: TableDraft, constraint: Constraint) -> Constraint:
    """Give the table the constraint, and its partitions their parts of a key."""
    if not isinstance(constraint, _KEYS) or not partitions(replay.state, table):
        replay.state.add_constraint(table, constraint)
        return constraint
    relation = next(iter(replay.statement.node.values())).get("relation", {})
    if not relation.get("inh"):
        constraint = replace(constraint, only=True)
    replay.state.add_constraint(table, constraint)
    if not constraint.only:
        hand_down(replay, table, constraint)
    return constraint


def _valid(constraint: Constraint) -> Constraint:
    if isinstance(constraint, Check | ForeignKey) and not constraint.validated:
        return replace(constraint, validated=True)
    return constraint


def _merged(replay: Replay, table: TableDraft, constraint: Constraint, named: str, unnamed: set[str]) -> bool:
    """Whether an equal key was written in the same CREATE TABLE; one without a name takes this one's.

    Source: transformIndexConstraints in PostgreSQL's parse_utilcmd.c.
    """
    if not isinstance(constraint, Unique):
        return False
    shape = _shape(constraint)
    others = (key for key in table.constraints.values() if _shape(key) == shape)
    other = next((key for key in others if isinstance(key, PrimaryKey | Unique) and not key.attached_to), None)
    if other is None:
        return False
    if named and other.name in unnamed:
        replay.state.drop_constraint(table, other.name)
        replay.state.add_constraint(table, replace(other, name=named))
        marks = replay.marks.pop(("constraint", *table.key, other.name), [])
        replay.marks["constraint", *table.key, named] = marks
    return True


def _shape(key: Constraint) -> tuple[object, ...] | None:
    if not isinstance(key, PrimaryKey | Unique):
        return None
    nulls = isinstance(key, Unique) and key.nulls_not_distinct
    return key.columns, key.include, key.deferrable, key.initially_deferred, nulls


def read_constraint(replay: Replay, table: TableDraft, item: Pending) -> Constraint | None:
    """The constraint of the model.

    Raises:
        StatementError: it speaks of a column that the table has not.
    """
    node: Any = item.node
    kind = node["contype"]
    if kind == "CONSTR_CHECK":
        return _check(replay, table, item)
    if kind == "CONSTR_FOREIGN":
        return _foreign_key(replay, table, item)
    if kind == "CONSTR_EXCLUSION":
        return _exclusion(replay, table, item)
    if node.get("indexname"):
        return _using_index(replay, table, node)
    columns = tuple(names(node.get("keys", ()))) or ((item.column,) if item.column else ())
    include = tuple(names(node.get("including", ())))
    require_columns(table, (*columns, *include))
    deferrable, deferred = _deferral(node)
    overlaps = bool(node.get("without_overlaps"))
    if kind == "CONSTR_PRIMARY":
        if table.primary_key is not None:
            raise StatementError(f"the table {table.name!r} has a primary key already")
        name = node.get("conname") or _key_name(replay, table, None, "pkey")
        return PrimaryKey(name, columns, include, deferrable, deferred, overlaps)
    name = node.get("conname") or _key_name(replay, table, joined((*columns, *include)), "key")
    nulls = bool(node.get("nulls_not_distinct"))
    return Unique(name, columns, include, nulls, deferrable, deferred, overlaps)


def _key_name(replay: Replay, table: TableDraft, columns: str | None, label: str) -> str:
    return relation_name(replay.state, table.schema, table.name, columns, label, key=True)


def require_columns(table: TableDraft, columns: Sequence[str]) -> None:
    """Refuse what speaks of a column that the table has not."""
    for column in columns:
        if column not in table.columns:
            raise StatementError(f"the table {table.name!r} has no column {column!r}")


def _deferral(node: Node) -> tuple[bool, bool]:
    deferred = bool(node.get("initdeferred"))
    return bool(node.get("deferrable")) or deferred, deferred


def _check(replay: Replay, table: TableDraft, item: Pending) -> Check:
    node: Any = item.node
    text = replay.statement.in_brackets(replay.statement.after_word(item.start, "check"))
    name = node.get("conname")
    if not name:
        used = sorted(columns_in(node.get("raw_expr")) & table.columns.keys())
        name = constraint_name(
            replay.state, table.schema, table.name, used[0] if len(used) == 1 else None, "check"
        )  # fmt: skip
    enforced = bool(node.get("is_enforced"))
    return Check(
        name,
        without_outer_parentheses(text),
        validated=not node.get("skip_validation") or not enforced,
        enforced=enforced,
        no_inherit=bool(node.get("is_no_inherit")),
    )


def _foreign_key(replay: Replay, table: TableDraft, item: Pending) -> ForeignKey:
    node: Any = item.node
    columns = tuple(names(node.get("fk_attrs", ()))) or ((item.column,) if item.column else ())
    require_columns(table, columns)
    parent = replay.table(node["pktable"])
    targets = tuple(names(node.get("pk_attrs", ())))
    if parent is None:
        replay.problem(
            f"the foreign key refers to the table {shown(node['pktable'])}, which is not there", start=item.start
        )
    elif not targets:
        if parent.primary_key is None:
            raise StatementError(f"the foreign key refers to {shown(node['pktable'])}, which has no primary key")
        targets = parent.primary_key.columns
    else:
        require_columns(parent, targets)
    target: Key = parent.key if parent is not None else replay.target(node["pktable"])
    name = node.get("conname") or constraint_name(replay.state, table.schema, table.name, joined(columns), "fkey")
    deferrable, deferred = _deferral(node)
    enforced = bool(node.get("is_enforced"))
    return ForeignKey(
        name,
        columns,
        *target,
        targets,
        _ACTIONS[node.get("fk_del_action", "a")],
        _ACTIONS[node.get("fk_upd_action", "a")],
        tuple(names(node.get("fk_del_set_cols", ()))),
        node.get("fk_matchtype", "s") == "f",
        deferrable,
        deferred,
        validated=not node.get("skip_validation") or not enforced,
        enforced=enforced,
        period=bool(node.get("fk_with_period")),
    )


def _exclusion(replay: Replay, table: TableDraft, item: Pending) -> Exclusion:
    node: Any = item.node
    written = replay.statement
    pairs = [pair["List"]["items"] for pair in node.get("exclusions", ())]
    elements = [pair[0]["IndexElem"] for pair in pairs]
    opened, closed = written.bracketed(written.after_word(item.start, "exclude"))
    parts = index_parts(written, elements, (opened, closed))
    found = []
    for part, pair in zip(parts, pairs, strict=True):
        if part.collation or part.descending or part.nulls_first is not None or part.opclass_options:
            replay.lost("order, collation or operator class options of an exclusion constraint")
        if part.column is not None:
            require_columns(table, (part.column,))
        operator = names(pair[1]["List"]["items"])
        symbol = f'OPERATOR("{operator[0]}".{operator[1]})' if len(operator) > 1 else operator[0]
        symbol = operator[-1] if len(operator) > 1 and operator[0] == "pg_catalog" else symbol
        found.append(ExclusionElement(symbol, part.column, part.expression, part.opclass))
    where = None
    if "where_clause" in node:
        where = without_outer_parentheses(written.in_brackets(written.after_word(closed + 1, "where")))
    include = tuple(names(node.get("including", ())))
    words = joined(key_names([*elements, *({"name": column} for column in include)]))
    name = node.get("conname") or _key_name(replay, table, words, "excl")
    method = node.get("access_method") or "btree"
    return Exclusion(name, tuple(found), method, where, include, *_deferral(node))


def _using_index(replay: Replay, table: TableDraft, node: Node) -> PrimaryKey | Unique:
    """ADD CONSTRAINT … USING INDEX: the index becomes the constraint's."""
    index = table.indexes.get(node["indexname"])
    if index is None or not index.unique:
        raise StatementError(f"the table {table.name!r} has no unique index {node['indexname']!r}")
    if index.where is not None or len(index.columns) != len(index.parts):
        raise StatementError(f"the index {index.name!r} has a condition or an expression, which no constraint can")
    replay.state.drop_index(table, index.name)
    replay.forget("index", table.schema, index.name)
    name = node.get("conname") or index.name
    deferrable, deferred = _deferral(node)
    if node["contype"] == "CONSTR_PRIMARY":
        return PrimaryKey(name, index.columns, index.include, deferrable, deferred, attached_to=index.attached_to)
    return Unique(
        name, index.columns, index.include, index.nulls_not_distinct, deferrable, deferred,
        attached_to=index.attached_to,
    )  # fmt: skip
