"""Files with what takes them back, replayed: up, down, and up again."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import TypeVar

from dbarchitect.migrate.query_columns import columns_of
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.decision import Problem
from dbarchitect.model.plan import Hazard
from dbarchitect.model.source import Position, Span
from dbarchitect.read.sql.drafts import Constraint, Key, State, TableDraft
from dbarchitect.records import dataclass

Draft = TypeVar("Draft", State, TableDraft)


@dataclass(frozen=True, slots=True)
class Down:
    """What takes a file back.

    Args:
        file: the path of the file that it stands in.
        text: all of that file, with blanks for what is not the way back.
    """

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class WayBack:
    """What a file and its way back do to the schema.

    Args:
        file: the file.
        down: its way back.
        statements: how many the way back has.
        known: the replay knows what every statement of both does to the schema.
        differences: what is not as it was before, each in a few words.
        stops: what the way back stumbles over.
        again: what the file stumbles over when it is run once more after its way back.
        losses: hazards of the file that say that it loses something.
        hazards: those of the statements of the way back.
        drops: the tables and columns that the file makes and its way back drops.
    """

    file: str
    down: Down
    statements: int = 0
    known: bool = True
    differences: tuple[str, ...] = ()
    stops: Problem | None = None
    again: Problem | None = None
    losses: tuple[Hazard, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    drops: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """Where the way back begins."""
        lines = self.down.text.split("\n")
        first = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
        return Span(self.down.file, Position(first, 1), Position(first, 1))


def copied(state: State) -> State:
    """A state that can be changed without changing this one; what nobody changes in place is shared."""
    found = _copied(state)
    found.tables = {key: _copied(table) for key, table in state.tables.items()}
    found.grants = {key: set(words) for key, words in state.grants.items()}
    found.children = {key: list(keys) for key, keys in state.children.items()}
    found.referring = {key: set(keys) for key, keys in state.referring.items()}
    return found


def _copied(value: Draft) -> Draft:
    """A copy with dictionaries and sets of its own."""
    found = copy.copy(value)
    for field in fields(value):
        held = getattr(value, field.name)
        if isinstance(held, dict | set):
            setattr(found, field.name, held.copy())
    return found


_DOLLARS = re.compile(r"(\$\w*\$)(.*?)\1", re.DOTALL)
Piece = tuple[str, str]
"""(the table that it is part of, or '', what people call it)."""


def differences(before: State, after: State) -> tuple[str, ...]:
    """What is not as it was, sorted: what is left over, what is missing, what is another one.

    Two texts say the same expression in two ways, so of expressions only their presence is compared, and of functions
    the body but for white space; the order of columns, names that PostgreSQL gives, comments and privileges are not
    compared at all.
    """
    same = {key for key, table in before.tables.items() if after.tables.get(key) == table}
    one, other = _collected(before, same), _collected(after, same)
    changed = {piece for piece in one.keys() & other.keys() if one[piece] != other[piece]}
    tables = {name for owner, name in one.keys() ^ other.keys() if not owner}
    found = [(owner, f"{name} is left over") for owner, name in other.keys() - one.keys()]
    found += [(owner, f"{name} is missing") for owner, name in one.keys() - other.keys()]
    found += [(owner, f"{name} is not as it was") for owner, name in changed]
    return tuple(sorted(words for owner, words in found if owner not in tables))


def _collected(state: State, left_out: set[Key]) -> dict[Piece, list[object]]:
    """What is compared of each piece but for those of some tables; two indexes may be called the same."""
    found: dict[Piece, list[object]] = {}
    for piece, form in _pieces(state, left_out):
        found.setdefault(piece, []).append(form)
    return {piece: forms if len(forms) == 1 else sorted(forms, key=repr) for piece, forms in found.items()}


def _pieces(state: State, left_out: set[Key]) -> Iterator[tuple[Piece, object]]:
    for key, table in state.tables.items():
        if table.schema != "pg_temp" and key not in left_out:
            owner = f"table {_name(table.schema, table.name)}"
            yield ("", owner), (table.row_security, table.force_row_security, table.unlogged)
            for words, form in _of_table(table):
                yield (owner, f"{words} of {owner.removeprefix('table ')}"), form
    for view in state.views.values():
        yield ("", f"view {_name(view.schema, view.name)}"), (view.materialized, columns_of(view.definition))
    for enum in state.enums.values():
        yield ("", f"enum {_name(enum.schema, enum.name)}"), enum.labels
    owned = {key for key, item in state.sequences.items() if item.owned_by is not None}
    yield from _named("sequence", state.sequences.keys() - owned)
    yield from _named("domain", state.domains)
    yield from _named("type", {*state.composites, *state.ranges})
    for (schema, name, arguments), function in state.functions.items():
        yield ("", f"function {_name(schema, name)}({arguments})"), _body(function.definition)
    yield from _named("schema", {("public", name) for name in state.namespaces})


def _named(kind: str, keys: Iterable[tuple[str, str]]) -> Iterator[tuple[Piece, object]]:
    for schema, name in keys:
        yield ("", f"{kind} {_name(schema, name)}"), None


def _of_table(table: TableDraft) -> Iterator[tuple[str, object]]:
    for column in table.columns.values():
        filled = (column.default is not None, column.identity is not None, column.generated is not None)
        yield f"column {column.name}", (column.type, column.nullable, filled)
    for rule in table.constraints.values():
        yield _rule(rule), None
    for index in table.indexes.values():
        keys = ", ".join(index.columns) if len(index.columns) == len(index.parts) else index.name
        yield f"index over {keys}", (index.unique, index.method, index.where is None)
    for name in table.policies:
        yield f"policy {name}", None
    for name in table.triggers:
        yield f"trigger {name}", None


def _body(definition: str) -> str:
    """What stands between dollars, but for white space and letters' case; '' when nothing does."""
    found = _DOLLARS.search(definition)
    return " ".join(found[2].lower().split()) if found else ""


def _rule(rule: Constraint) -> str:
    """A constraint by what it demands, because its name may be PostgreSQL's."""
    if isinstance(rule, ForeignKey):
        return f"foreign key ({', '.join(rule.columns)}) to {_name(rule.target_schema, rule.target_table)}"
    if isinstance(rule, PrimaryKey | Unique):
        kind = "primary key" if isinstance(rule, PrimaryKey) else "unique"
        return f"{kind} ({', '.join(rule.columns)})"
    return f"{'check' if isinstance(rule, Check) else 'exclusion'} {rule.name}"


def _name(schema: str, name: str) -> str:
    return name if schema == "public" else f"{schema}.{name}"
