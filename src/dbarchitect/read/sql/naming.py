"""The names that PostgreSQL gives to constraints, indexes and sequences without one.

Source: indexcmds.c (ChooseIndexName, ChooseIndexColumnNames), pg_constraint.c (ChooseConstraintName), parse_target.c
(FigureIndexColname) of PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dbarchitect.model.names import MAX_BYTES, object_name
from dbarchitect.read.sql.drafts import State
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node

_ENOUGH = MAX_BYTES + 1


def relation_name(state: State, schema: str, first: str, second: str | None, label: str, *, key: bool) -> str:
    """A name that no relation of the schema has; for a constraint's index no constraint either.

    Args:
        state: what is there.
        schema: where it will lie.
        first: the table.
        second: its columns, joined.
        label: pkey, key, idx, seq, excl.
        key: whether a constraint takes the name, too.
    """
    for suffix in _numbered(label):
        name = object_name(first, second, suffix)
        taken = state.has_relation((schema, name)) or (key and state.constraint_names[schema, name] > 0)
        if not taken:
            return name
    raise AssertionError("numbers do not end")


def constraint_name(state: State, schema: str, first: str, second: str | None, label: str) -> str:
    """A name that no constraint of the schema has."""
    for suffix in _numbered(label):
        name = object_name(first, second, suffix)
        if state.constraint_names[schema, name] <= 0:
            return name
    raise AssertionError("numbers do not end")


def _numbered(label: str) -> Iterator[str]:
    yield label
    number = 0
    while True:
        number += 1
        yield f"{label}{number}"


def joined(columns: Iterable[str]) -> str:
    """The columns in a name: joined until they are long enough to be cut anyway."""
    raw = b""
    for column in columns:
        raw += (b"_" if raw else b"") + column.encode()[:MAX_BYTES]
        if len(raw) >= _ENOUGH:
            break
    return raw.decode(errors="ignore")


def key_names(elements: Sequence[Node]) -> list[str]:
    """A different word for each key of an index: the column, the function, or `expr`."""
    found: list[str] = []
    for element in elements:
        usual = element.get("name") or (_figured(element["expr"])[0] if "expr" in element else None) or "expr"
        name, number = usual, 0
        while name in found:
            number += 1
            room = MAX_BYTES - len(str(number))
            name = usual.encode()[:room].decode(errors="ignore") + str(number)
        found.append(name)
    return found


def _figured(node: Node) -> tuple[str | None, int]:
    """(the word for an expression, how sure PostgreSQL is of it)."""
    ((kind, fields),) = node.items()
    if kind == "ColumnRef":
        parts = names(fields.get("fields", ()))
        return (parts[-1], 2) if parts else (None, 0)
    if kind == "FuncCall":
        return names(fields["funcname"])[-1], 2
    if kind == "TypeCast":
        word, sure = _figured(fields["arg"]) if "arg" in fields else (None, 0)
        return (word, sure) if sure > 1 else (names(fields["typeName"]["names"])[-1], 1)
    if kind == "CollateClause":
        return _figured(fields["arg"])
    if kind == "A_Indirection":
        parts = names(fields.get("indirection", ()))
        return (parts[-1], 2) if parts else _figured(fields["arg"])
    if kind == "CaseExpr":
        word, sure = _figured(fields["defresult"]) if "defresult" in fields else (None, 0)
        return (word, sure) if sure > 1 else ("case", 1)
    if kind == "MinMaxExpr":
        return ("least" if fields.get("op") == "IS_LEAST" else "greatest"), 2
    if kind == "A_Expr" and fields.get("kind") == "AEXPR_NULLIF":
        return "nullif", 2
    if kind == "SQLValueFunction":
        return fields.get("op", "").removeprefix("SVFOP_").removesuffix("_N").lower() or None, 2
    word = _WORDS.get(kind)
    return word, 2 if word else 0


_WORDS = {"CoalesceExpr": "coalesce", "A_ArrayExpr": "array", "RowExpr": "row", "XmlSerialize": "xmlserialize"}


def columns_in(node: object) -> set[str]:
    """The columns that an expression speaks of, by their last name."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            reference = item.get("ColumnRef")
            if reference is not None:
                parts = names(reference.get("fields", ()))
                if parts:
                    found.add(parts[-1])
                continue
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return found
