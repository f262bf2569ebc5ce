"""Indexes from the ways in which rows are looked up: stated ones, references, and the newest-first list of each entity.

Equality first, then the order or the range, then what is returned when it is little. Seed: "Indexes"; reference/design.md
R01, I01-I06.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dbarchitect.design.blueprint import TENANT_COLUMN, Blueprint, Link, TableDraft
from dbarchitect.design.brief.requirements import AccessNeed
from dbarchitect.design.expression import live
from dbarchitect.model.address import address
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import Access, Filter, Operator
from dbarchitect.model.types import SqlType

_NEWEST = (("created_at", True), ("id", True))
_MOST_INCLUDED = 4
_NOT_LEAKPROOF = frozenset({"decimal", "json", "range", "search", "geometry", "vector", "other"})


@dataclass(frozen=True, slots=True)
class _Path:
    """What a way of access needs from an index."""

    name: str
    filters: tuple[Filter, ...]
    order: tuple[tuple[str, bool], ...]
    covering: tuple[str, ...] = ()
    description: str = ""


def draw_access(plan: Blueprint, table: TableDraft) -> None:
    """Append every way of access of a table and the indexes that serve them."""
    for need in table.entity.access:
        _stated(plan, table, need)
    for link in table.links:
        _by_reference(plan, table, link)
    if table.kind != "junction":
        _list(plan, table)
    _cover_references(plan, table)
    _prune(plan, table)


def index_usable(kind: SqlType) -> bool:
    """Whether comparing such values is leakproof, so that an index helps under row level security too."""
    return not kind.dimensions and kind.category not in _NOT_LEAKPROOF


def _stated(plan: Blueprint, table: TableDraft, need: AccessNeed) -> None:
    place = f"{table.one}: access by {', '.join(need.by) or 'nothing'}"
    before = len(plan.problems)
    ranges = set(plan.columns_of(table, need.ranges, place, need.origin))
    by = plan.columns_of(table, need.by, place, need.origin)
    by += [column for column in ranges if column not in by]
    order = _order(plan, table, need, place)
    returning = plan.columns_of(table, need.returning, place, need.origin)
    if len(plan.problems) > before:
        return
    filters = tuple(
        Filter(column, _operator(table, column, column in ranges)) for column in by if column != TENANT_COLUMN
    )
    name = "by_" + "_".join(f.column.removesuffix("_id") for f in filters) if filters else "sorted"
    if not filters and order:
        name += "_by_" + order[0][0]
    path = _Path(name, filters, order, tuple(returning), need.description)
    where = _serve(plan, table, path)
    _remember(table, path, where)
    _explain(plan, table, path, where, need)


def _operator(table: TableDraft, column: str, ranged: bool) -> Operator:
    kind = table.columns[column].column.type
    if ranged:
        return "range"
    return "contains" if kind.dimensions or kind.name == "jsonb" else "="


def _order(plan: Blueprint, table: TableDraft, need: AccessNeed, place: str) -> tuple[tuple[str, bool], ...]:
    order: list[tuple[str, bool]] = []
    for text in need.order:
        word, descending = _direction(text)
        for column in plan.columns_of(table, [word], place, need.origin):
            order.append((column, descending))
    if order and table.columns.get("id") and all(column != "id" for column, _ in order):
        order.append(("id", order[-1][1]))
    return tuple(order)


def _direction(text: str) -> tuple[str, bool]:
    """'-created at' and 'created at desc' -> ('created at', True)."""
    word = text.strip()
    if word.startswith("-"):
        return word[1:].strip(), True
    for ending, descending in ((" descending", True), (" desc", True), (" ascending", False), (" asc", False)):
        if word.lower().endswith(ending):
            return word[: -len(ending)].strip(), descending
    return word, False


def _serve(plan: Blueprint, table: TableDraft, path: _Path) -> str | None:
    """The address of the index for a path, made when there is none; None when no index can serve it."""
    contains = [f.column for f in path.filters if f.operator == "contains"]
    if contains:
        return _gin(plan, table, contains[0])
    usable = [f for f in path.filters if not table.tenant_scoped or index_usable(table.columns[f.column].column.type)]
    if path.filters and not usable:
        return None
    equal = [f.column for f in usable if f.operator in ("=", "in")]
    ranged = [f.column for f in usable if f.operator == "range"]
    keys = [IndexPart(column) for column in dict.fromkeys((*table.prefix, *equal))]
    known = {part.column for part in keys}
    sort = [(column, down) for column, down in path.order if column not in known]
    first = sort[0][0] if sort else None
    middle = [column for column in ranged if column != first and column not in known]
    if not sort:
        keys += [IndexPart(column) for column in middle]
        middle = []
    keys += [_sorted(column, down) for column, down in sort]
    keys += [IndexPart(column) for column in middle if column not in {part.column for part in keys}]
    if not keys:
        return None
    held = {part.column for part in keys}
    include = tuple(column for column in path.covering if column not in held)
    if len(include) > _MOST_INCLUDED or any(not _small(table, column) for column in include):
        include = ()
    return _index(plan, table, tuple(keys), include)


def _sorted(column: str, descending: bool) -> IndexPart:
    """Descending keys put nulls first, as `order by … desc` does."""
    return IndexPart(column, descending=True, nulls_first=True) if descending else IndexPart(column)


def _small(table: TableDraft, column: str) -> bool:
    kind = table.columns[column].column.type
    return not kind.dimensions and kind.name not in ("text", "json", "jsonb", "bytea", "tsvector", "xml")


def _index(
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


def _gin(plan: Blueprint, table: TableDraft, column: str) -> str:
    kind = table.columns[column].column.type
    for index in table.indexes:
        if index.method == "gin" and index.columns == (column,):
            return address("index", "public", index.name)
    opclass = "jsonb_path_ops" if kind.name == "jsonb" and not kind.dimensions else None
    name = plan.index_name(table, (column,), "idx")
    table.indexes.append(Index(name, (IndexPart(column, opclass=opclass),), method="gin"))
    where = address("index", "public", name)
    plan.reasons[where] = f"Finds rows whose {column} contain a value."
    return where


def _remember(table: TableDraft, path: _Path, where: str | None, limit: int = 50) -> None:
    taken = {access.name for access in table.access}
    same = {(access.filters, access.order) for access in table.access}
    if (path.filters, path.order) in same:
        return
    name, number = path.name, 2
    while name in taken:
        name, number = f"{path.name}_{number}", number + 1
    table.access.append(Access(name, path.filters, path.order, path.covering, where, limit, path.description))


def _explain(plan: Blueprint, table: TableDraft, path: _Path, where: str | None, need: AccessNeed) -> None:
    by = ", ".join(f.column for f in path.filters) or "no filter"
    order = (
        " in the order of " + ", ".join(c + (" desc" if down else "") for c, down in path.order) if path.order else ""
    )
    blocked = [f.column for f in path.filters
               if table.tenant_scoped and not index_usable(table.columns[f.column].column.type)]  # fmt: skip
    if blocked:
        plan.decide(
            where or table.address, f"Looking up {table.name} by {', '.join(blocked)} reads the rows of the tenant",
            "PostgreSQL applies the tenant policy before any operator that is not leakproof, and comparisons of numeric, "
            "jsonb and arrays are not; a btree index on them would cost writes and never be used by the application.",
            ("a role that bypasses row level security", "may use an index; isolation then rests on the query"),
            topic="indexes", origin=need.origin,
        )  # fmt: skip
    if where is None:
        return
    because = path.description or need.description or f"The brief looks rows up by {by}."
    plan.reasons.setdefault(where, because if because.endswith(".") else because + ".")
    plan.decide(
        where, f"Index for {table.name} by {by}{order}",
        f"{because.rstrip('.')}. Equality comes first, then the order, so a page is read off the index without sorting"
        + (" and without touching the table" if path.covering else "") + ".",
        ("no index", "each lookup reads the table; fine below some thousand rows"),
        topic="indexes", origin=need.origin,
    )  # fmt: skip


def _by_reference(plan: Blueprint, table: TableDraft, link: Link) -> None:
    """The rows of one parent; its index also serves the foreign key."""
    if table.kind == "junction":
        path = _Path(f"by_{link.relation}", (Filter(link.column),), ())
        _remember(table, path, _junction_index(table, link))
        return
    if link.relationship.cardinality == "one-to-one":
        where = _index(plan, table, _key_parts(link), full=True)
        path = _Path(f"by_{link.relation}", (Filter(link.column),), (), (), f"The {table.one} of a {link.relation}.")
        _remember(table, path, where, limit=1)
        return
    order = _order_of_children(table, link)
    keys = _key_parts(link)
    listed = link.parent.kind != "lookup" and link.parent is not table
    parts = (*keys, *(_sorted(column, down) for column, down in order)) if listed else keys
    where = _index(plan, table, parts, full=True)
    if where and where not in plan.reasons:
        plan.reasons[where] = f"The {table.name} of one {_words(link.relation)}, and the check when it is deleted."
    path = _Path(f"by_{link.relation}", (Filter(link.column),), order if listed else _NEWEST, (),
                 f"The {table.name} of one {_words(link.relation)}.")  # fmt: skip
    _remember(table, path, where)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _key_parts(link: Link) -> tuple[IndexPart, ...]:
    return tuple(IndexPart(column) for column in link.foreign_key.columns)


def _order_of_children(table: TableDraft, link: Link) -> tuple[tuple[str, bool], ...]:
    """Parts of a document come in their own order, everything else newest first."""
    if link.parent is table.owner:
        for name, draft in table.columns.items():
            if draft.intent.meaning == "position":
                return (name, False), ("id", False)
    return _NEWEST


def _junction_index(table: TableDraft, link: Link) -> str | None:
    key = table.primary_key
    wanted = set(link.foreign_key.columns)
    if key and set(key.columns[: len(wanted)]) == wanted:
        return None
    for index in table.indexes:
        if set(index.columns[: len(wanted)]) == wanted:
            return address("index", "public", index.name)
    return None


def _list(plan: Blueprint, table: TableDraft) -> None:
    """All rows newest first, page by page. Parts are read through their whole, tenants by their key."""
    if table.kind == "child" and table.links:
        return
    path = _Path("list", (), _NEWEST, (), f"All {table.name.removeprefix('org_').replace('_', ' ')}, newest first.")
    if table.kind == "tenant" or (table.kind == "lookup" and not table.tenant_scoped):
        order = (("position", False), ("id", False)) if "position" in table.columns else _NEWEST
        _remember(table, replace(path, order=order, description=path.description.removesuffix(", newest first.") + "."
                                 if order is not _NEWEST else path.description), None)  # fmt: skip
        return
    where = _serve(plan, table, path)
    if where:
        plan.reasons.setdefault(where, "Pages of the list, newest first, continued after the last row seen.")
    _remember(table, path, where)


def _cover_references(plan: Blueprint, table: TableDraft) -> None:
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
            where = _index(plan, table, tuple(IndexPart(column) for column in key.columns), full=True)
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


def _prune(plan: Blueprint, table: TableDraft) -> None:
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


def explain(plan: Blueprint, where: str) -> None:
    """The decisions about indexes that every table shares."""
    tables = plan.tables.values()
    if any(table.foreign_keys for table in tables):
        plan.decide(
            where,
            "Every foreign key has an index that begins with its columns; lists by parent continue in it by created_at, id",
            "Without it deleting one parent reads the whole child table under a lock, and every join from parent to child "
            "does too. One index serves the check, the join and the page of a parent's newest rows.",
            (
                "only the foreign key's columns",
                "smaller by 24 bytes a row and better compressed; each page is sorted first",
            ),
            topic="indexes",
        )
    if any(access.name == "list" and access.index for table in tables for access in table.access):
        plan.decide(
            where,
            "Lists are read by keyset: after (created_at, id) of the last row, newest first",
            "The thousandth page costs as much as the first, and rows that arrive meanwhile shift nothing. id decides "
            "between rows of the same moment.",
            ("offset", "can jump to page 500, by reading and throwing away the 499 before it"),
            topic="indexes",
        )
