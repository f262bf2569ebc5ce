"""A `postgres` process as a child of ours: started from one long-lived thread, ended with us."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dbarchitect.engines.postgres_binaries import ENVIRONMENT, Installation, server_uid
from dbarchitect.errors import EngineError

T = TypeVar("T")
START_SECONDS = 60.0
STOP_SECONDS = 10.0
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "min_wal_size": "5MB",
    "checkpoint_timeout": "1d",
    "autovacuum": "off",
    "max_logical_replication_workers": "0",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # files of the data folder: nothing is left when it is removed
    "huge_pages": "off",
    "max_connections": "80",
    "max_locks_per_transaction": "512",  # a schema of several hundred tables in one transaction
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",  # statements of users stay out of the log
    "unix_socket_permissions": "0700",
}
IO_METHOD = {"io_method": "sync"}  # 18 and later: no worker processes


class _Starter:
    """One daemon thread that starts all servers of this process.

    The kernel's parent-death signal fires when the *thread* that started the child ends; this one ends with us.
    """

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="dbarchitect-postgres", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._work.get()()

    def call(self, function: Callable[[], T]) -> T:
        """Run `function` in the thread, and give back what it gives or raises."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(function())
            except BaseException as error:
                future.set_exception(error)

        self._work.put(run)
        return future.result()


_starter: _Starter | None = None
_starter_lock = threading.Lock()


def starter() -> _Starter:
    """The starter of this process; a fork gets its own."""
    global _starter
    with _starter_lock:
        if _starter is None or _starter.pid != os.getpid():
            _starter = _Starter()
        return _starter


def default_mode() -> str:
    """How a server learns that we are gone: the kernel's `signal` on Linux, a `watch` process elsewhere."""
    return "signal" if sys.platform.startswith("linux") else "watch"


@dataclass(slots=True)
class Process:
    """A running server process.

    Args:
        child: the `postgres` process.
        data: its data folder.
        watched: True when a watcher reads the child's first standard input.
    """

    child: subprocess.Popen[bytes]
    data: Path
    watched: bool

    def alive(self) -> bool:
        """False once the process has ended, by whatever cause."""
        return self.child.poll() is None

    def stop(self) -> None:
        """End the server at once; what it held is thrown away."""
        if self.child.stdin is not None:
            with suppress(OSError):
                os.write(self.child.stdin.fileno(), b"x")  # tells the watcher to leave
            self.child.stdin.close()
        if self.alive():
            self.child.send_signal(signal.SIGQUIT)
            try:
                self.child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.child.kill()
        self.child.wait()


def launch(
    installation: Installation,
    data: Path,
    log: Path,
    *,
    settings: Mapping[str, str] | None = None,
    mode: str | None = None,
) -> Process:
    """Start `postgres` on a data folder and wait until it takes connections on the socket in the parent folder.

    Args:
        installation: programs that the server's user can run.
        data: an initialized data folder owned by the server's user.
        log: file for what it says, written anew.
        settings: more server settings, over `SETTINGS`.
        mode: `signal` or `watch`, see `postgres_child`.

    Raises:
        EngineError: it ended or did not answer in time; the message ends with what it said.
    """
    mode = mode or default_mode()
    script = Path(__file__).with_name("postgres_child.py")
    command = [sys.executable, "-I", "-S", str(script), mode, str(os.getpid()), str(server_uid()), str(data)]
    command += [installation.program("postgres"), "-D", str(data), "-k", str(data.parent)]
    chosen = SETTINGS | (IO_METHOD if installation.major >= 18 else {}) | dict(settings or {})
    for name, value in chosen.items():
        command += ["-c", f"{name}={value}"]

    def spawn() -> subprocess.Popen[bytes]:
        with open(log, "wb") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE if mode == "watch" else subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,  # Ctrl-C in a terminal is for us; we stop the server
            )

    process = Process(starter().call(spawn), data, mode == "watch")
    try:
        _wait_until_ready(process, log)
    except BaseException:
        process.stop()
        raise
    return process


def _wait_until_ready(process: Process, log: Path) -> None:
    """Wait for the word `ready` that the server writes into its postmaster.pid."""
    deadline = time.monotonic() + START_SECONDS
    note = process.data / "postmaster.pid"
    while True:
        try:
            lines = note.read_text().splitlines()
        except OSError:
            lines = []
        if len(lines) > 7 and lines[0] == str(process.child.pid) and lines[7].strip() == "ready":
            return
        if not process.alive():
            raise EngineError(f"PostgreSQL did not start: {_last_words(log)}")
        if time.monotonic() > deadline:
            raise EngineError(f"PostgreSQL did not answer within {START_SECONDS:.0f} s: {_last_words(log)}")
        time.sleep(0.003)


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return " / ".join(lines[-3:]) or "it said nothing"
