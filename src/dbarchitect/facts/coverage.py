"""Which index another one makes superfluous."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from dbarchitect.facts.conditions import plain
from dbarchitect.model.constraint import PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass

_USUAL = frozenset(
    f"{name}_ops" for name in "text varchar bpchar int2 int4 int8 uuid bool date timestamp timestamptz numeric float4 "
    "float8 enum array jsonb tsvector inet oid name citext".split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Superfluous:
    """An index that another access path makes superfluous.

    Args:
        index: the one that may go.
        by: the name of the one that does its work.
        by_address: that one's address.
        how: `same` when they are alike, `prefix` when the other one begins with the same keys.
    """

    index: Index
    by: str
    by_address: str
    how: Literal["same", "prefix"]


@dataclass(frozen=True, slots=True)
class _Path:
    name: str
    address: str
    parts: tuple[IndexPart, ...]
    unique: bool
    constraint: bool
    include: tuple[str, ...] = ()
    where: str = ""
    method: str = "btree"
    nulls_not_distinct: bool = False


def superfluous(table: Table) -> Iterator[Superfluous]:
    """Each index of a table whose work another index, unique constraint or primary key does as well.

    A unique index is superfluous only beside a unique one of the same columns; of two alike the one with the longer
    name goes. An index that backs a constraint always stays.
    """
    paths = _paths(table)
    gone: set[str] = set()
    for index in table.indexes:
        mine = next(path for path in paths if path.address == table.index_address(index.name) and not path.constraint)
        found = [other for other in paths if other is not mine and other.address not in gone and _serves(other, mine)]
        if found:
            best = min(found, key=lambda other: (len(other.parts) != len(mine.parts), *_rank(other)))
            same = len(best.parts) == len(mine.parts) and set(best.include) == set(mine.include)
            gone.add(mine.address)
            yield Superfluous(index, best.name, best.address, "same" if same else "prefix")


def _paths(table: Table) -> list[_Path]:
    found = []
    constraints: list[PrimaryKey | Unique] = [table.primary_key] if table.primary_key else []
    for constraint in (*constraints, *table.uniques):
        if not constraint.without_overlaps:
            columns = tuple(IndexPart(column=name) for name in constraint.columns)
            equal = isinstance(constraint, Unique) and constraint.nulls_not_distinct
            address = table.constraint_address(constraint.name)
            found.append(
                _Path(constraint.name, address, columns, True, True, constraint.include, nulls_not_distinct=equal)
            )
    for index in table.indexes:
        where = plain(index.where) if index.where else ""
        address = table.index_address(index.name)
        found.append(_Path(index.name, address, index.parts, index.unique, False, index.include, where, index.method,
                           index.nulls_not_distinct))  # fmt: skip
    return found


def _serves(other: _Path, mine: _Path) -> bool:
    """Whether `other` finds, orders and refuses everything that `mine` does."""
    if other.method != mine.method or other.where != mine.where or len(other.parts) < len(mine.parts):
        return False
    if not set(mine.include) <= {*other.include, *(part.column for part in other.parts)}:
        return False
    same = len(other.parts) == len(mine.parts)
    if mine.unique and not (other.unique and same and other.nulls_not_distinct == mine.nulls_not_distinct):
        return False
    if mine.method != "btree":
        return same and _keys(other.parts) == _keys(mine.parts) and set(other.include) == set(mine.include)
    if not _in_order(other.parts[: len(mine.parts)], mine.parts):
        return False
    if not same or set(mine.include) < set(other.include):
        return True
    # of two alike the one that backs a constraint stays, then the unique one, then that of the shorter name
    return _rank(other) < _rank(mine)


def _rank(path: _Path) -> tuple[bool, bool, int, str]:
    return not path.constraint, not path.unique, len(path.name), path.name


def _keys(parts: tuple[IndexPart, ...]) -> list[tuple[object, ...]]:
    return [
        (part.column, plain(part.expression or ""), _opclass(part), part.opclass_options, part.collation)
        for part in parts
    ]


def _opclass(part: IndexPart) -> str | None:
    """The operator class, unless it is one that PostgreSQL would choose for its type anyway."""
    return None if part.opclass in _USUAL else part.opclass


def _in_order(head: tuple[IndexPart, ...], mine: tuple[IndexPart, ...]) -> bool:
    if _keys(head) != _keys(mine):
        return False
    forward = [(part.descending, part.puts_nulls_first) for part in head]
    wanted = [(part.descending, part.puts_nulls_first) for part in mine]
    backward = [(not descending, not first) for descending, first in forward]
    return wanted in (forward, backward)
