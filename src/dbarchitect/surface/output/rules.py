"""The pages of `rule`: the list of all rules, one rule, a demonstration that was run."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from dbarchitect.review.demonstration import Emits, Outcome
from dbarchitect.review.rule import Example, Page
from dbarchitect.surface.output import words
from dbarchitect.surface.output.full.page import Page as Sheet

FAMILIES = {
    "K": "Keys",
    "R": "References",
    "N": "Normal forms",
    "C": "Constraints",
    "T": "Types",
    "I": "Indexes",
    "M": "Multi-tenancy",
    "A": "Audit",
    "Z": "Drizzle",
    "Q": "Queries",
    "S": "A live database",
    "H": "House conventions",
    "X": "Ignores",
}


def listed(pages: Sequence[Page], *, width: int, colour: bool) -> str:
    """Every rule on a line, by family."""
    sheet = Sheet(width, colour)
    for family, title in FAMILIES.items():
        rows = [page for page in pages if page.rule.code.startswith(family)]
        if not rows:
            continue
        sheet.heading(title)
        grid = Table.grid(padding=(0, 2, 0, 0))
        for page in rows:
            shown = "demonstrated" if page.demonstration else ""
            marks = f"{page.rule.kind} {page.rule.severity}"
            grid.add_row(Text(page.rule.code, "cyan"), first_sentence(page), Text(marks, "dim"), Text(shown, "dim"))
        sheet.draw(grid)
    sheet.line("")
    facts = sum(page.rule.kind == "fact" for page in pages)
    house = len(pages) - facts
    sheet.line(
        f"{words.count(len(pages), 'rule')}: {facts} facts, {house} of taste. `dbarchitect rule CODE` shows one."
    )
    return sheet.text()


def one(page: Page, *, width: int, colour: bool) -> str:
    """One rule's page."""
    rule = page.rule
    sheet = Sheet(width, colour)
    sheet.line(Text.assemble((f"{rule.code} ", "bold cyan"), (rule.name, "bold")))
    profiles = " and ".join(rule.profiles)
    sheet.line(f"{rule.kind}, {rule.severity}; looks at {LOOKS[rule.needs]}; profiles {profiles}", style="dim")
    sheet.line("")
    for paragraph, indent in paragraphs(page.text):
        if indent == 0 and paragraph in SECTIONS:
            sheet.heading(paragraph)
        else:
            sheet.line(paragraph, indent)
    for title, example in examples(page):
        sheet.heading(title, example.title)
        files = shown(page, example)
        for file, text in files.items():
            if len(files) > 1:
                sheet.code(f"    // {file}", "dim")
            for line in text.strip().splitlines():
                sheet.code(f"    {line}")
    if page.demonstration:
        sheet.line("")
        sheet.line(f"`dbarchitect rule {rule.code} --demonstrate` shows it on a real PostgreSQL.")
    return sheet.text()


LOOKS = {
    "schema": "any schema",
    "drizzle": "the TypeScript of a Drizzle schema",
    "queries": "the queries of a Drizzle project",
    "statistics": "the statistics of a live database",
    "sources": "the text of the files",
}


def demonstration(page: Page, outcomes: Sequence[Outcome], *, width: int, colour: bool) -> str:
    """What each step of a demonstration did."""
    sheet = Sheet(width, colour)
    sheet.line(Text.assemble((f"{page.rule.code} ", "bold cyan"), (first_sentence(page), "bold")))
    for outcome in outcomes:
        step = outcome.step
        text = step.schema if isinstance(step, Emits) else step.sql
        sheet.line("")
        for line in text.strip().splitlines():
            sheet.code(f"    {line}", "dim")
        mark, style = ("✓", "green") if outcome.held else ("✗", "bold red")
        said = step.says or "prepared"
        sheet.line(Text.assemble((f"{mark} ", style), words.printable(said)))
        if outcome.result not in ("", "done"):
            for line in outcome.result.splitlines()[:12]:
                sheet.code(f"      {words.printable(line)}")
    held = sum(outcome.held for outcome in outcomes)
    sheet.line("")
    sheet.line(f"{held} of {words.count(len(outcomes), 'step')} went as the rule says.")
    return sheet.text()


def shown(page: Page, example: Example) -> dict[str, str]:
    """The files of an example that a page shows: of a rule about queries, not the schema that they read."""
    files = dict(example.files)
    if page.rule.needs == "queries" and len(files) > 1:
        files.pop("schema.ts", None)
    return files


def examples(page: Page) -> list[tuple[str, Example]]:
    """The first bad and the first good example."""
    bad = next((example for example in page.examples if example.finds), None)
    good = next((example for example in page.examples if not example.finds), None)
    return [(title, example) for title, example in (("Found", bad), ("Fine", good)) if example is not None]


SECTIONS = ("Why", "Fix", "Sources")


def paragraphs(text: str) -> list[tuple[str, int]]:
    """The paragraphs of a rule's page, each in one line, with the columns that they are indented by.

    A line that begins a list item, or that is indented deeper or less than the one before, begins a new paragraph; in
    `Sources` every line is one.
    """
    found: list[tuple[str, int]] = []
    joined, section = False, ""
    for line in text.splitlines():
        content = line.strip()
        indent = len(line) - len(line.lstrip())
        if not content:
            joined = False
            continue
        section = content if indent == 0 and content in SECTIONS else section
        begins = not joined or section == "Sources" or content.startswith(("- ", "* ")) or found[-1][1] != indent
        if begins:
            found.append((content, indent))
        else:
            found[-1] = (f"{found[-1][0]} {content}", indent)
        joined = content not in SECTIONS
    return found


def first_sentence(page: Page) -> str:
    """The first line of the page."""
    return page.text.partition("\n")[0]
