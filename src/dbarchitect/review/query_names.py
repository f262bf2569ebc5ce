"""Names that say what a function or file is for: whole words of them, never parts of words.

A name is a hint and no proof, so no name silences a fault that the code shows by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
ASIDE = re.compile(
    r"(?:^|/)(?:__tests__|__mocks__|tests?|e2e|specs?|fixtures?|mocks?|testing|scripts?|seeds?|seeding|seeders?"
    r"|migrations?|bench(?:marks?)?|examples?)/|^tools/"
    r"|\.(?:test|spec|bench|stories|mock|e2e|fixture|seed)\.[cm]?[jt]sx?$"
    r"|(?:^|/)(?:(?:seed|migrate|migration|migrations|backfill|test)(?:[_.-][\w.-]*)?"
    r"|reset(?:[_-]?(?:db|database|data|tables?|schema))?)\.[cm]?[jt]s$",
    re.IGNORECASE,
)
"""Tests, seeds, scripts and migrations: what would be careless in a service is their work."""
WHOLESALE = frozenset(
    "all clear reset truncate wipe purge seed seeds migrate migration migrations backfill clean cleanup export exports "
    "backup import imports sync synchronize cron crons job jobs sweep sweeper reconcile reconciler reconciliation "
    "reindex rebuild restore archive expire expired prune warm warmup init initialize setup bootstrap boot admin reap "
    "reaper stale orphan orphans orphaned evict eviction preflight health reorder materialize".split()
)
"""Words in names of functions that treat all rows."""
ACROSS = frozenset(
    "admin admins cron crons job jobs worker workers webhook webhooks system internal billing stat stats statistics "
    "metric metrics analytics superuser global scheduler".split()
)
"""Words in names of functions, files and folders that work for all tenants."""
SCOPED = frozenset(
    "tenant tenants organization organisation organizations org workspace team account rls scoped scope".split()
)
"""Words in names of functions that set the tenant for what runs in them."""
DELIBERATE = frozenset(
    "restore purge hard permanent permanently erase erasure gdpr retention export backup clean cleanup archive "
    "archived trash deleted prune undelete admin migrate migration backfill sweep dispose destroy including audit "
    "rollback compensate compensating sync synchronize reconcile fork copy duplicate cascade superuser import "
    "dev".split()
)
"""Words in names of functions and files that deal with deleted rows as well, or delete for good."""
PORTIONS = frozenset(
    "chunk chunks chunked batch batches page pages slice slices window windows attempt attempts retry retries tries "
    "bucket buckets shard shards partition partitions step steps".split()
)
"""Words in the variables of loops that go on by portions or attempts."""
PIECE = frozenset(
    "table tables column columns field direction order sort alias schema prefix cast type operator op index sequence "
    "interval unit lang language config dictionary role constraint expression expr clause fragment sql path escaped "
    "safe quoted".split()
)
"""Words in parameters that are pieces of a statement: those of a project's own builders of SQL."""


@cache
def words(text: str) -> frozenset[str]:
    """The words of a name or path in lower case: `listAllOrders` gives list, all, orders; `recall` only recall."""
    return frozenset(match.lower() for match in WORD.findall(text))


def says(vocabulary: Iterable[str], *names: str) -> bool:
    """Whether one of the names has one of the words."""
    return any(not words(name).isdisjoint(vocabulary) for name in names)


@lru_cache(maxsize=4096)
def aside(path: str) -> bool:
    """Whether a file is a test, a seed, a script or a migration."""
    return ASIDE.search(path) is not None
