"""The parser of DBML: a file to its elements. What it cannot read is a problem with its place; the rest is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

from dbarchitect.model.decision import Problem
from dbarchitect.model.source import LineIndex
from dbarchitect.read.block_stream import BlockError, Stream
from dbarchitect.read.block_text import Name, Text
from dbarchitect.read.dbml_syntax import (
    CheckNode,
    ColumnNode,
    Document,
    End,
    EnumNode,
    IndexNode,
    Operator,
    RefNode,
    Setting,
    TableNode,
    Value,
)
from dbarchitect.read.dbml_tokens import tokens

PICTURE = ("tablegroup", "diagramview", "note", "metadata", "dep")
"""Blocks that say how a diagram looks or what people remark; no schema holds them."""
BLOCKS = ("project", "table", "tablepartial", "ref", "enum", "records", "use", "reuse", "import", *PICTURE)


def parse(text: str, file: str) -> tuple[Document, Text, list[Problem]]:
    """The elements of a DBML text.

    Args:
        text: the file.
        file: its path for spans.

    Returns:
        The elements, the text for offsets, and a problem for each piece that could not be read.
    """
    source = Text(text, file, LineIndex(text))
    found, problems = tokens(source)
    parser = _Parser(Stream(source, found, problems, BLOCKS))
    parser.document()
    return parser.result, source, problems


class _Parser:
    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.result = Document()

    def document(self) -> None:
        stream = self.stream
        while stream.token.kind != "end":
            start = stream.position
            try:
                self.block()
            except BlockError as error:
                stream.note(error)
                stream.skip_to_block(start)

    def block(self) -> None:
        stream = self.stream
        token = stream.token
        word = token.value.lower() if token.kind == "word" else ""
        if word == "table":
            self.table(self.result.tables)
        elif word == "tablepartial":
            self.table(self.result.partials)
        elif word == "ref":
            self.ref()
        elif word == "enum":
            self.enum()
        elif word == "project":
            self.project()
        elif word in PICTURE:
            stream.skip_block()
        elif word == "records":
            stream.warn("info", "sample rows (Records) are no part of a schema", token)
            stream.skip_block()
        elif word in ("use", "reuse", "import"):
            stream.warn("warning", "elements of other files (use) are not read", token, "Give each file by itself.")
            stream.skip_block()
        else:
            raise stream.error(f"expected Table, Ref, Enum or another block, found {stream.shown()}", known=BLOCKS)

    def project(self) -> None:
        stream = self.stream
        stream.next()
        if not stream.token.is_mark("{"):
            self.result.project = stream.name().text
        if stream.token.is_mark("["):
            self.settings()
        stream.expect("{")
        while not stream.done("}"):
            key = stream.name().text.lower()
            value = self.note_value() if key == "note" else self._project_value()
            self.result.project_settings[key] = value
        stream.expect("}")

    def _project_value(self) -> str:
        self.stream.expect(":")
        return self.value().text

    def table(self, into: list[TableNode]) -> None:
        """A table or partial; what was read of it is kept when its end is missing."""
        stream = self.stream
        start = stream.next().start
        schema, name = self.qualified()
        node = TableNode(schema, name, start=start, end=name.end)
        into.append(node)
        if stream.token.is_word("as"):
            stream.next()
            node.alias = stream.name().text
        if stream.token.is_mark("["):
            node.settings = self.settings()
        if stream.token.is_mark(":"):
            raise stream.error("a table's body stands between { and }")
        stream.expect("{")
        while not stream.done("}"):
            with stream.line("}"):
                self.member(node)
        stream.expect("}")

    def member(self, node: TableNode) -> None:
        stream = self.stream
        token = stream.token
        if token.is_mark("~"):
            stream.next()
            node.members.append(stream.name())
        elif token.is_word("indexes") and stream.ahead().is_mark("{"):
            self.lines(lambda: node.indexes.append(self.index()))
        elif token.is_word("checks") and stream.ahead().is_mark("{"):
            self.lines(lambda: node.checks.append(self.check()))
        elif token.is_word("note") and stream.ahead().is_mark(":", "{"):
            stream.next()
            node.note = self.note_value()
        elif token.is_word("metadata") and stream.ahead().is_mark("{"):
            stream.skip_block()
        else:
            node.members.append(self.column())

    def lines(self, read: Callable[[], None]) -> None:
        """A block in braces, one element a line."""
        stream = self.stream
        stream.next()
        stream.expect("{")
        while not stream.done("}"):
            with stream.line("}"):
                read()
        stream.expect("}")

    def column(self) -> ColumnNode:
        stream = self.stream
        name = stream.name()
        if stream.token.first or stream.token.is_mark("[", "}"):
            raise stream.error(f"the column {name.text!r} has no type", name)
        schema, type_, rest, quoted, dimensions = self.type()
        settings = self.settings() if stream.token.is_mark("[") else ()
        return ColumnNode(name, type_, rest, quoted, dimensions, schema, settings, name.start, stream.last_end)

    def type(self) -> tuple[str | None, str, str, bool, int]:
        """(schema, name, what follows it, whether it is quoted, dimensions), up to the settings or the line's end."""
        stream = self.stream
        schema, first = self.qualified()
        quoted = stream.source.text[first.start] == '"'
        start = end = first.end
        dimensions = 0
        while not stream.token.first and stream.token.kind != "end" and not stream.token.is_mark("}", ","):
            token = stream.token
            array = token.is_mark("[") and (
                stream.ahead().is_mark("]") or (stream.ahead().kind == "number" and stream.ahead(2).is_mark("]"))
            )
            if token.is_mark("[") and not array:
                break
            if array:
                stream.skip_brackets("[", "]")
                dimensions += 1
                continue
            if token.is_mark("("):
                stream.skip_brackets("(", ")")
            else:
                stream.name()
            end = stream.last_end
        return schema, first.text, stream.source.text[start:end], quoted, dimensions

    def index(self) -> IndexNode:
        stream = self.stream
        start = stream.token.start
        parts: list[tuple[str | None, str | None]] = []
        if stream.token.is_mark("("):
            stream.next()
            while not stream.done(")"):
                parts.append(self.index_part())
                if not stream.token.is_mark(")"):
                    stream.expect(",")
            stream.expect(")")
        else:
            parts.append(self.index_part())
        if not parts:
            raise stream.error("an index needs a column")
        settings = self.settings() if stream.token.is_mark("[") else ()
        return IndexNode(tuple(parts), settings, start, stream.last_end)

    def index_part(self) -> tuple[str | None, str | None]:
        stream = self.stream
        if stream.token.kind == "sql":
            return None, stream.next().value
        return stream.name().text, None

    def check(self) -> CheckNode:
        stream = self.stream
        start = stream.token.start
        if stream.token.kind != "sql":
            raise stream.error(f"a check stands in backticks, found {stream.shown()}")
        expression = stream.next().value
        settings = self.settings() if stream.token.is_mark("[") else ()
        return CheckNode(expression, settings, start, stream.last_end)

    def ref(self) -> None:
        stream = self.stream
        stream.next()
        name = None if stream.token.is_mark(":", "{") else self.dotted()[-1].text
        if stream.token.is_mark(":"):
            stream.next()
            self.result.refs.append(self.ref_line(name))
            return
        stream.expect("{")
        while not stream.done("}"):
            with stream.line("}"):
                self.result.refs.append(self.ref_line(name))
        stream.expect("}")

    def ref_line(self, name: str | None) -> RefNode:
        stream = self.stream
        start = stream.token.start
        left = self.end()
        operator = self.operator()
        right = self.end()
        settings = self.settings() if stream.token.is_mark("[") and not stream.token.first else ()
        return RefNode(name, left, operator, right, settings, start, stream.last_end)

    def operator(self) -> Operator:
        """`<`, `>`, `-` or `<>`; a `?` on either side tells a diagram what is optional."""
        stream = self.stream
        if stream.token.is_mark("?"):
            stream.next()
        token = stream.token
        if not token.is_mark("<", ">", "-"):
            raise stream.error(f"expected <, >, - or <>, found {stream.shown()}")
        found = stream.next().value
        if found == "<" and stream.token.is_mark(">") and stream.token.start == token.end:
            found += stream.next().value
        if stream.token.is_mark("?"):
            stream.next()
        return cast(Operator, found)

    def end(self) -> End:
        """`schema.table.column` or `schema.table.(column, …)`."""
        stream = self.stream
        names = [stream.name()]
        columns: tuple[str, ...] = ()
        while stream.token.is_mark("."):
            stream.next()
            if stream.token.is_mark("("):
                columns = self.columns()
                break
            names.append(stream.name())
        if not columns:
            columns = (names.pop().text,)
        if not 1 <= len(names) <= 2:
            raise stream.error("a reference names table.column or schema.table.column", names[0] if names else None)
        return End(names[0].text if len(names) == 2 else None, names[-1].text, columns)

    def columns(self) -> tuple[str, ...]:
        stream = self.stream
        stream.expect("(")
        found = [stream.name().text]
        while stream.token.is_mark(","):
            stream.next()
            found.append(stream.name().text)
        stream.expect(")")
        return tuple(found)

    def enum(self) -> None:
        stream = self.stream
        start = stream.next().start
        schema, name = self.qualified()
        labels, notes = [], False
        stream.expect("{")
        while not stream.done("}"):
            with stream.line("}"):
                if stream.token.is_word("metadata") and stream.ahead().is_mark("{"):
                    stream.skip_block()
                    continue
                labels.append(stream.name().text)
                if stream.token.is_mark("["):
                    notes = any(setting.name == "note" for setting in self.settings()) or notes
        stream.expect("}")
        self.result.enums.append(EnumNode(schema, name, tuple(labels), notes, start, name.end))

    def qualified(self) -> tuple[str | None, Name]:
        names = self.dotted()
        return (names[-2].text if len(names) > 1 else None), names[-1]

    def dotted(self) -> list[Name]:
        stream = self.stream
        names = [stream.name()]
        while stream.token.is_mark(".") and not stream.token.first:
            stream.next()
            names.append(stream.name())
        return names

    def note_value(self) -> str:
        """`: 'text'` or `{ 'text' }` behind the word Note."""
        stream = self.stream
        braced = stream.token.is_mark("{")
        stream.expect("{" if braced else ":")
        value = self.value().text
        if braced:
            stream.expect("}")
        return value

    def settings(self) -> tuple[Setting, ...]:
        stream = self.stream
        stream.expect("[")
        found = []
        while not stream.done("]"):
            found.append(self.setting())
            if not stream.token.is_mark("]"):
                stream.expect(",")
        stream.expect("]")
        return tuple(found)

    def setting(self) -> Setting:
        stream = self.stream
        start = stream.token.start
        words = [stream.name().text.lower()]
        while stream.token.kind in ("word", "quoted"):
            words.append(stream.name().text.lower())
        name = " ".join(words)
        if not stream.token.is_mark(":"):
            return Setting(name, None, start, stream.last_end)
        stream.next()
        if name == "ref":
            operator = self.operator()
            target = self.end()
            return Setting(name, None, start, stream.last_end, operator, target)
        return Setting(name, self.value(), start, stream.last_end)

    def value(self) -> Value:
        stream = self.stream
        token = stream.token
        kinds: dict[str, Literal["text", "sql", "number", "color"]] = {
            "text": "text", "sql": "sql", "number": "number", "color": "color",
        }  # fmt: skip
        if token.kind in kinds:
            stream.next()
            return Value(kinds[token.kind], token.value)
        if token.is_mark("-", "+"):
            stream.next()
            if stream.token.kind != "number":
                raise stream.error(f"expected a number, found {stream.shown()}")
            return Value("number", ("-" if token.value == "-" else "") + stream.next().value)
        if token.kind == "quoted":
            return Value("text", stream.next().value)
        names = [name.text for name in self.dotted()]
        while stream.token.kind == "word" and not stream.token.first:  # `delete: set null`
            names[-1] += " " + stream.next().value
        return Value("word", ".".join(names))
