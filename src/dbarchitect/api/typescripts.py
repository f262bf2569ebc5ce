"""The TypeScript files of a project, as syntax trees: where its queries are."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dbarchitect.typescript.source import Source

ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx")
LEFT_OUT = frozenset(
    "node_modules dist build out coverage vendor bower_components .git .next .nuxt .svelte-kit .turbo .cache .output "
    ".vercel .yarn .pnpm-store __snapshots__ storybook-static".split()
)
MAY_QUERY = tuple(
    re.compile(pattern)
    for pattern in (
        rb"drizzle",
        rb"db(?<!\wdb)\b",
        rb"export\s+(?:type\s+)?(?:\*|\{[^}]*\}\s*from)",
        rb"tx(?<!\wtx)\b",
        rb"database(?<!\wdatabase)\b",
        rb"sql(?<!\wsql)\b",
        rb"trx(?<!\wtrx)\b",
    )
)
"""What stands in every file that asks the database something, or passes tables on; each begins with plain letters,
because such a pattern is found without trying it at every place."""
_DERIVED = (".d.ts", ".d.mts", ".d.cts", ".min.js")
LARGEST = 2_000_000
"""Bytes; a larger file is generated or bundled, and nobody wrote its queries."""


def read(root: Path, base: Path, known: Mapping[str, Source]) -> dict[str, Source]:
    """Every TypeScript and JavaScript file below `root` that may hold queries.

    Declarations (`.d.ts`) and what builds and packages leave behind are not looked at; a file that is no UTF-8 is left
    out.

    Args:
        root: the folder, or one file.
        base: what the paths are relative to.
        known: files that are parsed already, by path.

    Returns:
        By relative POSIX path, sorted.
    """
    found = dict(known)
    for folder, names in _folders(root):
        place = relative(folder, base)
        for each in names:
            name = posixpath.normpath(f"{place}/{each}")
            if name not in found and (text := _text(os.path.join(folder, each))) is not None:
                found[name] = Source(name, text)
    return {name: found[name] for name in sorted(found)}


def _text(path: str) -> str | None:
    """The text of a file that may hold queries."""
    try:
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            content = file.read(size) if size <= LARGEST else b""
        if any(pattern.search(content) for pattern in MAY_QUERY):
            return content.decode()
    except (OSError, UnicodeDecodeError):
        pass
    return None


def relative(path: Path, base: Path) -> str:
    """The path as spans name it: relative to `base` where it lies below or beside it, with forward slashes."""
    return Path(os.path.relpath(path, base)).as_posix()


def _folders(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each folder with the names of its files that people write."""
    if root.is_file():
        yield root.parent, [root.name]
        return
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        names = [name for name in sorted(files) if name.endswith(ENDINGS) and not name.endswith(_DERIVED)]
        if names:
            yield Path(folder), names
