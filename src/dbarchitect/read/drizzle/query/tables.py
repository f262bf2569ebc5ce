"""Which table of the schema an expression names, and which of its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.declared import Declared, DeclaredRelation, DeclaredTable
from dbarchitect.read.drizzle.query.model import ColumnUse, TableUse
from dbarchitect.read.drizzle.query.modules import Modules
from dbarchitect.read.drizzle.query.scope import Binding, File, bare
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node, arguments

OTHER_KINDS = ("sqliteTable", "mysqlTable", "singlestoreTable", "mssqlTable")
OTHER_TABLE = re.compile(rf"(\w+)\s*=\s*(?:{'|'.join(OTHER_KINDS)})\s*\(")
STEPS = 5
"""How many constants are followed from a name to the table."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a parameter of a function that we look into stands for."""

    file: File
    node: Node
    names: Names


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean inside a callback or function: tables, or the arguments of the call."""

    known: Mapping[str, TableUse | Argument] = field(default_factory=dict)


NONE = Names()


class Tables:
    """Answers for one project."""

    def __init__(self, modules: Modules, declared: Declared, schema: Schema) -> None:
        self.modules = modules
        self._tables = {table.key: table for table in schema.tables}
        self._by_place: dict[tuple[str, str], DeclaredTable] = {}
        self._by_name: dict[str, list[DeclaredTable]] = {}
        for table in declared.tables:
            if table.variable:
                self._by_place[table.span.file, table.variable] = table
                self._by_name.setdefault(table.variable, []).append(table)
        self._keys: dict[int, dict[str, str]] = {}
        self._relations = {(relation.table, relation.name): relation for relation in declared.relations}

    @cached_property
    def _others(self) -> frozenset[str]:
        """The constants of the project that hold a table of another kind of database."""
        found: set[str] = set()
        for path in self.modules.paths:
            text = self.modules.text(path)
            if any(word in text for word in OTHER_KINDS):
                found.update(OTHER_TABLE.findall(text))
        return frozenset(found)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of all constants that hold a table, sorted."""
        return tuple(sorted(self._by_name))

    def relation(self, variable: str, name: str) -> DeclaredRelation | None:
        """The relation of that name of the table in that constant."""
        return self._relations.get((variable, name))

    def named(self, variable: str, text: str = "") -> TableUse | None:
        """The table that exactly one constant of the project holds under that name."""
        found = self._by_name.get(variable, [])
        if found and variable in self._others:
            return None
        keys = {(item.schema, item.name) for item in found}
        return self._use(found[0], text or variable) if len(keys) == 1 else None

    def _use(self, declared: DeclaredTable, text: str, alias: str = "") -> TableUse | None:
        table = self._tables.get((declared.schema, declared.name))
        return TableUse(text, table, declared, alias) if table else None

    def table(self, file: File, node: Node, names: Names = NONE, steps: int = STEPS) -> TableUse | None:
        """The table that an expression means; None when it is none, or cannot be told."""
        node = bare(node)
        if steps == 0:
            return None
        if node.type in ("identifier", "shorthand_property_identifier"):
            return self._identifier(file, node, names, steps)
        if node.type == "member_expression":
            return self._member(file, node)
        if node.type == "call_expression":
            return self._call(file, node, names, steps, "")
        return None

    def _identifier(self, file: File, node: Node, names: Names, steps: int) -> TableUse | None:
        text = file.text(node)
        item = file.meaning(node)
        known = names.known.get(text)
        if known is not None and (item is None or item.kind == "parameter"):
            if isinstance(known, TableUse):
                return known
            return self.table(known.file, known.node, known.names, steps - 1)
        if item is None:
            return None
        if item.kind == "import":
            return self._imported(file, item, text, steps)
        if item.kind != "const" or item.path or item.value is None:
            return None
        here = self._by_place.get((file.path, text))
        if here is not None and item.start == file.root.start_byte:
            return self._use(here, text)
        value = bare(item.value)
        if value.type == "call_expression":
            return self._call(file, value, names, steps, text)
        return self.table(file, value, names, steps - 1)

    def _imported(self, file: File, item: Binding, text: str, steps: int) -> TableUse | None:
        found = self.modules.imported(file, item)
        if found is not None:
            there = self._by_place.get((found[0].path, found[1].name))
            if there is not None:
                return self._use(there, text)
            if found[1].kind == "const" and found[1].value is not None and not found[1].path:
                return self.table(found[0], found[1].value, steps=steps - 1)
            return None
        if item.module.startswith(("drizzle-orm", "node:")):
            return None
        return self.named(item.imported if item.imported != "default" else item.name, text)

    def _member(self, file: File, node: Node) -> TableUse | None:
        left, key = node.child_by_field_name("object"), node.child_by_field_name("property")
        if left is None or key is None:
            return None
        name, text = file.text(key), file.text(node)
        if name not in self._by_name:
            return None
        item = file.meaning(left) if left.type == "identifier" else None
        if item is not None and item.kind in ("import", "namespace"):
            there = self.exported(file, item, name)
            return TableUse(text, there.table, there.declared) if there else self.named(name, text)
        if re.search(r"(?:schema|tables)$", file.text(left), re.IGNORECASE):
            return self.named(name, text)
        return None

    def exported(self, file: File, item: Binding, name: str) -> TableUse | None:
        """The table that the module of a namespace exports under a name."""
        if item.kind != "namespace":
            return None
        for target in self.modules.candidates(file.path, item.module):
            found = self.modules.exported(target, name)
            there = self._by_place.get((found[0].path, found[1].name)) if found else None
            if there is not None:
                return self._use(there, name)
        return None

    def _call(self, file: File, node: Node, names: Names, steps: int, variable: str) -> TableUse | None:
        """The table of `alias(table, 'name')`, or a derived table of `….as('name')`."""
        function = node.child_by_field_name("function")
        if function is None:
            return None
        if function.type == "identifier" and file.text(function) in ("alias", "aliasedTable"):
            given = arguments(node)
            base = self.table(file, given[0], names, steps - 1) if given else None
            if base is None or base.declared is None:
                return base
            return TableUse(variable or file.text(node), base.table, base.declared, variable or file.text(node))
        last = function.child_by_field_name("property") if function.type == "member_expression" else None
        if last is not None and file.text(last) == "as":
            return TableUse(variable or file.text(node), alias=variable or file.text(node), derived=True)
        return None

    def column(self, file: File, node: Node, names: Names = NONE, steps: int = STEPS) -> ColumnUse | None:
        """The column that `users.email`, `users['email']` or a parameter that stands for one means."""
        node = bare(node)
        if steps == 0:
            return None
        if node.type == "identifier":
            known = names.known.get(file.text(node))
            if isinstance(known, Argument):
                return self.column(known.file, known.node, known.names, steps - 1)
            item = file.meaning(node)
            if item is not None and item.kind == "const" and item.value is not None and not item.path:
                value = bare(item.value)
                return self.column(file, value, names, steps - 1) if value.type == "member_expression" else None
            return None
        key = self._key(file, node)
        left = node.child_by_field_name("object")
        if key is None or left is None:
            return None
        of = self.table(file, left, names)
        if of is None:
            return None
        return ColumnUse(of, key, self.column_name(of, key), file.text(node))

    @staticmethod
    def _key(file: File, node: Node) -> str | None:
        if node.type == "member_expression":
            key = node.child_by_field_name("property")
            return file.text(key) if key is not None else None
        if node.type == "subscript_expression":
            key = node.child_by_field_name("index")
            return file.text(key).strip("'\"") if key is not None and key.type == "string" else None
        return None

    def column_name(self, of: TableUse, key: str) -> str | None:
        """The name in the database of the column with that key."""
        if of.table is None:
            return None
        if of.declared is not None:
            keys = self._keys.get(id(of.declared))
            if keys is None:
                keys = self._keys[id(of.declared)] = {column.key: column.name for column in of.declared.columns}
            if key in keys:
                return keys[key]
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()
        return next((name for name in (key, snake) if has(of.table, name)), None)


def has(table: Table, name: str) -> bool:
    """Whether the table has a column of that name."""
    return any(column.name == name for column in table.columns)
