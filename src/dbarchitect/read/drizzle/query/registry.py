"""The tables behind `db.query.<key>`: the keys are those of the `schema` that `drizzle(…, { schema })` was given."""

from __future__ import annotations

import re
from functools import cached_property

from dbarchitect.read.drizzle.query.model import TableUse
from dbarchitect.read.drizzle.query.modules import Modules
from dbarchitect.read.drizzle.query.objects import pairs
from dbarchitect.read.drizzle.query.scope import File, bare
from dbarchitect.read.drizzle.query.tables import Tables
from dbarchitect.typescript.source import Node, arguments

MADE = re.compile(r"(?<![\w$.])(drizzle|defineRelations)\s*(?:<[^()]{0,400}>)?\s*\(", re.ASCII)
STEPS = 6
Place = tuple[File, Node]


class Registry:
    """Answers for one project.

    Args:
        modules: its files.
        tables: its tables.
    """

    def __init__(self, modules: Modules, tables: Tables) -> None:
        self._modules = modules
        self._tables = tables
        self._known: dict[tuple[str, int | None], TableUse | None] = {}

    @cached_property
    def _schemas(self) -> tuple[Place, ...]:
        """Every expression that some `drizzle(…)` of the project is given as its schema."""
        found: list[Place] = []
        for path in self._modules.paths:
            text = self._modules.text(path)
            if (("drizzle(" in text or "drizzle<" in text) and "schema" in text) or "defineRelations(" in text:
                file = self._modules.file(path)
                for match in MADE.finditer(file.whole):
                    given = self._given(file, match.start(1), match.end(1))
                    found += [(file, given)] if given is not None else []
        return tuple(found)

    def _given(self, file: File, start: int, end: int) -> Node | None:
        word = file.root.descendant_for_byte_range(start, end)
        call = word.parent if word is not None and word.type == "identifier" else None
        if call is None or call.type != "call_expression" or word is None:
            return None
        listed = arguments(call)
        if file.text(word) == "defineRelations":
            return listed[0] if listed else None
        for argument in listed:
            node = bare(argument)
            if node.type == "identifier":
                item = file.meaning(node)
                node = bare(item.value) if item is not None and item.kind == "const" and item.value else node
            if node.type == "object":
                given = pairs(file, node)[0].get("schema")
                if given is not None:
                    return given
        return None

    def table(self, file: File, handle: Node, key: str) -> TableUse | None:
        """The table that `<handle>.query.<key>` asks; None when it is none of ours or cannot be told."""
        own = self._own(file, handle)
        place = (key, own[1].id if own else None)
        if place not in self._known:
            self._known[place] = self._find(key, (own,) if own else self._schemas)
        return self._known[place]

    def _find(self, key: str, schemas: tuple[Place, ...]) -> TableUse | None:
        found: dict[str, TableUse] = {}
        for file, node in schemas:
            of = self._entry(file, node, key, STEPS)
            if of is not None:
                found[of.identity] = of
        if len(found) == 1:
            only = next(iter(found.values()))
            return TableUse(key, only.table, only.declared)
        return self._tables.named(key, key) if not found else None

    def _own(self, file: File, handle: Node) -> Place | None:
        """The schema of a handle that is `drizzle(…)` itself, here or in the file that it is imported from."""
        node = bare(handle)
        item = file.meaning(node) if node.type == "identifier" else None
        if item is not None and item.kind == "import":
            there = self._modules.imported(file, item)
            if there is None:
                return None
            file, item = there
        if item is None or item.value is None or item.path or item.kind not in ("const", "let"):
            return None
        value = bare(item.value)
        inside = range(value.start_byte, value.end_byte)
        if value.type != "call_expression":
            return None
        return next((place for place in self._schemas if place[0] is file and place[1].start_byte in inside), None)

    def _entry(self, file: File, node: Node, key: str, steps: int) -> TableUse | None:
        """What a schema holds under a key."""
        node = bare(node)
        if steps == 0:
            return None
        if node.type == "object":
            listed = pairs(file, node)[0]
            if key in listed:
                return self._tables.table(file, listed[key])
            spread = (child.named_children[0] for child in node.named_children
                      if child.type == "spread_element" and child.named_children)  # fmt: skip
            return next((of for part in spread if (of := self._entry(file, part, key, steps - 1))), None)
        if node.type not in ("identifier", "shorthand_property_identifier"):
            return None
        item = file.meaning(node)
        if item is None or item.path:
            return None
        if item.kind == "namespace":
            return self._tables.exported(file, item, key)
        if item.kind == "import":
            there = self._modules.imported(file, item)
            if there is None or there[1].value is None or there[1].path:
                return None
            return self._entry(there[0], there[1].value, key, steps - 1)
        return self._entry(file, item.value, key, steps - 1) if item.kind == "const" and item.value else None
