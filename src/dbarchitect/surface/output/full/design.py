"""The page of a design: tables, decisions, questions, problems, files, evidence and the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from dbarchitect.surface.output import words
from dbarchitect.surface.output.full import proof as proof_page
from dbarchitect.surface.output.full.page import Page

Object = Mapping[str, Any]
EVERYWHERE = {"id", "created_at", "updated_at", "deleted_at"}
"""Columns that every table has, and that say nothing about one."""


def draw(page: Page, design: Object) -> None:
    """Draw the whole page; a dry run shows every decision, a made project says where they are."""
    thinking = not design.get("folder")
    _tables(page, design, named=thinking)
    _decisions(page, design, every=thinking or not _is_kept(design, "docs/decisions.md"))
    _questions(page, design)
    _problems(page, design)
    if design.get("proof"):
        proof_page.table(page, design["proof"])
        proof_page.troubles(page, design["proof"])
    _files(page, design)
    if design.get("proof"):
        proof_page.last(page, design["proof"])
    if thinking:
        page.line("")
        page.line("Nothing was written and nothing was proved; give -o DIR to do both.", style="dim")


def _tables(page: Page, design: Object, *, named: bool) -> None:
    """The tables: one row each, or with `named` a paragraph each that names the columns."""
    tables = words.tables(design)
    columns = sum(len(words.columns(table)) for table in tables)
    links = sum(len(table.get("foreign_keys", ())) for table in tables)
    note = [words.count(len(tables), "table"), words.count(columns, "column"), words.count(links, "foreign key")]
    page.heading("Schema", ", ".join(note))
    if named:
        for table in tables:
            _paragraph(page, table)
        return
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("table", style="bold", overflow="fold")
    grid.add_column("columns", justify="right")
    grid.add_column("what it holds", ratio=1, overflow="fold")
    for table in tables:
        grid.add_row(Text(table["name"]), str(len(words.columns(table))), Text(_about(table)))
    page.draw(grid)


def _paragraph(page: Page, table: Object) -> None:
    line = Text(table["name"], "bold")
    line.append(f"  {_about(table)}", "not bold")
    page.line(line, indent=2)
    own = [name for name in words.columns(table) if name not in EVERYWHERE]
    if own:
        page.line(", ".join(own), indent=4, style="dim")
    parents = sorted({key["target_table"] for key in table.get("foreign_keys", ())})
    if parents:
        page.line(f"→ {', '.join(parents)}", indent=4, style="cyan")


def _about(table: Object) -> str:
    return (table.get("comment") or "").split("\n")[0]


def _decisions(page: Page, design: Object, *, every: bool) -> None:
    decisions: Sequence[Object] = design.get("decisions", ())
    if not decisions:
        return
    if not every:
        page.heading("Decisions", f"{len(decisions):,}, each with its reason, in docs/decisions.md")
        return
    page.heading("Decisions", f"{len(decisions):,}")
    for decision in decisions:
        line = Text(_short(decision["address"]), "bold")
        line.append(f"  {decision['choice']}", "not bold")
        page.line(line, indent=2)
        page.line(f"why: {decision['because']}", indent=4, style="dim")
        for other in decision.get("alternatives", ()):
            page.line(f"not: {other['choice']} ({other['price'].rstrip('.')})", indent=4, style="dim")


def _questions(page: Page, design: Object) -> None:
    questions: Sequence[Object] = design.get("questions", ())
    if not questions:
        return
    page.heading("Open questions", "the marked answer was taken; change it with --answer ID=VALUE")
    for question in questions:
        line = Text(question["id"], "bold yellow")
        line.append(f"  {question['ask']}", "default not bold")
        page.line(line, indent=2)
        grid = Table.grid(padding=(0, 2, 0, 0))
        for _ in range(2):
            grid.add_column(no_wrap=True)
        grid.add_column()
        for option in question.get("options", ()):
            taken = option["value"] == question["default"]
            style = "bold" if taken else ""
            grid.add_row("   *" if taken else "    ", Text(option["value"], style), Text(option["consequence"]))
        page.draw(grid)


def _problems(page: Page, design: Object) -> None:
    problems: Sequence[Object] = design.get("problems", ())
    if not problems:
        return
    page.heading("To know")
    for problem in problems:
        style = {"error": "bold red", "warning": "yellow"}.get(problem["severity"], "")
        line = Text(f"{problem['severity']} ", style)
        line.append(f"{words.place(problem)}{problem['message']}", "default not bold")
        page.line(line, indent=2)


def _files(page: Page, design: Object) -> None:
    files = design.get("files") or {}
    if not design.get("folder"):
        return
    folder = words.nearby(design["folder"])
    page.heading("Files", f"{words.changes(files)}, in {folder}")
    for path in files.get("beside", ()):
        page.line(f"{path} was edited by you and stays; the new text is in {path}.new", 2, "yellow")
    for note in design.get("notes", ()):
        page.line(note, indent=2)
    if "README.md" in files.get("written", ()):
        page.line(f"Start with {folder}/README.md; the reasons are in {folder}/docs/design.md.", indent=2)


def _is_kept(design: Object, path: str) -> bool:
    """Whether the project has a file, written now or before."""
    return any(path in paths for paths in (design.get("files") or {}).values())


def _short(address: str) -> str:
    """`column:public.users.email` as a person says it: `users.email`."""
    kind, _, name = address.partition(":")
    return "everywhere" if kind == "namespace" and name == "public" else name.removeprefix("public.") or address
