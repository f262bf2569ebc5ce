"""Which parts of an expression that becomes SQL's text somebody else may choose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.read.drizzle.query.modules import Modules
from dbarchitect.read.drizzle.query.scope import Binding, File, bare, function_around
from dbarchitect.read.drizzle.query.surroundings import function_name
from dbarchitect.review.query_names import PIECE, aside, says
from dbarchitect.typescript.source import Node, arguments, walk

HARMLESS = re.compile(
    r"(?:\w+\.)*(?:Number|parseInt|parseFloat|Math\.\w+|String\(\s*(?:Number|Math)|BigInt|randomUUID|\w+\.toFixed"
    r"|JSON\.stringify|\w*(?:[eE]scape|[qQ]uote|[sS]anitize|[iI]dentifier)\w*)\b"
)
ASKED = re.compile(
    r"(?:(?:await\s+)?(?:c|ctx|context|event|this|opts)\.)?(?:req|request|input|body|params|query|searchParams|formData)\b"
)
"""What a request brings, by the names that routers and frameworks give it."""
TAKEN = re.compile(
    r"(?:await\s+)?(?:[\w.]*\b(?:req|request)\.(?:query|param|header|json|valid|formData|text)\s*\("
    r"|[\w.]*(?:searchParams|[fF]ormData|headers)\.get\s*\(|[\w.]*\bcookies\(\)\.get\s*\()"
)
"""Calls that give what a request brings."""
CLOSED = r"(?:\(?\s*(?:[\"'][^\"'\n]*[\"']|\d+|number|bigint|boolean|null|undefined)\s*\|?\s*)+\)?\s*(?=[;,})\n=]|$)"
CHECKED = (
    r"z\.(?:enum|nativeEnum|literal|number|int|boolean|bigint|date|uuid|coerce\.(?:number|boolean|date|bigint)|union)\b"
    r"|z\.string\(\)[^,\n]*\.(?:uuid|regex|cuid2?|ulid|datetime|date)\("
    r"|(?:v|t|Type)\.(?:picklist|enum|literal|Literal|number|Number|Integer|boolean|Boolean|Union)\b"
)
"""Validators that leave no text to choose."""
ASSERTED = re.compile(r"(?:assert|validate|check|verify|ensure|require)", re.IGNORECASE)
LOOKED_UP = frozenset("includes has test hasOwn hasOwnProperty some".split())


class Values:
    """Answers for one project.

    Args:
        modules: its files, to find who calls a function; None when only one file is known.
    """

    def __init__(self, modules: Modules | None) -> None:
        self._modules = modules
        self._open: set[tuple[str, int]] = set()
        self._given_to: dict[tuple[str, int], tuple[tuple[File, Node], ...]] = {}

    def loose(self, file: File, node: Node, depth: int = 4, *, quoted: bool = False) -> Iterator[Node]:
        """The parts of an expression that somebody else may choose.

        Args:
            file: where it stands.
            node: the expression.
            depth: how many variables and calls are followed.
            quoted: whether it stands between single quotes of SQL, where a value and no piece of a statement belongs.
        """
        node = bare(node)
        if depth == 0:
            return
        match node.type:
            case "template_string":
                yield from self._template(file, node, depth, quoted)
            case "binary_expression":
                within = quoted or "'" in re.sub(r"[\w.]+|\"'\"", "", "".join(_literals(file, node)))
                for side in node.named_children:
                    yield from self.loose(file, side, depth, quoted=within)
            case "ternary_expression":
                for side in node.named_children[1:]:
                    yield from self.loose(file, side, depth, quoted=quoted)
            case "identifier":
                yield from self._variable(file, node, depth, quoted)
            case "call_expression":
                yield from self._call(file, node, depth, quoted)
            case "member_expression" | "subscript_expression":
                yield from self._member(file, node, quoted)

    def _template(self, file: File, node: Node, depth: int, quoted: bool) -> Iterator[Node]:
        for part, within in substitutions(file, node):
            if part.named_children:
                yield from self.loose(file, part.named_children[0], depth, quoted=quoted or within)

    def _variable(self, file: File, node: Node, depth: int, quoted: bool) -> Iterator[Node]:
        item = file.meaning(node)
        if item is None or item.kind in ("import", "namespace", "function") or file.text(node).isupper():
            return
        if item.kind in ("const", "let") and item.value is not None:
            if not item.path:
                for value in (item.value, *file.assigned(item)):
                    yield from self.loose(file, value, depth - 1, quoted=quoted)
            elif _brought(file, item.value) and not self._closed(file, item.path[-1], item) and not guarded(file, node):
                yield node
        elif item.kind == "iteration" and item.value is not None:
            if ASKED.match(file.text(bare(item.value))) and bare(item.value).type == "member_expression":
                yield node
        elif item.kind == "parameter" and self._parameter(file, item, quoted) and not guarded(file, node):
            yield node

    def _parameter(self, file: File, item: Binding, quoted: bool) -> bool:
        annotation = file.text(item.value) if item.value is not None else ""
        if item.path:
            own = re.search(rf"\b{re.escape(item.path[-1])}\??\s*:\s*string\b(?!\[)", annotation)
            plain = own is not None and len(item.path) == 1 and quoted
        else:
            plain = re.search(r":\s*string\b(?!\[)", annotation) is not None
        if not plain or self._constant(file, item):
            return False
        return quoted or not says(PIECE, item.name) or self._given(file, item)

    def _callers(self, file: File, item: Binding) -> tuple[tuple[File, Node], ...]:
        """The arguments that a plain parameter is given, in this file and in those that import its function."""
        key = (file.path, item.node.start_byte)
        if key not in self._given_to:  # the texts of all files are searched for it
            self._given_to[key] = tuple(self._find_callers(file, item))
        return self._given_to[key]

    def _find_callers(self, file: File, item: Binding) -> Iterator[tuple[File, Node]]:
        function = item.function
        name = function_name(file, function) if function is not None else ""
        listed = function.child_by_field_name("parameters") if function is not None else None
        if not re.fullmatch(r"[\w$]+", name) or listed is None or item.path:
            return
        inside = (number for number, part in enumerate(listed.named_children)
                  if part.start_byte <= item.node.start_byte < part.end_byte)  # fmt: skip
        place = next(inside, 0)
        files = [file]
        if self._modules is not None and re.search(rf"export\b[^\n]*\b{name}\b", file.source.text):
            files += [self._modules.file(path) for path in self._modules.paths
                      if path != file.path and name in self._modules.text(path) and not aside(path)]  # fmt: skip
        for other in files:
            for use in other.occurrences(name):
                call = use.parent
                if call is not None and call.type == "call_expression" and call.child_by_field_name("function") == use:
                    given = arguments(call)
                    if len(given) > place:
                        yield other, given[place]

    def _constant(self, file: File, item: Binding) -> bool:
        """Whether everybody who calls the function gives a constant."""
        given = self._callers(file, item)
        return bool(given) and not any(self._reaches(other, node) for other, node in given)

    def _given(self, file: File, item: Binding) -> bool:
        """Whether somebody who calls the function gives what a request brings."""
        return any(self._reaches(other, node, asked=True) for other, node in self._callers(file, item))

    def _reaches(self, file: File, node: Node, *, asked: bool = False) -> bool:
        place = (file.path, node.start_byte)
        if place in self._open:
            return False
        self._open.add(place)
        try:
            found = [bare(part) for part in self.loose(file, node, 2)]
        finally:
            self._open.discard(place)
        return any(not asked or part.type != "identifier" or _from_request(file, part) for part in found)

    def _call(self, file: File, node: Node, depth: int, quoted: bool) -> Iterator[Node]:
        function = node.child_by_field_name("function")
        if function is None or HARMLESS.match(file.text(function)):
            return
        if TAKEN.match(file.text(node)):
            yield node
            return
        if function.type == "member_expression":
            last, left = function.child_by_field_name("property"), function.child_by_field_name("object")
            word = file.text(last) if last is not None else ""
            if left is None:
                return
            if word in ("toLowerCase", "toUpperCase", "trim", "toString"):
                yield from self.loose(file, left, depth, quoted=quoted)
            elif word in ("join", "map", "concat"):
                yield from self._list(file, node, left, depth, quoted)

    def _list(self, file: File, node: Node, left: Node, depth: int, quoted: bool) -> Iterator[Node]:
        """A list of values that a function is given, each put between quotes."""
        over = bare(left)
        item = file.meaning(over) if over.type == "identifier" else None
        if item is None or item.kind != "parameter":
            yield from self.loose(file, left, depth - 1, quoted=quoted)
            return
        for argument in arguments(node):
            body = argument.child_by_field_name("body")
            if body is not None and body.type == "template_string" and "'${" in file.text(body):
                yield body

    def _member(self, file: File, node: Node, quoted: bool) -> Iterator[Node]:
        """A property of a request, and one of a parameter between quotes; others are the program's own."""
        text = file.text(node)
        left, key = node.child_by_field_name("object"), node.child_by_field_name("property")
        if node.type != "member_expression" or left is None or key is None or key.type != "property_identifier":
            return
        item = file.meaning(left) if left.type == "identifier" else None
        if item is not None and item.kind in ("import", "namespace", "iteration"):
            return
        name = file.text(key)
        typed = item is not None and item.kind == "parameter" and not item.path and item.value is not None
        if self._closed(file, name, item) or guarded(file, node):
            return
        if typed and item is not None and item.value is not None:
            plain = re.search(rf"\b{re.escape(name)}\??\s*:\s*string\b(?!\[)", file.text(item.value)) is not None
            if plain and (quoted or (ASKED.match(text) and not says(PIECE, name))):
                yield node
        elif ASKED.match(text) and (item is None or item.path or _brought(file, item.value)):
            yield node

    def _closed(self, file: File, name: str, item: Binding | None) -> bool:
        """Whether the type or the validator of a property leaves nothing to choose."""
        word = re.escape(name)
        typed = item is not None and item.kind == "parameter" and item.value is not None
        if typed and item and item.value and re.search(rf"\b{word}\??\s*:\s*{CLOSED}", file.text(item.value)):
            return True
        return re.search(rf"\b{word}\s*:\s*(?:{CHECKED})", file.source.text) is not None


