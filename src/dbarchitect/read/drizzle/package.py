"""What package.json and node_modules say about a project: which line of Drizzle it is written for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from dbarchitect.errors import InputError
from dbarchitect.read.drizzle.workspace import manifest_of, text_of, upward
from dbarchitect.records import dataclass
from dbarchitect.settings import Line

CONFIGS = ("drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs", "drizzle.config.json")
OLDEST = (0, 36)
"""From 0.36 on a table's extra configuration may be an array, which is the only form that we write."""

_LOCKS = {
    "bun.lock": r'"drizzle-orm@(\d[\w.+-]*)"',
    "pnpm-lock.yaml": r"(?m)^ +'?/?drizzle-orm[@/](\d+\.\d+\.[\w.+-]*)",
    "package-lock.json": r'"node_modules/drizzle-orm": \{\s*"version": "([^"]+)"',
    "yarn.lock": r'(?m)^"?drizzle-orm@.*:\n +version:? "?([^"\s]+)',
}
_SECTIONS = ("dependencies", "devDependencies", "peerDependencies")
_NAMED: dict[str, Line] = {"latest": "0.45", "beta": "1", "rc": "1", "next": "1"}


@dataclass(frozen=True, slots=True)
class Found:
    """The line, the version that says so as text and as a number, and where it stands."""

    line: Line
    version: str
    place: str
    number: tuple[int, int] | None = None


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
    """The line of Drizzle that a project uses: what is installed, else what its package.json or lock file asks for.

    Raises:
        InputError: nothing says it, or the version is too old for what we write.
    """
    found = used(root)
    if found is None:
        raise InputError(
            "nothing says which version of drizzle-orm this project uses",
            place=str(root / "package.json"),
            hint="Install it with `bun add drizzle-orm`, then run this again.",
        )
    if found.number is None and found.version not in _NAMED:
        raise InputError(
            f"cannot tell the version of drizzle-orm from {found.version!r}",
            place=found.place,
            hint="Install the packages (`bun install`), so that the installed version says it.",
        )
    if found.number and found.number < OLDEST:
        raise InputError(
            f"drizzle-orm {found.version} is older than {OLDEST[0]}.{OLDEST[1]}, and ignores the form of indexes we "
            "write",
            place=found.place,
            hint="Update it with `bun add drizzle-orm@latest` first.",
        )
    return found


def used(root: Path) -> Found | None:
    """What a project says of its version of drizzle-orm, however old; `number` is None when the version is none."""
    installed = installed_in(root)
    if installed is not None:
        return _judged(str(_json(installed / "package.json").get("version", "")), installed / "package.json")
    for folder in (root, *root.parents):
        manifest = folder / "package.json"
        content = _json(manifest) if manifest.is_file() else {}
        for section in _SECTIONS:
            asked = _entry(content.get(section), "drizzle-orm")
            if asked.startswith("catalog:"):
                asked, manifest = _catalogued(folder, asked.removeprefix("catalog:").strip())
            if asked and not asked.startswith(("workspace:", "link:", "file:")):
                return _judged(asked, manifest)
        for version, place in (_catalogued(folder, ""), _locked(folder)):
            if version:
                return _judged(version, place)
    return None


def installed_in(root: Path) -> Path | None:
    """The folder of drizzle-orm that code in `root` would import; None when it is not installed."""
    for folder in (root, *root.parents):
        found = folder / "node_modules" / "drizzle-orm"
        if (found / "package.json").is_file():
            return found.resolve()
    return None


def _catalogued(folder: Path, name: str) -> tuple[str, Path]:
    """The version in the catalogs of Bun or pnpm, in `folder` or above it; the unnamed catalog is ''."""
    for each in upward(folder):
        content = manifest_of(each)
        said = content.get("workspaces")
        for holder in (said if isinstance(said, dict) else {}, content):
            catalogs = holder.get("catalogs")
            group = holder.get("catalog") if name in ("", "default") else None
            group = group or (catalogs.get(name) if isinstance(catalogs, dict) else None)
            if _entry(group, "drizzle-orm"):
                return _entry(group, "drizzle-orm"), each / "package.json"
        path = each / "pnpm-workspace.yaml"
        version = _in_pnpm(text_of(path), name)
        if version:
            return version, path
    return "", folder / "package.json"


def _in_pnpm(text: str, name: str) -> str:
    block = r"^catalog:[ \t]*\n((?:[ \t].*\n?|\n)*)"
    if name not in ("", "default"):
        inside = re.search(r"^catalogs:[ \t]*\n((?:[ \t].*\n?|\n)*)", text, re.MULTILINE)
        text = inside[1] if inside else ""
        block = rf"^([ \t]+){re.escape(name)}:[ \t]*\n((?:\1[ \t]+.*\n?)*)"
    found = re.search(block, text, re.MULTILINE)
    listed = found[0] if found else ""
    entry = re.search(r"^[ \t]+[\"']?drizzle-orm[\"']?:[ \t]*[\"']?([^\s\"'#]+)", listed, re.MULTILINE)
    return entry[1] if entry else ""


def _locked(folder: Path) -> tuple[str, Path]:
    """The version in a lock file that lies in `folder`."""
    for name, pattern in _LOCKS.items():
        path = folder / name
        found = re.search(pattern, text_of(path)) if path.is_file() else None
        if found:
            return found[1], path
    return "", folder / "package.json"


def _entry(group: object, name: str) -> str:
    return str(group.get(name) or "") if isinstance(group, dict) else ""


def _judged(version: str, place: Path) -> Found:
    if version in _NAMED:
        return Found(_NAMED[version], version, str(place))
    match = re.search(r"(\d+)(?:\.(\d+))?", version)
    if match is None:
        return Found("0.45", version, str(place))
    number = (int(match[1]), int(match[2] or 0))
    return Found("1" if number[0] >= 1 else "0.45", version, str(place), number)


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(f"this is no JSON that can be read ({error})", place=str(path)) from None
    if not isinstance(content, dict):
        raise InputError("this is no JSON object", place=str(path))
    return content
