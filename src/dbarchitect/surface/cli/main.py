"""The `dbarchitect` command: finds the command that was named and loads only that one.

A command is one file in `commands/`: its docstring's first line is what the front page says about it, and its `app` is
a Typer application. Nothing else lists the commands.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

COMMANDS = Path(__file__).parent / "commands"
SELDOM = (1_000_000, 20, 20)
"""How often unreachable cycles are looked for: a command makes many objects that stay and hardly any cycle."""
FRONT = """\
Usage: dbarchitect COMMAND [ARGUMENTS]...

  Words in, a proven PostgreSQL and Drizzle project out.

  dbarchitect design "an organization has many products" -o shop

Commands:
{commands}

Options:
  --version   Say the version.
  -h, --help  Show this page; dbarchitect COMMAND --help shows a command's.

Exit codes: 0 fine, 1 failed claims or findings, 2 could not run.
"""


def commands() -> dict[str, str]:
    """The commands by name, each with the first line of its file's docstring."""
    found = {}
    for path in sorted(COMMANDS.glob("[a-z]*.py")):
        with path.open(encoding="utf-8") as file:
            found[path.stem.replace("_", "-")] = file.readline().strip().strip('"')
    return found


def front_page() -> str:
    """What `dbarchitect --help` prints."""
    known = commands()
    width = max(len(name) for name in known)
    lines = [f"  {name:<{width}}  {about}" for name, about in known.items()]
    return FRONT.format(commands="\n".join(lines))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; errors are printed, never raised.

    Args:
        arguments: the words after `dbarchitect`.
    """
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    except Exception as error:
        from dbarchitect.surface.cli import trouble

        return trouble.show(error)


def main() -> None:
    """Entry point of the `dbarchitect` script."""
    gc.set_threshold(*SELDOM)
    signal.signal(signal.SIGTERM, _terminate)
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End the process without freeing its objects one by one, which takes a sixth of a review's time.

    All that has to happen happens: exit handlers, and the last words of both streams. Where threads still run, Python
    waits for them in its own way.
    """
    if threading.active_count() > 1:
        sys.exit(code)
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _dispatch(arguments: Sequence[str]) -> int:
    first = arguments[0] if arguments else ""
    if first in ("", "-h", "--help", "help"):
        print(front_page(), end="")
        return 0 if first else 2
    if first == "--version":
        from dbarchitect import version

        print(f"dbarchitect {version()}")
        return 0
    if first not in commands():
        raise _unknown(first)
    from dbarchitect.surface.cli import invoke

    return invoke.command(first, arguments[1:])


def _unknown(name: str) -> Exception:
    import difflib

    from dbarchitect.errors import InputError

    near = difflib.get_close_matches(name, commands(), n=1)
    if near:
        hint = f"Did you mean `dbarchitect {near[0]}`?"
    elif " " in name:
        hint = f'For a new project: dbarchitect design "{name}" -o DIR'
    else:
        hint = f"Commands: {', '.join(commands())}. See `dbarchitect --help`."
    return InputError(f"there is no command {name!r}", hint=hint)


def _terminate(number: int, frame: FrameType | None) -> None:
    """Leave through the `finally` blocks, so that scratch folders and servers go too."""
    raise SystemExit(128 + number)
