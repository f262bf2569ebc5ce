"""Run as a script between us and `postgres`: leaves root, ties the server's life to ours, then becomes the server.

`subprocess` could do this in a `preexec_fn`, but that forks a process with threads, which Python 3.12 warns about
and which may deadlock. It uses the standard library only, because it runs with `-I -S`.

    python -I -S postgres_child.py signal|watch PARENT_PID UID DATA_FOLDER COMMAND [ARGUMENT ...]

`signal` asks the Linux kernel to end the server when the thread that started it ends. `watch` leaves a small process
behind that reads our pipe: end of file means that we are gone, one byte that we stopped the server ourselves.
UID -1 keeps the user.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def leave_root(uid: int) -> None:
    """Become `uid` for good; group and extra groups go as well."""
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def ask_kernel(uid: int) -> bool:
    """Leave root and have the kernel send SIGQUIT to us when our parent ends; False where that is not possible."""
    try:
        import ctypes

        prctl = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return False
    if uid >= 0:
        leave_root(uid)  # first: a change of user clears the signal
    return bool(prctl(PR_SET_PDEATHSIG, signal.SIGQUIT) == 0)


def still_serves(pid: int, data: str) -> bool:
    """True when `pid` is still the server of this data folder, as far as its own note says."""
    try:
        with open(os.path.join(data, "postmaster.pid")) as note:
            return note.readline().strip() == str(pid)
    except OSError:
        return False


def leave_watcher(data: str) -> None:
    """Leave a grandchild that ends this process when standard input reaches its end without a byte before."""
    server = os.getpid()
    if os.fork() == 0:
        if os.fork() == 0:
            said = os.read(0, 1)
            if not said and still_serves(server, data):
                os.kill(server, signal.SIGQUIT)
        os._exit(0)
    os.wait()


def main(arguments: list[str]) -> None:
    """See the module's text."""
    mode, parent, uid, data, *command = arguments
    watched = mode == "watch" or not ask_kernel(int(uid))
    if watched:
        if int(uid) >= 0 and os.geteuid() == 0:
            leave_root(int(uid))
        leave_watcher(data)
    if os.getppid() != int(parent):
        sys.exit("the process that asked for a server is gone")
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
