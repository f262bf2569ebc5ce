"""Names of a TypeScript file: where they are declared, and what a use of one means.

Nothing walks a whole tree: a name's places are found in the text, and only those nodes are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node, Source

Kind = Literal["const", "let", "parameter", "import", "namespace", "function", "iteration", "other"]
FUNCTIONS = frozenset(
    "arrow_function function_declaration function_expression method_definition generator_function "
    "generator_function_declaration".split()
)
BLOCKS = frozenset("statement_block program for_statement for_in_statement switch_body class_body".split())
PATTERNS = frozenset(
    "array_pattern object_pattern pair_pattern rest_pattern assignment_pattern object_assignment_pattern".split()
)
WRAPPERS = frozenset("parenthesized_expression as_expression satisfies_expression non_null_expression".split())
WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
IDENTIFIERS = frozenset("identifier shorthand_property_identifier_pattern shorthand_property_identifier".split())


@dataclass(frozen=True, slots=True)
class Binding:
    """A declaration of a name.

    Args:
        kind: what declares it; `let` covers `var`.
        name: the name in this file.
        node: the identifier that declares it.
        value: what it is set to: the initializer (of the whole pattern for a destructured name), the function, the
            annotated type of a parameter, what an iteration runs over; None without one.
        path: for a destructured name, the keys that lead to it: `('0',)`, `('db',)`.
        start: the first byte where it is seen.
        end: the byte after the last one.
        imported: for an import, the name in the other module (`default`, `*` for a namespace).
        module: for an import, the module's specifier.
        function: for a parameter, the function.
    """

    kind: Kind
    name: str
    node: Node
    value: Node | None
    path: tuple[str, ...]
    start: int
    end: int
    imported: str = ""
    module: str = ""
    function: Node | None = None


class File:
    """One file with the meaning of its names."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.path = source.file
        self.whole = source.text
        self._bindings: dict[str, tuple[Binding, ...]] = {}
        self._places: dict[str, tuple[Node, ...]] = {}

    @property
    def root(self) -> Node:
        """The file's tree."""
        return self.source.root

    def text(self, node: Node) -> str:
        """The node's text."""
        return self.whole[node.start_byte : node.end_byte]

    def occurrences(self, name: str) -> tuple[Node, ...]:
        """The identifiers of that name (not the properties), in order."""
        if name not in self._places:
            self._places[name] = tuple(self._find(name))
        return self._places[name]

    def _find(self, name: str) -> Iterator[Node]:
        text, size = self.whole, len(name)
        start = text.find(name) if name else -1
        while start >= 0:
            end = start + size
            if text[end : end + 1] not in WORD and (start == 0 or text[start - 1 : start] not in WORD):
                node = self.root.descendant_for_byte_range(start, end)
                if node is not None and node.type in IDENTIFIERS and node.start_byte == start:
                    yield node
            start = text.find(name, end)

    def bindings(self, name: str) -> tuple[Binding, ...]:
        """Every declaration of the name."""
        if name not in self._bindings:
            found = (binding(self, node) for node in self.occurrences(name))
            self._bindings[name] = tuple(item for item in found if item)
        return self._bindings[name]

    def meaning(self, node: Node) -> Binding | None:
        """The declaration that an identifier refers to."""
        place = node.start_byte
        seen = [item for item in self.bindings(self.text(node)) if item.start <= place < item.end]
        return min(seen, key=lambda item: item.end - item.start, default=None)

    def uses(self, declared: Binding) -> tuple[Node, ...]:
        """The identifiers that refer to a declaration, itself left out."""
        return tuple(
            node
            for node in self.occurrences(declared.name)
            if node.start_byte != declared.node.start_byte and self.meaning(node) is declared
        )

    def assigned(self, declared: Binding) -> tuple[Node, ...]:
        """The values that are assigned to a variable after its declaration (`=` only)."""
        found = []
        for node in self.uses(declared):
            above = node.parent
            if (
                above is not None
                and above.type == "assignment_expression"
                and above.child_by_field_name("left") == node
            ):
                right = above.child_by_field_name("right")
                if right is not None:
                    found.append(right)
        return tuple(found)

    @cached_property
    def stars(self) -> tuple[str, ...]:
        """The modules of which the file exports everything."""
        return tuple(re.findall(r"export\s*\*\s*from\s*[\"']([^\"']+)[\"']", self.source.text))


def bare(node: Node) -> Node:
    """The expression within parentheses, `as`, `satisfies`, `!` and `await`."""
    while node.type in WRAPPERS or node.type == "await_expression":
        inner = next((child for child in node.named_children if child.type != "comment"), None)
        if inner is None:
            return node
        node = inner
    return node


