"""The entries of a snapshot as a schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from dbarchitect.model.column import Column, Generated, Identity, SequenceOptions
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import object_name
from dbarchitect.model.policy import Policy
from dbarchitect.model.schema import Enum, Namespace, Schema, Sequence, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType, parse_type
from dbarchitect.read.snapshot_rows import Row
from dbarchitect.read.sql.columns import nextval
from dbarchitect.read.sql.index_parts import index_parts
from dbarchitect.read.sql.script import statements_within
from dbarchitect.read.sql.sequences import settled
from dbarchitect.read.sql.source import File
from dbarchitect.read.sql.types import SERIALS
from dbarchitect.sql.tokens import without_outer_parentheses

Key = tuple[str, str]
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass
class _Draft:
    """What the entries have said so far."""

    parts: dict[str, list[Any]] = field(default_factory=dict)
    tables: dict[Key, dict[str, Any]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    enums: set[Key] = field(default_factory=set)

    def of(self, row: Row) -> dict[str, Any]:
        """The fields of the table that an entry belongs to.

        Raises:
            KeyError: no entry names the table.
        """
        return self.tables[schema_of(row), str(row["table"])]


def build(rows: list[Row]) -> tuple[Schema, list[str]]:
    """The schema, and a message for each entry that is not what drizzle-kit writes or has no place in the model.

    Args:
        rows: entries of version 9.
    """
    draft = _Draft()
    draft.enums = {(schema_of(row), str(row.get("name"))) for row in rows if row.get("entityType") == "enums"}
    for kind, builder in _BUILDERS.items():
        for row in rows:
            if row.get("entityType") == kind:
                try:
                    builder(draft, row)
                except (KeyError, TypeError, ValueError, AttributeError, IndexError):
                    draft.messages.append(f"an entry of {kind} is not what drizzle-kit writes: {_shown(row)}")
    for kind in sorted({str(row.get("entityType")) for row in rows} - _BUILDERS.keys()):
        names = sorted(str(row.get("name")) for row in rows if str(row.get("entityType")) == kind)
        draft.messages.append(f"left out, because the model has no place for it: {kind} {', '.join(names)}")
    parts: dict[str, Any] = {kind: tuple(items) for kind, items in draft.parts.items()}
    return Schema(tables=tuple(Table(**fields) for fields in draft.tables.values()), **parts), draft.messages


def _shown(row: Row) -> str:
    return ".".join(str(row[name]) for name in ("schema", "table", "name") if row.get(name))


def schema_of(row: Row) -> str:
    """The schema that an entry lies in."""
    return str(row.get("schema") or "public")


def _namespace(draft: _Draft, row: Row) -> None:
    if row["name"] != "public":
        draft.parts.setdefault("namespaces", []).append(Namespace(_text(row["name"])))


def _enum(draft: _Draft, row: Row) -> None:
    labels = tuple(_text(label) for label in row["values"])
    draft.parts.setdefault("enums", []).append(Enum(schema_of(row), _text(row["name"]), labels))


def _sequence(draft: _Draft, row: Row) -> None:
    sequence = Sequence(schema_of(row), _text(row["name"]), options=settled(_options(row), SqlType("bigint")))
    draft.parts.setdefault("sequences", []).append(sequence)


def _options(row: Row) -> SequenceOptions:
    return SequenceOptions(
        _number(row.get("startWith")),
        _number(row.get("incrementBy", row.get("increment"))),
        _number(row.get("minValue")),
        _number(row.get("maxValue")),
        _number(row.get("cacheSize", row.get("cache"))),
        bool(row.get("cycle")),
    )


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def _text(value: object) -> str:
    """A text that must be one.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, str) or not value:
        raise TypeError(f"no text: {value!r}")
    return value


def _table(draft: _Draft, row: Row) -> None:
    key = (schema_of(row), _text(row["name"]))
    draft.tables[key] = {"schema": key[0], "name": key[1], "row_security": bool(row.get("isRlsEnabled"))}


def _add(draft: _Draft, row: Row, field_name: str, item: object) -> None:
    fields = draft.of(row)
    fields[field_name] = (*fields.get(field_name, ()), item)


def _column(draft: _Draft, row: Row) -> None:
    name, written = _text(row["name"]), _text(row["type"])
    key = (schema_of(row), str(row["table"]))
    type_ = _type(draft, row, written)
    counted = SERIALS.get(written.lower())
    default = _default(row.get("default"))
    if counted:
        sequence = object_name(key[1], name, "seq")
        type_, default = SqlType(counted), nextval((key[0], sequence))
        owned = Sequence(key[0], sequence, SqlType(counted), owned_by=(*key, name))
        draft.parts.setdefault("sequences", []).append(owned)
    generated = row.get("generated")
    column = Column(
        name,
        type_,
        nullable=not (row.get("notNull") or counted),
        default=default,
        identity=_identity(row["identity"], key[1], name, type_) if row.get("identity") else None,
        generated=Generated(_expression(generated["as"]), generated.get("type") != "virtual") if generated else None,
    )
    _add(draft, row, "columns", column)


def _type(draft: _Draft, row: Row, written: str) -> SqlType:
    own, dimensions = row.get("typeSchema"), int(row.get("dimensions") or 0)
    bare = re.sub(r"(?:\[\d*\])+\Z", "", written)
    dimensions = dimensions or written.count("[", len(bare))
    if own:
        return SqlType(bare, (), dimensions, _text(own))
    if ("public", bare) in draft.enums:
        return SqlType(bare, (), dimensions, "public")
    return parse_type(bare).array(dimensions)


