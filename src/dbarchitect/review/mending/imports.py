"""Names that a fix needs in a file: what imports bring, and the edits that bring the rest."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache

from dbarchitect.model.finding import Edit
from dbarchitect.records import dataclass
from dbarchitect.review.mending.items import append, items, prepend
from dbarchitect.review.mending.script import Script
from dbarchitect.typescript.source import Node

ORM = "drizzle-orm"
PG_CORE = "drizzle-orm/pg-core"


@dataclass(frozen=True, slots=True)
class Imported:
    """One name of an import.

    Args:
        module: the specifier.
        name: the name there; `*` for a namespace, `default` for a default import.
        local: the name here.
        type_only: whether it is imported as a type.
        statement: the import statement.
        node: the specifier within the braces; None for a namespace or default import.
    """

    module: str
    name: str
    local: str
    type_only: bool
    statement: Node
    node: Node | None = None


class Imports:
    """What one file imports, and what a fix adds to it.

    Args:
        script: the file.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._wanted: dict[tuple[str, str], str] = {}
        self.edits: list[Edit] = []

    def core(self, name: str) -> str:
        """The local name of something from drizzle-orm/pg-core."""
        return self.need(PG_CORE, name)

    def sql(self) -> str:
        """The local name of drizzle-orm's `sql`."""
        return self.need(ORM, "sql")

    def need(self, module: str, name: str, *, type_only: bool = False) -> str:
        """The local name of `name` from `module`; an edit imports it where the file does not.

        Args:
            module: a specifier, as it would stand in this file.
            name: what it exports.
            type_only: a type is enough.
        """
        if (module, name) in self._wanted:
            return self._wanted[module, name]
        local = self._there(module, name, type_only) or self._import(module, name, type_only)
        self._wanted[module, name] = local
        return local

    def file(self, target: str, name: str) -> str:
        """The local name of what another file of the schema exports; an edit imports it where this one does not.

        Args:
            target: the path of that file, relative to the same root as this one's.
            name: the exported name.
        """
        here = self._script.source.file
        if target == here:
            return name
        for known in imported(self._script):
            if known.name == name and not known.type_only and _same_file(here, known.module, target):
                return known.local
        return self.need(self._specifier(target), name)

    def _there(self, module: str, name: str, type_only: bool) -> str | None:
        for known in imported(self._script):
            if known.module != module or (known.type_only and not type_only):
                continue
            if known.name == name:
                return known.local
            if known.name == "*":
                return f"{known.local}.{name}"
        if module in (ORM, PG_CORE):  # through a file of the project's own that hands them on
            for known in imported(self._script):
                if known.name == name and known.local == name and not known.type_only and "/" in known.module:
                    return name if module == PG_CORE and self._hands_on(known.module) else None
        return None

    def _hands_on(self, module: str) -> bool:
        return any(known.module == module and known.name.startswith("pg") for known in imported(self._script))

    def _import(self, module: str, name: str, type_only: bool) -> str:
        local = name
        if name in _top_level(self._script):
            local = f"pg{name[0].upper()}{name[1:]}" if module == PG_CORE else f"{name}_"
        entry = name if local == name else f"{name} as {local}"
        clause = self._clause(module)
        if clause is None:
            self.edits.append(self._statement(module, f"type {entry}" if type_only else entry))
            return local
        word = f"type {entry}" if type_only else entry
        self.edits += self._listed(clause, word)
        return local

    def _clause(self, module: str) -> Node | None:
        for known in imported(self._script):
            if known.module == module and known.node is not None and not _is_type_statement(known.statement):
                return known.node.parent
        return None

    def _listed(self, clause: Node, entry: str) -> tuple[Edit, ...]:
        script = self._script
        listed = items(clause)
        words = [_sorting(script.text[script.start(item) : script.end(item)]) for item in listed]
        if words == sorted(words):
            later = [item for item, word in zip(listed, words, strict=True) if word > _sorting(entry)]
            if later:
                return (prepend(script, later[0], entry),)
        return append(script, clause, entry)

    def _statement(self, module: str, entry: str) -> Edit:
        script = self._script
        text = f"import {{ {entry} }} from {script.literal(module)}{script.semicolon}"
        statements = _statements(script)
        packages = [node for node in statements if _module(script, node).startswith(ORM)]
        if module == ORM and packages:
            start = script.start(packages[0])
            return script.edit(start, start, f"{text}\n")
        if statements:
            after = packages[-1] if packages and not module.startswith(".") else statements[-1]
            place = script.line_end(script.end(after))
            return script.edit(place, place, f"\n{text}")
        return script.edit(0, 0, f"{text}\n")

    def _specifier(self, target: str) -> str:
        here = self._script.source.file
        relative = posixpath.relpath(target, posixpath.dirname(here) or ".")
        relative = relative if relative.startswith(".") else f"./{relative}"
        bare = re.sub(r"\.[cm]?[jt]sx?\Z", "", relative)
        own = [known.module for known in imported(self._script) if known.module.startswith(".")]
        endings = {match[0] for module in own if (match := re.search(r"\.[cm]?[jt]sx?\Z", module))}
        return f"{bare}{sorted(endings)[0]}" if own and endings else bare


@lru_cache(maxsize=2048)
def imported(script: Script) -> tuple[Imported, ...]:
    """Every name that a file imports, in the order of its text."""
    return tuple(name for statement in _statements(script) for name in _of_statement(script, statement))


@lru_cache(maxsize=64)
def _top_level(script: Script) -> frozenset[str]:
    """The names that a file has at its top level."""
    names = {known.local for known in imported(script)}
    for node in script.source.root.named_children:
        declaration = node.child_by_field_name("declaration") if node.type == "export_statement" else node
        if declaration is None:
            continue
        for child in (declaration, *declaration.named_children):
            name = child.child_by_field_name("name")
            if name is not None and name.type in ("identifier", "type_identifier"):
                names.add(script.source.text_of(name))
    return frozenset(names)


def _of_statement(script: Script, statement: Node) -> Iterator[Imported]:
    text_of = script.source.text_of
    module = _module(script, statement)
    types = _is_type_statement(statement)
    for clause in (child for child in statement.named_children if child.type == "import_clause"):
        for part in clause.named_children:
            if part.type == "identifier":
                yield Imported(module, "default", text_of(part), types, statement)
            elif part.type == "namespace_import":
                yield Imported(module, "*", text_of(part.named_children[0]), types, statement)
            elif part.type == "named_imports":
                for item in items(part):
                    name, alias = item.child_by_field_name("name"), item.child_by_field_name("alias")
                    if name is not None:
                        only = types or item.children[0].type == "type"
                        yield Imported(module, text_of(name), text_of(alias or name), only, statement, item)


def _statements(script: Script) -> list[Node]:
    return [node for node in script.source.root.named_children if node.type == "import_statement"]


def _module(script: Script, statement: Node) -> str:
    source = statement.child_by_field_name("source")
    return script.source.text_of(source)[1:-1] if source is not None else ""


def _is_type_statement(statement: Node) -> bool:
    return any(child.type == "type" for child in statement.children)


def _same_file(here: str, module: str, target: str) -> bool:
    if not module.startswith("."):
        return False
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here), module))
    bare = re.sub(r"\.[cm]?[jt]sx?\Z", "", target)
    return re.sub(r"\.[cm]?[jt]sx?\Z", "", path) in (bare, re.sub(r"/index\Z", "", bare))


def _sorting(word: str) -> str:
    return word.removeprefix("type ").split(" as ")[0].casefold()
