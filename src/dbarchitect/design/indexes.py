"""Indexes as such: made once, every foreign key covered, none that another one makes superfluous."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.design.blueprint import Blueprint, TableDraft
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
        if index.method == "btree" and index.parts == parts and set(include) <= set(index.include):
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
    for unique in table.uniques:
        keys = tuple(IndexPart(column) for column in unique.columns)
        if keys[: len(index.parts)] == index.parts:
            return table.constraint_address(unique.name)
    if table.primary_key:
        keys = tuple(IndexPart(column) for column in table.primary_key.columns)
        if keys[: len(index.parts)] == index.parts:
            return table.constraint_address(table.primary_key.name)
    for other in table.indexes:
        if other is index or other.method != "btree" or other.parts[: len(index.parts)] != index.parts:
            continue
        wide_enough = other.where is None or other.where == index.where
        if wide_enough and (len(other.parts) > len(index.parts) or other.unique):
            return address("index", "public", other.name)
    return None
