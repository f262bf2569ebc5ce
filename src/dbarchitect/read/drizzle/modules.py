"""Which files a file of TypeScript imports: relative paths, tsconfig's aliases, packages of the workspace.

All of it is read as data; no module loader is asked, and nothing is executed.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from dbarchitect.model.source import Span
from dbarchitect.read.drizzle.syntax.literals import string
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Source

EXTENSIONS = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".d.ts")
_SWAPPED = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}
_CONDITIONS = ("types", "source", "development", "bun", "import", "node", "require", "default")
_STRING = r'("(?:[^"\\\n]|\\.)*")'
_COMMENTS = re.compile(_STRING + r"|//[^\n]*|/\*.*?\*/", re.DOTALL)
_COMMAS = re.compile(_STRING + r"|,(?=\s*[}\]])")
_FAR = 12
"""How many `extends` are followed."""

Load = Callable[[str], str | None]
"""The text of a path, None when there is no such file."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import or a re-export of a file.

    Args:
        module: the specifier.
        passes: it is a re-export.
        types: it takes nothing but types.
        span: the whole statement.
    """

    module: str
    passes: bool
    types: bool
    span: Span


class Locator(Protocol):
    """Leads from a specifier to a file."""

    def locate(self, importer: str, module: str) -> str | None:
        """The file that `importer` means by `module`; None for a foreign one."""


def imports(source: Source) -> tuple[Import, ...]:
    """What a file imports and re-exports, in the order of the text."""
    found = []
    for statement in source.root.named_children:
        kind = statement.type
        if kind not in ("import_statement", "export_statement"):
            continue
        origin = statement.child_by_field_name("source")
        if origin is None:
            continue
        types = any(child.type == "type" for child in statement.children[:2])
        found.append(Import(string(source, origin), kind == "export_statement", types, source.span(statement)))
    return tuple(found)


def closure(entries: Iterable[str], load: Load, locator: Locator, *, passed: bool = False) -> dict[str, Source]:
    """The files that others lead to.

    Args:
        entries: paths to begin with.
        load: gives texts.
        locator: leads from specifiers to paths.
        passed: follow only what is re-exported (`export … from`), not what is imported.

    Returns:
        By path, the entries first; files that do not exist are left out.
    """
    found: dict[str, Source] = {}
    waiting = list(entries)
    for path in waiting:
        if path in found:
            continue
        text = load(path)
        if text is None:
            continue
        found[path] = Source(path, text)
        for each in imports(found[path]):
            target = None if each.types or (passed and not each.passes) else locator.locate(path, each.module)
            if target is not None and target not in found:
                waiting.append(target)
    return found


class Resolver:
    """Leads from a module's specifier to a file.

    Args:
        load: gives the text of a path, None when there is none; it is asked for source files, `tsconfig.json` and
            `package.json`.
        packages: folders of the workspace's packages by their name.
    """

    def __init__(self, load: Load, packages: Mapping[str, str] | None = None) -> None:
        self._load = load
        self._packages = dict(packages or {})
        self._known: dict[tuple[str, str], str | None] = {}
        self._paths: dict[str, tuple[str, dict[str, list[str]]] | None] = {}
        self._manifests: dict[str, dict[str, Any]] = {}

    @classmethod
    def among(cls, files: Mapping[str, str]) -> Resolver:
        """A resolver that knows these files only; packages are those whose package.json is among them."""
        packages = {}
        for path in files:
            if posixpath.basename(path) == "package.json":
                name = _json(files[path]).get("name")
                if isinstance(name, str):
                    packages[name] = posixpath.dirname(path)
        return cls(files.get, packages)

    def locate(self, importer: str, module: str) -> str | None:
        """The file that `importer` means by `module`; None for a foreign one."""
        folder = posixpath.dirname(importer)
        key = (folder, module)
        if key not in self._known:
            self._known[key] = self._locate(folder, module)
        return self._known[key]

    def _locate(self, folder: str, module: str) -> str | None:
        if module.startswith("."):
            return self._file(posixpath.join(folder, module))
        if module.startswith("/") or not module:
            return None
        return self._aliased(folder, module) or self._own(folder, module) or self._packaged(module)

    def _file(self, path: str) -> str | None:
        path = posixpath.normpath(path)
        stem, extension = posixpath.splitext(path)
        named = [path] if extension in EXTENSIONS else []
        swapped = [stem + other for other in _SWAPPED.get(extension, ())]
        inside = [f"{path}/index{other}" for other in EXTENSIONS]
        for candidate in (*named, *(path + other for other in EXTENSIONS), *swapped, *inside):
            if self._load(posixpath.normpath(candidate)) is not None:
                return posixpath.normpath(candidate)
        return None

    def _aliased(self, folder: str, module: str) -> str | None:
        """By `compilerOptions.paths` of the nearest tsconfig.json."""
        for place in _upward(folder):
            path = posixpath.join(place, "tsconfig.json")
            if self._load(path) is None:
                continue
            found = self._mapping(path)
            if found is not None:
                base, patterns = found
                for pattern in sorted(patterns, key=lambda each: -len(each.partition("*")[0])):
                    rest = _matched(pattern, module)
                    for target in patterns[pattern] if rest is not None else ():
                        file = self._file(posixpath.join(base, target.replace("*", rest or "")))
                        if file is not None:
                            return file
            return None
        return None

    def _mapping(self, path: str) -> tuple[str, dict[str, list[str]]] | None:
        if path not in self._paths:
            self._paths[path] = self._read_mapping(path, 0)
        return self._paths[path]

    def _read_mapping(self, path: str, depth: int) -> tuple[str, dict[str, list[str]]] | None:
        content = _json(self._load(path) or "")
        folder = posixpath.dirname(path)
        options = content.get("compilerOptions")
        if isinstance(options, dict) and isinstance(options.get("paths"), dict):
            base = options.get("baseUrl")
            patterns = {
                str(key): [each for each in value if isinstance(each, str)]
                for key, value in options["paths"].items()
                if isinstance(value, list)
            }
            return posixpath.join(folder, base if isinstance(base, str) else ""), patterns
        extended = content.get("extends")
        for each in extended if isinstance(extended, list) else [extended]:
            if not isinstance(each, str) or depth >= _FAR:
                continue
            for target in self._extended(folder, each):
                if self._load(target) is not None:
                    found = self._read_mapping(target, depth + 1)
                    if found is not None:
                        return found
        return None

    def _extended(self, folder: str, name: str) -> list[str]:
        if name.startswith("."):
            path = posixpath.normpath(posixpath.join(folder, name))
            return [path, path + ".json"]
        package, inner = self._package(name)
        return [posixpath.join(package, inner), posixpath.join(package, inner + ".json")] if package is not None else []

    def _own(self, folder: str, module: str) -> str | None:
        """By `imports` of the nearest package.json (`#db/schema`), or by the package's own name."""
        for place in _upward(folder):
            manifest = self._manifest(place)
            if not manifest:
                continue
            if module.startswith("#"):
                return self._mapped(place, manifest.get("imports"), module)
            name = manifest.get("name")
            own = isinstance(name, str) and (module == name or module.startswith(f"{name}/"))
            return self._inside(place, module[len(str(name)) :].lstrip("/")) if own else None
        return None

    def _packaged(self, module: str) -> str | None:
        package, inner = self._package(module)
        return self._inside(package, inner) if package is not None else None

    def _package(self, module: str) -> tuple[str | None, str]:
        parts = module.split("/")
        size = 2 if module.startswith("@") else 1
        return self._packages.get("/".join(parts[:size])), "/".join(parts[size:])

    def _inside(self, package: str, inner: str) -> str | None:
        manifest = self._manifest(package)
        exported = manifest.get("exports")
        if exported is not None:
            table = exported if isinstance(exported, dict) and any(key.startswith(".") for key in exported) else None
            found = self._mapped(
                package, table if table is not None else {".": exported}, "./" + inner if inner else "."
            )
            if found is not None:
                return found
        if inner:
            return self._file(posixpath.join(package, inner)) or self._file(posixpath.join(package, "src", inner))
        for key in ("source", "types", "module", "main"):
            entry = manifest.get(key)
            found = self._file(posixpath.join(package, entry)) if isinstance(entry, str) else None
            if found is not None:
                return found
        return self._file(posixpath.join(package, "index")) or self._file(posixpath.join(package, "src", "index"))

    def _mapped(self, package: str, table: object, module: str) -> str | None:
        """By a table of `exports` or `imports` of package.json."""
        if not isinstance(table, dict):
            return None
        for pattern in sorted(table, key=lambda each: -len(str(each).partition("*")[0])):
            rest = _matched(str(pattern), module)
            if rest is None:
                continue
            for target in _targets(table[pattern]):
                found = self._file(posixpath.join(package, target.replace("*", rest)))
                if found is None and "/dist/" in f"/{target}":
                    written = f"/{target}".replace("/dist/", "/src/", 1).lstrip("/").replace("*", rest)
                    found = self._file(posixpath.join(package, re.sub(r"\.d\.[mc]?ts$", ".ts", written)))
                if found is not None:
                    return found
        return None

    def _manifest(self, folder: str) -> dict[str, Any]:
        if folder not in self._manifests:
            self._manifests[folder] = _json(self._load(posixpath.join(folder, "package.json")) or "")
        return self._manifests[folder]


