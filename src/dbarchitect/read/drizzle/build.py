"""From what Drizzle says of itself (read_project.ts) to our model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from dbarchitect.errors import InputError
from dbarchitect.model.column import Column, Generated, Identity
from dbarchitect.model.constraint import Action, Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import fit
from dbarchitect.model.schema import Enum, Namespace, Schema, Sequence, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType, parse_type
from dbarchitect.read.drizzle.package import Found
from dbarchitect.read.drizzle.project import Export, Kind, Project, SourceFile

_SERIALS = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
Place = tuple[str, str, str]


def build(content: Mapping[str, Any], root: Path, config: str, found: Found, bundled: str) -> Project:
    """The project, from the answer of read_project.ts."""
    things = content["things"]
    texts = {entry["file"]: _text(root / entry["file"]) for entry in content["files"]}
    tables = [thing for thing in things if thing["kind"] == "table"]
    unknown = [
        f"a foreign key of {thing['name']} leads to something that could not be loaded"
        for thing in tables
        if any(key.get("unresolved") for key in thing["foreignKeys"])
    ]
    return Project(
        root=root,
        config=config,
        line=found.line,
        version=found.version,
        out=str(content["config"]["out"]).removeprefix("./"),
        casing=content["config"]["casing"] or "",
        files=tuple(SourceFile(entry["file"], texts[entry["file"]], entry["seen"]) for entry in content["files"]),
        exports=_exports(content, texts),
        schema=_schema(things),
        generated=frozenset(_places(tables, lambda column: column["made"])),
        serial=frozenset(_places(tables, lambda column: column["type"] in _SERIALS)),
        unnamed=frozenset(_places(tables, lambda column: column["unnamed"])),
        modes={
            (t["schema"], t["name"], c["name"]): c["value"]
            for t in tables
            for c in t["columns"]
            if c["type"] in ("bigint", "bigserial")
        },
        unknown=tuple(sorted(unknown)),
        bundle=bundled,
    )


def _text(path: Path) -> str:
    """A file as it is, with its own line ends."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InputError(f"this is no UTF-8 ({error.reason} at byte {error.start})", place=str(path)) from None


def _schema(things: list[dict[str, Any]]) -> Schema:
    by_kind = {kind: [thing for thing in things if thing["kind"] == kind] for kind in ("table", "enum", "view")}
    return Schema(
        tables=tuple({(t["schema"], t["name"]): _table(t) for t in by_kind["table"]}.values()),
        enums=tuple(Enum(t["schema"], t["name"], tuple(t["labels"])) for t in by_kind["enum"]),
        views=tuple(View(t["schema"], t["name"], "") for t in by_kind["view"]),
        sequences=tuple(Sequence(t["schema"], t["name"]) for t in things if t["kind"] == "sequence"),
        namespaces=tuple(Namespace(t["name"]) for t in things if t["kind"] == "namespace"),
    )


def _table(thing: dict[str, Any]) -> Table:
    name = thing["name"]
    uniques = [Unique(u["name"], tuple(u["columns"]), nulls_not_distinct=u["nullsNotDistinct"])
               for u in thing["uniques"]]  # fmt: skip
    for column in thing["columns"]:
        if "unique" in column:
            default = column["unique"] or f"{name}_{column['name']}_unique"
            nulls = column["uniqueNulls"] == "not distinct"
            uniques.append(Unique(default, (column["name"],), nulls_not_distinct=nulls))
    return Table(
        schema=thing["schema"],
        name=name,
        columns=tuple(_column(name, column) for column in thing["columns"]),
        primary_key=_primary_key(thing),
        uniques=tuple(uniques),
        foreign_keys=tuple(_foreign_key(key) for key in thing["foreignKeys"] if not key.get("unresolved")),
        checks=tuple(Check(check["name"], check["expression"]) for check in thing["checks"]),
        indexes=tuple(_index(name, index) for index in thing["indexes"]),
        row_security=thing["rowSecurity"],
    )


def _primary_key(thing: dict[str, Any]) -> PrimaryKey | None:
    for key in thing["primaryKeys"]:
        return PrimaryKey(key["name"], tuple(key["columns"]))
    own = tuple(column["name"] for column in thing["columns"] if column["primary"])
    return PrimaryKey(fit(f"{thing['name']}_pkey"), own) if own else None


def _column(table: str, column: dict[str, Any]) -> Column:
    kind = _type(column)
    default = column["default"]
    if column["type"] in _SERIALS:
        default = f"nextval('{table}_{column['name']}_seq'::regclass)"
    generated = Generated(column["generated"]["as"]) if column["generated"] else None
    return Column(
        column["name"],
        kind,
        nullable=not column["notNull"] and column["type"] not in _SERIALS,
        default=default if generated is None else None,
        identity=Identity(always=column["identity"]["always"]) if column["identity"] else None,
        generated=generated,
    )


def _type(column: dict[str, Any]) -> SqlType:
    if column["enum"]:
        return SqlType(column["enum"]["name"], (), column["dimensions"], column["enum"]["schema"])
    text = _SERIALS.get(column["type"], column["type"])
    try:
        return parse_type(text).array(column["dimensions"])
    except ValueError:
        return SqlType(text, (), column["dimensions"], "public")


def _foreign_key(key: dict[str, Any]) -> ForeignKey:
    return ForeignKey(
        key["name"],
        tuple(key["columns"]),
        key["schema"],
        key["table"],
        tuple(key["targets"]),
        on_delete=cast(Action, key["onDelete"]),
        on_update=cast(Action, key["onUpdate"]),
    )


def _index(table: str, index: dict[str, Any]) -> Index:
    parts = tuple(_part(part) for part in index["parts"])
    named = "_".join(part.column or "expression" for part in parts)
    return Index(
        index["name"] or f"{table}_{named}_index",
        parts,
        unique=index["unique"],
        method=index["method"],
        where=index["where"],
    )


def _part(part: dict[str, Any]) -> IndexPart:
    if "expression" in part:
        return IndexPart(expression=part["expression"])
    nulls = {"first": True, "last": False, None: None}[part["nulls"]]
    return IndexPart(part["column"], descending=part["descending"], nulls_first=nulls, opclass=part["opclass"])


def _exports(content: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[Export, ...]:
    things = content["things"]
    exports = []
    for entry in content["files"]:
        for name in entry["names"]:
            thing = things[name["thing"]] if name["thing"] is not None else {}
            kind: Kind = "columns" if name["keys"] else name["kind"]
            named = thing.get("name") is not None
            exports.append(
                Export(
                    file=entry["file"],
                    name=name["name"],
                    kind=kind,
                    key=(thing["schema"], thing["name"]) if named else None,
                    declared=_declares(texts[entry["file"]], name["name"]),
                    columns=_properties(thing, name["keys"]),
                    relations={(r["schema"], r["table"]): tuple(r["names"]) for r in thing.get("relations", ())},
                )
            )
    return tuple(exports)


def _properties(thing: Mapping[str, Any], keys: list[str] | None) -> dict[str, str]:
    if keys:
        return {key: key for key in keys}
    return {column["name"]: column["key"] for column in thing.get("columns", ())}


def _declares(text: str, name: str) -> bool:
    if name == "default":
        return "export default" in text
    return re.search(rf"\b(?:const|let|var|function|class)\s+{re.escape(name)}(?![\w$])", text) is not None


def _places(tables: list[dict[str, Any]], holds: Any) -> list[Place]:
    return [(t["schema"], t["name"], c["name"]) for t in tables for c in t["columns"] if holds(c)]
