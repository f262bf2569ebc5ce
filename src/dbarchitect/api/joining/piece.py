"""A piece of TypeScript with what it must import: what new files and additions to files are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from dbarchitect.records import dataclass
from dbarchitect.typescript.outline import clauses


@dataclass(frozen=True, slots=True)
class Piece:
    """Text for one file.

    Args:
        path: the file, relative to the project.
        text: declarations, without imports.
        modules: names from packages, by module; a value says whether only the type is used.
        own: names of the project's own, whose file the names know.
        files: names whose file is given here.
    """

    path: str
    text: str
    modules: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    own: Mapping[str, bool] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def taken_apart(text: str) -> tuple[str, dict[str, dict[str, bool]], dict[str, bool]]:
    """A whole file of ours as (declarations, names by package, names of the project's own)."""
    modules: dict[str, dict[str, bool]] = {}
    own: dict[str, bool] = {}
    end = 0
    for clause in clauses(text):
        target = own if clause.module.startswith(".") else modules.setdefault(clause.module, {})
        for name, _ in clause.names:
            target[name.removeprefix("type ")] = clause.type_only or name.startswith("type ")
        end = clause.end
    return text[end:].strip() + "\n", modules, own
