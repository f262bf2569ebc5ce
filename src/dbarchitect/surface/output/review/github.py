"""Annotations for GitHub Actions: workflow commands, one a line.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from dbarchitect.model.finding import Finding
from dbarchitect.surface.output import words
from dbarchitect.surface.output.review.view import View

LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(view: View) -> str:
    """The commands; findings without a file stand in the log of the job."""
    lines = [_line(finding) for finding in view.counted]
    for problem in view.review.problems:
        where = f" file={_property(problem.span.file)},line={problem.span.start.line}" if problem.span else ""
        lines.append(f"::{LEVELS.get(problem.severity, 'warning')}{where}::{_data(problem.message)}")
    return "".join(f"{line}\n" for line in lines)


def _line(finding: Finding) -> str:
    properties = {"title": f"{finding.code} {finding.name}"}
    if finding.span:
        start, end = finding.span.start, finding.span.end
        properties |= {"file": finding.span.file, "line": str(start.line), "endLine": str(end.line)}
        if start.line == end.line:
            properties |= {"col": str(start.column), "endColumn": str(end.column)}
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    message = finding.message if finding.span else f"{finding.address}: {finding.message}"
    return f"::{LEVELS[finding.severity]} {given}::{_data(message)}"


def _data(text: str) -> str:
    return (
        str(words.printable(text.replace("\r\n", "\n"))).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    )


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
