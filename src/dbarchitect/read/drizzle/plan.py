"""What a path means as a Drizzle project: which configuration, which folder, which files."""

from __future__ import annotations

from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.read.drizzle import configuration
from dbarchitect.read.drizzle.configuration import Configuration
from dbarchitect.read.drizzle.discovery import POSTGRES, config_in, declaring, discover, folders_of, is_config
from dbarchitect.read.drizzle.patterns import is_source, matching
from dbarchitect.read.drizzle.workspace import text_of
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be read.

    Args:
        root: the folder that the project's code believes to run in.
        config: drizzle.config, absolute; None when there is none.
        said: what its text says.
        files: the schema's files as far as the text tells, absolute; those that were found, without a configuration.
        folders: where the paths of the configuration may begin.
    """

    root: Path
    config: Path | None
    said: Configuration
    files: tuple[Path, ...]
    folders: tuple[Path, ...]

    @property
    def place(self) -> Path:
        """The folder that `out` is relative to."""
        found = (folder for folder in self.folders if matching(self.said.schema or (), [folder]))
        return next(found, self.root)


def plan_of(root: Path, config: Path | None = None) -> Plan:
    """What a path means.

    Args:
        root: a project's folder, a folder of schema files, a configuration, or one TypeScript file.
        config: the configuration, when the folder's own is not meant.

    Raises:
        InputError: there is nothing of Drizzle for PostgreSQL, or several projects.
    """
    root = root.resolve()
    if not root.exists():
        raise InputError("there is no such file or folder", place=str(root))
    if config is None and root.is_file() and is_config(root.name):
        config = root
    if config is not None:
        return _configured(config.resolve())
    if root.is_file():
        if not is_source(root.name):
            raise InputError("this is no TypeScript", place=str(root), hint="Name a .ts file, or a project's folder.")
        return Plan(root.parent, None, Configuration(), (root,), (root.parent,))
    own = config_in(root)
    if own is not None:
        return _configured(own)
    inner = [path for path in discover(root) if path != root]
    if len(inner) > 1:
        names = ", ".join(path.relative_to(root).as_posix() for path in inner)
        raise InputError(f"there are several Drizzle projects here: {names}", place=str(root), hint="Name one of them.")
    if inner:
        return _configured(inner[0])
    files = tuple(declaring(root))
    if not files:
        raise InputError(
            "no drizzle.config and no table of Drizzle for PostgreSQL was found here",
            place=str(root),
            hint="Name the folder that drizzle-kit runs in, or the schema's files.",
        )
    return Plan(root, None, Configuration(), files, (root,))


def _configured(config: Path) -> Plan:
    if not config.is_file():
        raise InputError("there is no such configuration", place=str(config))
    said = configuration.read(config, text_of(config))
    if said.dialect not in POSTGRES:
        raise InputError(f"this project is for {said.dialect}, and only PostgreSQL is read", place=str(config))
    folders = folders_of(config.parent)
    return Plan(config.parent, config, said, matching(said.schema or (), folders), folders)
