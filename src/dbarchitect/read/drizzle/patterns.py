"""Patterns of paths as drizzle.config and package.json write them, and the files that they name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx")
LEFT_OUT = frozenset(
    "node_modules dist build out coverage vendor .git .next .nuxt .svelte-kit .turbo .cache .output .vercel".split()
)
"""Folders that hold nothing that anybody wrote."""

_WRITTEN = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_SPECIAL = re.compile(r"(\*\*/|\*\*|\*|\?|\{[^{}]*\}|\[[^\]/]*\])")


@lru_cache(maxsize=256)
def expression(pattern: str) -> re.Pattern[str]:
    """A pattern with `*`, `**`, `?`, `{a,b}` and `[abc]` as a regular expression for a whole POSIX path."""
    return re.compile("".join(_part(part) for part in _SPECIAL.split(pattern)))


def is_source(name: str) -> bool:
    """Whether a file's name is one of TypeScript or JavaScript, declarations (`.d.ts`) excepted."""
    return name.endswith(ENDINGS) and not name.endswith((".d.ts", ".d.mts", ".d.cts"))


def matching(patterns: Sequence[str], folders: Iterable[Path]) -> tuple[Path, ...]:
    """The source files that patterns name, a file, a folder or a pattern each, in the first folder that has some."""
    for folder in folders:
        found = dict.fromkeys(path for pattern in patterns for path in _in_folder(pattern, folder))
        if found:
            return tuple(found)
    return ()


def walk(root: Path, deepest: int = 30) -> Iterator[tuple[str, list[str]]]:
    """The folders below `root`, absolute, and the names of their files.

    Everything is sorted; what builds and packages leave behind, links to folders and what may not be read are left out.
    """
    stack = [(str(root), 0)]
    while stack:
        folder, depth = stack.pop()
        files: list[str] = []
        inner: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        inner.append(entry.name)
                    else:
                        files.append(entry.name)
        except OSError:
            continue
        if depth < deepest:
            kept = sorted((name for name in inner if name not in LEFT_OUT), reverse=True)
            stack += [(f"{folder}/{name}", depth + 1) for name in kept]
        yield folder, sorted(files)


def _in_folder(pattern: str, folder: Path) -> list[Path]:
    whole = Path(os.path.normpath(folder / pattern))
    if whole.is_dir():
        return [path for path in sorted(whole.iterdir()) if is_source(path.name) and path.is_file()]
    if whole.is_file():
        return [whole] if is_source(whole.name) else []
    if not _SPECIAL.search(pattern):
        return []
    start, rest = _split(pattern, folder)
    wanted, size = expression(rest), len(str(start)) + 1
    found: list[str] = []
    for inner, files in walk(start) if start.is_dir() else ():
        named = inner != str(start) and wanted.fullmatch(inner[size:]) is not None
        paths = [f"{inner}/{name}" for name in files if is_source(name)]
        found += [path for path in paths if named or wanted.fullmatch(path[size:])]
    return [Path(path) for path in sorted(found)]


def _split(pattern: str, folder: Path) -> tuple[Path, str]:
    """The folder that a pattern begins in, and what of it has special characters."""
    parts = pattern.split("/")
    plain = next(place for place, part in enumerate(parts) if _SPECIAL.search(part))
    return Path(os.path.normpath(folder.joinpath(*parts[:plain]))), "/".join(parts[plain:])


def _part(part: str) -> str:
    if part.startswith("{") and part.endswith("}"):
        return "(?:" + "|".join(expression(each).pattern for each in part[1:-1].split(",")) + ")"
    if part.startswith("[") and part.endswith("]"):
        inner = part[1:-1].replace("\\", r"\\")
        return f"[^{inner[1:]}]" if inner.startswith(("!", "^")) else f"[{inner}]"
    return _WRITTEN.get(part) or re.escape(part)