def _upward(folder: str) -> Iterable[str]:
    """The folder and those above it, as far as the paths tell."""
    while True:
        yield folder
        if not folder or folder == "/" or folder.endswith(".."):
            return
        folder = posixpath.dirname(folder)


def _matched(pattern: str, module: str) -> str | None:
    """What stands for the star of a pattern; '' without a star, None when it does not fit."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if module == pattern else None
    if len(module) < len(before) + len(after) or not module.startswith(before) or not module.endswith(after):
        return None
    return module[len(before) : len(module) - len(after)]


def _targets(value: object, depth: int = 0) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and depth < _FAR:
        return [target for each in value for target in _targets(each, depth + 1)]
    if isinstance(value, dict) and depth < _FAR:
        ordered = [key for key in _CONDITIONS if key in value] + sorted(key for key in value if key not in _CONDITIONS)
        return [target for key in ordered for target in _targets(value[key], depth + 1)]
    return []


def _json(text: str) -> dict[str, Any]:
    """An object of JSON with comments and trailing commas; empty when the text is none."""
    try:
        plain = _COMMENTS.sub(_kept, text.lstrip("\ufeff"))
        content = json.loads(_COMMAS.sub(_kept, plain) or "{}")
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _kept(match: re.Match[str]) -> str:
    return match[1] or ""
