"""A certificate of migrations as a page, as lines for grep, and as Markdown for a review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from dbarchitect.model.certificate import Certificate, Condition, Held, Loss, Proven, Traced
from dbarchitect.surface.output import words
from dbarchitect.surface.output.full.page import Page

MARKS = {"exact": "✓", "lossy": "!", "irreversible": "!", "failed": "✗", "unproved": "?"}
COLOURS = {"exact": "green", "lossy": "yellow", "irreversible": "yellow", "failed": "bold red", "unproved": "yellow"}
DATA = {"adversarial": "data that tries everything", "restored": "the data that was given"}
LOST = {
    "dropped": "dropped, with {} of {}", "changed": "changed in {} of {}", "rows": "{} gone or new, of {}",
    "position": "position lost",
}  # fmt: skip
ORDER = {
    "no-column-order": "the columns come in another order",
    "no-automatic-names": "names that PostgreSQL makes up are other",
    "no-comments-and-grants": "comments, rights or owners are other",
}  # fmt: skip
"""What is not as it was at the levels below strict."""
WIDEST = 90


def full(found: Certificate, *, width: int, colour: bool) -> str:
    """What was proved about each migration, then the count."""
    page = Page(width, colour)
    replayed = f", after {words.count(found.history, 'migration')} of {found.source}" if found.history else ""
    page.heading("Certificate", f"PostgreSQL {found.postgres}, {DATA[found.data]}{replayed}")
    for item in found.migrations:
        head = Text(f"{MARKS[item.verdict]} {item.verdict:<14}", COLOURS[item.verdict])
        page.line("")
        page.line(Text.assemble(head, (words.printable(item.file), "bold")))
        page.line(words.printable(item.reason) + ".", indent=2)
        for kind, text, code in details(item):
            page.line(Text.assemble((f"{kind}  ", "dim"), words.printable(text)), indent=2)
            if code:
                page.code(f"      {words.printable(_one_line(code, None if kind == 'rows' else WIDEST))}")
    page.line("")
    page.line(last_line(found))
    return page.text()


def concise(found: Certificate) -> str:
    """A line for each migration and each thing to know about it."""
    lines = []
    for item in found.migrations:
        lines.append(f"{item.verdict} {item.file}: {item.reason}")
        lines += [f"{kind} {item.file}: {text}{f' -- {code}' if code else ''}" for kind, text, code in details(item)]
    return "".join(f"{' '.join(words.printable(line).split())}\n" for line in [*lines, last_line(found)])


def markdown(found: Certificate) -> str:
    """A table with a row for each migration, and below it what its row cannot hold."""
    lines = [
        f"### Migrations proved on PostgreSQL {found.postgres}",
        "",
        "| migration | verdict | who waits meanwhile | who waits on the way back | rows in its way |",
        "|---|---|---|---|---|",
    ]
    for item in found.migrations:
        waits = _cell("; ".join(_waits(item.held)) or "nobody")
        back = _cell("; ".join(_waits(item.held_back)) or ("nobody" if item.back else "not traced"))
        rows = _cell("; ".join(condition.message for condition in item.conditions) or "none found")
        lines.append(f"| `{_cell(item.file)}` | {MARKS[item.verdict]} **{item.verdict}** | {waits} | {back} | {rows} |")
    for item in found.migrations:
        lines += ["", f"**`{item.file}`**: {_cell(item.reason)}.", ""]
        for kind, text, code in details(item):
            lines.append(f"- {kind}: {_cell(text)}" + (f"\n  ```sql\n  {_one_line(code, None)}\n  ```" if code else ""))
    lines += ["", f"{last_line(found)} Proved with {DATA[found.data]}; history `{found.hash[:12]}`."]
    whole: str = words.printable("\n".join(lines))
    return whole + "\n"


def last_line(found: Certificate) -> str:
    """How many migrations have which verdict."""
    counted = [f"{count} {verdict}" for verdict, count in found.summary.items() if count]
    return f"{words.count(len(found.migrations), 'migration')}: {', '.join(counted) or 'nothing to prove'}."


def details(item: Proven) -> Iterator[tuple[str, str, str | None]]:
    """(kind, sentence, SQL that belongs to it) of everything that a reviewer wants to know."""
    for trouble in item.troubles:
        if trouble.message not in item.reason or trouble.statement:
            yield "trouble", f"{trouble.way}: {trouble.message}", trouble.statement
        yield from (("differs", row, None) for row in trouble.differences)
    if item.level in ORDER:
        yield "differs", f"{ORDER[item.level]} after the down", None
    else:
        yield from (("differs", row, None) for row in item.differences)
    yield from (("loses", _loss(loss), None) for loss in item.losses)
    yield from (("moves", f"{_bare(old)} lives on as {_bare(new)}", None) for old, new in item.kept_as)
    yield from (("rows", _condition(condition), condition.query) for condition in item.conditions)
    if item.down_drops:
        names = ", ".join(_bare(address) for address in item.down_drops)
        yield "down", f"drops {names} with all that was written there since", None
    yield from _statements("locks", item.statements)
    yield from _summed("holds", item, item.statements, item.held)
    yield from _statements("back", item.back)
    yield from _summed("holds back", item, item.back, item.held_back)
    yield from (("unproved", f"{what}: {why}", None) for what, why in item.not_proved)


def _statements(kind: str, traces: Sequence[Traced]) -> Iterator[tuple[str, str, str | None]]:
    """Whom each statement of a step keeps waiting, and how many keep nobody."""
    for traced in traces:
        yield from ((kind, text, traced.statement) for text in _locks(traced))
    quiet = sum(not list(_locks(traced)) for traced in traces)
    if quiet:
        others = "the other " if quiet < len(traces) else ""
        yield kind, f"nobody waits for {others}{words.count(quiet, 'statement')}", None


def _summed(
    kind: str, item: Proven, traces: Sequence[Traced], held: Sequence[Held]
) -> Iterator[tuple[str, str, str | None]]:
    """The strongest locks of a step of several statements, for which somebody waits."""
    found = [f"{_bare(one.address)} {one.mode}" for one in held if one.reads_wait or one.writes_wait]
    if found and len(traces) > 1:
        when = "until it commits" if item.transaction == "one" else "at some moment"
        yield kind, f"{', '.join(found)} {when}", None


def _loss(loss: Loss) -> str:
    text = f"{_bare(loss.address)} {LOST[loss.kind].format(loss.count, words.count(loss.total, 'row'))}"
    if loss.examples and loss.kind == "changed":
        text += ": " + ", ".join(f"{_value(old)} became {_value(new)}" for old, new in loss.examples)
    return text + (" (there again after the down)" if loss.returns else "")


def _value(text: str | None) -> str:
    return "NULL" if text is None else repr(text)


def _condition(condition: Condition) -> str:
    where = "" if condition.way == "up" else f" in the {condition.way}"
    return f"fails{where} on {condition.rows} of {words.count(condition.total, 'row')}: {condition.message}"


def _locks(traced: Traced) -> Iterator[str]:
    if traced.error:
        yield f"not traced: {traced.error}"
    for held in traced.held:
        said = _held(held)
        if said:
            yield f"{_bare(held.address)} {held.mode}: {said}"


def _held(held: Held) -> str:
    """What one relation suffers, in words; nothing for what nobody notices."""
    who = [name for name, waits in (("readers", held.reads_wait), ("writers", held.writes_wait)) if waits]
    what = ["written anew"] * held.rewrites + ["read whole"] * (held.scans and bool(who))
    said = [f"{words.listed(who)} wait"] if who else []
    return ", ".join([*said, *what])


def _waits(held: Sequence[Held]) -> list[str]:
    """Who waits for a whole step."""
    words_for = {(True, True): "readers and writers", (True, False): "readers", (False, True): "writers"}
    who = [(bool(one.reads_wait), bool(one.writes_wait), one.address) for one in held]
    return [f"{words_for[reads, writes]} of {_bare(address)}" for reads, writes, address in who if reads or writes]


def _bare(address: str) -> str:
    return address.partition(":")[2]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _one_line(sql: str, widest: int | None = WIDEST) -> str:
    text = " ".join(sql.split())
    return text if widest is None or len(text) <= widest else text[: widest - 1] + "…"
