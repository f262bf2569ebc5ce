"""Models of Prisma as tables: columns, keys, indexes and foreign keys, named as `prisma migrate` names them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Action, ForeignKey, PrimaryKey
from dbarchitect.model.decision import Problem
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import ColumnIntent, TableIntent
from dbarchitect.model.names import MAX_BYTES, qualified, quote
from dbarchitect.model.schema import Sequence
from dbarchitect.model.source import Span
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.read.prisma_syntax import Attribute, Block, Field, Value, attribute
from dbarchitect.read.prisma_types import SCALARS, SERIAL, default, native_type, operator_class, unsupported_type
from dbarchitect.sql import default_names
from dbarchitect.sql.expression import guarded
from dbarchitect.sql.quote import literal

ACTIONS: dict[str, Action] = {
    "Cascade": "cascade", "Restrict": "restrict", "NoAction": "no action", "SetNull": "set null",
    "SetDefault": "set default",
}  # fmt: skip
METHODS = {"BTree": "btree", "Hash": "hash", "Gin": "gin", "Gist": "gist", "SpGist": "spgist", "Brin": "brin"}


@dataclass
class Context:
    """What all models share.

    Args:
        models: by their name in Prisma's schema.
        enums: likewise.
        foreign_keys: False for `relationMode = "prisma"`, which creates none.
    """

    models: Mapping[str, Block]
    enums: Mapping[str, Block]
    foreign_keys: bool = True
    problems: list[Problem] = field(default_factory=list)
    spans: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    sequences: list[Sequence] = field(default_factory=list)
    table_intents: dict[str, TableIntent] = field(default_factory=dict)
    column_intents: dict[str, ColumnIntent] = field(default_factory=dict)

    def problem(self, severity: str, message: str, block: Block, at: Field | Attribute | Block) -> None:
        """Keep a problem with its place."""
        self.problems.append(Problem(severity, message, block.span(at.start, at.end)))

    def place(self, where: str, block: Block, at: Field | Attribute | Block) -> None:
        """Remember where an element stands."""
        self.spans[where] = (*self.spans.get(where, ()), block.span(at.start, at.end))

    def column_type(self, block: Block, item: Field) -> SqlType | None:
        """The type of a field's column; None for a relation and for what has no type."""
        if item.unsupported is not None:
            found = unsupported_type(item.unsupported)
            if found is None:
                self.problem("error", f"{item.unsupported!r} is no type of PostgreSQL; it is read as text", block, item)
            return found or SqlType("text")
        native = next((each for each in item.attributes if each.name.startswith("db.")), None)
        kind = native_type(native) if native else None
        if native and kind is None:
            self.problem("error", f"PostgreSQL has no native type @{native.name}", block, native)
        enum = self.enums.get(item.type)
        if enum is not None:
            kind = SqlType(enum.table, (), 0, enum.schema)
        kind = kind or SCALARS.get(item.type)
        if kind is None:
            return None
        return kind.array() if item.arity == "list" else kind


