"""Prints what went wrong: one readable block on stderr, a traceback only when asked for."""

from __future__ import annotations

import os
import re
import sys
import traceback

from dbarchitect.errors import DbarchitectError
from dbarchitect.surface.cli import terminal
from dbarchitect.surface.output import words

VARIABLE = "DBARCHITECT_TRACEBACK"
_PASSWORD = re.compile(r"(\b[a-z][a-z0-9+]*://[^:@/\s]*):[^@\s]+@", re.IGNORECASE)
_KEYWORD = re.compile(r"(\bpassword\s*=\s*)('[^']*'|\S+)", re.IGNORECASE)


def redact(text: str) -> str:
    """The text without the passwords that addresses in it carry (DESIGN §8)."""
    return _KEYWORD.sub(r"\1***", _PASSWORD.sub(r"\1:***@", text))


def show(error: Exception) -> int:
    """Print an error and return the exit code that it asks for."""
    terminal.clear_progress()
    if os.environ.get(VARIABLE):
        print(redact("".join(traceback.format_exception(error))), file=sys.stderr)
    label = terminal.paint("error:", "1;31", sys.stderr)
    if isinstance(error, DbarchitectError):
        place = f"{error.place}: " if error.place else ""
        _say(f"{label} ", place + error.message)
        for line in (error.hint or "").splitlines():
            _say("  ", line)
        return error.exit_code
    _say(f"{label} ", f"{type(error).__name__}: {error}")
    _say("  ", "This is a fault of dbarchitect, not of your input. Please report it with the command that you")
    _say("  ", f"ran, its input, and what it prints when you run it again with {VARIABLE}=1.")
    return 2


def _say(start: str, text: str) -> None:
    print(f"{start}{words.printable(redact(text))}", file=sys.stderr)
