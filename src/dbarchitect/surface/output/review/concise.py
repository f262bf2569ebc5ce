"""One line for each finding: `file:line:column: severity CODE message`."""

from __future__ import annotations

from dbarchitect.model.finding import Finding
from dbarchitect.surface.output import words
from dbarchitect.surface.output.review.view import View, mendable


def render(view: View) -> str:
    """The lines."""
    lines = [line(finding) for finding in view.counted]
    for problem in view.review.problems:
        place = f"{problem.span}: " if problem.span else ""
        lines.append(f"{place}problem ({problem.severity}) {problem.message}")
    lines += [f"house {code} {name}: {words.count(number, 'finding')}" for code, name, number in view.taste()]
    return "".join(f"{' '.join(words.printable(text).split())}\n" for text in lines)


def line(finding: Finding) -> str:
    """One finding on one line; one without a place begins with its address."""
    fix = mendable(finding)
    mark = "" if fix is None else " [*]" if fix.safety == "safe" else " [unsafe]"
    place = str(finding.span) if finding.span else finding.address
    return f"{place}: {finding.severity} {finding.code}{mark} {finding.message}"
