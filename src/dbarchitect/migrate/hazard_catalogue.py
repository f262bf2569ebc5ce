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
"""Hazards of a folder as a whole; `migrate.checking` finds them."""
CERTIFICATES = (
    Kind("CE01", "no-certificate", "warning", "Nothing shows that a migration was proved; see `migrate prove --keep`."),
    Kind("CE02", "stale-certificate", "error", "A migration, or what runs before it, changed since it was proved."),
    Kind("CE03", "bad-certificate", "error", "The proof of a migration failed, or shows a loss that it does not name."),
)
"""Hazards that the certificates beside a folder show; `migrate.certificates` finds them."""
HARMLESS = ("RW02", "RW06", "RW09", "SC02", "SC08", "TX12")
"""Ids of what others warn of and what is measured to be harmless: nothing is ever said of them."""


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
    found = {kind.code: kind for kind in (*of_statements, *FOLDER, *CERTIFICATES)}
    return dict(sorted(found.items()))


def known(word: str) -> str | None:
    """The code of a kind by its code or name; None when there is none."""
    for kind in kinds().values():
        if word.upper() == kind.code or word.lower() == kind.name:
            return kind.code
    return None
