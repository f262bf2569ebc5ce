"""Indexes from the ways in which rows are looked up: stated ones, references, the newest-first list of each entity.

Equality first, then the order or the range, then what is returned when it is little.
Seed: "Indexes"; reference/design.md R01, I01-I06.
"""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.design.blueprint import TENANT_COLUMN, Blueprint, Link, TableDraft
from dbarchitect.design.brief.requirements import AccessNeed
from dbarchitect.design.indexes import cover_references, draw_index, prune
from dbarchitect.design.wording import capital, spell, things
from dbarchitect.model.address import address
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import Access, Filter, Operator
from dbarchitect.model.types import SqlType
from dbarchitect.records import dataclass

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
    elif len(table.links) == 1:
        _remember(table, _Path("list", (), ((table.links[0].column, False),), (),
                               f"All {things(table)} of the tenant."), None)  # fmt: skip
    cover_references(plan, table)
    prune(plan, table)


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
    waits = table.tenant_scoped and any(f.operator == "contains" for f in filters)
    _remember(table, path, None if waits else where)
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
    return draw_index(plan, table, tuple(keys), include)


def _sorted(column: str, descending: bool) -> IndexPart:
    """Descending keys put nulls first, as `order by … desc` does."""
    return IndexPart(column, descending=True, nulls_first=True) if descending else IndexPart(column)


def _small(table: TableDraft, column: str) -> bool:
    kind = table.columns[column].column.type
    return not kind.dimensions and kind.name not in ("text", "json", "jsonb", "bytea", "tsvector", "xml")


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
    order = f" in the order of {_spell_order(path.order)}" if path.order else ""
    said = (path.description or need.description).strip().rstrip(".")
    looked_up = spell(f.column for f in path.filters)
    because = capital(said) if said else f"The brief looks {things(table)} up by {looked_up}"
    if not path.filters and not said:
        because = f"The brief reads {things(table)}{order}"
    blocked = [f for f in path.filters if table.tenant_scoped and not _usable(table, f)]
    if blocked:
        _explain_blocked(plan, table, blocked, where, need)
    if where is None or any(f.operator == "contains" for f in path.filters):
        return
    plan.reasons.setdefault(where, because + ".")
    by = ", ".join(f.column for f in path.filters) or "no filter"
    page = "Equality comes first, then the order, so a page is read off the index without sorting"
    plan.decide(
        where,
        f"Index for {table.name} by {by}{order}",
        f"{because}. {page if path.order else 'The index leads straight to them'}"
        + (", and what is returned lies in the index itself." if path.covering else "."),
        ("no index", "each lookup reads the table; fine below some thousand rows"),
        topic="indexes",
        origin=need.origin,
    )


def _usable(table: TableDraft, wanted: Filter) -> bool:
    return index_usable(table.columns[wanted.column].column.type)


def _spell_order(order: tuple[tuple[str, bool], ...]) -> str:
    return ", ".join(column + (" desc" if down else "") for column, down in order)


def _explain_blocked(
    plan: Blueprint, table: TableDraft, blocked: list[Filter], where: str | None, need: AccessNeed
) -> None:
    """Say what row level security keeps from an index, instead of creating one that is never used."""
    gin = any(f.operator == "contains" for f in blocked)
    names = ", ".join(f.column for f in blocked)
    plan.decide(
        where or table.address,
        f"Looking up {table.name} by {names} reads the rows of its tenant"
        + ("; a GIN index serves roles that bypass the policy" if gin else ""),
        "PostgreSQL applies the tenant policy before any operator that is not leakproof, and those of numeric, jsonb "
        "and "
        "arrays are not, so the application could not use an index on them (measured on PostgreSQL 18).",
        ("drop the index", "cheaper writes; reports that bypass the policy scan the table")
        if gin
        else ("an index anyway", "costs every write and helps only roles that bypass row level security"),
        topic="indexes",
        origin=need.origin,
    )


def _by_reference(plan: Blueprint, table: TableDraft, link: Link) -> None:
    """The rows of one parent; its index also serves the foreign key."""
    if table.kind == "junction":
        path = _Path(f"by_{link.relation}", (Filter(link.column),), ())
        _remember(table, path, _junction_index(table, link))
        return
    if link.relationship.cardinality == "one-to-one":
        where = draw_index(plan, table, _key_parts(table, link), full=True)
        path = _Path(f"by_{link.relation}", (Filter(link.column),), (), (), f"The {table.one} of a {link.relation}.")
        _remember(table, path, where, limit=1)
        return
    if _stated_serves(table, link):
        return
    order = _order_of_children(table, link)
    keys = _key_parts(table, link)
    known = {part.column for part in keys}
    parts = (*keys, *(_sorted(column, down) for column, down in order if column not in known))
    where = draw_index(plan, table, parts, full=True)
    if where and where not in plan.reasons:
        plan.reasons[where] = f"The {things(table)} of one {_words(link.relation)}, and the check when that is deleted."
    path = _Path(f"by_{link.relation}", (Filter(link.column),), order, (),
                 f"The {things(table)} of one {_words(link.relation)}.")  # fmt: skip
    _remember(table, path, where)


def _stated_serves(table: TableDraft, link: Link) -> bool:
    """Whether the brief already asks for the rows of one parent: its index then serves the reference, too.

    For that it holds deleted rows as well, since deleting the parent looks for them.
    """
    wanted = set(link.foreign_key.columns)
    for access in table.access:
        for place, index in enumerate(table.indexes):
            serves = (
                access.index == address("index", "public", index.name) and set(index.columns[: len(wanted)]) == wanted
            )
            if serves and access.filters == (Filter(link.column),) and not index.unique:
                table.indexes[place] = replace(index, where=None)
                return True
    return False


def _words(name: str) -> str:
    return name.replace("_", " ")


def _key_parts(table: TableDraft, link: Link) -> tuple[IndexPart, ...]:
    """The columns of a reference, so ordered that one index serves the check and the tenant's own lists.

    A reference to a row without tenant is checked by its own column alone; the tenant follows it, because a list is
    read by both. In the tenants' own table the reference is told apart by its own column, not by the key.
    """
    own = link.foreign_key.columns
    if link.column != own[0] and not table.tenant_scoped:
        own = (link.column, *(name for name in own if name != link.column))
    return tuple(IndexPart(name) for name in dict.fromkeys((*own, *table.prefix)))


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
    path = _Path("list", (), _NEWEST, (), f"All {things(table)}, newest first.")
    if table.kind == "tenant" or (table.kind == "lookup" and not table.tenant_scoped):
        order = (("position", False), ("id", False)) if "position" in table.columns else _NEWEST
        _remember(table, replace(path, order=order, description=path.description.removesuffix(", newest first.") + "."
                                 if order is not _NEWEST else path.description), None)  # fmt: skip
        return
    where = _serve(plan, table, path)
    if where:
        plan.reasons.setdefault(where, "Pages of the list, newest first, continued after the last row seen.")
    _remember(table, path, where)


def explain(plan: Blueprint, where: str) -> None:
    """The decisions about indexes that every table shares."""
    tables = plan.tables.values()
    if any(table.foreign_keys for table in tables):
        plan.decide(
            where,
            "Every foreign key has an index that begins with its columns; lists by parent continue in it by "
            "created_at, id",
            "Without it deleting one parent reads the whole child table under a lock, and every join from parent to "
            "child "
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
