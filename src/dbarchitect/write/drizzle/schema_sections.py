"""The sections in which the seed groups the columns of a table, with the comments that it puts over them."""

from __future__ import annotations

from itertools import groupby

from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.column import Column
from dbarchitect.model.table import Table
from dbarchitect.settings import Runtime

KEY = "Primary key - UUIDv7 generated in application code using {maker}()"
PLAIN_KEY = "Primary key"
TENANT = "Multi-tenant field"
BUSINESS = "Business fields"
SEARCH = "Full-text search"
TIMESTAMPS = "Timestamps"

_STAMPS = frozenset({"created_at", "updated_at", "deleted_at"})


def section_titles(lookup: Lookup, table: Table, runtime: Runtime) -> dict[str, str]:
    """The comment over each column that begins a section; empty where sections would repeat or say nothing."""
    sections = [(_section(lookup, table, column), column.name) for column in table.columns]
    runs = [(title, next(group)[1]) for title, group in groupby(sections, key=lambda pair: pair[0])]
    titles = [title for title, _ in runs]
    if len(runs) < 2 or len(titles) != len(set(titles)):
        return {}
    maker = "Bun.randomUUIDv7" if runtime == "bun" else "randomUuidV7"
    return {column: title.format(maker=maker) for title, column in runs}


def _section(lookup: Lookup, table: Table, column: Column) -> str:
    managed = lookup.column_intent(table, column.name).managed
    key = table.primary_key
    if key is not None and key.columns == (column.name,):
        made_by_us = column.type.name == "uuid" and column.default is None and managed in (None, "id")
        return KEY if made_by_us else PLAIN_KEY
    if managed == "tenant":
        return TENANT
    if managed in _STAMPS or (managed is None and column.name in _STAMPS and column.type.category == "timestamp"):
        return TIMESTAMPS
    return SEARCH if managed == "search" else BUSINESS
