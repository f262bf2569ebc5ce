"""SQL texts into the model: their DDL is replayed, one statement after the other."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.annotations import Annotations
from dbarchitect.model.decision import Problem
from dbarchitect.model.schema import Schema
from dbarchitect.read.result import ReadResult
from dbarchitect.read.sql.blocks import Inner, inner
from dbarchitect.read.sql.grants import frozen_grants
from dbarchitect.read.sql.replay import TEMPORARY, Replay, StatementError
from dbarchitect.read.sql.script import scripts
from dbarchitect.read.sql.source import Spans, Written
from dbarchitect.read.sql.statements import HANDLERS
from dbarchitect.read.sql.tables import frozen


def read(files: Mapping[str, str]) -> ReadResult:
    """The schema that a database has after these texts have run in an empty one.

    Nothing is executed: statements are parsed by PostgreSQL's own grammar and replayed on the model. Expressions are
    kept as they are written; only `engines.canonical` can compare them.

    Args:
        files: SQL by relative POSIX path, in the order in which they run.

    Returns:
        The schema, `annotations.spans` with every place that writes or changes an element, and a problem for each
        statement that is wrong, contradicts what is there, or has an effect that cannot be known without running it.
    """
    replay = Replay(run)
    problems: list[Problem] = []
    with _uncollected():
        for script in scripts(files):
            replay.set_path(["public"])
            for written in script.statements:
                run(replay, written)
            problems += script.problems
            problems += replay.problems
            replay.problems = []
    return ReadResult(_schema(replay), tuple(_sorted(problems, list(files))))


def run(replay: Replay, written: Written) -> None:
    """Replay a statement; what is wrong with it becomes a problem."""
    ((kind, fields),) = written.node.items()
    handler: Callable[..., None] | None = HANDLERS.get(kind)
    if handler is None:
        return
    replay.statement = written
    try:
        handler(replay, fields)
        written.node = {}
    except InputError as error:
        _note(replay, error)


def run_block(replay: Replay, written: Written) -> Iterator[Inner]:
    """Replay a DO block as `run` does; each statement in it comes before it is replayed."""
    replay.statement = written
    try:
        yield from inner(replay, written.node["DoStmt"])
        written.node = {}
    except InputError as error:
        _note(replay, error)


def _note(replay: Replay, error: InputError) -> None:
    replay.command = None
    replay.problem(error.message, error.severity if isinstance(error, StatementError) else "error")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles, which takes a third of the time: syntax trees have none."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _sorted(problems: list[Problem], files: list[str]) -> list[Problem]:
    order = {file: place for place, file in enumerate(files)}
    return sorted(
        problems,
        key=lambda item: (
            (order[item.span.file], item.span.start, item.message) if item.span else (-1, None, item.message)
        ),
    )


def _schema(replay: Replay) -> Schema:
    state = replay.state
    marks = {place: tuple(items) for place, items in replay.marks.items() if len(place) < 2 or place[1] != TEMPORARY}
    was = {address(*new): address(*old) for new, old in replay.was.items() if new in marks}
    return Schema(
        tables=frozen(state),
        enums=tuple(state.enums.values()),
        domains=tuple(state.domains.values()),
        composites=tuple(state.composites.values()),
        ranges=tuple(state.ranges.values()),
        sequences=tuple(state.sequences.values()),
        views=tuple(state.views.values()),
        functions=tuple(state.functions.values()),
        statistics=tuple(state.statistics.values()),
        extensions=tuple(state.extensions.values()),
        namespaces=tuple(state.namespaces.values()),
        grants=frozen_grants(state),
        annotations=Annotations(spans=Spans(marks), was=was),
    )
