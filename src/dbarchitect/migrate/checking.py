"""Every hazard of a history: it is replayed statement by statement, and each statement is looked at before it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dbarchitect.migrate.hazard_catalogue import pages
from dbarchitect.migrate.history import History, Moment
from dbarchitect.migrate.memory import Story, Transaction
from dbarchitect.migrate.walk import Options, Walker
from dbarchitect.migrate.way_back import Down, WayBack, copied, differences
from dbarchitect.model.decision import Problem
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import State
from dbarchitect.records import dataclass

LOSSES = ("DL01", "DL02", "DL04", "DL13")
"""Codes that say of a file that it loses something."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check says: hazards in the order of the history, what could not be read of it, and how much there is."""

    hazards: tuple[Hazard, ...]
    problems: tuple[Problem, ...] = ()
    statements: int = 0
    tables: int = 0


def check(files: Mapping[str, str], options: Options | None = None) -> Checked:
    """The hazards of a history.

    Args:
        files: SQL by relative path, in the order in which they run.
        options: how.
    """
    chosen = options or Options()
    history = History(files)
    found: list[Hazard] = []
    count = 0
    story = Story(pending=chosen.only is not None and not chosen.only >= files.keys())
    begun: dict[frozenset[str], Transaction] = {}
    backs: list[WayBack] = []
    for name, moments in _by_file(history):
        batch = next((batch for batch in chosen.batches if name in batch), frozenset([name]))
        earlier = begun.setdefault(batch, Transaction())
        if chosen.statistics:
            earlier.made.difference_update(chosen.statistics.tables)  # what is there is in use, whatever files say
        walker = Walker(name, files[name], chosen, story, earlier)
        down = (chosen.downs or {}).get(name) if walker.looked else None
        before = copied(history.around.state) if down is not None else None
        wrong = len(history.problems)
        of_file: list[Hazard] = []
        for moment in moments:
            count += not moment.within
            of_file += walker.step(moment)
        of_file = sorted((*of_file, *walker.end(history.around)), key=_place)
        found += of_file
        story.previous = name
        if down is not None and before is not None:
            known = len(history.problems) == wrong
            backs.append(_taken_back(walker, files[name], down, before, history.around.state, of_file, known))
    last = next(reversed(tuple(files)), "")
    found += [item for name, say in story.open if name != last and (item := say(history.around)) is not None]
    if chosen.downs is not None:
        looked = [name for name in files if chosen.only is None or name in chosen.only]
        found += [item for page in pages() if page.check_backs for item in page.check_backs(looked, backs)]
    return Checked(tuple(found), tuple(history.problems), count, len(history.around.state.tables))


def _taken_back(
    walker: Walker, text: str, down: Down, before: State, after: State, hazards: Sequence[Hazard], known: bool
) -> WayBack:
    """Replay the way back of a file, and then the file again.

    Args:
        walker: of the file, at its end.
        text: the file's.
        down: its way back.
        before: the schema before the file.
        after: the schema after it; it is not changed.
        hazards: of the file.
        known: the replay understood the whole file.
    """
    history, own = History({down.file: down.text}, copied(after)), walker.back(down)
    drops: list[str] = []
    of_down: list[Hazard] = []
    statements = 0
    for moment in history.moments():
        statements += not moment.within
        known = known and moment.classified.kind != "CallStmt"
        drops += own.drops(moment)
        of_down += own.step(moment)
    of_down += own.end(history.around)
    wrong = history.problems
    known = known and all(problem.severity == "error" for problem in wrong)
    again = History({walker.name: text}, copied(history.around.state))
    differing = differences(before, history.around.state) if known and not wrong else ()
    if differing:
        for _ in again.moments():
            pass
    return WayBack(
        walker.name, down, statements, known, differing,
        wrong[0] if wrong else None,
        next((problem for problem in again.problems if problem.severity == "error"), None),
        tuple(item for item in hazards if item.code in LOSSES), tuple(of_down), tuple(sorted(drops)),
    )  # fmt: skip


def _place(hazard: Hazard) -> tuple[int, int]:
    span = hazard.span
    return (span.start.line, span.start.column) if span else (0, 0)


def _by_file(history: History) -> Iterator[tuple[str, Iterator[Moment]]]:
    moments = history.moments()
    waiting = next(moments, None)

    def of(name: str) -> Iterator[Moment]:
        nonlocal waiting
        while waiting is not None and waiting.file == name:
            yield waiting
            waiting = next(moments, None)

    while waiting is not None:
        yield waiting.file, of(waiting.file)


def allowed(hazards: Iterable[Hazard], words: Sequence[str]) -> tuple[Hazard, ...]:
    """The hazards that are accepted by none of these codes and names."""
    given = {word.lower() for word in words}
    return tuple(item for item in hazards if item.code.lower() not in given and item.name not in given)
