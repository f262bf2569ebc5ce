"""The files of a schema, by the paths that spans name."""

from __future__ import annotations

import os
from pathlib import Path


def relative(path: Path, base: Path) -> str:
    """The path as spans name it: relative to `base`, with forward slashes."""
    return Path(os.path.relpath(path, base)).as_posix()


class Texts:
    """Texts of files, read once.

    Args:
        base: what paths are relative to.
    """

    def __init__(self, base: Path) -> None:
        self.base = base
        self.foreign: dict[str, str] = {}
        """Files that are no UTF-8, and why."""
        self._known: dict[str, str | None] = {}

    def load(self, path: str) -> str | None:
        """The text of a file by its relative path; None when there is none."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> str | None:
        try:
            return (self.base / path).read_bytes().decode()
        except OSError:
            return None
        except UnicodeDecodeError as error:
            self.foreign[path] = f"this is no UTF-8 ({error.reason} at byte {error.start})"
            return None
