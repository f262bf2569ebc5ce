"""The packages of a monorepo: npm, Yarn and Bun name them in package.json, pnpm in pnpm-workspace.yaml."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dbarchitect.read.drizzle.patterns import expression, walk

_DEEPEST = 6


def upward(folder: Path) -> Iterator[Path]:
    """The folder and those above it, up to the one that holds the repository."""
    for each in (folder, *folder.parents):
        yield each
        if (each / ".git").exists():
            return


def root_of(folder: Path) -> Path | None:
    """The folder that says which packages the workspace around `folder` has; None when there is no workspace."""
    for each in upward(folder):
        if _patterns(each):
            return each
    return None


def packages_of(folder: Path) -> Mapping[str, Path]:
    """The packages of the workspace around a folder, by name; none when it is in no workspace."""
    root = root_of(folder)
    return _packages(root) if root else {}


def manifest_of(folder: Path) -> dict[str, Any]:
    """package.json of a folder; empty when there is none that can be read."""
    return _json(folder / "package.json")


@functools.lru_cache(maxsize=8)
def _packages(root: Path) -> Mapping[str, Path]:
    patterns = [pattern.strip("/").removeprefix("./") for pattern in _patterns(root)]
    wanted = [expression(pattern) for pattern in patterns if not pattern.startswith("!")]
    unwanted = [expression(pattern.removeprefix("!")) for pattern in patterns if pattern.startswith("!")]
    deepest = max((_depth(pattern) for pattern in patterns), default=0)
    found: dict[str, Path] = {}
    for inner, files in walk(root, deepest):
        if inner == str(root) or "package.json" not in files:
            continue
        folder = Path(inner)
        place = folder.relative_to(root).as_posix()
        if any(each.fullmatch(place) for each in wanted) and not any(each.fullmatch(place) for each in unwanted):
            name = manifest_of(folder).get("name")
            if isinstance(name, str) and re.fullmatch(r"(@[\w.~-]+/)?[\w.~-]+", name) and name not in (".", ".."):
                found.setdefault(name, folder)
    return found


def _depth(pattern: str) -> int:
    return _DEEPEST if "**" in pattern else pattern.count("/") + 1


def _patterns(folder: Path) -> tuple[str, ...]:
    said = manifest_of(folder).get("workspaces")
    listed = said.get("packages") if isinstance(said, dict) else said
    patterns = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    return (*patterns, *_listed(folder / "pnpm-workspace.yaml"))


def _listed(path: Path) -> tuple[str, ...]:
    """The entries of `packages:` in pnpm's YAML, which is a plain list of strings."""
    inline = re.search(r"^packages:[ \t]*\[([^\]]*)\]", text_of(path), re.MULTILINE)
    if inline:
        return tuple(entry.strip(" \t\n\"'") for entry in inline[1].split(",") if entry.strip())
    block = re.search(r"^packages:[ \t]*(?:#.*)?\n((?:[ \t]*(?:-.*|#.*)?\n?)*)", text_of(path), re.MULTILINE)
    entries = re.findall(r"^[ \t]*-[ \t]*([^\s#]+)", block[1], re.MULTILINE) if block else []
    return tuple(entry.strip("\"'") for entry in entries)


def text_of(path: Path) -> str:
    """A file's text; '' when it is missing or no text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(text_of(path) or "{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
