"""What a Prisma schema writes, block by block, before anything is resolved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Literal

from dbarchitect.model.source import Span
from dbarchitect.read.block_text import Name, Text
from dbarchitect.records import dataclass

Arity = Literal["required", "optional", "list"]


@dataclass(frozen=True, slots=True)
class Value:
    """An argument's value.

    Args:
        kind: what it is; `call` is `name(arguments)`, `word` a name or constant.
        text: the string, number, word or name of the function.
        items: of a list, a call or an object `{ key: value }`.
        start: offset of its first code point.
        end: offset behind its last one.
    """

    kind: Literal["text", "number", "word", "list", "call", "object"]
    text: str
    items: tuple[Argument, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Argument:
    """`value` or `name: value`."""

    name: str | None
    value: Value


@dataclass(frozen=True, slots=True)
class Attribute:
    """`@name(arguments)` or `@@name(arguments)`; the name without its signs: `id`, `db.VarChar`."""

    name: str
    arguments: tuple[Argument, ...]
    start: int
    end: int

    def argument(self, *names: str, place: int | None = None) -> Value | None:
        """The value of a named argument, else of the one without a name at a place."""
        for item in self.arguments:
            if item.name in names:
                return item.value
        bare = [item.value for item in self.arguments if item.name is None]
        return bare[place] if place is not None and place < len(bare) else None

    def text(self, *names: str, place: int | None = None) -> str | None:
        """The same as text, when it is a string."""
        value = self.argument(*names, place=place)
        return value.text if value is not None and value.kind == "text" and value.text else None


def attribute(attributes: Iterable[Attribute], name: str) -> Attribute | None:
    """The first attribute of a name."""
    return next((item for item in attributes if item.name == name), None)


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a model, or a value of an enum (then without a type).

    Args:
        name: its name.
        type: the name of its type; '' with `unsupported`.
        unsupported: the SQL of `Unsupported("…")`.
        arity: one, none or one, many.
        attributes: in order.
        doc: the `///` lines before it and at its end.
        start: offset of its first code point.
        end: offset behind its last one.
    """

    name: Name
    type: str
    unsupported: str | None
    arity: Arity
    attributes: tuple[Attribute, ...]
    doc: str
    start: int
    end: int

    def has(self, name: str) -> Attribute | None:
        """Its attribute of that name."""
        return attribute(self.attributes, name)

    @property
    def column(self) -> str:
        """The column's name in the database."""
        mapped = self.has("map")
        return (mapped.text("name", place=0) if mapped else None) or self.name.text


@dataclass(slots=True)
class Block:
    """A model, view, enum, type, datasource or generator.

    Args:
        source: its file.
        kind: the word that begins it.
        name: its name.
        fields: of a model, view, type or enum.
        attributes: those with two signs.
        properties: of a datasource or generator.
        doc: the `///` lines before it.
        start: offset of its first code point.
        end: offset behind its name.
    """

    source: Text
    kind: str
    name: Name
    fields: list[Field] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    properties: dict[str, Value] = field(default_factory=dict)
    doc: str = ""
    start: int = 0
    end: int = 0

    @property
    def table(self) -> str:
        """The name in the database."""
        mapped = attribute(self.attributes, "map")
        return (mapped.text("name", place=0) if mapped else None) or self.name.text

    @property
    def schema(self) -> str:
        """The PostgreSQL schema."""
        placed = attribute(self.attributes, "schema")
        return (placed.text("name", place=0) if placed else None) or "public"

    @property
    def key(self) -> tuple[str, str]:
        """(schema, name) in the database."""
        return self.schema, self.table

    def field(self, name: str) -> Field | None:
        """The field of that name in the Prisma schema."""
        return next((item for item in self.fields if item.name.text == name), None)

    def span(self, start: int, end: int) -> Span:
        """The span of the code points from `start` up to `end`."""
        return self.source.span(start, end)
