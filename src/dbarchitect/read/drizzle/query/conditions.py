"""Conditions: from TypeScript to a small tree, variables, arrays and helper functions followed one level."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dbarchitect.read.drizzle.query.model import (
    All,
    Any,
    ColumnUse,
    Compare,
    Condition,
    Exists,
    Maybe,
    Negated,
    Nothing,
    Opaque,
    Raw,
    TableUse,
    Value,
)
from dbarchitect.read.drizzle.query.scope import Binding, File, bare, typed_template
from dbarchitect.read.drizzle.query.tables import NONE, Argument, Names, Tables
from dbarchitect.typescript.source import Node, arguments, walk

COMPARISONS = frozenset(
    "eq ne gt gte lt lte like ilike notLike notIlike inArray notInArray isNull isNotNull between notBetween "
    "arrayContains arrayContained arrayOverlaps".split()
)
COMBINING = frozenset("and or not exists notExists".split())
LITERALS = frozenset("string number true false null unary_expression".split())
MAYBE_ABSENT = ("if_statement", "else_clause", "switch_case", "switch_default", "catch_clause", "ternary_expression")
DEPTH = 8

Subquery = Callable[[File, Node], "tuple[ColumnUse | None, Condition] | None"]
"""Reads a chain of select as (its only column, its condition)."""


class Conditions:
    """Reads conditions for one project.

    Args:
        tables: resolves tables and columns.
        subquery: reads a chain of calls as a subquery.
    """

    def __init__(self, tables: Tables, subquery: Subquery) -> None:
        self.tables = tables
        self._subquery = subquery

    def read(self, file: File, node: Node | None, names: Names = NONE, depth: int = DEPTH) -> Condition:
        """The condition that an expression means."""
        if node is None:
            return Nothing()
        node = bare(node)
        if depth == 0:
            return Opaque(file.text(node))
        match node.type:
            case "undefined":
                return Nothing()
            case "identifier":
                return self._identifier(file, node, names, depth)
            case "ternary_expression":
                branches = (node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))
                return either([self.read(file, branch, names, depth - 1) for branch in branches])
            case "binary_expression":
                return self._binary(file, node, names, depth)
            case "call_expression":
                return self._call(file, node, names, depth)
            case "array":
                return All(tuple(self._items(file, node.named_children, names, depth)))
        return Opaque(file.text(node))

    def _binary(self, file: File, node: Node, names: Names, depth: int) -> Condition:
        template = typed_template(file, node)
        if template is not None:
            return self.raw(file, node, template, names)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        sign = node.child_by_field_name("operator")
        word = file.text(sign) if sign is not None else ""
        if word == "&&":
            return optional(self.read(file, right, names, depth - 1))
        if word in ("??", "||"):
            return either([self.read(file, side, names, depth - 1) for side in (left, right)])
        return Opaque(file.text(node))

    def _identifier(self, file: File, node: Node, names: Names, depth: int) -> Condition:
        text = file.text(node)
        item = file.meaning(node)
        known = names.known.get(text)
        if isinstance(known, Argument) and (item is None or item.kind == "parameter"):
            return self.read(known.file, known.node, known.names, depth - 1)
        if item is None or item.path or item.kind not in ("const", "let"):
            return Opaque(text)
        value = bare(item.value) if item.value is not None else None
        if value is not None and value.type == "array":
            return self.collected(file, item, names, depth)
        later = file.assigned(item)
        if not later:
            return self.read(file, value, names, depth - 1)
        if any(_mentions(file, right, text) for right in later):
            return Opaque(text)
        return either([self.read(file, right, names, depth - 1) for right in (value, *later)])

    def collected(self, file: File, item: Binding, names: Names, depth: int) -> Condition:
        """The conditions in an array variable: its literal and what is pushed to it; all of them must hold."""
        value = bare(item.value) if item.value is not None else None
        found = list(self._items(file, value.named_children, names, depth)) if value is not None else []
        for use in file.uses(item):
            pushed = _pushed(file, use)
            if pushed is not None:
                added = self._items(file, pushed, names, depth)
                sure = _always(use, item)
                found.extend(added if sure else (optional(one) for one in added))
            elif not _only_read(file, use):
                found.append(Opaque(file.text(use)))
        return All(tuple(found))

    def _items(self, file: File, nodes: Sequence[Node], names: Names, depth: int) -> list[Condition]:
        found: list[Condition] = []
        for node in nodes:
            if node.type == "comment":
                continue
            if node.type == "spread_element":
                inner = self._spread(file, node, names, depth)
                found.extend(inner.items if isinstance(inner, All) else (inner,))
            else:
                found.append(self.read(file, node, names, depth - 1))
        return found

    def _spread(self, file: File, node: Node, names: Names, depth: int) -> Condition:
        inner = next((child for child in node.named_children if child.type != "comment"), None)
        if inner is None:
            return Nothing()
        inner = bare(inner)
        if inner.type == "call_expression":  # conditions.filter(Boolean), buildConditions(…)
            function = inner.child_by_field_name("function")
            last = function.child_by_field_name("property") if function is not None else None
            if last is not None and file.text(last) == "filter" and function is not None:
                return self.read(file, function.child_by_field_name("object"), names, depth - 1)
        return self.read(file, inner, names, depth - 1)

    def _call(self, file: File, node: Node, names: Names, depth: int) -> Condition:
        function = node.child_by_field_name("function")
        if function is None:
            return Opaque(file.text(node))
        word = self._word(file, function)
        template = node.child_by_field_name("arguments")
        if template is not None and template.type == "template_string":
            return self.raw(file, node, template, names) if word == "sql" else Opaque(file.text(node))
        given = arguments(node)
        if word in COMPARISONS and given:
            return self._compare(file, node, word, given, names)
        if word in COMBINING:
            return self._combined(file, node, word, given, names, depth)
        if function.type == "member_expression" and word in ("if", "as", "mapWith"):
            return self.read(file, function.child_by_field_name("object"), names, depth - 1)
        return self._helper(file, node, function, given, names, depth)

    def _word(self, file: File, function: Node) -> str:
        if function.type == "member_expression":
            last = function.child_by_field_name("property")
            return file.text(last) if last is not None else ""
        text = file.text(function)
        if function.type == "identifier" and text not in COMPARISONS and text not in COMBINING:
            item = file.meaning(function)
            if item is not None and item.kind == "import" and item.module.startswith("drizzle-orm"):
                return item.imported
        return text

    def _combined(
        self, file: File, node: Node, word: str, given: Sequence[Node], names: Names, depth: int
    ) -> Condition:
        if word in ("exists", "notExists"):
            inner = self._subquery(file, given[0]) if given else None
            return Exists(inner[1] if inner else Opaque(""), file.text(node))
        items = self._items(file, given, names, depth)
        if word in ("and", "or") and all(isinstance(item, Nothing) for item in items):
            return Nothing()  # Drizzle leaves out what has no conditions
        if word == "and":
            return All(tuple(items))
        if word == "or":
            return Any(tuple(item for item in items if not isinstance(item, Nothing)))
        return Negated(items[0]) if items else Nothing()

    def _compare(self, file: File, node: Node, word: str, given: Sequence[Node], names: Names) -> Condition:
        column = self.tables.column(file, given[0], names)
        rest = given[1:]
        if column is None and len(given) > 1 and word in ("eq", "ne"):
            column, rest = self.tables.column(file, given[1], names), given[:1]
        span, text = file.source.span(node), file.text(node)
        if column is not None:
            values = tuple(self.value(file, item, names) for item in rest)
            return Compare(word, column, values, span, text)
        inner = bare(given[0])
        template = inner.child_by_field_name("arguments") if inner.type == "call_expression" else None
        template = template or typed_template(file, inner)
        if template is not None and template.type == "template_string":
            return self.raw(file, inner, template, names)
        return Opaque(text)

    def value(self, file: File, node: Node, names: Names = NONE) -> Value:
        """What stands on the other side of a comparison."""
        node = bare(node)
        text = file.text(node)
        if node.type in LITERALS:
            return Value("literal", text, wildcard=text[1:2] in ("%", "_"))
        if node.type == "template_string":
            return Value("other", text, wildcard=text.startswith(("`%", "`_")))
        column = self.tables.column(file, node, names)
        if column is not None:
            return Value("column", text, column)
        if node.type in ("call_expression", "identifier"):
            inner = self._subquery(file, node)
            if inner is not None:
                return Value("subquery", text, inner[0], inner[1])
        if node.type == "identifier":
            item = file.meaning(node)
            if item is not None and item.kind == "const" and item.value is not None and not item.path:
                value = bare(item.value)
                if value.type in ("template_string", "string"):
                    return self.value(file, value, names)
        return Value("other", text)

    def raw(self, file: File, node: Node, template: Node, names: Names) -> Raw:
        """A template of SQL with its columns."""
        pieces: list[str] = []
        columns: list[ColumnUse] = []
        place = template.start_byte + 1
        for child in template.named_children:
            if child.type != "template_substitution":
                continue
            pieces.append(file.whole[place : child.start_byte])
            inner = child.named_children[0] if child.named_children else None
            column = self.tables.column(file, inner, names) if inner is not None else None
            pieces.append(f"{{{column.key}}}" if column else "{}")
            if column:
                columns.append(column)
            place = child.end_byte
        pieces.append(file.whole[place : template.end_byte - 1])
        return Raw("".join(pieces), tuple(columns), file.source.span(node), file.text(node))

    def _helper(
        self, file: File, node: Node, function: Node, given: Sequence[Node], names: Names, depth: int
    ) -> Condition:
        """The condition that a function of the project gives back, its parameters set to the call's arguments."""
        target = self.tables.modules.function(file, function)
        text = file.text(node)
        if target is None or names is not NONE:
            return Opaque(text)
        there, body = target
        known = _parameters(there, body, given, file, names)
        value = _returned(body)
        if known is None or value is None:
            return Opaque(text)
        return self.read(there, value, Names(known), min(depth - 1, 4))


