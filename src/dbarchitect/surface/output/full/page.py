"""Draws the pages of the full format: headings, tables and wrapped text, through rich."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

HEIGHT = 100
"""Rows of the page, which nothing depends on; without them rich asks the terminal before each line."""


class Page:
    """A page that is being written; every method adds to its end.

    Args:
        width: columns.
        colour: whether SGR colours are welcome; everything can be read without them.
    """

    def __init__(self, width: int, colour: bool) -> None:
        self._buffer = io.StringIO()
        self.width = width
        self._colour = colour
        self._console = Console(
            file=self._buffer,
            width=width,
            height=HEIGHT,
            force_terminal=colour,
            no_color=not colour,
            color_system="standard" if colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def heading(self, text: str, note: str = "") -> None:
        """A section's title, with a remark beside it."""
        line = Text(text, style="bold")
        if note:
            line.append(f"  {note}", style="dim not bold")
        self._console.print()
        self._console.print(line)

    def line(self, text: str | Text, indent: int = 0, style: str = "") -> None:
        """A paragraph, wrapped at the width and indented by `indent` columns."""
        content = Text(text, style=style) if isinstance(text, str) else text
        if "\n" in content.plain or content.cell_len > self.width - indent:
            self._console.print(Padding(content, (0, 0, 0, indent)))
        else:
            self._write(Text(" " * indent).append_text(content) if indent else content)

    def code(self, text: str | Text, style: str = "") -> None:
        """A line of code, which is never wrapped."""
        self._write(Text(text, style=style) if isinstance(text, str) else text)

    def _write(self, line: Text) -> None:
        """A line as it is; rich takes half a millisecond to find out that there is nothing to do."""
        if self._colour:
            self._console.print(line, soft_wrap=True)
        else:
            self._buffer.write(f"{line.plain}\n")

    def draw(self, thing: Any) -> None:
        """Anything that rich can draw."""
        self._console.print(thing)

    def text(self) -> str:
        """The page, without blanks at the ends of its lines."""
        lines = [line.rstrip() for line in self._buffer.getvalue().strip("\n").splitlines()]
        return "\n".join(lines) + "\n"


def render(kind: str, payload: Mapping[str, Any], *, width: int, colour: bool) -> str:
    """The page of one answer."""
    from dbarchitect.surface.output.full import design, doctor, proof

    page = Page(width, colour)
    {"design": design.draw, "proof": proof.draw, "doctor": doctor.draw}[kind](page, payload)
    return page.text()
