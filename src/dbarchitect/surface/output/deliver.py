"""Writes an answer where it belongs, in the format that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from dbarchitect.errors import InputError

Kind = Literal["design", "proof", "doctor"]
Format = Literal["full", "concise", "json"]


def to_terminal(kind: Kind, payload: Mapping[str, Any], form: Format, *, width: int, colour: bool) -> None:
    """Write to stdout; see `text`."""
    write(text(kind, payload, form, width=width, colour=colour))


def write(content: str) -> None:
    """Write to stdout; a character that its encoding lacks becomes a question mark, never an error."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(content.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


def to_file(kind: Kind, payload: Mapping[str, Any], form: Format, path: Path) -> None:
    """Write to a file, without colour, 100 columns wide.

    Raises:
        InputError: the file cannot be written.
    """
    save(text(kind, payload, form, width=100, colour=False), path)


def save(content: str, path: Path) -> None:
    """Write one file.

    Raises:
        InputError: it cannot be written.
    """
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror}", hint="Give --output another path.") from error


def text(kind: Kind, payload: Mapping[str, Any], form: Format, *, width: int, colour: bool) -> str:
    """The answer as text that ends with a newline.

    Args:
        kind: what the payload is.
        payload: the JSON value that the API function returned.
        form: full, concise or json.
        width: columns that full may use.
        colour: whether full may use SGR colours.
    """
    if form == "json":
        from dbarchitect.surface.output import json as as_json

        return as_json.render(payload)
    from dbarchitect.surface.output import words

    payload = words.printable(payload)
    if form == "concise":
        from dbarchitect.surface.output import concise

        return concise.render(kind, payload)
    from dbarchitect.surface.output.full import page

    return page.render(kind, payload, width=width, colour=colour)
