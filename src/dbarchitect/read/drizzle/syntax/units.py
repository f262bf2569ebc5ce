"""The files of a reading, parsed when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbarchitect.read.drizzle.syntax.scope import Unit
from dbarchitect.typescript.source import Source


class Units:
    """Files by their path.

    Args:
        files: those that are read in any case.
        load: gives the text of any other, None when there is none.
    """

    def __init__(self, files: Mapping[str, Source], load: Callable[[str], str | None]) -> None:
        self._load = load
        self._found: dict[str, Unit | None] = {}
        for path, source in files.items():
            self._found[path] = Unit(source)

    def get(self, path: str) -> Unit | None:
        """A file; None when there is none."""
        if path not in self._found:
            text = self._load(path)
            self._found[path] = None if text is None else Unit(Source(path, text))
        return self._found[path]

    def all(self) -> dict[str, Unit]:
        """The files met so far."""
        return {path: unit for path, unit in self._found.items() if unit is not None}
