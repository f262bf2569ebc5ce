"""The page of `doctor`: what there is, whether it works, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

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
    broken = [check for check in report["checks"] if check["status"] == "error"]
    page.line("")
    if broken:
        page.line(f"{len(broken)} of {len(report['checks'])} checks failed.", style="bold red")
    else:
        page.line("Everything that design needs is here and works.", style="green")
