"""drizzle.config read as syntax: literals, constants, paths that are put together, defaults of the environment."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from dbarchitect.read.drizzle.syntax.literals import string
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node, Source, arguments

_WRAPPERS = {
    "parenthesized_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "await_expression",
}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a configuration of drizzle-kit says, as far as its text tells.

    Args:
        schema: the patterns of the schema's files; None when the text does not tell them.
        out: the migrations folder, as written.
        dialect: the database, '' when it is not said.
        casing: snake_case, camelCase or ''.
        schemas: the PostgreSQL schemas of `schemaFilter`.
    """

    schema: tuple[str, ...] | None = None
    out: str = "drizzle"
    dialect: str = ""
    casing: str = ""
    schemas: tuple[str, ...] = ()


class _Unknown:
    """What the text does not tell."""


_UNKNOWN = _Unknown()


def read(path: Path, text: str) -> Configuration:
    """The configuration that a file exports.

    Args:
        path: absolute path of the file; paths that its code makes begin here.
        text: what it holds.
    """
    if path.suffix == ".json":
        try:
            found: object = json.loads(text)
        except ValueError:
            found = None
    else:
        reader = _Reader(Source(path.name, text), path)
        found = reader.exported()
    content = found if isinstance(found, dict) else {}
    dialect = content.get("dialect") or {"pg": "postgresql"}.get(str(content.get("driver")), content.get("driver"))
    out, casing = content.get("out", "drizzle"), content.get("casing")
    return Configuration(
        _strings(content.get("schema", _UNKNOWN)),
        out if isinstance(out, str) else "",
        dialect if isinstance(dialect, str) else "",
        casing if isinstance(casing, str) else "",
        _strings(content.get("schemaFilter", ())) or (),
    )


def _strings(value: object) -> tuple[str, ...] | None:
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(each for each in listed if isinstance(each, str)) if _known(listed) else None


def _known(listed: Sequence[object]) -> bool:
    return all(isinstance(each, str) for each in listed)


