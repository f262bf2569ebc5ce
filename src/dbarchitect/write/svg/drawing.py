"""Draw laid-out boxes and lines as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as escape_markup
from math import hypot
from typing import Any

from dbarchitect.write.svg.boxes import CHARACTER, MARK_WIDTH, PADDING, ROW_HEIGHT, TITLE_HEIGHT, Box, Row, text_width
from dbarchitect.write.svg.lines import Line

MARGIN = 28
LEGEND = 46
FOOT = 11.0
"""Length in px of a crow's foot."""

STYLE = """
:root { --paper: #ffffff; --ink: #1f2933; --soft: #64748b; --line: #7b8794; --edge: #cbd2d9; --stripe: #f6f8fa;
  --entity: #2f6f9f; --tenant: #7a3e9d; --junction: #52606d; --lookup: #3c7d4c; --event: #a15c1c; --key: #b44d12; }
@media (prefers-color-scheme: dark) { :root { --paper: #161b22; --ink: #e6edf3; --soft: #9aa7b4; --line: #8b98a5;
  --edge: #3b4650; --stripe: #1c232b; --entity: #2a5f8a; --tenant: #6b3a8a; --junction: #48545f; --lookup: #34693f;
  --event: #8a4f1a; --key: #f0a36b; } }
text { font: 12px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--ink); }
.title { font-weight: 700; fill: #ffffff; font-size: 13px; }
.type, .quiet, .legend { fill: var(--soft); }
.quiet { font-style: italic; }
.mark { fill: var(--key); font-size: 10px; font-weight: 700; }
.required { font-weight: 600; }
.frame { fill: none; stroke: var(--edge); stroke-width: 1.2; }
.relation path { fill: none; stroke: var(--line); stroke-width: 1.4; }
.relation circle { fill: var(--paper); stroke: var(--line); stroke-width: 1.4; }
.relation:hover path { stroke: var(--key); stroke-width: 2.2; }
"""
KINDS = {
    "entity": "entity",
    "tenant": "tenant",
    "junction": "link between two",
    "lookup": "list of values",
    "event": "event",
}


