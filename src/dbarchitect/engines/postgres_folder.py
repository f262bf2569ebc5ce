"""The private folders that servers live in: short paths, one per server, gone when their owner is gone.

A base folder of ours holds `NAME.lock` and `NAME/` for each server. The owner keeps the lock file locked for its
whole life; a lock that can be taken belongs to somebody who died, whatever became of their process id.

Servers live in memory where there is room: a database is some 300 small files, and making those takes 10 ms in
memory and 100 to 300 ms on a disk (docs/adr/0020-servers-live-in-memory.md).
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
import sys
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
ROOM = 2 << 30  # bytes that a memory file system, and memory itself, must have free
PATIENCE = 5.0  # seconds that a server of a dead owner gets to end by itself


@dataclass(slots=True)
class RunFolder:
    """One server's folder: `data` (its cluster) and the socket beside it; `log` lies outside.

    Args:
        path: the folder, mode 0700, owned by the user that the server runs as.
        lock: open file descriptor that holds the lock.
        in_memory: True when it lies in a memory file system.
    """

    path: Path
    lock: int
    in_memory: bool
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
        return _programs(self.path)

    def remove(self) -> None:
        """Remove folder, log and lock; a second call does nothing."""
        if self.removed:
            return
        self.removed = True
        erase(self.path)
        self.path.with_suffix(".lock").unlink(missing_ok=True)
        os.close(self.lock)


def create(*, roomy: bool = False) -> RunFolder:
    """A new folder of our own, after sweeping those of dead owners.

    Args:
        roomy: on a disk, for data that may be larger than memory.

    Raises:
        EngineError: no place is private, reachable for the server's user, and short enough for a socket.
    """
    sweep()
    base, in_memory = choose_base(roomy=roomy)
    with locked(base / ".lock"):
        path = base / secrets.token_hex(4)
        lock = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        path.mkdir(mode=0o700)
        uid = server_uid()
        if uid >= 0:
            os.chown(path, uid, uid)
    return RunFolder(path, lock, in_memory)


def sweep() -> None:
    """Remove what owners that died have left behind, servers included."""
    for parent, name, _ in _bases():
        base = parent / name
        if base.is_dir() and _is_private(base):
            with locked(base / ".lock"):
                _sweep(base)


def choose_base(*, roomy: bool = False) -> tuple[Path, bool]:
    """The folder for servers of this user, made when missing, and whether it lies in memory.

    Args:
        roomy: leave memory file systems out.

    Raises:
        EngineError: no candidate will do.
    """
    refused: list[str] = []
    for parent, name, in_memory in _bases():
        path = parent / name
        if in_memory and (roomy or not _has_room(parent)):
            continue
        reason = _why_not(parent, path)
        if reason is None:
            return path, in_memory
        refused.append(f"{path}: {reason}")
    raise EngineError(
        f"no private folder for a server ({'; '.join(refused)})",
        hint="Set TMPDIR to a short path that you own.",
    )


def _bases() -> Iterator[tuple[Path, str, bool]]:
    """(parent, name, whether in memory), best first; parents may not exist."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.geteuid() != 0:
        yield Path(runtime), "dbarchitect", True
    name = f"dbarchitect-{os.geteuid()}"
    if sys.platform.startswith("linux"):
        yield Path("/dev/shm"), name, True  # noqa: S108
    for parent in dict.fromkeys([tempfile.gettempdir(), "/tmp", "/var/tmp"]):  # noqa: S108
        yield Path(parent), name, False


def _has_room(parent: Path) -> bool:
    """True when both the file system (a container's has 64 MB) and the memory behind it have room."""
    try:
        available = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
        memory = int(available[1]) << 10 if available else 0
        return memory >= ROOM and shutil.disk_usage(parent).free >= ROOM
    except OSError:
        return False


def _programs(path: Path) -> Path:
    """Where a server's copy of the programs lies: memory file systems may refuse to run programs."""
    return choose_base(roomy=True)[0] / f"{path.name}.programs"


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
    return None if _is_private(path) else "it belongs to somebody else, or others may write there"


def _is_private(path: Path) -> bool:
    found = path.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _open_to_all(path: Path) -> bool:
    path = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents) if folder.exists())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; the lock falls with the process that holds it."""
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
    shutil.rmtree(_programs(path), ignore_errors=True)
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
