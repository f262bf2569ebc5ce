"""The import lines of one file, in the order and the line breaks that Biome asks for."""

from __future__ import annotations

from dbarchitect.write.drizzle.layout import WIDTH
from dbarchitect.write.drizzle.typescript import string

ORM = "drizzle-orm"
PG_CORE = "drizzle-orm/pg-core"


class Imports:
    """What one file imports; names are added while the file is made."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, bool]] = {}

    def add(self, module: str, name: str, *, type_only: bool = False) -> str:
        """Import `name` and return it. A name that is imported as a value once is imported as a value."""
        names = self._names.setdefault(module, {})
        names[name] = names.get(name, True) and type_only
        return name

    def core(self, name: str) -> str:
        """Import `name` from drizzle-orm/pg-core and return it."""
        return self.add(PG_CORE, name)

    def render(self) -> str:
        """The lines, packages before files, with a newline at the end; '' when there are none."""
        modules = sorted(self._names, key=lambda module: (module.startswith("."), _natural(module)))
        return "".join(_line(module, self._names[module]) + "\n" for module in modules)


def _line(module: str, names: dict[str, bool]) -> str:
    ordered = sorted(names, key=_natural)
    if all(names.values()):
        words = ordered
        head = "import type"
    else:
        words = [f"type {name}" if names[name] else name for name in ordered]
        head = "import"
    flat = f"{head} {{ {', '.join(words)} }} from {string(module)}"
    if len(flat) <= WIDTH or len(words) == 1:
        return flat
    return f"{head} {{\n" + "".join(f"  {word},\n" for word in words) + f"}} from {string(module)}"


def _natural(text: str) -> tuple[str, str]:
    return text.casefold(), text
