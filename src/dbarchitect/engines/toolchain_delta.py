"""The change between two states of Drizzle 1, as the `deltas` of its snapshots say it.

A state is a list of rows (tables, columns, indexes, …), each with `entityType` and the fields that identify it.
Deltas are `drop` and `alter` by key and `create` by row; a key is the type, a NUL and the identity as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]

_IDENTITY: dict[str, tuple[str, ...]] = {
    "schemas": ("name",),
    "roles": ("name",),
    "tables": ("schema", "name"),
    "enums": ("schema", "name"),
    "sequences": ("schema", "name"),
    "views": ("schema", "name"),
    "indexes": ("schema", "name"),
    "privileges": ("schema", "table", "grantor", "grantee", "type"),
}
_IN_TABLE = ("schema", "table", "name")


def key(row: Row) -> str:
    """The key by which a delta names a row."""
    kind = row["entityType"]
    identity = [row[field] for field in _IDENTITY.get(kind, _IN_TABLE)]
    return f"{kind}\0{json.dumps(identity, ensure_ascii=False, separators=(',', ':'))}"


def between(before: Sequence[Row], after: Sequence[Row]) -> list[Row]:
    """The deltas that turn `before` into `after`: drops, then creates, then alters, each in the order of the rows."""
    old = {key(row): row for row in before}
    new = {key(row): row for row in after}
    drops: list[Row] = [{"op": "drop", "key": name} for name in old if name not in new]
    creates: list[Row] = [{"op": "create", "row": row} for name, row in new.items() if name not in old]
    alters: list[Row] = []
    for name, row in new.items():
        if name in old and old[name] != row:
            changed = {field: value for field, value in row.items() if old[name].get(field) != value}
            alters.append({"op": "alter", "key": name, "set": changed})
    return [*drops, *creates, *alters]


def after(rows: Sequence[Row], snapshot: Row) -> list[Row]:
    """The rows after a snapshot of Drizzle 1: those that it holds, or `rows` with its deltas done.

    Args:
        rows: the state before it.
        snapshot: with `ddl` (full) or `deltas`.
    """
    if "ddl" in snapshot:
        return [dict(row) for row in snapshot["ddl"]]
    found = {key(row): row for row in rows}
    for change in snapshot.get("deltas", ()):
        if change["op"] == "drop":
            found.pop(change["key"], None)
        elif change["op"] == "create":
            found[key(change["row"])] = change["row"]
        elif change["key"] in found:
            found[change["key"]] = {**found[change["key"]], **change["set"]}
    return list(found.values())