def either(branches: Sequence[Condition]) -> Condition:
    """One of several conditions, by the run of the program."""
    asked = [item for item in branches if not isinstance(item, Nothing)]
    if not asked:
        return Nothing()
    whole = asked[0] if len(asked) == 1 else Any(tuple(asked))
    return whole if len(asked) == len(branches) else optional(whole)


def optional(item: Condition) -> Condition:
    """The condition, asked for in some runs only."""
    return item if isinstance(item, Nothing | Maybe) else Maybe(item)


def _mentions(file: File, node: Node, name: str) -> bool:
    return any(item.type == "identifier" and file.text(item) == name for item in walk(node))


def _pushed(file: File, use: Node) -> tuple[Node, ...] | None:
    above = use.parent
    if above is None or above.type != "member_expression" or above.child_by_field_name("object") != use:
        return None
    key, call = above.child_by_field_name("property"), above.parent
    if key is None or file.text(key) not in ("push", "unshift") or call is None or call.type != "call_expression":
        return None
    return arguments(call)


def _only_read(file: File, use: Node) -> bool:
    """Whether the use leaves the array as it is: a spread, its length, a filter, an argument of and()."""
    above = use.parent
    if above is None:
        return False
    if above.type == "member_expression":
        key = above.child_by_field_name("property")
        return key is not None and file.text(key) in ("length", "filter", "map", "at", "join", "slice", "some")
    if above.type == "arguments" and above.parent is not None:
        function = above.parent.child_by_field_name("function")
        return function is not None and file.text(function) in ("and", "or")
    return above.type in ("spread_element", "subscript_expression", "return_statement")


