"""The TypeScript files of a project, as syntax trees: where its queries are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dbarchitect.typescript.source import Source

ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx")
LEFT_OUT = frozenset(
    "node_modules dist build out coverage vendor bower_components .git .next .nuxt .svelte-kit .turbo .cache .output "
    ".vercel .yarn .pnpm-store __snapshots__ storybook-static".split()
)
MAY_QUERY = re.compile(rb"drizzle|\b(?:db|tx|trx|database|sql)\b|export\s+(?:type\s+)?(?:\*|\{[^}]*\}\s*from)")
"""What stands in every file that asks the database something, or passes tables on."""
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
    for path in _files(root):
        name = relative(path, base)
        if name in found or path.stat().st_size > LARGEST:
            continue
        try:
            content = path.read_bytes()
            if MAY_QUERY.search(content):
                found[name] = Source(name, content.decode())
        except (OSError, UnicodeDecodeError):
            continue
    return {name: found[name] for name in sorted(found)}


def relative(path: Path, base: Path) -> str:
    """The path as spans name it: relative to `base` where it lies below or beside it, with forward slashes."""
    return Path(os.path.relpath(path, base)).as_posix()


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in sorted(files):
            if name.endswith(ENDINGS) and not name.endswith((".d.ts", ".d.mts", ".d.cts", ".min.js")):
                yield Path(folder) / name
