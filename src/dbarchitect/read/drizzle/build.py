"""From what Drizzle says of itself (read_project.ts) to our model."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbarchitect.errors import InputError
from dbarchitect.read.drizzle.package import Found
from dbarchitect.read.drizzle.project import Export, Kind, Project, SourceFile
from dbarchitect.read.drizzle.things import SERIALS, schema_of

Place = tuple[str, str, str]


def build(content: Mapping[str, Any], root: Path, config: str, found: Found, bundled: str) -> Project:
    """The project, from the answer of read_project.ts."""
    things = content["things"]
    for entry in content["files"]:
        entry["file"] = Path(os.path.relpath(entry["file"], root)).as_posix()
    texts = {entry["file"]: _text(root / entry["file"]) for entry in content["files"]}
    tables = [thing for thing in things if thing["kind"] == "table"]
    unknown = [
        f"a foreign key of {thing['name']} leads to something that could not be loaded"
        for thing in tables
        if any("unresolved" in key for key in thing["foreignKeys"])
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
        schema=schema_of(things),
        generated=frozenset(_places(tables, lambda column: column.get("made"))),
        serial=frozenset(_places(tables, lambda column: column.get("type") in SERIALS)),
        unnamed=frozenset(_places(tables, lambda column: column.get("unnamed"))),
        modes={
            (t["schema"], t["name"], c["name"]): c["value"]
            for t in tables
            for c in t["columns"]
            if c.get("type") in ("bigint", "bigserial")
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
    columns = thing["columns"] if thing.get("kind") == "table" else ()
    return {column["name"]: column["key"] for column in columns}


def _declares(text: str, name: str) -> bool:
    if name == "default":
        return "export default" in text
    return re.search(rf"\b(?:const|let|var|function|class)\s+{re.escape(name)}(?![\w$])", text) is not None


def _places(tables: list[dict[str, Any]], holds: Any) -> list[Place]:
    return [(t["schema"], t["name"], c["name"]) for t in tables for c in t["columns"] if holds(c)]
