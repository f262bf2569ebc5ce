"""The named queries of catalog.sql, fitted to a server's version, and the rows that they give."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from dbarchitect.model.types import REGISTRY, SqlType, parse_type
from dbarchitect.sql.tokens import without_outer_parentheses

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[Any]

Row = tuple[Any, ...]
Rows = Mapping[str, Sequence[Row]]

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_GUARD = re.compile(r"/\*(\d+)\*/ (.*?) /\* else: (.*?) \*/", re.DOTALL)
_ARGUMENTS = re.compile(r'\(([^()"]*)\)(?:\[\])*\Z')
_FIRST = ("namespaces", "relations")


@cache
def queries(major: int, file: str = "catalog.sql") -> Mapping[str, str]:
    """The queries of a file by name, as a server of that major version understands them."""
    text = files("dbarchitect.read").joinpath(file).read_text(encoding="utf-8")
    fitted = _GUARD.sub(lambda match: match[2] if major >= int(match[1]) else match[3], text)
    parts = _NAME.split(fitted)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))


def fetch(connection: Connection, schemas: Sequence[str] | None, *, without: Sequence[str] = ()) -> Rows:
    """All rows that the reader needs, in three round trips.

    Args:
        connection: in the transaction that gives the snapshot, with search_path = pg_catalog.
        schemas: names of the namespaces to read; None for all of the user's.
        without: queries that are not needed; they give no rows.
    """
    named = queries(connection.info.server_version // 10000)
    parameters: dict[str, object] = {"schemas": list(schemas) if schemas is not None else None}
    rows: dict[str, Sequence[Row]] = dict.fromkeys(without, ())
    for name in _FIRST:
        rows[name] = connection.execute(named[name].encode(), parameters).fetchall()
        parameters[name] = [row[0] for row in rows[name]]
    with connection.pipeline():
        rest = [name for name in named if name not in _FIRST and name not in without]
        cursors = [connection.execute(named[name].encode(), parameters) for name in rest]
    rows |= {name: cursor.fetchall() for name, cursor in zip(rest, cursors, strict=True)}
    return rows


def grouped(rows: Sequence[Row], column: int) -> Mapping[Any, list[Row]]:
    """Rows by the value of one of their columns."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


class Catalog:
    """The rows with the lookups that several kinds of objects need."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._types = {oid: rest for oid, *rest in rows["types"]}
        self._comments = {(name, oid, part): text for name, oid, part, text in rows["comments"]}
        self.attributes = {
            relation: {row[1]: row[2] for row in columns} for relation, columns in grouped(rows["columns"], 0).items()
        }

    def comment(self, catalog: str, oid: int, part: int = 0) -> str | None:
        """The comment on an object of a catalog, on one of its columns when `part` is not 0."""
        return self._comments.get((catalog, oid, part))

    def comments_on_parts(self, oid: int) -> Iterator[int]:
        """Numbers of a relation's columns that have comments."""
        return (part for name, relation, part in self._comments if (name, relation) == ("pg_class", oid) and part)

    def names(self, relation: int, numbers: Sequence[int] | None) -> tuple[str, ...]:
        """The columns with these numbers."""
        return tuple(self.attributes[relation][number] for number in numbers or ())

    def type(self, oid: int, text: str, dimensions: int) -> SqlType:
        """The model's type.

        Args:
            oid: the type's OID.
            text: what format_type says of it.
            dimensions: declared dimensions, 0 when it is no array or PostgreSQL kept none.
        """
        if oid not in self._types:
            return _built_in(text, dimensions)
        name, namespace, element, of_extension = self._types[oid]
        count = 0
        if element is not None:
            count = max(dimensions, 1)
            if element not in self._types:
                return _built_in(text, dimensions)
            name, namespace = self._types[element][:2]
        match = _ARGUMENTS.search(text)
        arguments = tuple(part.strip() for part in match[1].split(",")) if match else ()
        known = of_extension and namespace == "public" and name in REGISTRY
        return SqlType(name, arguments, count, None if known else namespace)


@lru_cache(maxsize=1024)
def _built_in(text: str, dimensions: int) -> SqlType:
    """A type of pg_catalog; those that the registry does not know are named with their schema."""
    bare = text.removesuffix("[]")
    count = max(dimensions, 1) if bare != text else 0
    if bare.startswith("interval "):
        return SqlType("interval", (bare.removeprefix("interval "),), count)
    if bare == '"char"':
        return SqlType("char", (), count, "pg_catalog")
    if bare == "bpchar":
        return SqlType("bpchar", (), count, "pg_catalog")
    parsed = parse_type(bare)
    if parsed.info is None:
        return SqlType(parsed.name, parsed.arguments, count, "pg_catalog")
    return parsed.array(count)


def reference_name(namespace: str | None, name: str | None) -> str | None:
    """A collation or operator class as the model names it: bare where everybody finds it."""
    if name is None:
        return None
    if namespace in ("pg_catalog", "public"):
        return name
    return ".".join('"' + part.replace('"', '""') + '"' for part in (namespace or "", name))


def condition(text: str | None) -> str | None:
    """An expression without outer parentheses."""
    return None if text is None else without_outer_parentheses(text)


def options(values: Sequence[str] | None, prefix: str = "") -> tuple[tuple[str, str], ...]:
    """Reloptions as sorted pairs."""
    pairs = (value.partition("=") for value in values or ())
    return tuple(sorted((prefix + name, setting) for name, _, setting in pairs))
