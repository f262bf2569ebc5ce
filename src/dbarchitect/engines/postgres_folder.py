"""The private folders that servers live in: short paths, one per server, gone when their owner is gone.

A base folder of ours holds `NAME.lock` and `NAME/` for each server. The owner keeps the lock file locked for its
whole life; a lock that can be taken belongs to somebody who died, whatever became of their process id.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dbarchitect.engines.postgres_binaries import server_uid
from dbarchitect.errors import EngineError

LONGEST_SOCKET = 103  # bytes: macOS; Linux allows 107
SOCKET = ".s.PGSQL.5432"
ROOM = 1 << 30  # bytes: XDG_RUNTIME_DIR is often a small memory file system
PATIENCE = 5.0  # seconds that a server of a dead owner gets to end by itself


@dataclass(slots=True)
class RunFolder:
    """One server's folder: `data` (its cluster) and the socket beside it; `log` lies outside.

    Args:
        path: the folder, mode 0700, owned by the user that the server runs as.
        lock: open file descriptor that holds the lock.
    """

    path: Path
    lock: int
    removed: bool = field(default=False)

    @property
    def data(self) -> Path:
        """The data folder of the cluster."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """What the server says; in the base folder, where the server's user cannot replace it by a link."""
        return self.path.with_suffix(".log")

    @property
    def programs(self) -> Path:
        """Place for a copy of the programs when the server's user cannot reach them."""
        return self.path.with_suffix(".programs")

    def remove(self) -> None:
        """Remove folder, log and lock; a second call does nothing."""
        if self.removed:
            return
        self.removed = True
        erase(self.path)
        self.path.with_suffix(".lock").unlink(missing_ok=True)
        os.close(self.lock)


def create() -> RunFolder:
    """A new folder of our own, after sweeping those of dead owners.

    Raises:
        EngineError: no place is private, reachable for the server's user, and short enough for a socket.
    """
    base = base_folder()
    with _locked(base / ".lock"):
        _sweep(base)
        path = base / secrets.token_hex(4)
        lock = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        path.mkdir(mode=0o700)
        uid = server_uid()
        if uid >= 0:
            os.chown(path, uid, uid)
    return RunFolder(path, lock)


def sweep() -> None:
    """Remove what owners that died have left behind, servers included."""
    base = base_folder()
    with _locked(base / ".lock"):
        _sweep(base)


def base_folder() -> Path:
    """The folder for all servers of this user, made when missing; only we can write there.

    Raises:
        EngineError: no candidate will do.
    """
    refused: list[str] = []
    for parent, name in _bases():
        path = parent / name
        reason = _why_not(parent, path)
        if reason is None:
            return path
        refused.append(f"{path}: {reason}")
    raise EngineError(
        f"no private folder for a server ({'; '.join(refused)})",
        hint="Set TMPDIR to a short path that you own.",
    )


def _bases() -> Iterator[tuple[Path, str]]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.geteuid() != 0 and Path(runtime).is_dir() and shutil.disk_usage(runtime).free >= ROOM:
        yield Path(runtime), "dbarchitect"
    for parent in dict.fromkeys([tempfile.gettempdir(), "/tmp", "/var/tmp"]):  # noqa: S108
        yield Path(parent), f"dbarchitect-{os.geteuid()}"


def _why_not(parent: Path, path: Path) -> str | None:
    """Why `path` cannot be our base folder; None when it exists now and can be."""
    if len(os.fsencode(path / "12345678" / SOCKET)) > LONGEST_SOCKET:
        return "too long for a socket"
    if server_uid() >= 0 and not _open_to_all(parent):
        return "the server's user cannot enter it"
    mode = 0o711 if server_uid() >= 0 else 0o700
    try:
        path.mkdir(mode=mode)
        path.chmod(mode)
    except FileExistsError:
        pass
    except OSError as error:
        return error.strerror or str(error)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        return "it belongs to somebody else, or others may write there"
    return None


def _open_to_all(path: Path) -> bool:
    path = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents) if folder.exists())


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sweep(base: Path) -> None:
    for lock in sorted(base.glob("*.lock")):
        if lock.name == ".lock":
            continue
        try:
            handle = os.open(lock, os.O_RDWR)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass  # its owner lives
        else:
            path = lock.with_suffix("")
            end_orphan(path / "data")
            erase(path)
            lock.unlink(missing_ok=True)
        finally:
            os.close(handle)


def erase(path: Path) -> None:
    """Remove a folder with its log and copied programs, against a server that is still ending."""
    for _ in range(20):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            break
        time.sleep(0.05)  # a backend of a killed server may still be writing its last file
    shutil.rmtree(path.with_suffix(".programs"), ignore_errors=True)
    path.with_suffix(".log").unlink(missing_ok=True)


def end_orphan(data: Path) -> None:
    """End the server that still runs on the data folder of a dead owner, if there is one."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    for number in (signal.SIGQUIT, signal.SIGKILL):
        if not _serves(pid, data):
            return
        try:
            os.kill(pid, number)
        except OSError:
            return
        deadline = time.monotonic() + PATIENCE
        while _serves(pid, data) and time.monotonic() < deadline:
            time.sleep(0.02)


def _serves(pid: int, data: Path) -> bool:
    """True when the process `pid` was started with this data folder; ids are used again."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        run = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True)
        command = run.stdout
    except OSError:
        return False
    return os.fsencode(data) in command
