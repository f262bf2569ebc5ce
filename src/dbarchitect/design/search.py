"""Full-text search: a generated tsvector with weights, and a GIN index (seed: "Postgres Features").

Under row level security PostgreSQL 18 does not use the GIN index: the match operator is not leakproof, so the tenant's
rows are read first (measured on 18.6). The decision says so instead of hiding it.
"""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.design.blueprint import Blueprint, TableDraft
from dbarchitect.design.expression import ident
from dbarchitect.model.address import address
from dbarchitect.model.column import Generated
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import Access, ColumnIntent, Filter
from dbarchitect.model.types import SqlType

_TITLES = frozenset({"name", "title", "person name", "code"})


def draw_search(plan: Blueprint, table: TableDraft) -> None:
    """Append the search column, when attributes are marked for search."""
    wanted = [name for name, draft in table.columns.items() if draft.attribute and draft.attribute.search]
    texts = [name for name in wanted if _is_text(table, name)]
    for name in wanted:
        if name not in texts:
            plan.problem(f"{table.one}.{name} is no text and takes no part in the search", severity="warning")
    if not texts:
        return
    column = table.free_column("search" if "search" not in table.columns else "search_vector")
    weights = _weights(table, texts)
    expression = " || ".join(
        f"setweight(to_tsvector('english', coalesce({ident(name)}, '')), '{weights[name]}')" for name in texts
    )
    intent = ColumnIntent(description="What full-text search reads; PostgreSQL keeps it up to date.")
    draft = table.add(column, SqlType("tsvector"), intent=intent, managed="search")
    draft.column = replace(draft.column, generated=Generated(expression))
    table.search = column
    _index(plan, table, column, texts, weights)


def _is_text(table: TableDraft, name: str) -> bool:
    kind = table.columns[name].column.type
    return kind.category == "text" and not kind.dimensions and kind.name in ("text", "varchar", "char")


def _weights(table: TableDraft, texts: list[str]) -> dict[str, str]:
    """A for what names a thing, B for the first other text, C for the rest."""
    weights = {name: "A" for name in texts if table.columns[name].intent.meaning in _TITLES}
    rest = [name for name in texts if name not in weights]
    if not weights and rest:
        weights[rest.pop(0)] = "A"
    for place, name in enumerate(rest):
        weights[name] = "B" if place == 0 else "C"
    return weights


def _index(plan: Blueprint, table: TableDraft, column: str, texts: list[str], weights: dict[str, str]) -> None:
    guarded = table.tenant_scoped or table is plan.tenant
    answer = _keeps_index(plan, table) if guarded else "yes"
    where = None
    if answer == "yes":
        name = plan.index_name(table, (column,), "idx")
        table.indexes.append(Index(name, (IndexPart(column),), method="gin"))
        where = address("index", "public", name)
        plan.reasons[where] = f"Full-text search over {', '.join(texts)}."
    table.access.append(
        Access("search", (Filter(column, "search"),), index=None if guarded else where,
               description=f"{table.name} that match what somebody typed, best first.")
    )  # fmt: skip
    spoken = ", ".join(f"{name} ({weights[name]})" for name in texts)
    because = "Generated and stored, so no write can forget it; weights let a match in the title win."
    if guarded:
        because += (
            " Under row level security PostgreSQL reads the tenant's rows first, because the match operator is not "
            "leakproof; GIN serves roles that bypass it. Fine up to some 100,000 rows a tenant."
        )
    plan.decide(
        table.column_address(column), f"Search in {table.name} over {spoken}, in English", because,
        ("a search service", "typos, languages and ranking at scale; a second copy of the data to keep in step"),
        ("pg_trgm", "finds parts of words and typos; larger index, no word stems"), topic="indexes",
    )  # fmt: skip


def _keeps_index(plan: Blueprint, table: TableDraft) -> str:
    """The answer to one question for all tables of tenants."""
    return plan.ask(
        "search-index", "Keep the GIN index of a tenant's search although the application's role cannot use it?", "yes",
        ("yes", "Roles that bypass row level security (reports, a search service) search by index; writes cost more."),
        ("no", "No GIN index; a search reads the rows of its tenant, as it does for the application anyway."),
        where=table.address,
    )  # fmt: skip