def typed_template(file: File, node: Node) -> Node | None:
    """The template string of `sql<number>`…``, which the grammar takes for two comparisons; None for anything else."""
    if node.type != "binary_expression" or not re.match(r"[\w$.]*\bsql\s*<", file.text(node)[:60]):
        return None
    right = node.child_by_field_name("right")
    while right is not None and right.type in ("call_expression", "member_expression"):
        right = right.child_by_field_name("function") or right.child_by_field_name("object")
    return right if right is not None and right.type == "template_string" else None


def function_around(node: Node) -> Node | None:
    """The nearest function that a node lies in."""
    above = node.parent
    while above is not None and above.type not in FUNCTIONS:
        above = above.parent
    return above


def binding(file: File, node: Node) -> Binding | None:
    """The declaration that an identifier is, if it is one."""
    above = node.parent
    if above is None:
        return None
    match above.type:
        case "import_specifier" | "import_clause" | "namespace_import":
            return _import(file, node, above)
        case "export_specifier":
            return None
        case "function_declaration" | "generator_function_declaration":
            if above.child_by_field_name("name") != node:
                return None
            return _in_block(file, "function", node, above, above, ())
    path: list[str] = []
    below = node
    while above is not None and above.type in PATTERNS:
        _step(file, above, below, path)
        below, above = above, above.parent
    return _declared(file, node, below, above, tuple(reversed(path))) if above is not None else None


def _step(file: File, above: Node, below: Node, path: list[str]) -> None:
    """Add the key by which a pattern leads to what lies in it."""
    if above.type == "array_pattern":
        place = [child.start_byte for child in above.named_children].index(below.start_byte)
        path.append(str(place))
    elif above.type == "pair_pattern":
        key = above.child_by_field_name("key")
        path.append(file.text(key) if key is not None else "?")
    elif above.type == "rest_pattern":
        path.append("...")
    elif above.type == "object_pattern" and below.type in (
        "shorthand_property_identifier_pattern",
        "object_assignment_pattern",
    ):
        left = below if below.type != "object_assignment_pattern" else below.child_by_field_name("left") or below
        path.append(file.text(left))


def _declared(file: File, node: Node, below: Node, above: Node, path: tuple[str, ...]) -> Binding | None:
    match above.type:
        case "variable_declarator":
            if above.child_by_field_name("name") != below:
                return None
            listed = above.parent
            word = file.text(listed.children[0]) if listed is not None and listed.children else "let"
            kind: Kind = "const" if word == "const" else "let"
            return _in_block(file, kind, node, above.child_by_field_name("value"), above, path)
        case "required_parameter" | "optional_parameter":
            if above.child_by_field_name("pattern") != below:
                return None
            function = function_around(above)
            if function is None:
                return None
            kind_of = above.child_by_field_name("type")
            return _at(file, "parameter", node, kind_of, function, path, function)
        case "arrow_function":
            if above.child_by_field_name("parameter") != below:
                return None
            return _at(file, "parameter", node, None, above, path, above)
        case "for_in_statement":
            if above.child_by_field_name("left") != below:
                return None
            return _at(file, "iteration", node, above.child_by_field_name("right"), above, path)
        case "catch_clause":
            return _at(file, "other", node, None, above, path)
    return None


def _in_block(
    file: File, kind: Kind, node: Node, value: Node | None, declaration: Node, path: tuple[str, ...]
) -> Binding:
    block = declaration.parent
    while block is not None and block.type not in BLOCKS:
        block = block.parent
    return _at(file, kind, node, value, block or file.root, path)


def _at(
    file: File,
    kind: Kind,
    node: Node,
    value: Node | None,
    scope: Node,
    path: tuple[str, ...],
    function: Node | None = None,
) -> Binding:
    return Binding(
        kind,
        file.text(node),
        node,
        value,
        path,
        scope.start_byte,
        max(scope.end_byte, node.end_byte),
        function=function,
    )


def _import(file: File, node: Node, above: Node) -> Binding | None:
    statement: Node | None = above
    while statement is not None and statement.type != "import_statement":
        statement = statement.parent
    source = statement.child_by_field_name("source") if statement is not None else None
    if source is None:
        return None
    if above.type == "import_specifier":
        alias, name = above.child_by_field_name("alias"), above.child_by_field_name("name")
        if alias is not None and alias != node:
            return None
        imported = file.text(name) if name is not None else file.text(node)
    else:
        imported = "default" if above.type == "import_clause" else "*"
    kind: Kind = "namespace" if imported == "*" else "import"
    module = file.text(source).strip("'\"`")
    return Binding(kind, file.text(node), node, None, (), 0, len(file.whole) + 1, imported, module)
