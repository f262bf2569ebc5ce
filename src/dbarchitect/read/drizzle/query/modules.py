"""Files that import each other: which module a specifier means, and where a name that it exports is declared."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from itertools import takewhile

from dbarchitect.read.drizzle.query.scope import Binding, File
from dbarchitect.typescript.source import Node, Source

ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
DEPTH = 6
"""How many re-exports are followed."""


class Modules:
    """The files of a project by path, read when somebody asks.

    Args:
        sources: the files.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._files: dict[str, File] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        for path in sorted(sources):
            whole = stem(path)
            for end in {_end(whole), whole.rpartition("/")[2]}:
                self._stems.setdefault(end, []).append((f"/{whole}", path))
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self._exports: dict[tuple[str, str], tuple[File, Binding] | None] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all files, sorted."""
        return tuple(sorted(self._sources))

    def text(self, path: str) -> str:
        """The text of a file, which this does not parse."""
        return self._sources[path].text

    def file(self, path: str) -> File:
        """The file at a path of the project."""
        if path not in self._files:
            self._files[path] = File(self._sources[path])
        return self._files[path]

    def resolve(self, path: str, module: str) -> str | None:
        """The file that `module` means in the file `path`; None for a foreign package.

        Aliases (`@/db/schema`, `~/db`) and packages of the workspace (`@acme/db/schema`) are told by their ends: the
        nearest file whose path ends so.
        """
        return next(iter(self.candidates(path, module)), None)

    def candidates(self, path: str, module: str) -> tuple[str, ...]:
        """The files that `module` may mean in the file `path`, the likeliest first."""
        folder = posixpath.dirname(path)
        key = (folder, module)
        if key not in self._known:
            self._known[key] = self._resolve(folder, module)
        return self._known[key]

    def _resolve(self, folder: str, module: str) -> tuple[str, ...]:
        if module.startswith("."):
            found = self._at(posixpath.normpath(posixpath.join(folder, module)))
            return (found,) if found else ()
        parts = [part for part in module.split("/") if part]
        if len(parts) < 2 or parts[0] == "drizzle-orm":
            return ()
        for start in range(1, len(parts)):
            ending = self._ending(folder, parts[start:])
            if ending:
                return ending
        return ()

    def _at(self, path: str) -> str | None:
        base = re.sub(r"\.(?:[mc]?js|jsx|tsx?)$", "", path)
        for start in (path, base, f"{path}/index"):
            for ending in ENDINGS:
                if start + ending in self._sources:
                    return start + ending
        return path if path in self._sources else None

    def _ending(self, folder: str, parts: list[str]) -> tuple[str, ...]:
        wanted = stem("/".join(parts))
        inner = "/".join([parts[0], "src", *parts[1:]])
        ends = {wanted, f"{wanted}/index", f"{wanted}/src/index", inner, f"{inner}/index"}
        found = [
            path for end in sorted(ends) for whole, path in self._stems.get(_end(end), ()) if whole.endswith(f"/{end}")
        ]
        return tuple(sorted(found, key=lambda path: (-_shared(folder, path), len(path), path)))

    def exported(self, path: str, name: str, depth: int = DEPTH) -> tuple[File, Binding] | None:
        """Where the export `name` of a file is declared, re-exports followed."""
        key = (path, name)
        if key not in self._exports:
            self._exports[key] = None  # a cycle of re-exports ends here
            self._exports[key] = self._exported(self.file(path), name, depth)
        return self._exports[key]

    def _exported(self, file: File, name: str, depth: int) -> tuple[File, Binding] | None:
        if depth == 0 or (name not in file.whole and not file.stars):
            return None
        again = self._passed_on(file, name)
        if again:
            module, original = again
            target = self.resolve(file.path, module)
            return self.exported(target, original, depth - 1) if target else None
        whole = [item for item in file.bindings(name) if item.start == 0 or item.start == file.root.start_byte]
        for item in whole:
            if item.kind in ("import", "namespace"):
                return self.imported(file, item, depth - 1)
            return file, item
        for module in file.stars:
            target = self.resolve(file.path, module)
            found = self.exported(target, name, depth - 1) if target else None
            if found:
                return found
        return None

    @staticmethod
    def _passed_on(file: File, name: str) -> tuple[str, str] | None:
        """For `export { a as name } from 'module'`, the module and the name there."""
        for node in file.occurrences(name):
            above = node.parent
            if above is None or above.type != "export_specifier":
                continue
            shown = above.child_by_field_name("alias") or above.child_by_field_name("name")
            statement = above.parent.parent if above.parent is not None else None
            source = statement.child_by_field_name("source") if statement is not None else None
            original = above.child_by_field_name("name")
            if shown == node and source is not None and original is not None:
                return file.text(source).strip("'\"`"), file.text(original)
        return None

    def imported(self, file: File, item: Binding, depth: int = DEPTH) -> tuple[File, Binding] | None:
        """Where an imported name is declared; None for one of a foreign package, and for a namespace."""
        if item.kind == "namespace" or item.imported == "default":
            return None
        targets = self.candidates(file.path, item.module)
        return next((found for each in targets if (found := self.exported(each, item.imported, depth))), None)

    def function(self, file: File, node: Node) -> tuple[File, Node] | None:
        """The function that an identifier means, here or where it is imported from."""
        if node.type != "identifier":
            return None
        item = file.meaning(node)
        if item is not None and item.kind == "import":
            found = self.imported(file, item)
            if found is None:
                return None
            file, item = found
        if item is None or item.value is None or item.path or item.kind not in ("const", "function"):
            return None
        value = item.value
        if value.type in ("function_declaration", "arrow_function", "function_expression"):
            return file, value
        return None


def _shared(folder: str, path: str) -> int:
    """How many folders two paths have in common from the top."""
    pairs = zip(folder.split("/"), path.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _end(path: str) -> str:
    """The last two parts of a path, or the only one."""
    return "/".join(path.rsplit("/", 2)[-2:])


def stem(path: str) -> str:
    """A path without its ending."""
    head, dot, ending = path.rpartition(".")
    return head if dot and f".{ending}" in ENDINGS else path
