"""A table of DBML with its columns, keys, indexes and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.column import Column, Identity
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import qualified
from dbarchitect.model.schema import Sequence
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.read.block_text import Name
from dbarchitect.read.dbml_syntax import CheckNode, ColumnNode, IndexNode, Setting
from dbarchitect.records import dataclass
from dbarchitect.sql import default_names
from dbarchitect.sql.expression import guarded
from dbarchitect.sql.quote import literal

SERIALS = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint",
           "serial4": "integer", "serial8": "bigint", "serial2": "smallint"}  # fmt: skip
_COLUMN = ("pk", "primary key", "increment", "unique", "not null", "null", "note", "default", "ref", "check")
_INDEX = ("pk", "unique", "name", "type", "note")


class Placed(Protocol):
    """Anything with offsets."""

    @property
    def start(self) -> int: ...  # noqa: D102 - offsets of code points

    @property
    def end(self) -> int: ...  # noqa: D102


class Context(Protocol):
    """What a table asks its file."""

    sequences: list[Sequence]

    def place(self, where: str, start: int, end: int) -> None: ...  # noqa: D102 - see dbml._Reader

    def problem(self, severity: str, message: str, at: Name | Placed) -> None: ...  # noqa: D102

    def type(self, node: ColumnNode, home: str) -> SqlType: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Member:
    """What a table consists of, partials taken in."""

    columns: tuple[ColumnNode, ...]
    indexes: tuple[IndexNode, ...]
    checks: tuple[CheckNode, ...]
    note: str | None


def setting(settings: Iterable[Setting], *names: str) -> Setting | None:
    """The first setting of one of these names."""
    return next((item for item in settings if item.name in names), None)


def text_of(settings: Iterable[Setting], name: str) -> str | None:
    """The value of a setting as text; None when it is missing or empty."""
    found = setting(settings, name)
    return found.value.text or None if found and found.value else None


class TableBuilder:
    """One table; references are added from outside before `table` is called.

    Args:
        schema: where it lies.
        name: its name.
        node: where it is written.
        member: what it consists of.
        context: the file.
        types: the types of its columns, where the file does not write them.
    """

    def __init__(
        self,
        schema: str,
        name: str,
        node: Placed,
        member: Member,
        context: Context,
        types: Mapping[str, SqlType] | None = None,
    ) -> None:
        self.schema, self.name, self.node, self.member, self.context = schema, name, node, member, context
        self.foreign_keys: list[ForeignKey] = []
        self.columns = {item.name.text: item for item in member.columns}
        self.types = dict(types or {item.name.text: self._type(item) for item in member.columns})
        self.taken: set[str] = set()
        self._marked = tuple(item.name.text for item in member.columns if setting(item.settings, "pk", "primary key"))
        keys = [item for item in member.indexes if setting(item.settings, "pk")]
        self._key_node = keys[0] if keys and not self._marked else None
        if len(keys) + bool(self._marked) > 1:
            context.problem("error", f"the table {name!r} has two primary keys; the first is read", keys[-1])
        written = [text_of(item.settings, "name") for item in member.indexes]
        written += [text_of(check.settings, "name") for check in member.checks]
        self.taken.update(name for name in written if name)
        self.primary_key = self._primary_key()
        self.uniques = [self._unique(item) for item in member.columns if setting(item.settings, "unique")]

    def unique_over(self, columns: tuple[str, ...]) -> bool:
        """Whether no two rows share these columns."""
        found = [unique.columns for unique in self.uniques]
        found += [self.primary_key.columns] if self.primary_key else []
        found += [
            tuple(column for column, _ in item.parts if column is not None)
            for item in self.member.indexes
            if setting(item.settings, "unique")
        ]
        return any(set(keys) == set(columns) for keys in found)

    def fresh(self, columns: Iterable[str], label: str) -> str:
        """The name that PostgreSQL would choose, taken from now on."""
        name = default_names.chosen(self.name, columns, label, self.taken)
        self.taken.add(name)
        return name

    def table(self) -> Table:
        """The whole table."""
        return Table(
            schema=self.schema,
            name=self.name,
            columns=tuple(self._column(item) for item in self.member.columns),
            primary_key=self.primary_key,
            uniques=tuple(self.uniques),
            foreign_keys=tuple(self.foreign_keys),
            checks=tuple(self._checks()),
            indexes=tuple(self._indexes()),
            comment=self.member.note,
        )

    def _type(self, node: ColumnNode) -> SqlType:
        serial = SERIALS.get(node.type.lower())
        return SqlType(serial) if serial else self.context.type(node, self.schema)

    def _primary_key(self) -> PrimaryKey | None:
        node = self._key_node
        columns = self._marked
        if node is not None:
            columns = tuple(column for column, _ in node.parts if column in self.columns)
            if len(columns) < len(node.parts):
                self.context.problem("error", "a primary key consists of columns of its table", node)
        if not columns:
            return None
        given = text_of(node.settings, "name") if node else None
        name = given or self.fresh((), "pkey")
        where = address("constraint", self.schema, self.name, name)
        if node is not None:
            self.context.place(where, node.start, node.end)
        for column in self._marked:
            self.context.place(where, self.columns[column].start, self.columns[column].end)
        return PrimaryKey(name, columns, comment=text_of(node.settings, "note") if node else None)

    def _unique(self, node: ColumnNode) -> Unique:
        name = self.fresh((node.name.text,), "key")
        self.context.place(address("constraint", self.schema, self.name, name), node.start, node.end)
        return Unique(name, (node.name.text,))

    def _column(self, node: ColumnNode) -> Column:
        name, settings = node.name.text, node.settings
        self.context.place(address("column", self.schema, self.name, name), node.start, node.end)
        self._unknown(settings, _COLUMN, f"column {self.name}.{name}")
        type_ = self.types[name]
        nullable = not (setting(settings, "not null") or (self.primary_key and name in self.primary_key.columns))
        column = Column(name, type_, nullable, self._default(node), comment=text_of(settings, "note"))
        if node.type.lower() in SERIALS:
            return self._counted(column)
        if setting(settings, "increment"):
            if type_.category == "integer" and not type_.dimensions:
                return replace(column, nullable=False, default=None, identity=Identity(always=False))
            self.context.problem("warning", f"only whole numbers count by themselves: {name!r} does not", node)
        return column

    def _counted(self, column: Column) -> Column:
        name = default_names.chosen(self.name, (column.name,), "seq", {item.name for item in self.context.sequences})
        owner = (self.schema, self.name, column.name)
        self.context.sequences.append(Sequence(self.schema, name, column.type.element, owned_by=owner))
        return replace(column, nullable=False, default=f"nextval({literal(qualified(self.schema, name))}::regclass)")

    def _default(self, node: ColumnNode) -> str | None:
        found = setting(node.settings, "default")
        if found is None or found.value is None:
            return None
        value = found.value
        if value.kind == "sql":
            return self._guarded(value.text, "default", node)
        if value.kind == "number" or (value.kind == "word" and value.text.lower() in ("true", "false")):
            return value.text.lower()
        if value.kind == "word" and value.text.lower() == "null":
            return None
        text = value.text.rpartition(".")[2] if value.kind == "word" else value.text
        return literal(text) if "\0" not in text else None

    def _checks(self) -> Iterable[Check]:
        for item in self.member.checks:
            if text := self._guarded(item.expression, "check", item):
                yield self._check(text, text_of(item.settings, "name"), item, None)
        for column in self.member.columns:
            for found in column.settings:
                if found.name != "check" or found.value is None:
                    continue
                if text := self._guarded(found.value.text, "check", column):
                    yield self._check(text, None, column, column.name.text)

    def _check(self, text: str, given: str | None, node: Placed, column: str | None) -> Check:
        columns = default_names.check_columns(text, set(self.columns)) or ((column,) if column else ())
        name = given or self.fresh(columns, "check")
        self.context.place(address("constraint", self.schema, self.name, name), node.start, node.end)
        return Check(name, text)

    def _indexes(self) -> Iterable[Index]:
        for node in self.member.indexes:
            if setting(node.settings, "pk"):
                continue
            self._unknown(node.settings, _INDEX, f"index of {self.name}")
            missing = [column for column, _ in node.parts if column is not None and column not in self.columns]
            if missing:
                self.context.problem("error", f"the table {self.name!r} has no column {missing[0]!r}", node)
                continue
            parts = [IndexPart(column=c, expression=self._guarded(e or "", "index", node) if c is None else None)
                     for c, e in node.parts]  # fmt: skip
            if any(part.column is None and part.expression is None for part in parts):
                continue
            words = default_names.index_words((part.column, part.expression) for part in parts)
            name = text_of(node.settings, "name") or self.fresh(words, "idx")
            self.context.place(address("index", self.schema, name), node.start, node.end)
            yield Index(
                name,
                tuple(parts),
                unique=setting(node.settings, "unique") is not None,
                method=(text_of(node.settings, "type") or "btree").lower(),
                comment=text_of(node.settings, "note"),
            )

    def _guarded(self, text: str, what: str, node: Placed) -> str | None:
        try:
            return guarded(text)
        except InputError as error:
            self.context.problem("error", f"the {what} is no whole SQL expression: {error.message}", node)
            return None

    def _unknown(self, settings: Iterable[Setting], known: tuple[str, ...], place: str) -> None:
        names = sorted({item.name for item in settings if item.name not in known})
        if names:
            self.context.problem("info", f"{place}: PostgreSQL has nothing for the setting {names[0]!r}", self.node)
