"""Everything of the catalog but tables: types, sequences, views, functions, extensions, privileges."""

from __future__ import annotations

from collections import defaultdict

from dbarchitect.model.address import address
from dbarchitect.model.names import qualified
from dbarchitect.model.policy import Grant
from dbarchitect.model.routine import Function
from dbarchitect.model.schema import (
    Composite,
    Domain,
    Enum,
    ExtendedStatistics,
    Extension,
    Namespace,
    RangeType,
    Sequence,
    View,
)
from dbarchitect.model.types import parse_type
from dbarchitect.read.catalog import Catalog, Row, condition, grouped, options, reference_name
from dbarchitect.read.catalog_parts import Parts
from dbarchitect.read.catalog_tables import check, sequence_options

_RELATION_KINDS = {"r": "table", "p": "table", "v": "view", "m": "view"}


class Objects:
    """Builds the objects of a catalog that are no tables."""

    def __init__(self, catalog: Catalog, parts: Parts) -> None:
        self._catalog = catalog
        self._parts = parts
        self._rows = catalog.rows
        self._columns = grouped(catalog.rows["columns"], 0)
        self._relations = {row[0]: row for row in catalog.rows["relations"]}

    def namespaces(self) -> tuple[Namespace, ...]:
        """Every namespace but `public` and those of extensions."""
        return tuple(
            Namespace(name, self._catalog.comment("pg_namespace", oid))
            for oid, name, of_extension in self._rows["namespaces"]
            if name != "public" and not of_extension
        )

    def extensions(self) -> tuple[Extension, ...]:
        """The extensions; version and comment only where they are not what the server brings."""
        found = []
        for oid, name, schema, version, usual, usual_comment in self._rows["extensions"]:
            comment = self._catalog.comment("pg_extension", oid)
            found.append(
                Extension(
                    name,
                    schema,
                    None if version == usual else version,
                    None if comment == usual_comment else comment,
                )
            )
        return tuple(found)

    def enums(self) -> tuple[Enum, ...]:
        """The enumerations."""
        return tuple(
            Enum(schema, name, tuple(labels), self._catalog.comment("pg_type", oid))
            for oid, schema, name, labels in self._rows["enums"]
        )

    def domains(self) -> tuple[Domain, ...]:
        """The domains."""
        constraints = grouped(self._rows["constraints"], 2)
        found = []
        for oid, schema, name, base, text, dimensions, not_null, default, namespace, collation in self._rows["domains"]:
            checks = [check(row, self._catalog) for row in constraints[oid] if row[4] == "c"]
            found.append(
                Domain(
                    schema,
                    name,
                    self._catalog.type(base, text, dimensions),
                    not not_null,
                    condition(default),
                    tuple(sorted(checks, key=lambda item: item.name)),
                    reference_name(namespace, collation),
                    self._catalog.comment("pg_type", oid),
                )
            )
        return tuple(found)

    def composites(self) -> tuple[Composite, ...]:
        """The row types made by CREATE TYPE."""
        found = []
        for oid, relation in self._rows["composites"]:
            _, schema, name, *_ = self._relations[relation]
            attributes = tuple((row[2], self._catalog.type(*row[3:6])) for row in self._columns[relation])
            found.append(Composite(schema, name, attributes, self._catalog.comment("pg_type", oid)))
            self._comments_without_place(relation, "attribute of the type")
            for column in self._columns[relation]:
                if column[11] is not None:
                    self._parts.lost(f"collation of the attribute {schema}.{name}.{column[2]}")
        return tuple(found)

    def _comments_without_place(self, relation: int, what: str) -> None:
        _, schema, name, *_ = self._relations[relation]
        for number in self._catalog.comments_on_parts(relation):
            self._parts.lost(f"comment on the {what} {schema}.{name}.{self._catalog.attributes[relation][number]}")

    def ranges(self) -> tuple[RangeType, ...]:
        """The range types."""
        found = []
        for oid, schema, name, subtype, text, multirange, place, *names, has_functions in self._rows["ranges"]:
            if has_functions:
                self._parts.lost(f"canonical or subtype difference function of the range {schema}.{name}")
            if multirange == _multirange_name(name) and place == schema:
                multirange = None
            elif multirange is not None and place != schema:
                multirange = qualified(place, multirange)
            found.append(
                RangeType(
                    schema,
                    name,
                    self._catalog.type(subtype, text, 0),
                    multirange,
                    reference_name(*names[:2]),
                    reference_name(*names[2:]),
                    self._catalog.comment("pg_type", oid),
                )
            )
        return tuple(found)

    def sequences(self) -> tuple[Sequence, ...]:
        """The sequences that are no identity."""
        return tuple(self._sequence(row) for row in self._rows["sequences"] if row[10] != "i")

    def _sequence(self, row: Row) -> Sequence:
        owned_by = None
        if row[10] == "a" and row[11] in self._relations:
            _, schema, table, *_ = self._relations[row[11]]
            owned_by = (schema, table, self._catalog.attributes[row[11]][row[12]])
        if row[13] == "u":
            self._parts.lost(f"UNLOGGED of the sequence {row[1]}.{row[2]}")
        comment = self._catalog.comment("pg_class", row[0])
        return Sequence(row[1], row[2], parse_type(row[3]), sequence_options(row), owned_by, comment)

    def views(self) -> tuple[View, ...]:
        """Views and materialized views."""
        return tuple(self._view(row) for row in self._relations.values() if row[3] in ("v", "m"))

    def _view(self, row: Row) -> View:
        settings = options(row[8])
        self._comments_without_place(row[0], "view's column")
        for column in self._columns[row[0]]:
            if column[7] is not None:
                self._parts.lost(f"default of the view's column {row[1]}.{row[2]}.{column[2]}")
        return View(
            row[1],
            row[2],
            row[12].strip().removesuffix(";"),
            tuple(column[2] for column in self._columns[row[0]]),
            materialized=row[3] == "m",
            with_data=row[13] or row[3] == "v",
            options=tuple(pair for pair in settings if pair[0] != "check_option"),
            check_option=dict(settings).get("check_option"),
            indexes=self._parts.indexes(row[0]),
            triggers=self._parts.triggers(row[0]),
            comment=self._catalog.comment("pg_class", row[0]),
        )

    def functions(self) -> tuple[Function, ...]:
        """Functions and procedures."""
        return tuple(
            Function(
                schema,
                name,
                arguments,
                definition.strip(),
                "procedure" if kind == "p" else "function",
                self._catalog.comment("pg_proc", oid),
            )
            for oid, schema, name, kind, arguments, definition in self._rows["functions"]
        )

    def statistics(self) -> tuple[ExtendedStatistics, ...]:
        """Extended statistics."""
        return tuple(
            ExtendedStatistics(schema, name, definition, self._catalog.comment("pg_statistic_ext", oid))
            for oid, schema, name, definition in self._rows["statistics"]
        )

    def grants(self) -> tuple[Grant, ...]:
        """Privileges that somebody beside the owner has and PostgreSQL does not give by itself."""
        places = self._addresses()
        found: dict[tuple[str, str, bool], set[str]] = defaultdict(set)
        for catalog, oid, part, grantee, privilege, grantable in self._rows["grants"]:
            place = places.get((catalog, oid))
            if place is None:
                continue
            if part:
                place = address("column", *self._relations[oid][1:3], self._catalog.attributes[oid][part])
            if privilege is None:
                found[place, f"revoked {grantee}", False] = set()
            else:
                found[place, grantee, grantable].add(privilege)
        return tuple(
            Grant(place, grantee.removeprefix("revoked ") if not privileges else grantee, tuple(sorted(privileges)), on)
            for (place, grantee, on), privileges in found.items()
        )

    def _addresses(self) -> dict[tuple[str, int], str]:
        found: dict[tuple[str, int], str] = {}
        for row in self._relations.values():
            if row[3] in _RELATION_KINDS:
                found["pg_class", row[0]] = address(_RELATION_KINDS[row[3]], row[1], row[2])
        for row in self._rows["sequences"]:
            found["pg_class", row[0]] = address("sequence", row[1], row[2])
        for kind in ("enum", "domain"):
            for row in self._rows[f"{kind}s"]:
                found["pg_type", row[0]] = address(kind, row[1], row[2])
        for row in self._rows["ranges"]:
            found["pg_type", row[0]] = address("type", row[1], row[2])
        for oid, relation in self._rows["composites"]:
            found["pg_type", oid] = address("type", *self._relations[relation][1:3])
        for oid, schema, name, _, arguments, _ in self._rows["functions"]:
            found["pg_proc", oid] = address("function", schema, name, *filter(None, [arguments]))
        for oid, name, _ in self._rows["namespaces"]:
            found["pg_namespace", oid] = address("namespace", name)
        return found


def _multirange_name(name: str) -> str:
    """The name that PostgreSQL gives a range's multirange: `range` becomes `multirange`, else `_multirange` is added.

    Source: makeMultirangeTypeName in PostgreSQL's src/backend/catalog/pg_type.c.
    """
    raw = name.encode()
    if "range" in name:
        head, _, tail = name.partition("range")
        return f"{head}multirange{tail}".encode()[:63].decode(errors="ignore")
    return f"{raw[: 63 - len('_multirange')].decode(errors='ignore')}_multirange"
