"""What a schema needs and Drizzle never mentions: sequences behind `serial` columns, extensions behind types, and what
hand-written SQL in an index says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dbarchitect.model.column import Column
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import object_name
from dbarchitect.model.schema import Extension, Schema, Sequence
from dbarchitect.model.table import Table

_TRIGRAMS = ("gin_trgm_ops", "gist_trgm_ops")
_SUFFIX = re.compile(
    r"(?P<expression>.+?)(?:\s+(?P<opclass>[a-z_][a-z0-9_]*_ops))?(?:\s+(?P<order>asc|desc))?"
    r"(?:\s+nulls\s+(?P<nulls>first|last))?",
    re.IGNORECASE | re.DOTALL,
)


def counter(schema: str, table: str, column: str) -> str:
    """The default of a serial column: the next value of the sequence that PostgreSQL makes for it."""
    name = _plain(object_name(table, column, "seq"))
    path = name if schema == "public" else f"{_plain(schema)}.{name}"
    return "nextval('" + path.replace("'", "''") + "'::regclass)"


def completed(schema: Schema) -> Schema:
    """The schema with the sequences of serial columns, and the extensions that types, defaults and indexes need."""
    known = {(each.schema, each.name) for each in schema.sequences}
    tables = tuple(_apart(table) for table in schema.tables)
    made = [_sequence(table, column) for table in tables for column in table.columns if _is_serial(table, column)]
    missing = tuple(each for each in made if (each.schema, each.name) not in known)
    present = {extension.name for extension in schema.extensions}
    needed = tuple(Extension(name) for name in sorted(set(_extensions(tables)) - present))
    return replace(
        schema,
        tables=tables,
        sequences=(*schema.sequences, *missing),
        extensions=(*schema.extensions, *needed),
    )


def _plain(name: str) -> str:
    return name if re.fullmatch(r"[a-z_][a-z0-9_$]*", name) else '"' + name.replace('"', '""') + '"'


def _is_serial(table: Table, column: Column) -> bool:
    default = column.default or ""
    return default.startswith("nextval(") and default == counter(table.schema, table.name, column.name)


def _sequence(table: Table, column: Column) -> Sequence:
    name = object_name(table.name, column.name, "seq")
    return Sequence(table.schema, name, column.type, owned_by=(table.schema, table.name, column.name))


def _apart(table: Table) -> Table:
    """The table with indexes whose parts in SQL are taken apart: `"data" jsonb_path_ops` is a column with an operator
    class.
    """
    if not any(part.expression for index in table.indexes for part in index.parts):
        return table
    return replace(table, indexes=tuple(_parsed(index, table) for index in table.indexes))


def _parsed(index: Index, table: Table) -> Index:
    return replace(index, parts=tuple(_part(part, table) for part in index.parts))


def _part(part: IndexPart, table: Table) -> IndexPart:
    match = _SUFFIX.fullmatch(part.expression.strip()) if part.expression else None
    if match is None:
        return part
    name = re.fullmatch(r'"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*)', match["expression"])
    column = (name[1] or name[2]).replace('""', '"') if name else ""
    plain = not (match["opclass"] or match["order"] or match["nulls"])
    if not table.has(column) and plain:
        return part
    descending = (match["order"] or "").lower() == "desc"
    first = None if match["nulls"] is None else match["nulls"].lower() == "first"
    return IndexPart(
        column=column if table.has(column) else None,
        expression=None if table.has(column) else match["expression"],
        opclass=match["opclass"],
        descending=descending,
        nulls_first=None if first == descending else first,
    )


def _extensions(tables: Iterable[Table]) -> Iterator[str]:
    for table in tables:
        for column in table.columns:
            info = column.type.info
            if info is not None and info.extension:
                yield info.extension
            default = column.default or ""
            if "uuid_generate_v" in default and re.search(r"\buuid_generate_v\d(?:mc)?\(", default):
                yield "uuid-ossp"
        for index in table.indexes:
            if any(part.opclass in _TRIGRAMS for part in index.parts):
                yield "pg_trgm"
