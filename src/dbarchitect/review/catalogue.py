"""All rules: those of `review.rules`, and those that other packages bring through the entry point `dbarchitect.rules`.

An entry point names a module of the form that `review.rule` describes. A third-party code must not be one of ours.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from dbarchitect.errors import InputError
from dbarchitect.review import rules as package
from dbarchitect.review.rule import Page, Rule

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "dbarchitect.rules"


@cache
def pages() -> tuple[Page, ...]:
    """Every rule, sorted by code.

    Raises:
        InputError: a third-party rule cannot be loaded, or takes a code that is taken.
    """
    found: dict[str, Page] = {}
    for module in _own():
        page = page_of(module)
        found[page.rule.code] = page
    for entry in _entries():
        page = _foreign(entry)
        if page.rule.code in found:
            taken = found[page.rule.code].module
            raise InputError(f"the rule {entry.name!r} takes the code {page.rule.code} of {taken}", place=entry.value)
        found[page.rule.code] = page
    return tuple(found[code] for code in sorted(found))


def page_of(module: ModuleType) -> Page:
    """The rule that a module holds."""
    rule: Rule = module.RULE
    return Page(
        rule=rule,
        check=module.check,
        text=(module.__doc__ or "").strip(),
        examples=tuple(getattr(module, "EXAMPLES", ())),
        demonstration=tuple(getattr(module, "DEMONSTRATION", ())),
        module=module.__name__,
    )


def _own() -> tuple[ModuleType, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(importlib.import_module(f"{package.__name__}.{name}") for name in names)


def _entries() -> list[EntryPoint]:
    """What installed packages bring, by name; asked for only where one names the group, for asking takes long."""
    folders = [Path(each or ".") for each in sys.path]
    said = (text for folder in folders for text in folder.glob("*-info/entry_points.txt"))
    archived = any(folder.is_file() for folder in folders)
    if not archived and not any(f"[{GROUP}]".encode() in text.read_bytes() for text in said):
        return []
    from importlib.metadata import entry_points

    return sorted(entry_points(group=GROUP), key=lambda entry: entry.name)


def _foreign(entry: EntryPoint) -> Page:
    try:
        return page_of(entry.load())
    except Exception as error:  # whatever a package of somebody else's does, it is named
        hint = "Uninstall the package that brings it, or ask its authors: see docs/rules.md, Rules of your own."
        raise InputError(f"the rule {entry.name!r} cannot be loaded: {error}", hint=hint, place=entry.value) from error
