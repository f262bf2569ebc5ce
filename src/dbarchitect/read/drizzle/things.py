"""From what Drizzle says of tables, views and types (describe.ts) to our model."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

from dbarchitect.model.column import Column, Generated, Identity, SequenceOptions
from dbarchitect.model.constraint import Action, Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import object_name
from dbarchitect.model.policy import Command, Policy
from dbarchitect.model.schema import Enum, Namespace, Schema, Sequence, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType, parse_type
from dbarchitect.read.drizzle.completion import counter

Thing = Mapping[str, Any]

SERIALS = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
LOST = "\u27e6"
"""Opens the mark that stands in a text for what could not be loaded (stub.ts)."""

_COMMANDS = ("all", "select", "insert", "update", "delete")


def schema_of(things: Iterable[Thing]) -> Schema:
    """The schema that some things make up; of two with one name the last counts.

    What speaks of something that could not be loaded is left out.

    Args:
        things: the entries of `things` in the answer of read_project.ts.
    """
    things = list(things)
    tables = {(t["schema"], t["name"]): _table(t) for t in things if t["kind"] == "table"}
    for thing in things:
        key = (thing.get("schema", ""), thing.get("table", ""))
        if thing["kind"] == "policy" and key in tables:
            policies = (*tables[key].policies, _policy(thing))
            tables[key] = dataclasses.replace(tables[key], policies=policies, row_security=True)
    kinds = {kind: _of_kind(things, kind) for kind in ("enum", "view", "sequence", "namespace")}
    return Schema(
        tables=tuple(tables.values()),
        enums=tuple(Enum(t["schema"], t["name"], tuple(t["labels"])) for t in kinds["enum"]),
        views=tuple(_view(t) for t in kinds["view"]),
        sequences=tuple(Sequence(t["schema"], t["name"], options=_options(t["options"])) for t in kinds["sequence"]),
        namespaces=tuple(Namespace(t["name"]) for t in kinds["namespace"] if t["name"] != "public"),
    )


def _of_kind(things: Iterable[Thing], kind: str) -> Iterable[Thing]:
    return {(thing["schema"], thing["name"]): thing for thing in things if thing["kind"] == kind}.values()


def _table(thing: Thing) -> Table:
    name = thing["name"]
    key = _primary_key(thing)
    uniques = [Unique(u["name"], tuple(u["columns"]), nulls_not_distinct=u["nullsNotDistinct"])
               for u in thing["uniques"]]  # fmt: skip
    for column in thing["columns"]:
        if "unique" in column:
            # drizzle-kit 1 leaves the name to PostgreSQL, the older one always has one
            default = column["unique"] or object_name(name, column["name"], "key")
            nulls = column["uniqueNulls"] == "not distinct"
            uniques.append(Unique(default, (column["name"],), nulls_not_distinct=nulls))
    found = [_foreign_key(each) for each in thing["foreignKeys"] if "unresolved" not in each]
    indexes = [_index(name, index) for index in thing["indexes"]]
    checks = [Check(check["name"], check["expression"]) for check in thing["checks"]]
    return Table(
        schema=thing["schema"],
        name=name,
        columns=tuple(_column(thing, column, key) for column in thing["columns"]),
        primary_key=key,
        uniques=tuple(unique for unique in uniques if not lost(unique)),
        foreign_keys=tuple(each for each in found if not lost(each)),
        checks=tuple(check for check in checks if check.expression and not lost(check)),
        indexes=tuple(index for index in indexes if not lost(index)),
        policies=tuple(_policy(policy) for policy in thing["policies"]),
        row_security=thing["rowSecurity"],
    )


def lost(part: object) -> bool:
    """Whether something speaks of what could not be loaded, or of an expression that has no text."""
    if isinstance(part, Index) and any(each.column is None and not each.expression for each in part.parts):
        return True
    return LOST in repr(part)


def _primary_key(thing: Thing) -> PrimaryKey | None:
    for key in thing["primaryKeys"]:
        return PrimaryKey(key["name"], tuple(key["columns"]))
    own = tuple(column["name"] for column in thing["columns"] if column.get("primary") or _says(column, "primaryKey"))
    return PrimaryKey(object_name(thing["name"], None, "pkey"), own) if own else None


def _says(column: Thing, modifier: str) -> bool:
    """Whether a column whose builder could not be loaded has a modifier."""
    return f".{modifier}(" in column.get("missing", "")


def _column(table: Thing, column: Thing, key: PrimaryKey | None) -> Column:
    name = column["name"]
    keyed = key is not None and name in key.columns
    if "missing" in column:
        return Column(name, _unknown(column["missing"]), nullable=not (keyed or _says(column, "notNull")))
    default = column["default"]
    serial = column["type"] in SERIALS
    if serial:
        default = counter(table["schema"], table["name"], name)
    generated = column["generated"]
    computed = Generated(generated["as"], stored=generated["mode"] != "virtual") if generated else None
    identity = column["identity"]
    return Column(
        name,
        _type(column),
        nullable=not column["notNull"] and not serial and not keyed,
        default=default if computed is None and LOST not in (default or "") else None,
        identity=_identity(identity) if identity else None,
        generated=computed,
    )


def _identity(identity: Thing) -> Identity:
    return Identity(identity["always"], _options(identity["options"]), identity["sequence"])


def _options(options: Thing) -> SequenceOptions:
    names = ("start", "increment", "minimum", "maximum", "cache")
    return SequenceOptions(**{name: _number(options.get(name)) for name in names}, cycle=options["cycle"])


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"-?\d+", text) else None


def _unknown(path: str) -> SqlType:
    """The type of a column whose builder could not be loaded: `@org/types#citext().notNull()` -> citext."""
    name = re.match(r"\w+", path.partition("#")[2])
    return SqlType(name[0] if name else "unknown", (), 0, "public")


def _type(column: Thing) -> SqlType:
    if column["enum"]:
        return SqlType(column["enum"]["name"], (), column["dimensions"], column["enum"]["schema"])
    return _spoken(SERIALS.get(column["type"], column["type"]), column["dimensions"])


@lru_cache(maxsize=1024)
def _spoken(text: str, dimensions: int) -> SqlType:
    try:
        return parse_type(text).array(dimensions)
    except ValueError:
        return SqlType(text, (), dimensions, "public")


def _foreign_key(key: Thing) -> ForeignKey:
    return ForeignKey(
        key["name"],
        tuple(key["columns"]),
        key["schema"],
        key["table"],
        tuple(key["targets"]),
        on_delete=cast(Action, key["onDelete"]),
        on_update=cast(Action, key["onUpdate"]),
    )


def _index(table: str, index: Thing) -> Index:
    parts = tuple(_part(part) for part in index["parts"])
    named = "_".join(part.column or "expression" for part in parts)
    return Index(
        index["name"] or f"{table}_{named}_index",
        parts,
        unique=index["unique"],
        method=index["method"],
        where=index["where"],
        options=tuple(sorted((name, _spelled(value)) for name, value in index["options"].items())),
        only=index["only"],
    )


def _part(part: Thing) -> IndexPart:
    if "expression" in part:
        return IndexPart(expression=part["expression"])
    descending = part["descending"]
    first = {"first": True, "last": False, None: descending}[part["nulls"]]
    nulls = None if first == descending else first
    return IndexPart(part["column"], descending=descending, nulls_first=nulls, opclass=part["opclass"])


def _policy(policy: Thing) -> Policy:
    command = policy["command"] if policy["command"] in _COMMANDS else "all"
    return Policy(
        policy["name"],
        cast(Command, command),
        policy["permissive"],
        tuple(sorted(policy["roles"])) or ("public",),
        policy["using"],
        policy["check"],
    )


def _view(view: Thing) -> View:
    options = {_snake(name): _spelled(value) for name, value in view["options"].items() if value is not None}
    return View(
        view["schema"],
        view["name"],
        view["definition"].rstrip("; \n"),
        tuple(view["columns"]),
        view["materialized"],
        view["withData"],
        tuple(sorted((name, value) for name, value in options.items() if name != "check_option")),
        options.get("check_option"),
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"_{match[1].lower()}", name)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
