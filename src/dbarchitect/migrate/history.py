"""Histories replayed statement by statement, with the schema before each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dbarchitect.migrate.surroundings import Surroundings
from dbarchitect.model.decision import Problem
from dbarchitect.model.source import Span
from dbarchitect.read.sql import reader
from dbarchitect.read.sql.drafts import State
from dbarchitect.read.sql.replay import Replay
from dbarchitect.read.sql.script import scripts
from dbarchitect.read.sql.source import Written
from dbarchitect.records import dataclass
from dbarchitect.sql.acts import Classified
from dbarchitect.sql.classify import classify


@dataclass(frozen=True, slots=True)
class Moment:
    """One statement of a history, at the moment before it runs; valid only until the next one is asked for.

    Args:
        file: the file that it stands in.
        number: its place in that file, from 0.
        count: how many statements that file has.
        written: the statement with its tree and place.
        classified: what it does.
        around: the schema before it.
        within: it stands in a DO block, which was a moment before it.
        excused: the block bears it when what it makes is there already.
    """

    file: str
    number: int
    count: int
    written: Written
    classified: Classified
    around: Surroundings
    within: bool = False
    excused: bool = False

    @property
    def span(self) -> Span:
        """Where it stands."""
        start = self.written.start
        return self.written.file.span(start, start + len(self.written.text))


class History:
    """Texts that run one after the other.

    Args:
        files: SQL by relative path, in the order in which they run.
        state: what they run on, which they change; None for an empty database.
    """

    def __init__(self, files: Mapping[str, str], state: State | None = None) -> None:
        self._files = files
        self._replay = Replay(reader.run)
        if state is not None:
            self._replay.state = state
        self.problems: list[Problem] = []

    def moments(self) -> Iterator[Moment]:
        """Every statement, before it is replayed; after a DO block the statements in it that its text tells."""
        for script in scripts(self._files):
            self._replay.set_path(["public"])
            for number, written in enumerate(script.statements):
                around = Surroundings(self._replay.state, self._replay.path)
                moment = Moment(
                    written.file.name, number, len(script.statements), written, classify(written.node), around
                )
                yield moment
                if moment.classified.kind == "DoStmt":
                    yield from self._within(moment)
                else:
                    reader.run(self._replay, written)
            self.problems += [*script.problems, *self._replay.problems]
            self._replay.problems = []

    def _within(self, block: Moment) -> Iterator[Moment]:
        for inner in reader.run_block(self._replay, block.written):
            written, around = inner.written, Surroundings(self._replay.state, self._replay.path)
            yield replace(
                block, written=written, classified=classify(written.node), around=around, within=True,
                excused=inner.excused,
            )  # fmt: skip

    @property
    def around(self) -> Surroundings:
        """The schema now."""
        return Surroundings(self._replay.state, self._replay.path)


def surroundings_after(texts: Sequence[str]) -> Surroundings:
    """The schema after some texts have run in an empty database."""
    history = History({f"{number}.sql": text for number, text in enumerate(texts)})
    for _ in history.moments():
        pass
    return history.around