def substitutions(file: File, template: Node) -> Iterator[tuple[Node, bool]]:
    """The `${…}` of a template, and whether each stands within single quotes of SQL."""
    inside = False
    place = template.start_byte + 1
    for part in template.named_children:
        if part.type != "template_substitution":
            continue
        before = file.whole[place : part.start_byte]
        for piece in re.findall(r"'|--[^\n]*|/\*.*?\*/", before, re.DOTALL):
            if piece == "'":
                inside = not inside
        place = part.end_byte
        yield part, inside


def guarded(file: File, node: Node) -> bool:
    """Whether the function looks a value up in a list, or checks its form, before it uses it.

    `if (!LIST.includes(name)) throw …`, `LIST.has(name) ? name : 'id'`, `if (name in COLUMNS) { … }` and
    `assertName(name)` count; a look-up after which the others go on does not.
    """
    text, function = file.text(node), function_around(node)
    for other in walk(function if function is not None else file.root):
        if other.start_byte >= node.start_byte:
            break
        if other.type == "call_expression" and any(file.text(given) == text for given in arguments(other)):
            word = other.child_by_field_name("function")
            name = file.text(word).rpartition(".")[2] if word is not None else ""
            if ASSERTED.match(name) or ((name in LOOKED_UP or re.match(r"is[A-Z]", name)) and _decides(other, node)):
                return True
        elif other.type == "binary_expression":
            sides = [file.text(part) for part in other.children[:2]]
            if sides == [text, "in"] and _decides(other, node):
                return True
    return False


