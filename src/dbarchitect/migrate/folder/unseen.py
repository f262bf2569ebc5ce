"""What a database has and Drizzle cannot say: a schema read from TypeScript is silent about it, and does not drop it.

Triggers, functions, extensions, exclusion constraints, FORCE ROW LEVEL SECURITY, comments, partitions … come from SQL
that somebody wrote into the migrations folder. `drizzle-kit generate` leaves them alone, and so does a plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from dbarchitect.migrate.element import elements
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.schema import Schema, View
from dbarchitect.model.table import Table
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.drizzle.held_schema import held_schema

T = TypeVar("T")
Told = Mapping[tuple[str, str], frozenset[str]]
"""What Drizzle has been told of: the names of columns, indexes and constraints of each table, by (schema, name)."""
_WHOLE = ("functions", "domains", "composites", "ranges", "extensions", "statistics")
_PARTS = ("uniques", "foreign_keys", "checks", "exclusions", "indexes", "policies")


def with_objects(old: Schema, new: Schema) -> Schema:
    """The new schema with the objects that Drizzle has no word for, so that it can be built.

    Args:
        old: the canonical schema before, renames done.
        new: the schema that the TypeScript declares.
    """
    parts: dict[str, Any] = {kind: _more(getattr(old, kind), getattr(new, kind)) for kind in _WHOLE}
    parts["namespaces"] = _more(old.namespaces, new.namespaces)
    held = Held(old)
    loose = [item for item in old.sequences if item not in held.sequences and item.owned_by is None]
    parts["sequences"] = _more(loose, new.sequences)
    return replace(new, **parts)


def with_parts(old: Schema, new: Schema, told: Told | None = None) -> Schema:
    """The new schema with what tables and views have and Drizzle has no word for.

    Args:
        old: the canonical schema before, renames done.
        new: the canonical form of what `with_objects` gave.
        told: what Drizzle has been told of before, as its last snapshot names it; what it was not told of was written
            by hand, and stays. None when nobody knows; then only partitioned tables stay.
    """
    held = Held(old)
    weak = {table.key: table for table in held_schema(held).tables}
    before = {table.key: table for table in old.tables}
    tables = [_table(before.get(table.key), weak.get(table.key), table) for table in new.tables]
    known = {table.key for table in tables}
    by_hand = [table for table in old.tables if table.key not in known and _is_by_hand(table, told)]
    there = {table.key: {column.name for column in table.columns} for table in (*new.tables, *by_hand)}
    tables = [_with_parts_by_hand(before.get(table.key), table, told or {}, there) for table in tables] + by_hand
    known |= {table.key for table in by_hand}
    for table in old.tables:
        part = table.partition_of
        if part and table.key not in known and (part.schema, part.table) in known:
            tables.append(table)
            known.add(table.key)
    enums = {(enum.schema, enum.name): enum.comment for enum in old.enums}
    kept = {table.key for table in by_hand}
    types = {(column.type.schema, column.type.name) for table in tables for column in table.columns}
    columns = {(*table.key, column.name) for table in tables for column in table.columns}
    found = replace(
        new,
        tables=tuple(tables),
        views=tuple(_views(old, new, held)),
        enums=_more(
            [enum for enum in old.enums if (enum.schema, enum.name) in types],
            [replace(e, comment=e.comment or enums.get((e.schema, e.name))) for e in new.enums],
        ),
        sequences=_more(
            [
                item
                for item in old.sequences
                if (item.owned_by or ())[:2] in kept or _fills(item.owned_by, columns, told)
            ],
            new.sequences,
        ),
    )
    places = elements(found)
    grants = [grant for grant in old.grants if grant.address in places and grant not in new.grants]
    return replace(found, grants=(*new.grants, *grants))


def _fills(owner: tuple[str, str, str] | None, columns: set[tuple[str, str, str]], told: Told | None) -> bool:
    """Whether a sequence belongs to a column that was made by hand and is kept."""
    return owner in columns and owner is not None and owner[2] not in (told or {}).get(owner[:2], {owner[2]})


def _with_parts_by_hand(old: Table | None, new: Table, told: Told, there: Mapping[tuple[str, str], set[str]]) -> Table:
    """A table with the columns, indexes and constraints that it has and Drizzle was not told of.

    Args:
        old: the table before; None for none.
        new: the table as the TypeScript wants it.
        told: what Drizzle was told of; a table that is not in it, such as one that is renamed, keeps nothing.
        there: the columns of the tables after.
    """
    names = told.get(new.key)
    if old is None or names is None:
        return new
    said = {column.name for column in new.columns}
    columns = [column for column in old.columns if column.name not in said and column.name not in names]
    gone = {column.name for column in old.columns} - said - {column.name for column in columns}
    here = {key: found | ({c.name for c in columns} if key == new.key else set()) for key, found in there.items()}
    parts: dict[str, Any] = {}
    for kind in _PARTS:
        listed = getattr(new, kind)
        known = {item.name for item in listed} | names
        more = [
            item
            for item in getattr(old, kind)
            if item.name not in known and not _uses(item, gone) and _refers(item, here)
        ]
        parts[kind] = (*listed, *more)
    return replace(new, columns=(*new.columns, *columns), **parts)


def _uses(item: Any, gone: set[str]) -> bool:
    """Whether a part may say a column that goes."""
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", repr(item)) for name in gone)


def _refers(item: Any, there: Mapping[tuple[str, str], set[str]]) -> bool:
    """Whether what a part refers to is there afterwards."""
    if not isinstance(item, ForeignKey):
        return True
    return set(item.target_columns) <= there.get((item.target_schema, item.target_table), set())


def _is_by_hand(table: Table, told: Told | None) -> bool:
    """Whether a table that the TypeScript does not declare is none that was taken out of it."""
    if table.partition_of is not None:
        return False
    return table.key not in told if told is not None else table.partitioning is not None


def _table(old: Table | None, weak: Table | None, new: Table) -> Table:
    if old is None:
        return new
    if weak is None:
        return new if new.partition_of is None else old
    parts: dict[str, Any] = {
        kind: _merged(getattr(old, kind), getattr(weak, kind), getattr(new, kind)) for kind in _PARTS
    }
    if old.primary_key and new.primary_key and weak.primary_key == replace(new.primary_key, comment=None):
        parts["primary_key"] = old.primary_key
    columns = {column.name: column for column in old.columns}
    thin = {column.name: column for column in weak.columns}
    parts["columns"] = tuple(
        columns[column.name]
        if column.name in columns and replace(thin[column.name], comment=None) == replace(column, comment=None)
        else replace(
            column, comment=column.comment or (columns[column.name].comment if column.name in columns else None)
        )
        for column in new.columns
    )
    return replace(
        new,
        **parts,
        triggers=_more(old.triggers, new.triggers),
        force_row_security=new.force_row_security or (old.force_row_security and new.row_security),
        partitioning=new.partitioning or old.partitioning,
        inherits=new.inherits or old.inherits,
        unlogged=new.unlogged or old.unlogged,
        replica_identity=old.replica_identity,
        options=new.options or old.options,
        comment=new.comment or old.comment,
    )


def _merged(old: Iterable[Any], weak: Iterable[Any], new: Iterable[Any]) -> tuple[Any, ...]:
    """Parts that Drizzle sees as it did keep what it does not see; those that it never saw stay."""
    whole, seen = {item.name: item for item in old}, {item.name: item for item in weak}
    found = [
        whole[item.name] if item.name in whole and _said(seen.get(item.name, whole[item.name])) == _said(item) else item
        for item in new
    ]
    names = {item.name for item in found}
    return (*found, *(item for name, item in whole.items() if name not in seen and name not in names))


def _said(item: Any) -> Any:
    """What Drizzle can say of a part: no comment, and not that old rows were never looked at (NOT VALID)."""
    return replace(item, comment=None, validated=True) if hasattr(item, "validated") else replace(item, comment=None)


def _views(old: Schema, new: Schema, held: Held) -> Iterable[View]:
    before = {(view.schema, view.name): view for view in old.views}
    for view in new.views:
        was = before.get((view.schema, view.name))
        if was is None:
            yield view
        else:
            yield replace(
                view,
                indexes=_more(was.indexes, view.indexes),
                triggers=_more(was.triggers, view.triggers),
                comment=view.comment or was.comment,
            )
    known = {(view.schema, view.name) for view in new.views}
    for view in old.views:
        if (view.schema, view.name) not in known and held.view_reason(view) is not None:
            yield view


def _more(old: Iterable[T], new: Iterable[T]) -> tuple[T, ...]:
    """The new ones and those of the old that none of them is called like."""
    listed = tuple(new)
    names = {_name(item) for item in listed}
    return (*listed, *(item for item in old if _name(item) not in names))


def _name(item: Any) -> tuple[Any, ...]:
    return getattr(item, "schema", None), item.name, getattr(item, "arguments", None)
