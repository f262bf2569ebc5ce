"""What a TypeScript file imports, passes on and declares, and where that stands in its text."""

from __future__ import annotations

from functools import lru_cache

from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node, Source, walk

_QUIET = ("comment", "string", "template_string")
_DRESSED = ("as_expression", "satisfies_expression", "parenthesized_expression", "non_null_expression")


@dataclass(frozen=True, slots=True)
class Clause:
    """An import or a re-export.

    Args:
        start: offset of its first character.
        end: offset after its last one, the semicolon included.
        exports: whether it is a re-export.
        type_only: `import type`.
        names: (name, local name) of what is listed in braces; types among them keep their word: `type X`.
        star: everything, `*` or `* as name`.
        default: the local name of the default import, or ''.
        space: the local name in `* as name`, or ''.
        module: the specifier.
    """

    start: int
    end: int
    exports: bool
    type_only: bool
    names: tuple[tuple[str, str], ...]
    star: bool
    default: str
    space: str
    module: str


@lru_cache(maxsize=64)
def parsed(text: str) -> Source:
    """A file that is only a text to its reader."""
    return Source("file.ts", text)


def clauses(text: str) -> tuple[Clause, ...]:
    """The import and re-export clauses of a file, in order."""
    source = parsed(text)
    nodes = (node for node in source.root.named_children if node.type in ("import_statement", "export_statement"))
    return tuple(_clause(source, node) for node in nodes if node.child_by_field_name("source") is not None)


def declared(text: str, *, exported: bool = False) -> frozenset[str]:
    """The names that a file declares at its top level, or those of them that it exports there and then."""
    source = parsed(text)
    found = set()
    for node in source.root.named_children:
        exports = node.type == "export_statement"
        inner = node.child_by_field_name("declaration") if exports else node
        if inner is not None and inner.type == "ambient_declaration":
            inner = inner.named_children[0] if inner.named_children else None
        if inner is None or (exported and not exports):
            continue
        for child in (inner, *inner.named_children):
            name = child.child_by_field_name("name")
            if name is not None and name.type in ("identifier", "type_identifier"):
                found.add(source.text_of(name))
    return frozenset(found)


def local_names(text: str) -> frozenset[str]:
    """The names that a file declares or imports."""
    imported = set()
    for clause in clauses(text):
        if not clause.exports:
            imported |= {local.removeprefix("type ") for _, local in clause.names}
            imported |= {clause.default, clause.space} - {""}
    return frozenset(imported) | declared(text)


def names_used(expression: str) -> tuple[str, ...]:
    """The names that an expression uses, in the order in which they first stand in it."""
    source = parsed(f"({expression})")
    kinds = ("identifier", "type_identifier", "shorthand_property_identifier")
    return tuple(dict.fromkeys(source.text_of(node) for node in walk(source.root) if node.type in kinds))


def value_of(text: str, name: str) -> Node | None:
    """The value that `const name` is declared with, without `as const` and the like; None when there is none."""
    source = parsed(text)
    for node in source.root.named_children:
        inner = node.child_by_field_name("declaration") if node.type == "export_statement" else node
        for child in inner.named_children if inner is not None else ():
            key = child.child_by_field_name("name") if child.type == "variable_declarator" else None
            if key is not None and source.text_of(key) == name:
                return undressed(child.child_by_field_name("value"))
    return None


def undressed(node: Node | None) -> Node | None:
    """The expression within brackets, `as T`, `satisfies T` and `!`."""
    while node is not None and node.type in _DRESSED:
        node = node.named_children[0]
    return node


def entries(text: str, node: Node | None) -> dict[str, str]:
    """The entries of an object literal: key to expression; `...x` to '' for a spread; {} for another expression."""
    source = parsed(text)
    found = {}
    for child in node.named_children if node is not None and node.type == "object" else ():
        key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
        if child.type == "spread_element":
            found[source.text_of(child)] = ""
        elif key is not None and value is not None and key.type in ("property_identifier", "string"):
            name = source.text_of(key)
            found[name[1:-1] if key.type == "string" else name] = source.text_of(value)
    return found


def calls(text: str, function: str) -> tuple[Node, ...]:
    """The calls of a function that is known by a plain name, in order."""
    source = parsed(text)
    found = (node for node in walk(source.root) if node.type == "call_expression")
    named = ((node, node.child_by_field_name("function")) for node in found)
    return tuple(node for node, name in named if name is not None and source.text_of(name) == function)


def blanked(text: str) -> str:
    """`text` with every comment, string and template filled with blanks, at the same offsets."""
    out = list(text)
    for node in walk(parsed(text).root):
        if node.type in _QUIET:
            inner = 0 if node.type == "comment" else 1
            for place in range(node.start_byte + inner, node.end_byte - inner):
                if out[place] != "\n":
                    out[place] = " "
    return "".join(out)


def _clause(source: Source, node: Node) -> Clause:
    exports = node.type == "export_statement"
    text_of = source.text_of
    names, default, space = [], "", ""
    star = exports and any(child.type in ("*", "namespace_export") for child in node.children)
    for part in (inner for child in node.named_children for inner in (child, *child.named_children)):
        if part.type in ("named_imports", "export_clause"):
            names += [_pair(source, item) for item in part.named_children if item.type.endswith("_specifier")]
        elif part.type == "namespace_import":
            star, space = True, text_of(part.named_children[0])
        elif part.type == "identifier" and part.parent is not None and part.parent.type == "import_clause":
            default = text_of(part)
    module = node.child_by_field_name("source")
    only = any(child.type == "type" for child in node.children)
    given = text_of(module)[1:-1] if module is not None else ""
    return Clause(node.start_byte, node.end_byte, exports, only, tuple(names), star, default, space, given)


def _pair(source: Source, item: Node) -> tuple[str, str]:
    name, alias = item.child_by_field_name("name"), item.child_by_field_name("alias")
    word = "type " if item.children[0].type == "type" and len(item.children) > 1 else ""
    called = word + source.text_of(name or item)
    return called, source.text_of(alias) if alias is not None else called
