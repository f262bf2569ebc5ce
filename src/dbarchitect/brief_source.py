"""What the BRIEF argument stands for: a file that exists, standard input, or words (DESIGN §2, issue §6)."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.records import dataclass

LARGEST = 10_000_000
"""Bytes: a brief that a person wrote is a thousand times smaller, so a larger one is some other file."""

SUFFIXES = (".yaml", ".yml", ".json", ".txt", ".md", ".toml", ".csv", ".sql", ".ts", ".dbml", ".prisma")
FORMS = "Give words, a file that exists, or - for standard input; `dbarchitect design --example` prints one."


@dataclass(frozen=True, slots=True)
class BriefSource:
    """The text of a brief and where it came from.

    Args:
        text: the brief, decoded, never blank.
        name: how errors name it: the path as given, `standard input` or `the words`.
        path: the file, when it was one; its suffix tells YAML from prose.
    """

    text: str
    name: str
    path: Path | None = None


def resolve_brief(argument: str) -> BriefSource:
    """Turn the BRIEF argument into text.

    An existing file wins; `-` is standard input; what looks like a path and does not exist is an error (a schema
    made from the words "brief.yml" would be a surprise); everything else is words.

    Args:
        argument: the argument as typed (several words already joined by blanks).

    Raises:
        InputError: a missing file, a folder, an empty, binary or oversized brief.
    """
    if argument == "-":
        return BriefSource(_decode(sys.stdin.buffer.read(LARGEST + 1), "standard input"), "standard input")
    path = _existing(argument)
    if path is not None:
        return BriefSource(_read(path, argument), argument, path)
    if looks_like_path(argument):
        raise InputError(f"there is no file {argument!r}", hint=_nearest(argument))
    return BriefSource(_decode(argument.encode("utf-8", "surrogateescape"), "the words"), "the words")


def looks_like_path(argument: str) -> bool:
    """Whether a person who typed this meant a file: one line that starts, is cut or ends as paths do."""
    if "\n" in argument or not argument.strip():
        return False
    if argument.startswith(("/", "./", "../", "~")) or argument.lower().endswith(SUFFIXES):
        return True
    return "/" in argument and not any(blank in argument for blank in (" ", "\t", "("))


def _existing(argument: str) -> Path | None:
    """The path that the argument names, or None; a text that no file system could hold as a name is words."""
    try:
        path = Path(argument).expanduser()
        return path if path.exists() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _read(path: Path, name: str) -> str:
    if path.is_dir():
        inside = path / "brief.yaml"
        hint = f"It holds a brief: give {inside}." if inside.is_file() else FORMS
        raise InputError(f"{name!r} is a folder, not a brief", hint=hint)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise _too_large(name)
        with path.open("rb") as file:
            return _decode(file.read(LARGEST + 1), name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"the brief {name!r} cannot be read: {reason}", hint=FORMS) from error


def _decode(content: bytes, name: str) -> str:
    if len(content) > LARGEST:
        raise _too_large(name)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("the brief is saved as UTF-16", hint="Save it as UTF-8 and try again.", place=name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"the brief is not text: byte {error.start + 1} is not UTF-8",
            hint="Give a text file saved as UTF-8.",
            place=f"{name}:{line}",
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError("the brief is not text: it holds a NUL byte", hint=FORMS, place=f"{name}:{line}")
    if not text.strip():
        raise InputError("the brief is empty", hint=FORMS, place=name)
    return text


def _too_large(name: str) -> InputError:
    return InputError(
        f"the brief is larger than {LARGEST // 1_000_000} MB",
        hint="A brief says what is stored, not the data: for tables of data keep a few thousand rows.",
        place=name,
    )


def _nearest(argument: str) -> str:
    """The file next to the missing one that was probably meant, and what else may be given."""
    path = Path(argument).expanduser()
    try:
        names = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        return FORMS
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"Did you mean {path.parent / near[0]}? {FORMS}" if near else FORMS
