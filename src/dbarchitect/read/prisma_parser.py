"""The parser of Prisma schemas: a file to its blocks. What it cannot read is a problem with its place."""

from __future__ import annotations

from dbarchitect.model.decision import Problem
from dbarchitect.model.source import LineIndex
from dbarchitect.read.block_stream import BlockError, Stream
from dbarchitect.read.block_text import Name, Text
from dbarchitect.read.prisma_syntax import Argument, Arity, Attribute, Block, Field, Value
from dbarchitect.read.prisma_tokens import tokens

BLOCKS = ("model", "view", "enum", "type", "datasource", "generator")
DEEPEST = 50


def parse(text: str, file: str) -> tuple[list[Block], list[Problem]]:
    """The blocks of a Prisma schema file, and a problem for each piece that could not be read.

    Args:
        text: the file.
        file: its path for spans.
    """
    source = Text(text, file, LineIndex(text))
    found, problems = tokens(source)
    parser = _Parser(Stream(source, found, problems, BLOCKS))
    parser.document()
    return parser.blocks, problems


class _Parser:
    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.blocks: list[Block] = []

    def document(self) -> None:
        stream = self.stream
        while stream.token.kind != "end":
            start = stream.position
            try:
                self.block(self.doc())
            except BlockError as error:
                stream.note(error)
                stream.skip_to_block(start)

    def doc(self) -> str:
        """The `///` lines here, joined."""
        lines = []
        while self.stream.token.kind == "doc":
            lines.append(self.stream.next().value)
        return "\n".join(lines).strip()

    def block(self, doc: str) -> None:
        stream = self.stream
        token = stream.token
        if token.kind == "end":
            return
        if not token.is_word(*BLOCKS):
            raise stream.error(f"expected model, enum or another block, found {stream.shown()}", known=BLOCKS)
        kind = stream.next().value.lower()
        name = stream.name()
        if kind == "type" and stream.token.is_mark("="):
            raise stream.error("type aliases are no part of Prisma any more", name)
        block = Block(stream.source, kind, name, doc=doc, start=token.start, end=name.end)
        stream.expect("{")
        try:
            while not stream.done("}"):
                with stream.line("}"):
                    self.line(block)
            stream.expect("}")
        finally:
            self.blocks.append(block)

    def line(self, block: Block) -> None:
        stream = self.stream
        doc = self.doc()
        if stream.token.is_mark("}"):
            return
        if stream.token.is_mark("@@"):
            block.attributes.append(self.attribute())
        elif block.kind in ("datasource", "generator"):
            name = stream.name()
            if stream.token.is_mark("{"):  # a block of a preview feature
                stream.skip_brackets("{", "}")
                return
            stream.expect("=")
            block.properties[name.text] = self.value()
        else:
            block.fields.append(self.field(doc, typed=block.kind != "enum"))

    def field(self, doc: str, *, typed: bool) -> Field:
        stream = self.stream
        name = stream.name()
        type_, unsupported, arity = self.type(name) if typed else ("", None, "required")
        attributes = []
        while stream.token.is_mark("@") and not (stream.token.first and not typed):
            attributes.append(self.attribute())
        end = stream.last_end
        if stream.token.kind == "doc" and not stream.token.first:
            doc = f"{doc}\n{stream.next().value}".strip()
        if not stream.token.first and not stream.token.is_mark("}"):
            raise stream.error(f"expected the end of the line, found {stream.shown()}")
        return Field(name, type_, unsupported, arity, tuple(attributes), doc, name.start, end)

    def type(self, name: Name) -> tuple[str, str | None, Arity]:
        stream = self.stream
        if stream.token.first or stream.token.kind != "word":
            raise stream.error(f"the field {name.text!r} has no type", name)
        type_, unsupported = stream.next().value, None
        if type_ == "Unsupported" and stream.token.is_mark("("):
            stream.next()
            if stream.ahead(0).kind != "text":
                raise stream.error("Unsupported takes the type as a string")
            type_, unsupported = "", stream.next().value
            stream.expect(")")
        arity: Arity = "required"
        if stream.token.is_mark("["):
            stream.next()
            stream.expect("]")
            arity = "list"
        if stream.token.is_mark("?", "!"):
            optional = stream.next().value == "?"
            arity = "optional" if optional and arity == "required" else arity
        return type_, unsupported, arity

    def attribute(self) -> Attribute:
        stream = self.stream
        start = stream.next().start
        names = [stream.name().text]
        while stream.token.is_mark("."):
            stream.next()
            names.append(stream.name().text)
        arguments = self.arguments("(", ")") if stream.token.is_mark("(") else ()
        return Attribute(".".join(names), arguments, start, stream.last_end)

    def arguments(self, opening: str, closing: str, depth: int = 0) -> tuple[Argument, ...]:
        stream = self.stream
        if depth > DEEPEST:
            raise stream.error("values are nested too deeply")
        stream.expect(opening)
        found = []
        while not stream.done(closing):
            if stream.token.kind == "doc":
                stream.next()
                continue
            name = None
            if stream.token.kind in ("word", "text") and stream.ahead().is_mark(":"):
                name = stream.next().value
                stream.next()
            found.append(Argument(name, self.value(depth + 1)))
            if not stream.token.is_mark(closing):
                stream.expect(",")
        stream.expect(closing)
        return tuple(found)

    def value(self, depth: int = 0) -> Value:
        stream = self.stream
        token = stream.token
        if token.kind in ("text", "number"):
            stream.next()
            return Value("text" if token.kind == "text" else "number", token.value, (), token.start, token.end)
        if token.is_mark("["):
            items = self.arguments("[", "]", depth)
            return Value("list", "", items, token.start, stream.last_end)
        if token.is_mark("{"):
            items = self.arguments("{", "}", depth)
            return Value("object", "", items, token.start, stream.last_end)
        names = [stream.name().text]
        while stream.token.is_mark("."):
            stream.next()
            names.append(stream.name().text)
        text = ".".join(names)
        if stream.token.is_mark("("):
            items = self.arguments("(", ")", depth)
            return Value("call", text, items, token.start, stream.last_end)
        return Value("word", text, (), token.start, stream.last_end)