def _always(use: Node, item: Binding) -> bool:
    """Whether the statement of `use` runs whenever the declaration does."""
    above = use.parent
    while above is not None and above.start_byte > item.start:
        if above.type in MAYBE_ABSENT or above.type in ("arrow_function", "for_in_statement", "for_statement"):
            return False
        above = above.parent
    return True


def _parameters(
    there: File, function: Node, given: Sequence[Node], file: File, names: Names
) -> dict[str, TableUse | Argument] | None:
    if any(node.type == "spread_element" for node in given):
        return None
    known: dict[str, TableUse | Argument] = {}
    single = function.child_by_field_name("parameter")
    listed = function.child_by_field_name("parameters")
    patterns = [single] if single is not None else []
    if listed is not None:
        patterns = [item.child_by_field_name("pattern") or item for item in listed.named_children]
    for pattern, argument in zip(patterns, given, strict=False):
        if pattern.type == "identifier":
            known[there.text(pattern)] = Argument(file, argument, names)
    return known


def _returned(function: Node) -> Node | None:
    """The only expression that a function gives back."""
    body = function.child_by_field_name("body")
    if body is None or body.type != "statement_block":
        return body
    found = [node for node in walk(body) if node.type == "return_statement"]
    if len(found) != 1 or not found[0].named_children:
        return None
    return found[0].named_children[0]
