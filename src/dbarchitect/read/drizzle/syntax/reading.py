"""What the parts of the reader share while they read one schema: the problems met and the spans of what was found."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbarchitect.model.decision import Problem
from dbarchitect.model.source import Span
from dbarchitect.read.drizzle.declared import Call
from dbarchitect.read.drizzle.syntax.evaluation import Evaluator
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError
from dbarchitect.read.drizzle.syntax.values import Link, Unknown
from dbarchitect.settings import Line
from dbarchitect.typescript.source import Node, Source


@dataclass(eq=False)
class Reading:
    """One reading.

    Args:
        evaluator: tells what expressions stand for.
        casing: how keys become names: snake_case, camelCase or ''.
        line: the line of Drizzle.
    """

    evaluator: Evaluator
    casing: str = ""
    line: Line = "0.45"
    spans: dict[str, list[Span]] = field(default_factory=dict)
    _problems: dict[tuple[Span | None, str], Problem] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, in the order of files and text."""
        return tuple(sorted(self._problems.values(), key=lambda each: (each.span is None, each.span, each.message)))

    def place(self, address: str, span: Span) -> None:
        """Say where an element stands."""
        listed = self.spans.setdefault(address, [])
        if span not in listed:
            listed.append(span)

    def problem(self, message: str, span: Span | None, *, severity: str = "warning") -> None:
        """Note a problem, once."""
        self._problems.setdefault((span, message), Problem(severity, message, span))

    def lost(self, what: str, unknown: Unknown | UnreadableError | None, source: Source, node: Node) -> None:
        """Note that something could not be told from the text.

        Args:
            what: what was not read.
            unknown: why, when that is known.
            source: the file to blame when it is not.
            node: the place to blame when it is not.
        """
        cause = unknown.unknown if isinstance(unknown, UnreadableError) else unknown
        if cause is None:
            self.problem(f"{what} was not read", source.span(node))
            return
        severity = "error" if cause.missing else "warning"
        text = cause.source.text_of(cause.node)
        subject = "" if cause.reason.startswith(("`", "the ")) else f"`{_short(text)}` "
        self.problem(f"{what} was not read: {subject}{cause.reason}", cause.source.span(cause.node), severity=severity)

    def calls(self, links: list[Link]) -> tuple[Call, ...]:
        """The links of a chain as the declaration keeps them."""
        return tuple(call_of(link) for link in links)


def call_of(link: Link) -> Call:
    """A link with its place."""
    return Call(link.name, link.source, link.node.start_byte, link.call)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "…"