class _Reader:
    """Evaluates the expressions of one file as far as they are plain."""

    def __init__(self, source: Source, path: Path) -> None:
        self._source = source
        self._path = path
        self._names: dict[str, Node] = {}
        self._export: Node | None = None
        self._depth = 0
        for statement in source.root.named_children:
            self._statement(statement)

    def exported(self) -> object:
        """The default export."""
        return self._value(self._export) if self._export is not None else _UNKNOWN

    def _statement(self, statement: Node) -> None:
        if statement.type == "export_statement":
            value = statement.child_by_field_name("value")
            self._export = value if value is not None else self._export
            statement = statement.child_by_field_name("declaration") or statement
        if statement.type in ("lexical_declaration", "variable_declaration"):
            for declarator in statement.named_children:
                name, value = (declarator.child_by_field_name(each) for each in ("name", "value"))
                if name is not None and value is not None and name.type == "identifier":
                    self._names[self._source.text_of(name)] = value
        elif statement.type == "expression_statement":
            inner = statement.named_children[0] if statement.named_children else None
            if inner is not None and inner.type == "assignment_expression":
                left, right = (inner.child_by_field_name(each) for each in ("left", "right"))
                if left is not None and self._source.text_of(left) in ("module.exports", "exports.default"):
                    self._export = right

    def _value(self, node: Node | None) -> object:
        if node is None or self._depth > _DEEPEST:
            return _UNKNOWN
        self._depth += 1
        try:
            return self._plain(node)
        finally:
            self._depth -= 1

    def _plain(self, node: Node) -> object:
        kind, text = node.type, self._source.text_of(node)
        if kind in _WRAPPERS:
            return self._value(node.named_children[0] if node.named_children else None)
        if kind == "string":
            return string(self._source, node)
        if kind in _WORDS:
            return _WORDS[kind]
        if kind == "template_string":
            return self._template(node)
        if kind == "identifier":
            place = {"__dirname": str(self._path.parent), "__filename": str(self._path)}
            return place[text] if text in place else self._value(self._names.get(text))
        if kind == "member_expression":
            return self._member(text)
        if kind == "array":
            return [self._value(each) for each in node.named_children if each.type != "comment"]
        if kind == "object":
            return self._object(node)
        if kind in ("binary_expression", "ternary_expression"):
            return self._operation(node)
        if kind == "call_expression":
            return self._call(node)
        if kind == "new_expression":
            return self._url(node)
        return _UNKNOWN

    def _template(self, node: Node) -> object:
        made = ""
        for part in node.named_children:
            if part.type == "string_fragment":
                made += self._source.text_of(part)
            else:
                value = self._value(part.named_children[0]) if part.named_children else _UNKNOWN
                if not isinstance(value, str):
                    return _UNKNOWN
                made += value
        return made

    def _member(self, text: str) -> object:
        if text.startswith("process.env."):
            return None  # not set: what stands after `??` or `||` counts
        folder, file = str(self._path.parent), str(self._path)
        known = {"dirname": folder, "dir": folder, "filename": file, "path": file, "url": file}
        if text.startswith("import.meta."):
            return known.get(text.removeprefix("import.meta."), _UNKNOWN)
        return _UNKNOWN

    def _object(self, node: Node) -> dict[str, object]:
        made: dict[str, object] = {}
        for part in node.named_children:
            if part.type == "spread_element":
                inner = self._value(part.named_children[0] if part.named_children else None)
                made |= inner if isinstance(inner, dict) else {}
            elif part.type == "shorthand_property_identifier":
                name = self._source.text_of(part)
                made[name] = self._value(self._names.get(name))
            elif part.type == "pair":
                key, value = (part.child_by_field_name(each) for each in ("key", "value"))
                if key is not None and key.type in ("property_identifier", "string"):
                    name = string(self._source, key) if key.type == "string" else self._source.text_of(key)
                    made[name] = self._value(value)
        return made

    def _operation(self, node: Node) -> object:
        if node.type == "ternary_expression":
            test = self._value(node.child_by_field_name("condition"))
            chosen = self._value(node.child_by_field_name("consequence" if test else "alternative"))
            return _UNKNOWN if test is _UNKNOWN else chosen
        left, right = (self._value(node.child_by_field_name(each)) for each in ("left", "right"))
        operator = node.child_by_field_name("operator")
        sign = self._source.text_of(operator) if operator is not None else ""
        if left is _UNKNOWN:
            return _UNKNOWN
        if sign in ("??", "||"):
            return right if left is None or (sign == "||" and not left) else left
        if right is _UNKNOWN:
            return _UNKNOWN
        if sign in ("===", "==", "!==", "!="):
            return (left == right) == (sign in ("===", "=="))
        return left + right if sign == "+" and isinstance(left, str) and isinstance(right, str) else _UNKNOWN

    def _call(self, node: Node) -> object:
        function = node.child_by_field_name("function")
        called = self._source.text_of(function).rpartition(".")[2] if function is not None else ""
        given = [self._value(each) for each in arguments(node)]
        if called == "cwd":
            return str(self._path.parent)
        if given and (called == "defineConfig" or isinstance(given[0], dict)):
            return given[0]
        texts = [each for each in given if isinstance(each, str)]
        made = _PATHS.get(called)
        return made(str(self._path.parent), texts) if made and texts and len(texts) == len(given) else _UNKNOWN

    def _url(self, node: Node) -> object:
        constructor = node.child_by_field_name("constructor")
        given = [self._value(each) for each in arguments(node)]
        if constructor is None or self._source.text_of(constructor) != "URL" or len(given) != 2:
            return _UNKNOWN
        inner, start = given
        if isinstance(inner, str) and isinstance(start, str):
            return os.path.normpath(Path(start).parent / inner)
        return _UNKNOWN


_PATHS: dict[str, Callable[[str, list[str]], str]] = {
    "join": lambda _, parts: os.path.normpath("/".join(parts)),
    "resolve": lambda folder, parts: os.path.normpath(str(Path(folder, *parts))),
    "relative": lambda folder, parts: os.path.relpath(Path(folder, parts[-1]), Path(folder, parts[0])),
    "dirname": lambda _, parts: os.path.dirname(parts[0]),
    "fileURLToPath": lambda _, parts: parts[0],
    "String": lambda _, parts: parts[0],
}
