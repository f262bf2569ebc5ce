"""What a person at a terminal sees beside the results: progress, colour, questions. All of it on stderr."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from dbarchitect import progress
from dbarchitect.model.decision import Question

_line_open = False
_writing = threading.RLock()  # progress comes from several threads


def coloured(stream: TextIO) -> bool:
    """Whether colour is welcome on the stream (https://no-color.org, FORCE_COLOR)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def paint(text: str, code: str, stream: TextIO) -> str:
    """The text in an SGR colour, when the stream takes colour."""
    return f"\033[{code}m{text}\033[0m" if coloured(stream) else text


def interactive() -> bool:
    """Whether somebody is there to answer: a terminal on both sides, and no CI."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty() and not os.environ.get("CI")


def width() -> int:
    """Columns to write in."""
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))


@contextmanager
def showing_progress() -> Iterator[None]:
    """Show what is being done: one line that changes on a terminal, one line each otherwise."""
    listener = _rewriting() if sys.stderr.isatty() else _appending()
    try:
        with progress.listening(listener):
            yield
    finally:
        clear_progress()


def clear_progress() -> None:
    """Take the changing line away before something else is written."""
    global _line_open
    with _writing:
        if _line_open:
            sys.stderr.write("\r\033[2K")
            sys.stderr.flush()
            _line_open = False


def _rewriting() -> Callable[[str], None]:
    def show(text: str) -> None:
        global _line_open
        room = shutil.get_terminal_size((100, 24)).columns - 4
        line = " ".join(text.split())
        with _writing:
            clear_progress()
            sys.stderr.write(paint(f"… {line[:room]}", "2", sys.stderr))
            sys.stderr.flush()
            _line_open = True

    return show


def _appending() -> Callable[[str], None]:
    last = ""

    def show(text: str) -> None:
        nonlocal last
        with _writing:
            if text != last:
                print(f"… {' '.join(text.split())}", file=sys.stderr, flush=True)
            last = text

    return show


def ask(question: Question) -> str:
    """Ask one question and return the value of the option that was chosen; Enter takes the default.

    Args:
        question: with its options; one without options takes any text.
    """
    clear_progress()
    values = [option.value for option in question.options]
    print(f"\n{paint(question.ask, '1', sys.stderr)}", file=sys.stderr)
    for number, option in enumerate(question.options, start=1):
        mark = "*" if option.value == question.default else " "
        print(f" {mark}{number}  {option.value:<16}  {option.consequence}", file=sys.stderr)
    while True:
        print(f"  [{question.default}] ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        answer = line.strip()
        if not answer:
            return question.default
        if not values or answer in values:
            return answer
        if answer.isdigit() and 1 <= int(answer) <= len(values):
            return values[int(answer) - 1]
        near = difflib.get_close_matches(answer, values, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        print(f"  {meant}Give a number or one of: {', '.join(values)}.", file=sys.stderr)
