"""The rules as a book: what each says, and its demonstration run."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import asdict

from dbarchitect.errors import InputError
from dbarchitect.review import catalogue, demonstration
from dbarchitect.review.demonstration import Outcome
from dbarchitect.review.rule import Page


def run(code: str | None) -> tuple[Page, ...]:
    """See `dbarchitect.api.rules`."""
    pages = catalogue.pages()
    return pages if code is None else _of(code, pages)


def show(code: str) -> tuple[Outcome, ...]:
    """See `dbarchitect.api.demonstrate`."""
    found = _of(code, catalogue.pages())
    if len(found) != 1:
        listed = ", ".join(page.rule.code for page in found)
        raise InputError(f"{code} names several rules", hint=f"Give one of {listed}.")
    page = found[0]
    if not page.demonstration:
        taste = "it is a matter of taste" if page.rule.kind == "house" else "it judges a text, not a database"
        raise InputError(
            f"{page.rule.code} has no demonstration: {taste}", hint="`dbarchitect rule` marks those that have."
        )
    return demonstration.run(page.demonstration)


def to_json(page: Page) -> dict[str, object]:
    """A rule as JSON."""
    rule = page.rule
    return {
        "code": rule.code,
        "name": rule.name,
        "kind": rule.kind,
        "severity": rule.severity,
        "needs": rule.needs,
        "profiles": list(rule.profiles),
        "page": page.text,
        "demonstration": [{"step": type(step).__name__.lower(), **asdict(step)} for step in page.demonstration],
    }


def _of(code: str, pages: Sequence[Page]) -> tuple[Page, ...]:
    wanted = code.strip()
    found = tuple(page for page in pages if page.rule.code == wanted.upper() or page.rule.name == wanted.lower())
    found = found or tuple(page for page in pages if page.rule.code.startswith(wanted.upper()))
    if found:
        return found
    known = [page.rule.code for page in pages] + [page.rule.name for page in pages]
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.4)
    meant = f"Did you mean {near[0]}? " if near else ""
    raise InputError(f"there is no rule {code!r}", hint=f"{meant}`dbarchitect rule` lists them all.")