class TableBuilder:
    """One model."""

    def __init__(self, context: Context, block: Block) -> None:
        self.context, self.block = context, block
        self.schema, self.name = block.key
        self.types: dict[str, SqlType] = {}
        for item in block.fields:
            if item.name.text in self.types:
                context.problem("error", f"the field {item.name.text!r} is written twice", block, item)
            elif type_ := context.column_type(block, item):
                self.types[item.name.text] = type_
            elif item.type not in context.models:
                near = difflib.get_close_matches(item.type, [*SCALARS, *context.models, *context.enums], n=1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                context.problem("error", f"{item.type!r} is neither type, enum nor model{meant}", block, item)

    def table(self) -> Table:
        """The whole table."""
        context, block = self.context, self.block
        where = address("table", self.schema, self.name)
        context.place(where, block, block)
        if block.doc:
            context.table_intents[where] = TableIntent(description=block.doc)
        key = self._primary_key()
        fields = {item.name.text: item for item in block.fields if item.name.text in self.types}
        columns = {item.column: self._column(item, key) for item in fields.values()}
        return Table(
            schema=self.schema,
            name=self.name,
            columns=tuple(columns.values()),
            primary_key=key,
            indexes=tuple({index.name: index for index in self._indexes()}.values()),
            foreign_keys=tuple({item.name: item for item in self._foreign_keys()}.values()),
        )

    def _column(self, item: Field, key: PrimaryKey | None) -> Column:
        context, name = self.context, item.column
        where = address("column", self.schema, self.name, name)
        context.place(where, self.block, item)
        updated = item.has("updatedAt")
        if item.doc or updated:
            context.column_intents[where] = ColumnIntent(
                description=item.doc, managed="updated_at" if updated else None
            )
        type_ = self.types[item.name.text]
        nullable = item.arity != "required" and not (key and name in key.columns)
        column = Column(name, type_, nullable)
        given = item.has("default")
        value = given.argument("value", place=0) if given else None
        if given is None or value is None:
            return column
        if value.kind == "call" and value.text == "autoincrement":
            return self._counted(column, item)
        try:
            text = default(value, type_, self._labels(item))
            return replace(column, default=guarded(text) if text is not None else None)
        except (ValueError, InputError) as error:
            context.problem("error", f"@default of {name!r} cannot be read: {error}", self.block, given)
            return column

    def _labels(self, item: Field) -> dict[str, str] | None:
        enum = self.context.enums.get(item.type)
        return {label.name.text: label.column for label in enum.fields} if enum else None

    def _counted(self, column: Column, item: Field) -> Column:
        """`autoincrement()` is SERIAL, so long as the type counts."""
        if column.type.name not in SERIAL or column.type.dimensions:
            self.context.problem("error", f"autoincrement() does not fit {column.type.sql()}", self.block, item)
            return column
        name = default_names.chosen(self.name, (column.name,), "seq")
        owner = (self.schema, self.name, column.name)
        self.context.sequences.append(Sequence(self.schema, name, column.type, owned_by=owner))
        return replace(column, nullable=False, default=f"nextval({literal(qualified(self.schema, name))}::regclass)")

    def _primary_key(self) -> PrimaryKey | None:
        written = attribute(self.block.attributes, "id")
        columns: tuple[str, ...] = ()
        if written is not None:
            columns = tuple(part.column or "" for part in self._parts(written))
        else:
            for item in self.block.fields:
                if found := item.has("id"):
                    written, columns = found, (item.column,)
                    break
        if written is None or not columns:
            return None
        name = written.text("map") or cut(self.name, "_pkey")
        self.context.place(address("constraint", self.schema, self.name, name), self.block, written)
        return PrimaryKey(name, columns)

    def _indexes(self) -> Iterator[Index]:
        for item in self.block.fields:
            if found := item.has("unique"):
                part = IndexPart(column=item.column, descending=_descending(found.argument("sort")))
                yield self._index(found, (part,), unique=True)
        for found in self.block.attributes:
            if found.name == "fulltext":
                self.context.problem("error", "PostgreSQL has no @@fulltext", self.block, found)
            elif found.name in ("unique", "index"):
                parts = self._parts(found)
                if parts:
                    yield self._index(found, parts, unique=found.name == "unique")

    def _index(self, written: Attribute, parts: tuple[IndexPart, ...], *, unique: bool) -> Index:
        columns = "_".join(part.column or "" for part in parts)
        old = written.text("name") if not unique else None  # what @@index(name:) meant before Prisma 3
        name = written.text("map") or old or cut(f"{self.name}_{columns}", "_key" if unique else "_idx")
        method = written.argument("type")
        if method is not None and method.text not in METHODS:
            near = difflib.get_close_matches(method.text, METHODS, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            self.context.problem(
                "error", f"PostgreSQL has no index of type {method.text!r}{meant}", self.block, written
            )
        self.context.place(address("index", self.schema, name), self.block, written)
        return Index(
            name,
            parts,
            unique=unique,
            method=METHODS.get(method.text, "btree") if method else "btree",
            where=self._condition(written),
        )

    def _condition(self, written: Attribute) -> str | None:
        """`where: raw("…")`, or an object of columns and the values that they must have."""
        value = written.argument("where")
        if value is None:
            return None
        try:
            if value.kind == "call" and value.text == "raw" and value.items:
                return guarded(value.items[0].value.text)
            if value.kind == "object" and value.items:
                return " AND ".join(self._comparison(item.name or "", item.value) for item in value.items)
        except (InputError, ValueError):
            pass
        self.context.problem("error", "the condition of this index cannot be read", self.block, written)
        return None

    def _comparison(self, name: str, value: Value) -> str:
        item = self.block.field(name)
        if item is None or name not in self.types:
            raise ValueError(name)
        column, negated = quote(item.column), False
        if value.kind == "object" and len(value.items) == 1 and value.items[0].name == "not":
            negated, value = True, value.items[0].value
        if value.kind == "word" and value.text == "null":
            return f"{column} IS {'NOT ' if negated else ''}NULL"
        return f"{column} {'<>' if negated else '='} {default(value, self.types[name], self._labels(item))}"

    def _parts(self, written: Attribute) -> tuple[IndexPart, ...]:
        listed = written.argument("fields", place=0)
        parts = []
        for item in listed.items if listed and listed.kind == "list" else ():
            value = item.value
            found = self.block.field(value.text)
            if found is None or value.text not in self.types:
                near = difflib.get_close_matches(value.text, self.types, n=1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                self.context.problem(
                    "error",
                    f"the model {self.block.name.text!r} has no column {value.text!r}{meant}",
                    self.block,
                    written,
                )
                return ()
            options = {each.name: each.value for each in value.items}
            ops = options.get("ops")
            parts.append(
                IndexPart(
                    column=found.column,
                    opclass=operator_class(ops) if ops else None,
                    descending=_descending(options.get("sort")),
                )
            )
        return tuple(parts)

    def _foreign_keys(self) -> Iterator[ForeignKey]:
        for item in self.block.fields:
            relation = item.has("relation")
            parent = self.context.models.get(item.type)
            if parent is None or relation is None or not relation.argument("fields"):
                continue
            if key := self._foreign_key(item, relation, parent):
                yield key

    def _foreign_key(self, item: Field, relation: Attribute, parent: Block) -> ForeignKey | None:
        own = [self.block.field(name) for name in _names(relation.argument("fields"))]
        theirs = [parent.field(name) for name in _names(relation.argument("references"))]
        if None in own or None in theirs or not own or len(own) != len(theirs):
            message = f"the relation {item.name.text!r} names fields that are not there, or not equally many"
            self.context.problem("error", message, self.block, relation)
            return None
        fields = [each for each in own if each]
        optional = not any(each.arity == "required" for each in fields)
        name = relation.text("map") or cut(f"{self.name}_{'_'.join(each.column for each in fields)}", "_fkey")
        if not self.context.foreign_keys:
            return None
        self.context.place(address("constraint", self.schema, self.name, name), self.block, relation)
        return ForeignKey(
            name,
            tuple(each.column for each in fields),
            *parent.key,
            tuple(each.column for each in theirs if each),
            on_delete=self._action(relation, "onDelete", "set null" if optional else "restrict"),
            on_update=self._action(relation, "onUpdate", "cascade"),
        )

    def _action(self, relation: Attribute, name: Literal["onDelete", "onUpdate"], usual: Action) -> Action:
        given = relation.argument(name)
        if given is None:
            return usual
        if given.text not in ACTIONS:
            near = difflib.get_close_matches(given.text, ACTIONS, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            self.context.problem("error", f"{name} cannot be {given.text!r}{meant}", self.block, relation)
            return usual
        return ACTIONS[given.text]


def cut(stem: str, suffix: str) -> str:
    """A name as Prisma makes it: the stem is cut, the suffix stays."""
    return stem.encode()[: MAX_BYTES - len(suffix)].decode(errors="ignore") + suffix


def _names(value: Value | None) -> list[str]:
    return [item.value.text for item in value.items] if value and value.kind == "list" else []


def _descending(value: Value | None) -> bool:
    return value is not None and value.text == "Desc"
