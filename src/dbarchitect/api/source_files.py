"""Files and folders as sources: what each of them is is found out from its name and from what it holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from dbarchitect.api.sources import FORMATS, Format, Found
from dbarchitect.api.typescripts import relative
from dbarchitect.errors import InputError
from dbarchitect.read.result import ReadResult

LARGEST = 100_000_000
"""Bytes of one file."""
SCRIPTS = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs")
_SUFFIXES: dict[str, Format] = {
    ".sql": "sql", ".ddl": "sql", ".psql": "sql", ".dbml": "dbml", ".prisma": "prisma", ".yaml": "brief",
    ".yml": "brief", **dict.fromkeys(SCRIPTS, "drizzle"),
}  # fmt: skip


def read(path: Path, name: str, form: Format | None, *, static: bool, base: Path) -> tuple[Found, ...]:
    """Everything that a path holds.

    Args:
        path: an existing file or folder.
        name: how messages call it.
        form: what it holds, when its name does not tell.
        static: run nothing of its own.
        base: what the paths of spans are relative to.

    Raises:
        InputError: it is nothing that we can read, or more than one thing.
        EngineError: an engine that is needed is missing.
    """
    if path.is_dir():
        from dbarchitect.api import source_folders

        return source_folders.read(path, name, form, static=static, base=base)
    kind = form or _kind(path, name)
    if kind == "drizzle":
        return (drizzle(path, name, static=static, base=base),)
    if kind == "sql":
        return (migrations(path, name, base),)
    text = file_text(path)
    return (replace(of_text(text, relative(path, base), kind), name=name, root=path),)


def of_text(text: str, file: str, form: Format) -> Found:
    """What one text holds; TypeScript is read as it stands, nothing of it runs.

    Args:
        text: the text.
        file: what spans call it.
        form: what it is.

    Raises:
        InputError: it is not of that format.
    """
    if form == "drizzle":
        from dbarchitect.read.drizzle import static

        name = file if file.endswith(SCRIPTS) else f"{file}.ts"
        found = static.read({name: text})
        result = ReadResult(found.schema, found.problems)
        return Found(file, "drizzle", result, texts={name: text}, declared=found.declared, line="0.45")
    return Found(file, form, _READERS[form](text, file), texts={file: text})


def _sql(text: str, file: str) -> ReadResult:
    from dbarchitect.read.sql import reader

    return reader.read({file: text})


def _dbml(text: str, file: str) -> ReadResult:
    from dbarchitect.read import dbml

    return dbml.read(text, file)


def _prisma(text: str, file: str) -> ReadResult:
    from dbarchitect.read import prisma

    return prisma.read({file: text})


def _snapshot(text: str, file: str) -> ReadResult:
    from dbarchitect.read import snapshot

    return snapshot.read(text, file)


def _json(text: str, file: str) -> ReadResult:
    from dbarchitect.read import json

    return json.read(text, file)


def _brief(text: str, file: str) -> ReadResult:
    from dbarchitect.api.drafting import read_brief, think
    from dbarchitect.brief_source import BriefSource
    from dbarchitect.settings import Settings

    draft = think(read_brief(BriefSource(text, file, Path(file))), {}, Settings())
    return ReadResult(draft.schema, draft.problems, draft.requirements.was)


_READERS: Mapping[Format, Callable[[str, str], ReadResult]] = {
    "sql": _sql, "dbml": _dbml, "prisma": _prisma, "snapshot": _snapshot, "json": _json, "brief": _brief,
}  # fmt: skip


def decoded(content: bytes, name: str) -> str:
    """The text of a file.

    Raises:
        InputError: it is too large or not UTF-8.
    """
    if len(content) > LARGEST:
        raise InputError(f"this is larger than {LARGEST // 1_000_000} MB", place=name, hint="Read a part of it.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("this is saved as UTF-16", place=name, hint="Save it as UTF-8 and try again.")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"this is no text: byte {error.start + 1} is not UTF-8",
            place=f"{name}:{line}",
            hint="Give a text file saved as UTF-8; pg_dump writes one with --schema-only.",
        ) from None


def file_text(path: Path) -> str:
    """The text of a file.

    Raises:
        InputError: it cannot be read, is too large or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            return decoded(file.read(LARGEST + 1), str(path))
    except OSError as error:
        raise InputError(f"this cannot be read: {error.strerror or error}", place=str(path)) from error


def _kind(path: Path, name: str) -> Format:
    suffix = path.suffix.lower()
    if suffix == ".json":
        return "snapshot" if _is_snapshot(file_text(path)) else "json"
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    raise InputError(
        f"{name!r} does not say what it holds",
        hint=f"Say it with --from-format: {', '.join(FORMATS)}.",
    )


def _is_snapshot(text: str) -> bool:
    """Whether a JSON file is drizzle-kit's."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "dialect" in content and not {"tables", "ddl", "deltas"}.isdisjoint(content)


def drizzle(path: Path, name: str, *, static: bool, base: Path) -> Found:
    """A Drizzle project, its configuration, a folder of schema files, or one of them."""
    from dbarchitect.read.drizzle import source

    read = source.read(path, base=base, static=static)
    texts = {file: each.text for file, each in read.declared.sources.items()}
    root = path if path.is_dir() else path.parent
    result = ReadResult(read.schema, read.problems)
    return Found(
        name,
        "drizzle",
        result,
        root=root,
        texts=texts,
        declared=read.declared,
        line=read.line,
        casing=read.casing,
        out=base / read.out if read.out else None,
    )


def migrations(path: Path, name: str, base: Path) -> Found:
    """A file of SQL, or a folder of migrations."""
    from dbarchitect.read.sql import folder

    result, texts = folder.read_path(path, base=base)
    return Found(name, "sql", result, root=path, texts=texts)
