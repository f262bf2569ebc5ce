"""Where a name leads: function scopes, files, and from file to file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from dbarchitect.read.drizzle.syntax.literals import string
from dbarchitect.typescript.source import Node, Source

_DECLARATION = re.compile(r"\n(?=(?:export|import|const|let|function|enum)\b)")
_ATTEMPTS = 20


@dataclass(slots=True, eq=False)
class Binding:
    """A name that a file or a block declares.

    Args:
        name: the name.
        kind: `value` (node is the expression), `function`, `enum`, or `pattern` (part of a destructuring).
        node: the expression or declaration; None for a declaration without a value.
        name_node: where the name stands.
        statement: the statement that declares it, with `export` when it has one.
        comment: the JSDoc before the statement.
        path: for `pattern`, the key that is taken of the node's value.
    """

    name: str
    kind: str
    node: Node | None
    name_node: Node
    statement: Node
    comment: str = ""
    path: str = ""


@dataclass(slots=True, eq=False)
class Imported:
    """A name that a file imports: `name` is `default`, `*` or the exported one."""

    module: str
    name: str


@dataclass(slots=True, eq=False)
class Scope:
    """Names of a function or block, innermost first; the outermost scope is the file's (`unit`)."""

    unit: Unit
    parent: Scope | None = None
    values: dict[str, Callable[[], object]] = field(default_factory=dict)


class Unit:
    """A file: what it declares, imports and exports."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.bindings: dict[str, Binding] = {}
        self.order: list[Binding] = []
        self.again: list[Binding] = []
        self.imports: dict[str, Imported] = {}
        self.exports: dict[str, Imported] = {}
        """Exported names: Imported('', local) for the file's own, otherwise what is passed on."""
        self.stars: list[str] = []
        self.default: Node | None = None
        self.scope = Scope(self)
        self._types: set[str] = set()
        comment = ""
        for statement in _statements(source):
            if statement.type == "comment":
                comment = source.text_of(statement)
                continue
            self._statement(statement, comment if comment.startswith("/**") else "")
            comment = ""

    def exported(self, name: str) -> bool:
        """Whether one of the file's own names is exported under any name."""
        return name in self._exported

    @cached_property
    def _exported(self) -> set[str]:
        return {each.name for each in self.exports.values() if not each.module}

    def _statement(self, statement: Node, comment: str) -> None:
        kind = statement.type
        if kind == "import_statement":
            self._import(statement)
        elif kind == "export_statement":
            self._export(statement, comment)
        else:
            for binding in declared(self.source, statement, statement, comment):
                self._add(binding)

    def _add(self, binding: Binding) -> None:
        if binding.name in self.bindings:
            self.again.append(binding)
        else:
            self.bindings[binding.name] = binding
        self.order.append(binding)

    def _export(self, statement: Node, comment: str) -> None:
        declaration = statement.child_by_field_name("declaration")
        if declaration is not None:
            found = list(declared(self.source, declaration, statement, comment))
            for binding in found:
                self._add(binding)
                self.exports.setdefault(binding.name, Imported("", binding.name))
            if found and self._is_default(statement):
                self.exports["default"] = Imported("", found[0].name)
            return
        value = statement.child_by_field_name("value")
        if value is not None:
            self.default = value
            self.exports["default"] = Imported("", "default")
            self._add(Binding("default", "value", value, value, statement, comment))
            return
        origin = statement.child_by_field_name("source")
        module = string(self.source, origin) if origin is not None else ""
        children = statement.named_children
        clause = next((child for child in children if child.type == "export_clause"), None)
        if clause is not None:
            for specifier in clause.named_children:
                name = specifier.child_by_field_name("name")
                if specifier.type != "export_specifier" or name is None:
                    continue
                alias = specifier.child_by_field_name("alias") or name
                self.exports[self._plain(alias)] = Imported(module, self._plain(name))
        elif module:
            space = next((child for child in children if child.type == "namespace_export"), None)
            if space is not None and space.named_children:
                self.exports[self._plain(space.named_children[0])] = Imported(module, "*")
            else:
                self.stars.append(module)

    def _is_default(self, statement: Node) -> bool:
        return any(child.type == "default" for child in statement.children)

    def _plain(self, node: Node) -> str:
        return string(self.source, node) if node.type == "string" else self.source.text_of(node)

    def _import(self, statement: Node) -> None:
        origin = statement.child_by_field_name("source")
        if origin is None:
            return
        module = string(self.source, origin)
        for clause in statement.named_children:
            if clause.type != "import_clause":
                continue
            for part in clause.named_children:
                if part.type == "identifier":
                    self.imports[self.source.text_of(part)] = Imported(module, "default")
                elif part.type == "namespace_import" and part.named_children:
                    self.imports[self.source.text_of(part.named_children[0])] = Imported(module, "*")
                elif part.type == "named_imports":
                    self._named(part, module)

    def _named(self, part: Node, module: str) -> None:
        for specifier in part.named_children:
            name = specifier.child_by_field_name("name")
            if specifier.type == "import_specifier" and name is not None:
                alias = specifier.child_by_field_name("alias") or name
                self.imports[self.source.text_of(alias)] = Imported(module, self._plain(name))


