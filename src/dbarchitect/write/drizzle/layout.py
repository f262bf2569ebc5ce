"""Expressions of TypeScript and how they are laid out: the line breaks that the emitted biome.json asks for.

A tree of calls, chains, objects and arrow functions is printed flat where it fits and broken where it does not, by the
rules of Biome's formatter (which are Prettier's) for the few shapes that schema files have.
"""

# ruff: noqa: D102 - the methods are documented once, in Node

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import field

from dbarchitect.records import dataclass

WIDTH = 100


class Node(ABC):
    """A piece of TypeScript that knows how to print itself."""

    @abstractmethod
    def flat(self) -> str:
        """On one line."""

    def broken(self, column: int, indent: int, tail: int) -> str:
        """On several lines; the first one continues at `column`, `tail` columns follow the last one."""
        return self.flat()

    @property
    def must_break(self) -> bool:
        """Whether it is never printed on one line."""
        return False

    @property
    def simple(self) -> bool:
        """Whether it may stand in a chain of three calls on one line."""
        return True

    def at(self, column: int, indent: int, tail: int = 0) -> str:
        """Printed from `column` on, flat when it fits before `tail` columns that follow."""
        if not self.must_break:
            text = self.flat()
            if "\n" not in text and column + len(text) + tail <= WIDTH:
                return text
        return self.broken(column, indent, tail)


@dataclass(frozen=True, slots=True)
class Raw(Node):
    """Text that is never broken: an identifier, a literal, a template."""

    text: str
    plain: bool = True

    def flat(self) -> str:
        return self.text

    @property
    def simple(self) -> bool:
        return self.plain


@dataclass(frozen=True, slots=True)
class Obj(Node):
    """An object literal; each entry may carry lines of comments before it."""

    entries: Sequence[tuple[str, Node]]
    expanded: bool = False
    comments: dict[str, str] = field(default_factory=dict)

    def flat(self) -> str:
        return (
            "{ " + ", ".join(f"{key}: {value.flat()}" for key, value in self.entries) + " }" if self.entries else "{}"
        )

    @property
    def must_break(self) -> bool:
        return self.expanded or any(value.must_break for _, value in self.entries)

    @property
    def simple(self) -> bool:
        return all(value.simple for _, value in self.entries)

    def broken(self, column: int, indent: int, tail: int) -> str:
        pad = " " * (indent + 2)
        lines = []
        for key, value in self.entries:
            comment = self.comments.get(key)
            before = _indented(comment, pad) if comment else ""
            text = value.at(len(pad) + len(key) + 2, indent + 2, 1)
            if text[0] in "'\"" and len(pad) + len(key) + len(text) + 3 > WIDTH:
                text = f"\n{pad}  {text}"  # a literal that is too long stands on its own line
            lines.append(f"{before}{pad}{key}:{'' if text[0] == chr(10) else ' '}{text},")
        return "{\n" + "\n".join(lines) + "\n" + " " * indent + "}"


@dataclass(frozen=True, slots=True)
class Arr(Node):
    """An array literal."""

    items: Sequence[Node]

    def flat(self) -> str:
        return "[" + ", ".join(item.flat() for item in self.items) + "]"

    @property
    def must_break(self) -> bool:
        return any(item.must_break for item in self.items)

    @property
    def simple(self) -> bool:
        return all(item.simple for item in self.items)

    def broken(self, column: int, indent: int, tail: int) -> str:
        pad = " " * (indent + 2)
        lines = [f"{pad}{item.at(len(pad), indent + 2, 1)}," for item in self.items]
        return "[\n" + "\n".join(lines) + "\n" + " " * indent + "]"


@dataclass(frozen=True, slots=True)
class Lines(Node):
    """The list that a table's extra configuration returns: one element a line, with comments before some."""

    items: Sequence[tuple[str, Node]]

    def flat(self) -> str:
        return "[" + ", ".join(item.flat() for _, item in self.items) + "]"

    @property
    def must_break(self) -> bool:
        return any(comment or item.must_break for comment, item in self.items)

    def broken(self, column: int, indent: int, tail: int) -> str:
        pad = " " * (indent + 2)
        lines = [
            f"{_indented(comment, pad) if comment else ''}{pad}{item.at(len(pad), indent + 2, 1)},"
            for comment, item in self.items
        ]
        return "[\n" + "\n".join(lines) + "\n" + " " * indent + "]"


