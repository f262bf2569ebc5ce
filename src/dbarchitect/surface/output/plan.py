"""A plan as a page, as a line for each file, and as SQL."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from dbarchitect.api.planning import Planned
from dbarchitect.model.plan import Hazard, Step
from dbarchitect.surface.output import words
from dbarchitect.surface.output.full.page import Page

MODES = {"one": "one transaction", "none": "no transaction"}
BACK = {"exact": "goes back exactly", "lossy": "goes back without what was lost", "no": "cannot go back"}
SHOWN = 8
"""Names that a line lists."""
COLOURS = {"error": "bold red", "warning": "yellow", "info": "dim"}


def full(found: Planned, *, width: int, colour: bool) -> str:
    """Each file with its statements, its way back and its hazards, then what is open."""
    page = Page(width, colour)
    made = found.plan
    if not made.steps:
        page.line("The two schemas are the same: there is nothing to do.")
    for old, new in sorted(made.renames.items()):
        page.line(words.printable(f"{old} becomes {new}"))
    for number, step in enumerate(made.steps, start=1):
        page.heading(f"{number}. {step.file}", _about(step))
        if step.phase == "contract":
            page.line(words.printable(" ".join(step.notes[:1]).removeprefix("-- ")), indent=2)
        for statement in step.up:
            for line in words.printable(f"{statement};").splitlines():
                page.code(f"  {line}")
        for hazard in step.hazards:
            _hazard(page, hazard, accepted=hazard not in found.unaccepted)
    if made.kept:
        page.heading("Stays as it is")
        page.line(
            words.printable(f"Drizzle has no word for this, or was never told of it: {_some(made.kept)}."), indent=2
        )
    for question in made.questions:
        page.heading("Open")
        page.line(words.printable(question.ask), indent=2)
        for option in question.options:
            page.line(words.printable(f"{option.value}: {option.consequence}"), indent=4)
    if made.steps:
        page.line("")
        page.line(_verdict(found))
    return page.text()


def _some(items: Sequence[str]) -> str:
    """Names, only the first ones of many."""
    if len(items) <= SHOWN:
        return words.listed(items)
    return f"{', '.join(items[:SHOWN])} and {len(items) - SHOWN} more"


def _about(step: Step) -> str:
    """How a file runs, whether it goes back, and the strongest of its locks."""
    return ", ".join((MODES[step.transaction], BACK[step.reversible], *_waiting(step)))


def _waiting(step: Step) -> tuple[str, ...]:
    lock = step.strongest
    if lock is None:
        return ()
    who = "reads and writes wait" if lock.blocks_reads else "writes wait" if lock.blocks_writes else "nobody waits"
    done = " while rows are written anew" if lock.rewrites else " while rows are read" if lock.scans else ""
    return (words.printable(f"{lock.mode} on {lock.address.partition(':')[2]}: {who}{done}"),)


def _hazard(page: Page, hazard: Hazard, *, accepted: bool) -> None:
    mark = "accepted" if accepted else f"--allow {hazard.name}"
    head = Text(f"{hazard.code} ", COLOURS[hazard.severity])
    page.line(Text.assemble(head, words.printable(hazard.message), (f"  [{mark}]", "dim")), indent=2)
    if hazard.safe and not accepted:
        page.line(words.printable(hazard.safe), indent=4, style="dim")


def _verdict(found: Planned) -> str:
    made = found.plan
    said = [words.count(len(made.steps), "file")]
    lossy = sum(step.reversible != "exact" for step in made.steps)
    said.append(f"{lossy} of them not wholly reversible" if lossy else "each goes back exactly")
    names = sorted({hazard.name for hazard in found.unaccepted})
    if names:
        said.append(f"refused until avoided or accepted with --allow: {', '.join(names)}")
    if made.questions:
        said.append(f"{words.count(len(made.questions), 'question')} open")
    return "; ".join(said) + "."


def concise(found: Planned) -> str:
    """A line for each file and for each thing that is open."""
    lines = [_line(step) for step in found.plan.steps]
    lines += [f"hazard {hazard.code} {hazard.name} {hazard.message}" for hazard in found.unaccepted]
    lines += [f"question {question.id} {question.ask}" for question in found.plan.questions]
    return "".join(f"{' '.join(words.printable(line).split())}\n" for line in lines or ["nothing to do"])


def _line(step: Step) -> str:
    statements = words.count(len(step.up), "statement")
    return f"{step.file}: {statements}, {_about(step)}"


def sql(found: Planned) -> str:
    """All files one after another, each under its name."""
    from dbarchitect.api.planning import files

    return "\n".join(f"-- {name}\n{text}" for name, text in files(found.plan).items())
