"""The page of a proof: one row per kind of claim, then what failed and what could not be proved, and why."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from dbarchitect.surface.output import words
from dbarchitect.surface.output.full.page import Page

MARKS = {"proved": "✓", "failed": "✗", "unproved": "?"}
STYLES = {"proved": "green", "failed": "bold red", "unproved": "yellow"}
Claim = Mapping[str, Any]


def draw(page: Page, proof: Mapping[str, Any]) -> None:
    """Draw the whole page, the count in its last line."""
    table(page, proof)
    troubles(page, proof)
    last(page, proof)


def table(page: Page, proof: Mapping[str, Any]) -> None:
    """One row per kind of claim, in the order in which they were proved."""
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("", width=1)
    grid.add_column("claim", ratio=1)
    for status in ("proved", "failed", "unproved"):
        grid.add_column(status, justify="right")
    for kind, claims in _by_kind(proof["claims"]).items():
        counts = {status: sum(claim["status"] == status for claim in claims) for status in MARKS}
        worst = "failed" if counts["failed"] else "unproved" if counts["unproved"] else "proved"
        cells = [Text(f"{counts[status]:,}" if counts[status] else "·", STYLES[status]) for status in MARKS]
        grid.add_row(Text(MARKS[worst], STYLES[worst]), Text(_title(kind, claims)), *cells)
    page.heading("Evidence", f"Drizzle {proof['drizzle']}, PostgreSQL {proof['postgres']}, profile {proof['profile']}")
    page.draw(grid)


def troubles(page: Page, proof: Mapping[str, Any]) -> None:
    """Every claim that is not proved, with its reason; many of one reason are told once."""
    for status in ("failed", "unproved"):
        same: dict[str, list[Claim]] = {}
        for claim in proof["claims"]:
            if claim["status"] == status:
                same.setdefault(claim["reason"] or "", []).append(claim)
        if same:
            page.heading(status.capitalize())
        for reason, claims in same.items():
            more = f" (and {words.count(len(claims) - 1, 'claim')} more)" if len(claims) > 1 else ""
            head = Text(f"{MARKS[status]} ", STYLES[status])
            head.append(f"{claims[0]['statement']}{more}", "default")
            page.line(head, indent=2)
            page.line(reason, indent=4, style=STYLES[status])


def last(page: Page, proof: Mapping[str, Any]) -> None:
    """The line that counts everything."""
    summary = proof["summary"]
    style = STYLES["failed" if summary.get("failed") else "unproved" if summary.get("unproved") else "proved"]
    page.line("")
    page.line(words.verdict(proof), style=style)


def title(kind: str) -> str:
    """What a kind of claim says, from its file in prove/claims; its name in words for one of another version."""
    try:
        module = importlib.import_module(f"dbarchitect.prove.claims.{kind}")
    except ModuleNotFoundError:
        return kind.replace("_", " ")
    statement: str = module.STATEMENT
    return statement.rstrip(".")


def _title(kind: str, claims: Sequence[Claim]) -> str:
    """What joins a project is proved by claims of its own, which have no file and say themselves what they are."""
    return str(claims[0]["statement"]).rstrip(".") if kind.startswith("joined_") else title(kind)


def _by_kind(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    grouped: dict[str, list[Claim]] = {}
    for claim in claims:
        grouped.setdefault(claim["kind"], []).append(claim)
    return grouped