@dataclass(frozen=True, slots=True)
class Arrow(Node):
    """`(params) => body`; an object as the body stands in parentheses."""

    params: str
    body: Node

    def flat(self) -> str:
        body = self.body.flat()
        return f"{self.params} => ({body})" if isinstance(self.body, Obj) else f"{self.params} => {body}"

    @property
    def must_break(self) -> bool:
        return self.body.must_break

    @property
    def simple(self) -> bool:
        return False

    def broken(self, column: int, indent: int, tail: int) -> str:
        if isinstance(self.body, Obj):
            if not self.body.entries:
                return f"{self.params} => ({{}})"
            return f"{self.params} => ({self.body.broken(column, indent, tail + 1)})"
        if isinstance(self.body, Arr | Lines):
            return f"{self.params} => {self.body.broken(column, indent, tail)}"
        return f"{self.params} =>\n{' ' * (indent + 2)}{self.body.at(indent + 2, indent + 2, tail)}"


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`name(arguments)`."""

    name: str
    arguments: Sequence[Node] = ()

    def flat(self) -> str:
        return f"{self.name}({', '.join(argument.flat() for argument in self.arguments)})"

    @property
    def must_break(self) -> bool:
        return any(argument.must_break for argument in self.arguments)

    @property
    def simple(self) -> bool:
        return all(argument.simple for argument in self.arguments)

    def broken(self, column: int, indent: int, tail: int) -> str:
        *leading, last = self.arguments or (Raw(""),)
        if not leading and isinstance(last, Raw) and "\n" in last.text:
            return f"{self.name}({last.text})"
        hugs = isinstance(last, Obj | Arr | Lines | Arrow) and not any(argument.must_break for argument in leading)
        if hugs and not any(type(argument) is type(last) for argument in leading[-1:]):
            head = f"{self.name}({''.join(argument.flat() + ', ' for argument in leading)}"
            body = last.broken(column, indent, tail + 1)
            if column + len(head + body.split("\n", 1)[0]) <= WIDTH:
                return f"{head}{body})"
        return self.spread(indent)

    def spread(self, indent: int) -> str:
        """One argument a line."""
        pad = " " * (indent + 2)
        lines = [f"{pad}{argument.at(len(pad), indent + 2, 1)}," for argument in self.arguments]
        return f"{self.name}(\n" + "\n".join(lines) + "\n" + " " * indent + ")"


@dataclass(frozen=True, slots=True)
class Spread(Call):
    """A call whose arguments each stand on their own line, as the seed writes `pgTable`."""

    @property
    def must_break(self) -> bool:
        return True

    def broken(self, column: int, indent: int, tail: int) -> str:
        return self.spread(indent)


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """`head.link().link()`."""

    head: Node
    links: Sequence[Call]

    def flat(self) -> str:
        return self.head.flat() + "".join(f".{link.flat()}" for link in self.links)

    @property
    def must_break(self) -> bool:
        return self._always_spread or self.head.must_break or any(link.must_break for link in self.links)

    @property
    def simple(self) -> bool:
        return self.head.simple and all(link.simple for link in self.links)

    @property
    def _calls(self) -> int:
        return len(self.links) + isinstance(self.head, Call)

    @property
    def _always_spread(self) -> bool:
        # Three calls of which one takes a function: one call a line (Prettier, print/member-chain).
        return len(self.links) >= 2 and self._calls > 2 and not self.simple

    def broken(self, column: int, indent: int, tail: int) -> str:
        if len(self.links) < 2:
            return self._in_one(column, indent, tail)
        pad = " " * (indent + 2)
        text = self.head.at(column, indent)
        *leading, last = self.links
        for link in leading:
            text += f"\n{pad}.{link.at(len(pad) + 1, indent + 2)}"
        spread = f"{text}\n{pad}.{last.at(len(pad) + 1, indent + 2, tail)}"
        if self._always_spread or "\n" in last.at(len(pad) + 1, indent + 2, tail):
            hugged = self._hugged(column, indent, tail)
            return spread if self._always_spread or hugged is None else hugged
        return spread

    def _hugged(self, column: int, indent: int, tail: int) -> str | None:
        """Everything but the last call's object on one line, where that fits."""
        *leading, last = self.links
        if not last.arguments or not isinstance(last.arguments[-1], Obj):
            return None
        head = ".".join(part.flat() for part in (self.head, *leading)) + "."
        text = head + last.broken(column + len(head), indent, tail)
        return text if column + len(text.split("\n", 1)[0]) <= WIDTH else None

    def _in_one(self, column: int, indent: int, tail: int) -> str:
        """The dots stay on one line; the last call that has arguments is broken."""
        parts: list[Node] = [self.head, *self.links]
        breaking = max((i for i, part in enumerate(parts) if isinstance(part, Call) and part.must_break), default=None)
        if breaking is None:
            sized = [(len(part.flat()), i) for i, part in enumerate(parts) if isinstance(part, Call) and part.arguments]
            breaking = max(sized)[1] if sized else 0
        text = ""
        for place, part in enumerate(parts):
            text += "." if place else ""
            text += part.broken(column + len(text), indent, tail) if place == breaking else part.flat()
        return text


def chain(head: Node, links: Iterable[Call]) -> Node:
    """`head` with `links`, or `head` itself when there are none."""
    listed = tuple(links)
    if listed and isinstance(head, Call) and "." in head.name:
        owner, name = head.name.rsplit(".", 1)
        return Chain(Raw(owner), (Call(name, head.arguments), *listed))
    return Chain(head, listed) if listed else head


def statement(prefix: str, node: Node) -> str:
    """`prefix` and the node after it, at the left margin: `export const x = …`."""
    return prefix + node.at(len(prefix), 0)


def _indented(comment: str, pad: str) -> str:
    return "".join(f"{pad}{line}\n" if line else "\n" for line in comment.split("\n"))
