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
HARMLESS = ("RW02", "RW06", "RW09", "SC02", "SC08", "TX12")
"""Ids of what others warn of and what is measured to be harmless: nothing is ever said of them."""


@cache
def pages() -> tuple[Page, ...]:
    """The files, sorted by module."""
    found = []
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{package.__name__}.{name}")
        text = (module.__doc__ or "").strip()
        found.append(Page(tuple(module.KINDS), module.check, text, tuple(module.EXAMPLES), module.__name__))
    return tuple(found)


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by code, sorted."""
    found = {kind.code: kind for page in pages() for kind in page.kinds} | {kind.code: kind for kind in FOLDER}
    return dict(sorted(found.items()))


def known(word: str) -> str | None:
    """The code of a kind by its code or name; None when there is none."""
    for kind in kinds().values():
        if word.upper() == kind.code or word.lower() == kind.name:
            return kind.code
    return None
