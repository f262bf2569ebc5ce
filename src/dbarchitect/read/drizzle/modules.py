"""Which files a file of TypeScript imports: relative paths, tsconfig's aliases, packages of the workspace."""

from __future__ import annotations

from collections.abc import Mapping

from dbarchitect.read.drizzle.syntax.scope import located


class Resolver:
    """Leads from a module's specifier to a file.

    Args:
        files: texts by relative POSIX path.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def locate(self, importer: str, module: str) -> str | None:
        """The file that `importer` means by `module`; None for a foreign one."""
        return located(importer, module, self._files)
