"""One short-lived child process: a clean environment, no inheritance of secrets, and no life after ours."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dbarchitect.errors import EngineError
from dbarchitect.records import dataclass

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


@dataclass(frozen=True, slots=True)
class Finished:
    """What a child process left: its exit code (negative: killed by that signal), its output, and its duration."""

    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the process ended with exit code 0."""
        return self.code == 0

    @property
    def output(self) -> str:
        """Standard output, then standard error, trimmed: what a person would have seen."""
        return "\n".join(part.strip() for part in (self.stdout, self.stderr) if part.strip())


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    input: str | None = None,  # noqa: A002 - the word that subprocess uses
    timeout: float = 60,
    offline: bool = False,
) -> Finished:
    """Run a program to its end with exactly the environment `env`.

    The child leads a process group of its own, which is killed at a timeout or when we are interrupted. On Linux the
    kernel kills the child when the thread that waits for it is gone, so that a kill -9 of ours leaves nothing behind.

    Args:
        command: program and arguments.
        cwd: working folder, which must exist.
        env: the whole environment of the child; nothing else is inherited.
        input: text for standard input; without it standard input is empty.
        timeout: seconds before the group is killed.
        offline: take the network away where the platform lets us (Linux, a network namespace of its own); Unix
            sockets still work.

    Raises:
        EngineError: the program cannot be started, or it did not end in time.
    """
    words = [str(word) for word in command]
    started = time.perf_counter()
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=_prepared(os.getpid(), offline) if sys.platform == "linux" else None,
        )
    except OSError as error:
        raise EngineError(
            f"{words[0]} cannot be started in {cwd}: {error.strerror or error}",
            hint="Run `dbarchitect doctor` to see what is installed.",
        ) from error
    try:
        stdout, stderr = process.communicate(input, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        _kill_group(process)
        raise EngineError(
            f"`{_shown(words)}` did not end within {timeout:g} s and was stopped",
            hint="Look for a script that waits for input, for the network or for a lock.",
            place=str(cwd),
        ) from error
    except BaseException:
        _kill_group(process)
        raise
    return Finished(process.returncode, stdout, stderr, time.perf_counter() - started)


def _prepared(parent: int, offline: bool) -> Callable[[], None]:
    libc = ctypes.CDLL(None)

    def before_exec() -> None:
        if offline and libc.unshare(_CLONE_NEWNET) != 0:  # root may; others need a user namespace of their own
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent ended between fork and prctl
            os._exit(1)

    return before_exec


def _kill_group(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.communicate()


def _shown(words: Sequence[str]) -> str:
    return " ".join([Path(words[0]).name, *words[1:]])