def _decides(check: Node, use: Node) -> bool:
    """Whether what a check says is needed for the use: it is negated to leave, or the use lies in its branch."""
    below, above = check, check.parent
    while above is not None:
        if above.type == "unary_expression" and above.children[0].type == "!":
            return True
        branch = above.child_by_field_name("consequence")
        if above.type in ("if_statement", "ternary_expression"):
            return branch is not None and branch != below and branch.start_byte <= use.start_byte < branch.end_byte
        if above.type.endswith("_statement") or above.type in ("arrow_function", "variable_declarator"):
            return above.type == "variable_declarator"
        below, above = above, above.parent
    return False


def _brought(file: File, value: Node | None) -> bool:
    """Whether a value is what a request brings."""
    if value is None:
        return False
    text = file.text(value)
    return TAKEN.match(text) is not None or re.match(
        r"(?:await\s+)?(?:[\w.]*\b(?:req|request)(?:\.(?:body|query|params))?|(?:ctx\.|opts\.)?input|(?:await\s+)?"
        r"(?:props\.)?(?:params|searchParams))\s*$", text
    ) is not None  # fmt: skip


def _from_request(file: File, node: Node) -> bool:
    item = file.meaning(node)
    return item is not None and item.kind in ("const", "let") and _brought(file, item.value)


def _literals(file: File, node: Node) -> Iterator[str]:
    for side in node.named_children:
        side = bare(side)
        if side.type == "string":
            yield file.text(side)[1:-1]
        elif side.type == "binary_expression":
            yield from _literals(file, side)
