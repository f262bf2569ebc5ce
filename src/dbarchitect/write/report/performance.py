"""Notes on performance that follow from this schema, not from a textbook."""

from __future__ import annotations

from dbarchitect.facts.lookup import Lookup
from dbarchitect.settings import Settings
from dbarchitect.write.report.facts import volumes
from dbarchitect.write.report.markdown import code

LARGE = 1_000_000
PARTITION = 100_000_000
MANY_INDEXES = 6


def notes(lookup: Lookup, settings: Settings) -> list[str]:
    """Markdown sentences, most telling first.

    Args:
        lookup: the schema.
        settings: what was chosen.
    """
    return [
        *_volumes(lookup),
        *_tenancy(lookup),
        *_write_cost(lookup),
        *_search(lookup),
        *_triggers(lookup),
        "Lists page by keyset (the last row seen), which costs the same on page 1 and page 10,000; the numbered "
        "`page…` queries read and throw away what they skip, so they are capped.",
        "The pool in `src/db/client.ts` is small on purpose: about twice the cores of the database server in all, "
        "divided by the number of application processes. More connections than that wait inside PostgreSQL instead.",
        *_identity(settings),
        "Before you change an index, run the query under `EXPLAIN (ANALYZE, BUFFERS)` on data of production size.",
    ]


def _volumes(lookup: Lookup) -> list[str]:
    expected = volumes(lookup.schema, lookup)
    large = [f"{code(name)} ({rows:,})" for name, rows in expected if rows >= LARGE]
    if not large:
        return []
    found = [f"Expected to be large: {', '.join(large)}. Add indexes there with CREATE INDEX CONCURRENTLY."]
    huge = [code(name) for name, rows in expected if rows >= PARTITION]
    if huge:
        found.append(f"At its volume, {', '.join(huge)} is worth partitioning by time before it is full.")
    return found


def _tenancy(lookup: Lookup) -> list[str]:
    if lookup.tenancy is None:
        return []
    column = code(lookup.tenancy.column)
    return [
        f"Indexes of tenants' tables start with {column}: each query filters by it, and row level security adds the "
        "same condition, so one index serves both."
    ]


def _write_cost(lookup: Lookup) -> list[str]:
    counts = {table.name: len(lookup.accesses(table)) for table in lookup.schema.tables}
    heavy = [f"{code(name)} ({count})" for name, count in sorted(counts.items()) if count >= MANY_INDEXES]
    if not heavy:
        return []
    return [
        f"Every index is written on each insert. Most indexes: {', '.join(heavy)}; drop what production never uses."
    ]


def _search(lookup: Lookup) -> list[str]:
    searched = [code(t.name) for t in lookup.schema.tables if lookup.intent(t).search]
    if not searched:
        return []
    return [
        f"Full-text search in {', '.join(searched)} reads a GIN index over a column that PostgreSQL keeps by itself."
    ]


def _triggers(lookup: Lookup) -> list[str]:
    fired = sorted({table.name for table in lookup.schema.tables if table.triggers})
    if not fired:
        return []
    named = ", ".join(code(name) for name in fired)
    return [f"Triggers keep the rules of {named}; bulk loads pay for them row by row."]


def _identity(settings: Settings) -> list[str]:
    if settings.profile == "modern":
        return ["Keys are bigint identities: eight bytes, in order of insertion."]
    return [
        "Ids are UUIDv7: made by the application, growing with time, so that inserts stay at the right edge "
        "of the index."
    ]