def draw(title: str, boxes: Sequence[Box], lines: Sequence[Line], places: dict[str, Any], note: str) -> str:
    """The SVG text.

    Args:
        title: of the document, for screen readers.
        boxes: in the order of the layout.
        lines: in the order of the layout.
        places: the answer of `engines.toolchain.layout`.
        note: what the legend says beside the colours.
    """
    kinds = [kind for kind in KINDS if any(box.kind == kind for box in boxes)]
    width = max(round(places["width"]) + 2 * MARGIN, 420)
    height = round(places["height"]) + 2 * MARGIN + LEGEND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title or 'Entity-relationship diagram')}</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="var(--paper)"/>',
        f'<g transform="translate({MARGIN} {MARGIN})">',
        *(_line(line, edge["points"]) for line, edge in zip(lines, places["edges"], strict=True)),
        *(_box(box, node) for box, node in zip(boxes, places["nodes"], strict=True)),
        "</g>",
        _legend(kinds, height, note),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Text of an element; what XML has no way to hold (control characters, half pairs) is shown as such."""
    return escape_markup("".join("\ufffd" if _forbidden(ord(character)) else character for character in text))


def _forbidden(code: int) -> bool:
    control = (code < 0x20 and code not in (9, 10)) or 0x7F <= code < 0xA0
    return control or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF)


def _box(box: Box, node: dict[str, Any]) -> str:
    x, y = _number(node["x"]), _number(node["y"])
    parts = [
        f'<g transform="translate({x} {y})">',
        f"<title>{escape(box.description)}</title>" if box.description else "",
        f'<rect width="{box.width}" height="{box.height}" rx="6" fill="var(--paper)"/>',
        f'<path d="M0 {TITLE_HEIGHT}V6a6 6 0 0 1 6-6H{box.width - 6}a6 6 0 0 1 6 6V{TITLE_HEIGHT}z" '
        f'fill="var(--{box.kind})"/>',
        f'<text class="title" x="{PADDING}" y="20">{escape(box.title)}</text>',
        *(_row(row, number, box.width) for number, row in enumerate(box.rows)),
        f'<rect class="frame" width="{box.width}" height="{box.height}" rx="6"/>',
        "</g>",
    ]
    return "\n".join(part for part in parts if part)


def _row(row: Row, number: int, width: int) -> str:
    top = TITLE_HEIGHT + number * ROW_HEIGHT
    base = top + 15
    parts = []
    if number % 2:
        parts.append(f'<rect y="{top}" width="{width}" height="{ROW_HEIGHT}" fill="var(--stripe)"/>')
    if row.quiet:
        parts.append(f'<text class="quiet" x="{PADDING}" y="{base}">{escape(row.name)}</text>')
        return "".join(parts)
    if row.mark:
        parts.append(f'<text class="mark" x="{PADDING}" y="{base - 0.5}">{row.mark}</text>')
    style = ' class="required"' if row.required else ""
    parts.append(f'<text{style} x="{PADDING + MARK_WIDTH}" y="{base}">{escape(row.name)}</text>')
    kind = escape(row.type + ("" if row.required else "?"))
    parts.append(f'<text class="type" x="{width - PADDING}" y="{base}" text-anchor="end">{kind}</text>')
    return "".join(parts)


def _line(line: Line, points: Sequence[Sequence[float]]) -> str:
    curve = f"M{_point(points[0])}C" + " ".join(_point(point) for point in points[1:])
    parent = _Foot(points[0], points[1])
    child = _Foot(points[-1], points[-2])
    marks = [parent.bar(5.0), parent.circle(11.0) if line.optional else parent.bar(9.5)]
    marks += [child.bar(5.0)] if line.single else [child.crow()]
    marks.append(child.circle(FOOT + 4.0) if not line.single else child.circle(11.0))
    label = f"<title>{escape(line.label)}</title>"
    return f'<g class="relation">{label}<path d="{curve}"/>{"".join(marks)}</g>'


class _Foot:
    """Marks at the end of a line, drawn along its direction."""

    def __init__(self, end: Sequence[float], inner: Sequence[float]) -> None:
        length = hypot(inner[0] - end[0], inner[1] - end[1]) or 1.0
        self._end = end
        self._along = ((inner[0] - end[0]) / length, (inner[1] - end[1]) / length)

    def _at(self, distance: float, aside: float) -> tuple[float, float]:
        (dx, dy), (x, y) = self._along, (self._end[0], self._end[1])
        return x + dx * distance - dy * aside, y + dy * distance + dx * aside

    def bar(self, distance: float) -> str:
        """Exactly one."""
        return f'<path d="M{_point(self._at(distance, -5.5))}L{_point(self._at(distance, 5.5))}"/>'

    def circle(self, distance: float) -> str:
        """Perhaps none."""
        x, y = self._at(distance, 0)
        return f'<circle cx="{_number(x)}" cy="{_number(y)}" r="3.4"/>'

    def crow(self) -> str:
        """Many."""
        tip = _point(self._at(FOOT, 0))
        sides = (self._at(0, -5.5), self._at(0, 5.5))
        return "".join(f'<path d="M{tip}L{_point(side)}"/>' for side in sides)


def _legend(kinds: Sequence[str], height: int, note: str) -> str:
    x = float(MARGIN)
    y = height - 22
    parts = []
    for kind in kinds:
        parts.append(f'<rect x="{_number(x)}" y="{y - 10}" width="12" height="12" rx="3" fill="var(--{kind})"/>')
        parts.append(f'<text class="legend" x="{_number(x + 18)}" y="{y}">{KINDS[kind]}</text>')
        x += 18 + text_width(KINDS[kind]) + 3 * CHARACTER
    if note:
        parts.append(f'<text class="quiet" x="{_number(x)}" y="{y}">{escape(note)}</text>')
    return "".join(parts)


def _point(point: Sequence[float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
