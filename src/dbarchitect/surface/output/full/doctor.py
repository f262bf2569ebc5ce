"""The page of `doctor`: what there is, whether it works, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from dbarchitect.surface.output import words
from dbarchitect.surface.output.full.page import Page

STYLES = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "bold red")}


def draw(page: Page, report: Mapping[str, Any]) -> None:
    """Draw the whole page."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        grid.add_column()
    for check in report["checks"]:
        mark, style = STYLES[check["status"]]
        grid.add_row(Text(mark, style), Text(check["name"], "bold"), Text(check["detail"]))
        if check.get("advice"):
            grid.add_row("", "", Text(f"→ {check['advice']}", style))
    page.draw(grid)
    page.line("")
    counts = Counter(check["status"] for check in report["checks"])
    if counts["error"]:
        page.line(f"{counts['error']} of {len(report['checks'])} checks failed.", style="bold red")
    elif counts["warning"]:
        page.line(f"Nothing stops a design; {words.count(counts['warning'], 'thing')} to know.", style="yellow")
    else:
        page.line("Everything that a design needs is here and works.", style="green")
