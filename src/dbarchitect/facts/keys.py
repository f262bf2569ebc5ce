"""Questions about keys: what identifies a row, what counts ids, what serves a foreign key, what follows from what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from dbarchitect.facts.lookup import Access, Lookup, Reference
from dbarchitect.model.column import Column
from dbarchitect.model.table import Table

Generator = Literal["identity", "serial", "uuid4", "uuid7", "other"]
Dependency = tuple[frozenset[str], frozenset[str]]

_NULLS_LEFT_OUT = re.compile(r'\(*"?(\w+)"?\)*\s+is\s+not\s+null', re.IGNORECASE)


def unique_sets(facts: Lookup, table: Table) -> tuple[frozenset[str], ...]:
    """The sets of columns of which at most one row has given values, in a stable order.

    Conditions and expressions do not count: what they forbid is less.
    """
    return facts.once(_unique_sets, table)


def _unique_sets(facts: Lookup, table: Table) -> tuple[frozenset[str], ...]:
    partial = {index.name for index in table.indexes if index.where or any(part.expression for part in index.parts)}
    found = {
        frozenset(access.columns)
        for access in facts.accesses(table)
        if access.unique and access.name not in partial and access.columns
    }
    return tuple(sorted(found, key=sorted))


def identifies(facts: Lookup, table: Table, columns: Iterable[str]) -> bool:
    """Whether at most one row of the table has given values in `columns`."""
    given = frozenset(columns)
    return any(key <= given for key in unique_sets(facts, table))


def single_key(table: Table) -> Column | None:
    """The column that is the primary key by itself; None when there is none, several, or it is not declared."""
    columns = table.primary_key.columns if table.primary_key else ()
    return table.column(columns[0]) if len(columns) == 1 and table.has(columns[0]) else None


def is_nullable(table: Table, column: str) -> bool:
    """Whether the column takes NULL; a primary key never does, whatever its declaration says."""
    if table.primary_key and column in table.primary_key.columns:
        return False
    return table.has(column) and table.column(column).nullable


def is_required(reference: Reference) -> bool:
    """Whether every row of the child needs a parent: no column of the key takes NULL."""
    return not any(is_nullable(reference.child, name) for name in reference.foreign_key.columns)


def generator(column: Column) -> Generator | None:
    """What gives the column its value when an insert does not; None when nothing does."""
    if column.identity:
        return "identity"
    default = (column.default or "").lower()
    if not default:
        return None
    if "nextval(" in default:
        return "serial"
    if "gen_random_uuid(" in default or "uuid_generate_v4(" in default or "uuidv4(" in default:
        return "uuid4"
    if "uuidv7(" in default or "uuid_generate_v7(" in default:
        return "uuid7"
    return "other"


def finder(facts: Lookup, reference: Reference) -> Access | None:
    """What finds the rows that refer to a given parent; None when the whole table must be read.

    A B-tree serves when its first columns are those of the key, in any order, or a part of them that identifies the
    parent by itself (`project_id` of (`organization_id`, `project_id`)); a hash index serves a single column. A
    condition is harmless when it only leaves out rows that refer to nothing.
    """
    key = reference.foreign_key
    pairs = dict(zip(key.target_columns, key.columns, strict=False))
    wanted = [frozenset(key.columns)]
    if reference.parent is not None:
        for unique in unique_sets(facts, reference.parent):
            if unique <= pairs.keys():
                wanted.append(frozenset(pairs[name] for name in unique))
    for access in facts.accesses(reference.child):
        if any(_leads(access, columns) for columns in wanted) and _holds_all(access, key.columns):
            return access
    return None


def _leads(access: Access, columns: frozenset[str]) -> bool:
    if access.method == "hash":
        return frozenset(access.columns) == columns and len(columns) == 1
    return access.method == "btree" and frozenset(access.columns[: len(columns)]) == columns


def _holds_all(access: Access, columns: tuple[str, ...]) -> bool:
    if access.where is None:
        return True
    parts = [part.strip() for part in re.split(r"\band\b", access.where, flags=re.IGNORECASE)]
    matches = [_NULLS_LEFT_OUT.fullmatch(part.strip("() ")) for part in parts]
    return all(match and match[1] in columns for match in matches)


def closure(columns: Iterable[str], dependencies: Iterable[Dependency]) -> frozenset[str]:
    """All columns that follow from `columns`.

    Args:
        columns: what is given.
        dependencies: (determinant, dependent) pairs.
    """
    known = frozenset(columns)
    pending = list(dependencies)
    while True:
        more = frozenset[str]().union(*(dependent for determinant, dependent in pending if determinant <= known))
        if more <= known:
            return known
        known |= more
