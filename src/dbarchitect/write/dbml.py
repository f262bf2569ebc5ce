"""A schema as DBML (dbml.dbdiagram.io/docs); `read.dbml.read` reads back what DBML can hold, and the rest is listed."""

from __future__ import annotations

import re

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.index import Index
from dbarchitect.model.schema import Enum, Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType, parse_type
from dbarchitect.sql import default_names
from dbarchitect.sql.quote import literal
from dbarchitect.write.dbml_held import SERIALS, Held
from dbarchitect.write.document import Document

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_WORDS = frozenset("note indexes checks metadata table tablepartial ref enum project records use".split())
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\"}


def write(schema: Schema) -> Document:
    """The text, and a problem for each piece of the schema that DBML has no words for.

    Args:
        schema: any schema; spans are not written, the title and description of its intent are.
    """
    held = Held(schema)
    return Document(_Writer(held).text(), tuple(held.problems))


class _Writer:
    def __init__(self, held: Held) -> None:
        self.held = held
        self.schema = held.schema
        self.enums = {(enum.schema, enum.name) for enum in self.schema.enums}

    def text(self) -> str:
        blocks = [self._project()] if self.schema.intent.title else []
        blocks += [self._enum(enum) for enum in self.schema.enums]
        blocks += [self._table(table) for table in self.schema.tables]
        references = [self._reference(table, key) for table in self.schema.tables for key in table.foreign_keys]
        blocks += ["\n".join(references)] if references else []
        return "\n\n".join(blocks) + "\n"

    def _project(self) -> str:
        intent = self.schema.intent
        note = [f"  Note: {_text(intent.description)}"] if intent.description else []
        return "\n".join([f"Project {_name(intent.title)} {{", "  database_type: 'PostgreSQL'", *note, "}"])

    def _enum(self, enum: Enum) -> str:
        labels = [f"  {_name(label)}" for label in enum.labels]
        return "\n".join([f"Enum {_place(enum.schema, enum.name)} {{", *labels, "}"])

    def _table(self, table: Table) -> str:
        lines = [f"Table {_place(table.schema, table.name)} {{"]
        lines += [f"  {self._column(table, column)}" for column in table.columns]
        indexes = [*self._key_line(table), *(self._index(table, index) for index in table.indexes)]
        checks = [f"`{check.expression}` [name: {_text(check.name)}]" for check in table.checks]
        for name, entries in (("indexes", indexes), ("checks", checks)):
            if entries:
                lines += ["", f"  {name} {{", *(f"    {entry}" for entry in entries), "  }"]
        if table.comment:
            lines += ["", f"  Note: {_text(table.comment)}"]
        return "\n".join([*lines, "}"])

    def _column(self, table: Table, column: Column) -> str:
        key = table.primary_key
        serial = (table.schema, table.name, column.name) in self.held.serial
        settings = []
        if key and key.columns == (column.name,) and not self._key_line(table):
            settings.append("pk")
        if column.identity:
            settings.append("increment")
        if any(unique.columns == (column.name,) for unique in table.uniques):
            settings.append("unique")
        keyed = key is not None and column.name in key.columns
        if not (column.nullable or keyed or serial or column.identity):
            settings.append("not null")
        if column.default is not None and not serial:
            settings.append(f"default: {_default(column.default)}")
        if column.comment:
            settings.append(f"note: {_text(column.comment)}")
        type_ = SERIALS[column.type.name] if serial else self._type(table, column.type)
        return f"{_name(column.name)} {type_}{_settings(settings)}"

    def _type(self, table: Table, type_: SqlType) -> str:
        arguments = f"({','.join(type_.arguments)})" if type_.arguments else ""
        array = "[]" * type_.dimensions
        if type_.schema is not None:
            bare = type_.schema == "public" == table.schema and not _builtin(type_.name)
            name = _name(type_.name) if bare else f"{_name(type_.schema)}.{_name(type_.name)}"
            return f"{name}{arguments}{array}"
        if type_.name == "interval" and type_.arguments and not type_.arguments[0].isdigit():
            return f'"interval {type_.arguments[0]}{array}"'
        if any((place, type_.name) in self.enums for place in (table.schema, "public")):
            return f"pg_catalog.{_name(type_.name)}{arguments}{array}"
        written = f"{type_.name}{arguments}{array}"
        return f'"{written}"' if " " in type_.name else written

    def _key_line(self, table: Table) -> list[str]:
        """The primary key as a line of `indexes`, when a column's own setting does not say it all."""
        key = table.primary_key
        if key is None:
            return []
        usual = key.name == default_names.chosen(table.name, (), "pkey")
        if usual and len(key.columns) == 1 and not key.comment:
            return []
        settings = ["pk"]
        settings += [] if usual else [f"name: {_text(key.name)}"]
        settings += [f"note: {_text(key.comment)}"] if key.comment else []
        return [f"({', '.join(map(_name, key.columns))}){_settings(settings)}"]

    def _index(self, table: Table, index: Index) -> str:
        parts = [_name(part.column) if part.column is not None else f"`{part.expression}`" for part in index.parts]
        settings = ["unique"] if index.unique else []
        settings.append(f"name: {_text(index.name)}")
        if index.method != "btree":
            settings.append(f"type: {_name(index.method)}")
        if index.comment:
            settings.append(f"note: {_text(index.comment)}")
        return f"({', '.join(parts)}){_settings(settings)}"

    def _reference(self, table: Table, key: ForeignKey) -> str:
        usual = key.name == default_names.chosen(table.name, key.columns, "fkey")
        name = "" if usual else f" {_name(key.name)}"
        child = f"{_place(table.schema, table.name)}.{_columns(key.columns)}"
        parent = f"{_place(key.target_schema, key.target_table)}.{_columns(key.target_columns)}"
        pairs = (("delete", key.on_delete), ("update", key.on_update))
        settings = [f"{event}: {action}" for event, action in pairs if action != "no action"]
        return f"Ref{name}: {child} > {parent}{_settings(settings)}"


def _builtin(name: str) -> bool:
    return parse_type(name).schema is None if _PLAIN.match(name) else False


def _place(schema: str, name: str) -> str:
    return _name(name) if schema == "public" else f"{_name(schema)}.{_name(name)}"


def _name(name: str) -> str:
    if _PLAIN.match(name) and name.lower() not in _WORDS:
        return name
    return '"' + _escaped(name).replace('"', '\\"') + '"'


def _text(text: str) -> str:
    return "'" + _escaped(text).replace("'", "\\'") + "'"


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in text)


def _columns(names: tuple[str, ...]) -> str:
    return _name(names[0]) if len(names) == 1 else f"({', '.join(map(_name, names))})"


def _default(expression: str) -> str:
    if _NUMBER.match(expression) or expression in ("true", "false"):
        return expression
    inner = expression[1:-1].replace("''", "'")
    if expression == literal(inner) and expression.startswith("'"):
        return _text(inner)
    return f"`{expression}`"


def _settings(settings: list[str]) -> str:
    return f" [{', '.join(settings)}]" if settings else ""
