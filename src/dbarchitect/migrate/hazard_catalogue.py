"""All hazards, found by walking `migrate.hazards`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from dbarchitect.migrate import hazards as package
from dbarchitect.migrate.hazard import Kind, Page

FOLDER = (
    Kind("DZ01", "journal-order", "error", "Drizzle's migrator skips a migration without a word."),
    Kind("DZ02", "one-transaction", "warning", "Drizzle runs all that is pending in one transaction."),
    Kind("DZ03", "folder-lies", "error", "The journal, the files and the snapshots do not fit together."),
)
"""Hazards of a folder as a whole; `migrate.faults` finds them."""
SERVER = (
    Kind("TX14", "open-transaction", "warning", "Somebody's transaction is open, for which the locks would wait."),
    Kind("TX15", "wraparound-vacuum", "warning", "A vacuum against wraparound does not give way to a lock."),
)
"""Hazards of the moment, which only the database shows; `migrate.runner.preflight` finds them."""
CERTIFICATES = (
    Kind("CE01", "no-certificate", "warning", "Nothing shows that a migration was proved; see `migrate prove --keep`."),
    Kind("CE02", "stale-certificate", "error", "A migration, or what runs before it, changed since it was proved."),
    Kind("CE03", "bad-certificate", "error", "The proof of a migration failed, or shows a loss that it does not name."),
)
"""Hazards that the certificates beside a folder show; `migrate.certificates` finds them."""
SILENT = {
    "RW02": "A default that is the same for all rows, `now()` too, stands in the catalog: measured, no row is touched.",
    "RW06": "A virtual column is computed when it is read: measured, no row is touched.",
    "RW09": "A type that keeps every value bit for bit (a longer varchar, text): measured, no row is touched.",
    "SC02": "SET NOT NULL over a validated `CHECK (c IS NOT NULL)`: measured, no row is read.",
    "SC08": "ADD COLUMN … REFERENCES without a default: measured, all values are NULL and no row is read.",
    "TX12": "SET STATISTICS, fillfactor, COMMENT, VALIDATE, ANALYZE: measured, no reader and no writer waits.",
    "P804": "No hazard but a way to know sizes: `--statistics db:ALIAS` weighs hazards by the figures of the database. "
            "A planner on copied figures is not asked, because it scales them by the real size of its empty files.",
    "P806": "No hazard but a second witness: a test holds every rewrite of the truth table against PostgreSQL's own "
            "event trigger `table_rewrite`.",
}  # fmt: skip
"""Ids of the merged table of hazards (reference/migrations.md, section 2) of which nothing is ever said, and why."""


@cache
def pages() -> tuple[Page, ...]:
    """The files, sorted by module."""
    found = []
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{package.__name__}.{name}")
        text = (module.__doc__ or "").strip()
        backs = getattr(module, "check_backs", None)
        found.append(Page(tuple(module.KINDS), module.check, text, tuple(module.EXAMPLES), module.__name__, backs))
    return tuple(found)


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by code, sorted."""
    of_statements = (kind for page in pages() for kind in page.kinds)
    found = {kind.code: kind for kind in (*of_statements, *FOLDER, *SERVER, *CERTIFICATES)}
    return dict(sorted(found.items()))


def known(word: str) -> str | None:
    """The code of a kind by its code or name; None when there is none."""
    for kind in kinds().values():
        if word.upper() == kind.code or word.lower() == kind.name:
            return kind.code
    return None
