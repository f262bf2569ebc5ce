"""How often each rule speaks, the most frequent first."""

from __future__ import annotations

from collections import Counter

from dbarchitect.surface.output.review.view import View, mendable


def render(view: View) -> str:
    """A line for each rule: how many findings, its code, whether a fix mends some, its name."""
    counts = Counter((finding.code, finding.name) for finding in view.review.findings)
    mended = {finding.code for finding in view.review.findings if mendable(finding)}
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    width = len(str(rows[0][1])) if rows else 1
    lines = [f"{n:>{width}}  {code}  {'[*]' if code in mended else '   '}  {name}" for (code, name), n in rows]
    return "".join(f"{line}\n" for line in lines) or "no findings\n"
