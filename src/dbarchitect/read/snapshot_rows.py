"""Snapshots of version 7 as the flat entries of version 9, so that both are built in one way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Row = dict[str, Any]

_IN_TABLE = {
    "indexes": "indexes", "foreignKeys": "fks", "compositePrimaryKeys": "pks", "uniqueConstraints": "uniques",
    "checkConstraints": "checks", "policies": "policies",
}  # fmt: skip
_RENAMED = {"isRLSEnabled": "isRlsEnabled", "to": "roles", "increment": "incrementBy", "cache": "cacheSize"}


def rows_of_7(content: Mapping[str, Any]) -> list[Row]:
    """The entries of a snapshot of version 7."""
    rows: list[Row] = [{"entityType": "schemas", "name": name} for name in values(content.get("schemas"))]
    for kind in ("enums", "sequences", "views"):
        for item in values(content.get(kind)):
            if isinstance(item, dict) and not item.get("isExisting"):
                rows.append(_row(item, kind))
    rows += [{**item, "entityType": "roles"} for item in values(content.get("roles")) if isinstance(item, dict)]
    for item in values(content.get("policies")):
        if isinstance(item, dict):
            table = str(item.get("on", "")).replace('"', "")
            schema, _, name = table.rpartition(".")
            rows.append({**_row(item, "policies"), "schema": schema or item.get("schema") or "public", "table": name})
    for table in values(content.get("tables")):
        if isinstance(table, dict):
            rows += _of_table(table)
    return rows


def values(item: object) -> list[Any]:
    """The values of an object, in their order; none of anything else."""
    return list(item.values()) if isinstance(item, dict) else []


def _row(item: Row, kind: str) -> Row:
    row = {_RENAMED.get(name, name): value for name, value in item.items()}
    return {**row, "schema": item.get("schema") or "public", "entityType": kind}


def _of_table(table: Row) -> Iterator[Row]:
    schema, name = table.get("schema") or "public", table.get("name")
    place = {"schema": schema, "table": name}
    yield {**_row(table, "tables"), "schema": schema}
    for column in values(table.get("columns")):
        if not isinstance(column, dict):
            continue
        yield {**column, **place, "entityType": "columns"}
        if column.get("primaryKey"):
            yield {**place, "name": None, "columns": [column.get("name")], "entityType": "pks"}
    for field, kind in _IN_TABLE.items():
        for item in values(table.get(field)):
            if isinstance(item, dict):
                yield {**_row(item, kind), **place}