def _default(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return _expression(str(value))


def _expression(sql: object) -> str:
    return without_outer_parentheses(_text(sql))


def _identity(item: Row, table: str, column: str, type_: SqlType) -> Identity:
    name = item.get("name")
    usual = object_name(table, column, "seq")
    return Identity(item.get("type") == "always", settled(_options(item), type_), None if name == usual else name)


def _primary_key(draft: _Draft, row: Row) -> None:
    columns = tuple(_text(name) for name in row["columns"])
    fields = draft.of(row)
    fields["primary_key"] = PrimaryKey(row.get("name") or object_name(str(row["table"]), None, "pkey"), columns)
    fields["columns"] = tuple(
        replace(column, nullable=False) if column.name in columns else column for column in fields.get("columns", ())
    )


def _unique(draft: _Draft, row: Row) -> None:
    columns = tuple(_text(name) for name in row["columns"])
    nulls = bool(row.get("nullsNotDistinct"))
    _add(draft, row, "uniques", Unique(_text(row["name"]), columns, nulls_not_distinct=nulls))


def _check(draft: _Draft, row: Row) -> None:
    _add(draft, row, "checks", Check(_text(row["name"]), _expression(row["value"])))


def _foreign_key(draft: _Draft, row: Row) -> None:
    key = ForeignKey(
        _text(row["name"]),
        tuple(_text(name) for name in row.get("columnsFrom") or row["columns"]),
        str(row.get("schemaTo") or "public"),
        _text(row["tableTo"]),
        tuple(_text(name) for name in row["columnsTo"]),
        _action(row.get("onDelete")),
        _action(row.get("onUpdate")),
    )
    _add(draft, row, "foreign_keys", key)


def _action(value: object) -> Any:
    word = str(value or "no action").lower()
    if word not in ("no action", "restrict", "cascade", "set null", "set default"):
        raise ValueError(f"no action: {value!r}")
    return word


def _index(draft: _Draft, row: Row) -> None:
    index = Index(
        _text(row["name"]),
        tuple(_part(part) for part in row["columns"]),
        unique=bool(row.get("isUnique")),
        method=str(row.get("method") or "btree"),
        where=_expression(row["where"]) if row.get("where") else None,
        options=_storage(row.get("with")),
    )
    _add(draft, row, "indexes", index)


def _part(part: Row) -> IndexPart:
    key = _text(part.get("expression", part.get("value")))
    if part.get("isExpression"):
        return _expression_part(key)
    descending = part.get("asc") is False
    first = part["nullsFirst"] if "nullsFirst" in part else part.get("nulls") == "first"
    opclass = part.get("opclass")
    return IndexPart(
        key,
        opclass=opclass.get("name") if isinstance(opclass, dict) else opclass or None,
        descending=descending,
        nulls_first=None if bool(first) == descending else bool(first),
    )


def _expression_part(key: str) -> IndexPart:
    """A key that Drizzle keeps as SQL: it may say its order and operator class, too."""
    sql = f"CREATE INDEX ON t ({key})"
    written = statements_within(File("", sql), sql, 0)
    if written and "IndexStmt" in written[0].node:
        elements = [item["IndexElem"] for item in written[0].node["IndexStmt"].get("indexParams", ())]
        if len(elements) == 1:
            return index_parts(written[0], elements, written[0].bracketed(0))[0]
    return IndexPart(expression=_expression(key))


def _storage(value: object) -> tuple[tuple[str, str], ...]:
    """Storage parameters: an object in version 7, `name=value, …` in version 9."""
    if isinstance(value, dict):
        return tuple(sorted((str(name), str(setting).lower()) for name, setting in value.items()))
    pairs = (pair.partition("=") for pair in str(value or "").split(",") if pair.strip())
    return tuple(sorted((name.strip(), setting.strip()) for name, _, setting in pairs))


def _policy(draft: _Draft, row: Row) -> None:
    policy = Policy(
        _text(row["name"]),
        str(row.get("for") or "ALL").lower(),  # type: ignore[arg-type]
        str(row.get("as") or "PERMISSIVE").upper() == "PERMISSIVE",
        tuple(sorted(_text(role) for role in row.get("roles") or ("public",))),
        _expression(row["using"]) if row.get("using") else None,
        _expression(row["withCheck"]) if row.get("withCheck") else None,
    )
    _add(draft, row, "policies", policy)
    draft.of(row)["row_security"] = True


def _view(draft: _Draft, row: Row) -> None:
    settings = {
        _WORDS.sub("_", str(name)).lower(): str(value).lower()
        for name, value in (row.get("with") or {}).items()
        if value is not None
    }
    check = settings.pop("check_option", None)
    view = View(
        schema_of(row),
        _text(row["name"]),
        _text(row["definition"]).strip().rstrip(";"),
        materialized=bool(row.get("materialized")),
        with_data=not row.get("withNoData"),
        options=tuple(sorted(settings.items())),
        check_option=check,
    )
    draft.parts.setdefault("views", []).append(view)


_BUILDERS: dict[str, Callable[[_Draft, Row], None]] = {
    "schemas": _namespace,
    "enums": _enum,
    "sequences": _sequence,
    "tables": _table,
    "columns": _column,
    "pks": _primary_key,
    "uniques": _unique,
    "checks": _check,
    "fks": _foreign_key,
    "indexes": _index,
    "policies": _policy,
    "views": _view,
}
