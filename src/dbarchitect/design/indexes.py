"""Indexes as such: made once, every foreign key covered, none that another one makes superfluous."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.design.blueprint import TENANT_COLUMN, Blueprint, TableDraft
from dbarchitect.design.expression import live
from dbarchitect.model.address import address
from dbarchitect.model.index import Index, IndexPart


def draw_index(
    plan: Blueprint,
    table: TableDraft,
    parts: tuple[IndexPart, ...],
    include: tuple[str, ...] = (),
    *,
    full: bool = False,
) -> str | None:
    """The address of an index with these keys: one that is there, or a new one over live rows."""
    if len(parts) == 1 and parts[0].column == "id":
        return None
    for index in table.indexes:
        same = index.method == "btree" and index.parts == parts and set(include) <= set(index.include)
        if same and not (full and index.unique and index.where):
            if full and index.where:
                table.indexes[table.indexes.index(index)] = replace(index, where=None)
            return address("index", "public", index.name)
    for unique in table.uniques:
        if unique.columns == tuple(part.column for part in parts) and not include:
            return table.constraint_address(unique.name)
    where = live() if table.soft_delete and not full else None
    name = plan.index_name(table, (part.column or "expression" for part in parts), "idx")
    table.indexes.append(Index(name, parts, include=include, where=where))
    return address("index", "public", name)


def cover_references(plan: Blueprint, table: TableDraft) -> None:
    """Give every foreign key an index that holds all rows; an index over live rows is widened before one is added."""
    for key in sorted(table.foreign_keys, key=lambda key: -len(key.columns)):
        if _covered(table, set(key.columns)):
            continue
        for place, index in enumerate(table.indexes):
            fits = index.method == "btree" and set(index.columns[: len(key.columns)]) == set(key.columns)
            if fits and not index.unique:
                table.indexes[place] = replace(index, where=None)
                break
        else:
            where = draw_index(plan, table, tuple(IndexPart(column) for column in key.columns), full=True)
            if where:
                plan.reasons.setdefault(where, f"Deleting a row of {key.target_table} looks for its {table.name} here.")


def _covered(table: TableDraft, columns: set[str]) -> bool:
    """Whether an index without condition begins with these columns in any order."""
    count = len(columns)
    full = [index.columns for index in table.indexes if index.where is None and index.method == "btree"]
    full += [unique.columns for unique in table.uniques]
    if table.primary_key:
        full.append(table.primary_key.columns)
    return any(set(keys[:count]) == columns for keys in full)


def prune(plan: Blueprint, table: TableDraft) -> None:
    """Drop every index whose keys another one begins with (reference/design.md I01)."""
    for index in list(table.indexes):
        if index.unique or index.method != "btree" or index.include:
            continue
        other = _wider(table, index)
        if other is None:
            continue
        table.indexes.remove(index)
        gone = address("index", "public", index.name)
        plan.taken.discard(index.name)
        plan.reasons.pop(gone, None)
        plan.decisions[:] = [d for d in plan.decisions if d.address != gone]
        table.access[:] = [replace(a, index=other) if a.index == gone else a for a in table.access]


def _wider(table: TableDraft, index: Index) -> str | None:
    """The address of something that begins with the keys of `index` and holds its rows; None when there is nothing."""
    constraints = [(unique.name, unique.columns) for unique in table.uniques]
    if table.primary_key:
        constraints.append((table.primary_key.name, table.primary_key.columns))
    for name, columns in constraints:
        if _begins(tuple(IndexPart(column) for column in columns), index.parts):
            return table.constraint_address(name)
    for other in table.indexes:
        holds = other.where is None or other.where == index.where
        if other is index or other.method != "btree" or not holds or not _begins(other.parts, index.parts):
            continue
        if len(other.parts) > len(index.parts) or other.unique or other.name < index.name:
            return address("index", "public", other.name)
    return None


def _begins(wide: tuple[IndexPart, ...], narrow: tuple[IndexPart, ...]) -> bool:
    """Whether `wide` finds what `narrow` finds, and in its order when it has one.

    Equality and ranges do not care for the direction of a key. An index made for an order ends with `id`; that order
    must come out of a walk over `wide`, forwards or backwards.
    """
    head = wide[: len(narrow)]
    if [part.column for part in head] != [part.column for part in narrow] or any(
        p.expression for p in (*head, *narrow)
    ):
        return False
    if narrow[-1].column != "id":
        return True
    turned = {(one.descending != two.descending, one.puts_nulls_first != two.puts_nulls_first)
              for one, two in zip(head, narrow, strict=True) if one.column != TENANT_COLUMN}  # fmt: skip
    return len(turned) < 2 and turned <= {(False, False), (True, True)}
