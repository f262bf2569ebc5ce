"""The page of a review: each finding with the lines that it speaks of, and what helps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text

from dbarchitect.model.decision import Problem
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.source import Span
from dbarchitect.surface.output import words
from dbarchitect.surface.output.full.page import Page
from dbarchitect.surface.output.review.view import View, mendable

STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold blue"}
SHOWN = 4
"""Lines of a longer place that are shown."""


def render(view: View) -> str:
    """The whole page."""
    page = Page(view.width, view.colour)
    lines = {file: text.splitlines() for file, text in view.texts.items()}
    for finding in view.counted:
        _finding(page, finding, lines)
    for problem in view.review.problems:
        _problem(page, problem)
    _taste(page, view)
    _summary(page, view)
    return page.text()


def _finding(page: Page, finding: Finding, lines: Mapping[str, list[str]]) -> None:
    head = Text(f"{finding.code} ", style=STYLES[finding.severity])
    fix = mendable(finding)
    if fix is not None:
        head.append("[*] " if fix.safety == "safe" else "[unsafe fix] ", style="cyan")
    head.append(words.printable(finding.message), style="bold")
    page.line(head)
    place = str(finding.span) if finding.span else finding.address
    page.line(Text.assemble(("  --> ", "blue"), words.printable(place)))
    if finding.span is not None and finding.span.file in lines:
        for row in _snippet(finding.span, lines[finding.span.file], page.width):
            page.code(row)
    _help(page, finding)
    page.line("")


def _snippet(span: Span, lines: list[str], width: int) -> Iterator[Text]:
    first, last = span.start.line, min(span.end.line, len(lines))
    gutter = len(str(last))
    bar = ("│ ", "blue")
    yield Text.assemble(" " * (gutter + 1), bar)
    for number in range(first, min(last, first + SHOWN - 1) + 1):
        text = words.printable(lines[number - 1].replace("\t", " "))[: width - gutter - 3]
        yield Text.assemble((f"{number:>{gutter}} ", "blue"), bar, text, no_wrap=True)
        start = span.start.column - 1 if number == first else len(text) - len(text.lstrip())
        end = span.end.column - 1 if number == span.end.line else len(text.rstrip())
        if end > start and start < len(text):
            marks = " " * start + "^" * (min(end, len(text)) - start)
            yield Text.assemble(" " * (gutter + 1), bar, (marks, "yellow"), no_wrap=True)
    if last >= first + SHOWN:
        yield Text.assemble(" " * (gutter + 1), bar, ("…", "dim"))


def _help(page: Page, finding: Finding) -> None:
    evidence = finding.evidence
    if evidence is not None and evidence.result:
        _hint(page, f"{evidence.how}: {' '.join(evidence.result.split())}")
    for fix in finding.fixes:
        _hint(page, f"help: {fix.title}{_how(fix)}")
        for statement in fix.ddl:
            page.code(f"    {words.printable(' '.join(statement.rstrip(';').split()))};", "dim")
    for span in finding.related:
        _hint(page, f"see also {span}")


def _hint(page: Page, text: str) -> None:
    page.line(Text.assemble(("  = ", "blue"), words.printable(text)))


def _how(fix: Fix) -> str:
    if not fix.edits or fix.safety == "display":
        return ""
    return " (--fix)" if fix.safety == "safe" else " (--fix --unsafe-fixes)"


def _problem(page: Page, problem: Problem) -> None:
    place = f"{problem.span}: " if problem.span else ""
    style = STYLES.get(problem.severity, "bold")
    page.line(Text.assemble(("not reviewed: ", style), words.printable(f"{place}{problem.message}")))


def _taste(page: Page, view: View) -> None:
    rows = view.taste()
    if not rows:
        return
    total = sum(number for _, _, number in rows)
    page.heading("House conventions", f"{words.count(total, 'place')} differ; --profile house shows them one by one")
    for code, name, number in rows:
        page.line(Text.assemble((f"  {code} ", "cyan"), f"{number:>5}  {name}: {view.about(code)}"))


def _summary(page: Page, view: View) -> None:
    summary = view.review.summary
    found = [words.count(summary[what], what) for what in ("error", "warning", "info") if summary.get(what)]
    looked = f"{words.count(summary.get('tables', 0), 'table')}, {words.count(summary.get('files', 0), 'file')}"
    if view.review.problems or view.taste():
        page.line("")
    if not found:
        page.line(f"Nothing to say about {looked}.", style="green")
    else:
        page.line(f"Found {words.listed(found)} in {looked}.", style="bold")
    fixable, unsafe = summary.get("fixable", 0), summary.get("unsafe", 0)
    if fixable or unsafe:
        parts = [f"[*] {fixable} fixable with --fix"] if fixable else []
        parts += [f"{unsafe} more with --unsafe-fixes" if fixable else f"{unsafe} fixable with --fix --unsafe-fixes"]
        page.line(", ".join(parts[: 1 + bool(unsafe)] if fixable else parts[-1:]) + ".")
    hidden = [f"{summary[what]} {said}" for what, said in HIDDEN.items() if summary.get(what)]
    if hidden:
        page.line(f"Not shown: {words.listed(hidden)}.", style="dim")


HIDDEN = {"ignored": "ignored in the source", "baseline": "in the baseline", "unchanged": "on unchanged lines"}
