"""JUnit XML: a test suite for each file, a failed test case for each finding."""

from __future__ import annotations

from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from dbarchitect.model.finding import Finding
from dbarchitect.surface.output import words
from dbarchitect.surface.output.review.view import View


def render(view: View) -> str:
    """The document; a review without findings is one test case that passed."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    total = len(view.counted)
    lines.append(f'<testsuites name="dbarchitect" tests="{max(total, 1)}" failures="{total}">')
    for file, group in groupby(view.counted, key=_file):
        findings = list(group)
        lines.append(f'  <testsuite name={_attribute(file)} tests="{len(findings)}" failures="{len(findings)}">')
        lines.extend(_case(finding, file) for finding in findings)
        lines.append("  </testsuite>")
    if not total:
        lines.append('  <testsuite name="dbarchitect" tests="1" failures="0">')
        lines.append('    <testcase name="review" classname="dbarchitect"/>')
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _file(finding: Finding) -> str:
    return finding.span.file if finding.span else "database"


def _case(finding: Finding, file: str) -> str:
    line = f' line="{finding.span.start.line}"' if finding.span else ""
    name = f"{finding.code} {finding.name} {finding.address}"
    message = words.printable(finding.message)
    place = f"{finding.span}" if finding.span else finding.address
    return (
        f"    <testcase name={_attribute(name)} classname={_attribute(file)} file={_attribute(file)}{line}>\n"
        f"      <failure message={_attribute(message)} type={_attribute(finding.severity)}>"
        f"{escape(f'{place}: {message}')}</failure>\n"
        "    </testcase>"
    )


def _attribute(text: str) -> str:
    return quoteattr(str(words.printable(text)))
