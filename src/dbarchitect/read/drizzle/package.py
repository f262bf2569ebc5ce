"""What package.json and node_modules say about a project: which line of Drizzle it is written for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbarchitect.errors import InputError
from dbarchitect.settings import Line

CONFIGS = ("drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs", "drizzle.config.json")
OLDEST = (0, 36)
"""From 0.36 on a table's extra configuration may be an array, which is the only form that we write."""

_SECTIONS = ("dependencies", "devDependencies", "peerDependencies")
_NAMED: dict[str, Line] = {"latest": "0.45", "beta": "1", "rc": "1", "next": "1"}


@dataclass(frozen=True, slots=True)
class Found:
    """The line, the version that says so, and where it stands."""

    line: Line
    version: str
    place: str


def config_of(root: Path) -> Path:
    """The configuration of drizzle-kit in `root`.

    Raises:
        InputError: there is no such folder, or no configuration in it.
    """
    if not root.is_dir():
        raise InputError("this folder does not exist", place=str(root), hint="Name the folder with drizzle.config.ts.")
    for name in CONFIGS:
        if (root / name).is_file():
            return root / name
    inner = sorted(path.parent for name in CONFIGS for path in root.glob(f"*/{name}"))
    inner += sorted(path.parent for name in CONFIGS for path in root.glob(f"*/*/{name}"))
    where = next((path for path in inner if "node_modules" not in path.parts), None)
    hint = f"Did you mean --into {where}?" if where else "Name the folder that drizzle-kit runs in; -o DIR makes one."
    raise InputError("there is no drizzle.config.ts here", place=str(root), hint=hint)


def detect(root: Path) -> Found:
    """The line of Drizzle that a project uses: what is installed, else what its package.json asks for.

    Raises:
        InputError: neither says it, or the version is too old for what we write.
    """
    for folder in (root, *root.parents):
        installed = folder / "node_modules" / "drizzle-orm" / "package.json"
        if installed.is_file():
            return _judged(str(_json(installed).get("version", "")), installed)
    for folder in (root, *root.parents):
        manifest = folder / "package.json"
        if not manifest.is_file():
            continue
        content = _json(manifest)
        for section in _SECTIONS:
            asked = (content.get(section) or {}).get("drizzle-orm")
            if asked and not str(asked).startswith(("workspace:", "catalog:")):
                return _judged(str(asked), manifest)
        catalog = (content.get("workspaces") or {}) if isinstance(content.get("workspaces"), dict) else content
        asked = (catalog.get("catalog") or {}).get("drizzle-orm") if isinstance(catalog.get("catalog"), dict) else None
        if asked:
            return _judged(str(asked), manifest)
    raise InputError(
        "nothing says which version of drizzle-orm this project uses",
        place=str(root / "package.json"),
        hint="Install it with `bun add drizzle-orm`, then run this again.",
    )


def _judged(version: str, place: Path) -> Found:
    if version in _NAMED:
        return Found(_NAMED[version], version, str(place))
    match = re.search(r"(\d+)(?:\.(\d+))?", version)
    if match is None:
        raise InputError(
            f"cannot tell the version of drizzle-orm from {version!r}",
            place=str(place),
            hint="Install the packages (`bun install`), so that the installed version says it.",
        )
    number = (int(match[1]), int(match[2] or 0))
    if number < OLDEST:
        raise InputError(
            f"drizzle-orm {version} is older than {OLDEST[0]}.{OLDEST[1]}, and ignores the form of indexes we write",
            place=str(place),
            hint="Update it with `bun add drizzle-orm@latest` first.",
        )
    return Found("1" if number[0] >= 1 else "0.45", version, str(place))


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(f"this is no JSON that can be read ({error})", place=str(path)) from None
    if not isinstance(content, dict):
        raise InputError("this is no JSON object", place=str(path))
    return content