def declared(source: Source, node: Node, statement: Node, comment: str = "") -> Iterator[Binding]:
    """The names that a declaration binds."""
    kind = node.type
    if kind in ("lexical_declaration", "variable_declaration"):
        for declarator in node.named_children:
            if declarator.type != "variable_declarator":
                continue
            name = declarator.child_by_field_name("name")
            value = declarator.child_by_field_name("value")
            if name is None:
                continue
            if name.type == "identifier":
                yield Binding(source.text_of(name), "value", value, name, statement, comment)
            elif name.type == "object_pattern" and value is not None:
                for part in pattern(source, name):
                    yield Binding(part.name, "pattern", value, part.node, statement, comment, part.key)
    elif kind in ("function_declaration", "generator_function_declaration", "enum_declaration"):
        name = node.child_by_field_name("name")
        if name is not None:
            what = "enum" if kind == "enum_declaration" else "function"
            yield Binding(source.text_of(name), what, node, name, statement, comment)


@dataclass(slots=True, eq=False)
class Picked:
    """A part of an object pattern: the key, the local name, its node, and the value when the key is missing."""

    key: str
    name: str
    node: Node
    default: Node | None = None


def pattern(source: Source, node: Node) -> Iterator[Picked]:
    """The parts of an object pattern such as `{ id, name: label, x = 1 }`; nested patterns are left out."""
    for each in node.named_children:
        part: Node = each
        default: Node | None = None
        if part.type == "object_assignment_pattern":
            left, default = part.child_by_field_name("left"), part.child_by_field_name("right")
            if left is None:
                continue
            part = left
        if part.type == "shorthand_property_identifier_pattern":
            text = source.text_of(part)
            yield Picked(text, text, part, default)
        elif part.type == "pair_pattern":
            key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
            if value is not None and value.type == "assignment_pattern":
                default = value.child_by_field_name("right")
                value = value.child_by_field_name("left")
            if key is not None and value is not None and value.type == "identifier":
                name = string(source, key) if key.type == "string" else source.text_of(key)
                yield Picked(name, source.text_of(value), value, default)


def _statements(source: Source) -> Iterator[Node]:
    """Top-level statements.

    After a fault the tree may hold the rest of the file inside the broken statement: then the text is parsed again from
    the next line that begins a declaration, and the positions stay what they are.
    """
    root, start = source.root, 0
    for _ in range(_ATTEMPTS):
        following = None
        for node in _plain(source, root, start):
            following = _next_declaration(source, node) if node.has_error else None
            if following is None or node.type != "ERROR":
                yield node
            else:
                yield from (child for child in node.named_children if child.end_byte <= following)
            if following is not None:
                break
        if following is None:
            return
        root, start = source.root_from(following), following


def _plain(source: Source, root: Node, start: int) -> Iterator[Node]:
    stack = list(reversed(root.children))
    while stack:
        node = stack.pop()
        if node.end_byte <= start:
            continue
        if node.type == "ERROR" and not _DECLARATION.search(source.text_of(node)):
            stack.extend(reversed(node.children))
        elif node.is_named:
            yield node


def _next_declaration(source: Source, node: Node) -> int | None:
    """Where the next declaration at the beginning of a line stands inside a broken statement."""
    match = _DECLARATION.search(source.text_of(node))
    return node.start_byte + match.start() + 1 if match else None
