"""The Drizzle toolchain of each line, and the layout library, in the user's cache: installed once, verified on use."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dbarchitect import progress
from dbarchitect.engines import bun
from dbarchitect.engines import toolchain_diagnostics as diagnostics
from dbarchitect.engines.child import Finished
from dbarchitect.errors import EngineError
from dbarchitect.settings import Line

SOURCES = Path(__file__).with_name("toolchain")
STAMP = "installed.json"
TITLES = {"0.45": "the Drizzle 0.45 toolchain", "1": "the Drizzle 1 toolchain", "layout": "the diagram layout library"}
_NETWORK = re.compile(
    r"ConnectionRefused|ConnectionReset|ConnectionClosed|ConnectionTimeout|FailedToOpenSocket|UnableToConnect|"
    r"NetworkUnreachable|HostUnreachable|DNS|UnknownHost|NameResolution|CERT|CERTIFICATE|Timeout|NETWORK",
    re.IGNORECASE,
)


def install(line: Line) -> Path:
    """Folder with package.json, bun.lock and node_modules of one Drizzle line, installed when it is not there yet.

    The folder is named after the hash of the two files that define it, is put in place by one rename, and carries a
    stamp; when what lies in node_modules does not match the stamp, it is installed again.

    Raises:
        EngineError: the packages cannot be fetched (no network), or the cache cannot be written.
    """
    return _installed(line, bun.cache_folder())


def install_layout() -> Path:
    """The same for the library that lays diagrams out; a folder of its own, for only the diagram needs it."""
    return _installed("layout", bun.cache_folder())


def status(name: str) -> tuple[Path, str]:
    """Where an installation lies, and `ready`, `missing` or `damaged`; nothing is installed or repaired.

    Args:
        name: a Drizzle line, or `layout`.
    """
    folder = _folder(name, bun.cache_folder())
    if not folder.exists():
        return folder, "missing"
    return folder, "ready" if _is_sound(folder, name) else "damaged"


@functools.cache
def _installed(name: str, cache: Path) -> Path:
    folder = _folder(name, cache)
    if _is_sound(folder, name):
        return folder
    with _locked(folder):
        if _is_sound(folder, name):  # another process was faster
            return folder
        _build(folder, name)
    return folder


def _folder(name: str, cache: Path) -> Path:
    return cache / "toolchain" / f"{name}-{_key(name)[:12]}"


def _key(name: str) -> str:
    digest = hashlib.sha256(f"{sys.platform} {platform.machine()}\n".encode())
    for file in ("package.json", "bun.lock"):
        digest.update((SOURCES / name / file).read_bytes())
    return digest.hexdigest()


def _build(folder: Path, name: str) -> None:
    damaged = folder.exists()
    verb = "repairing" if damaged else "installing"
    progress.report(f"{verb} {TITLES[name]}" + ("" if damaged else " (first use only)"))
    if damaged:
        # Bun links package files from its cache, so that a file damaged here is damaged there, too.
        shutil.rmtree(bun.package_cache(), ignore_errors=True)
        _remove(folder)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for file in ("package.json", "bun.lock"):
            shutil.copyfile(SOURCES / name / file, fresh / file)
        finished = bun.run(
            ["install", "--frozen-lockfile", "--ignore-scripts", "--no-progress", "--no-summary"],
            cwd=fresh, timeout=600, network=True,
        )  # fmt: skip
        if not finished.ok:
            raise _failure(name, finished)
        stamp = {"key": _key(name), "packages": _packages(fresh), "content": _content(fresh)}
        (fresh / STAMP).write_text(json.dumps(stamp, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _failure(name: str, finished: Finished) -> EngineError:
    detail = diagnostics.reason(finished)
    if _NETWORK.search(finished.output):
        return EngineError(
            f"{TITLES[name]} is not installed yet, and the npm registry cannot be reached ({detail})",
            hint="Connect to the network once and run `dbarchitect doctor`; behind a proxy set HTTPS_PROXY, "
            "with a registry of your own set BUN_CONFIG_REGISTRY.",
        )
    return EngineError(
        f"{TITLES[name]} could not be installed: {detail}",
        hint=f"Remove {bun.cache_folder()} and try again; `dbarchitect doctor` shows what is there.",
    )


def _is_sound(folder: Path, name: str) -> bool:
    """Whether an installation is the one that its stamp describes: key, version of each package, files and sizes."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return bool(
            stamp["key"] == _key(name)
            and stamp["packages"] == _packages(folder)
            and stamp["content"] == _content(folder)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _packages(folder: Path) -> dict[str, str]:
    """Version of each package that package.json names, as found in node_modules."""
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    names = sorted({*wanted.get("dependencies", {}), *wanted.get("devDependencies", {})})
    read = {name: (folder / "node_modules" / name / "package.json").read_text(encoding="utf-8") for name in names}
    return {name: str(json.loads(text)["version"]) for name, text in read.items()}


def _content(folder: Path) -> str:
    """Hash of the path and size of every file in node_modules: some 30 ms for 6,000 files, where reading takes 1 s."""
    lines = []
    base = folder / "node_modules"
    stack = [str(base)]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != ".cache":  # where tools keep notes of their own
                        stack.append(entry.path)
                else:
                    lines.append(f"{entry.path[len(str(base)) :]} {entry.stat(follow_symlinks=False).st_size}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _remove(folder: Path) -> None:
    """Take a folder away in one step, so that nobody meets half of it."""
    doomed = Path(tempfile.mkdtemp(prefix=".doomed.", dir=folder.parent))
    with contextlib.suppress(FileNotFoundError):
        folder.rename(doomed / folder.name)
    shutil.rmtree(doomed, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One installation at a time on this machine; the lock falls with the process that holds it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = (folder.parent / "lock").open("a")
    except OSError as error:
        raise EngineError(
            f"the cache folder {folder.parent} cannot be written: {error.strerror or error}",
            hint="Make it writable, or set XDG_CACHE_HOME to a folder that is.",
        ) from error
    with lock:
        try:
            import fcntl
        except ImportError:  # no flock here: the rename still decides who wins
            yield
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.report("waiting for another run of dbarchitect that installs packages")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
