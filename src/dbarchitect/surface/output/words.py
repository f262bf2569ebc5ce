"""Phrases that more than one output format uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

UNPRINTABLE = dict.fromkeys(
    [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd"
)
"""Control characters and bidirectional overrides: text from a brief must not steer the terminal."""
CHANGES = {"written": "written", "removed": "removed", "beside": "beside yours", "unchanged": "unchanged"}


def printable(value: Any) -> Any:
    """The JSON value with every character of UNPRINTABLE in its texts replaced."""
    if isinstance(value, str):
        return value.translate(UNPRINTABLE)
    if isinstance(value, Mapping):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value


def count(number: int, noun: str) -> str:
    """`1 table`, `2 tables`, `3 indexes`, `1,200 entries`."""
    if number == 1:
        return f"1 {noun}"
    ends_in_y = noun.endswith("y") and noun[-2] not in "aeiou"
    plural = f"{noun[:-1]}ies" if ends_in_y else f"{noun}es" if noun.endswith(("x", "s")) else f"{noun}s"
    return f"{number:,} {plural}"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def tables(payload: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The tables of a design's schema."""
    found: Sequence[Mapping[str, Any]] = (payload.get("schema") or {}).get("tables", ())
    return found


def columns(table: Mapping[str, Any]) -> list[str]:
    """The names of a table's columns."""
    return [column["name"] for column in table.get("columns", ())]


def place(problem: Mapping[str, Any]) -> str:
    """`file:line:column: ` of a problem, or nothing."""
    span = problem.get("span")
    if not span:
        return ""
    return f"{span['file']}:{span['start']['line']}:{span['start']['column']}: "


def verdict(proof: Mapping[str, Any]) -> str:
    """The last line of a proof: how many claims, on which PostgreSQL."""
    summary = proof["summary"]
    total = sum(summary.values())
    rest = [f"{summary[status]:,} {status}" for status in ("failed", "unproved") if summary.get(status)]
    head = f"{summary.get('proved', 0):,} of {count(total, 'claim')} proved on PostgreSQL {proof['postgres']}"
    return f"{head}, {listed(rest)}." if rest else f"{head}."


def nearby(path: str) -> str:
    """The path as one would type it from here: relative when it lies below the current folder."""
    place, here = Path(path), Path.cwd()
    return str(place.relative_to(here)) if place.is_relative_to(here) else path


def changes(files: Mapping[str, Sequence[str]]) -> str:
    """`61 files written`, `2 files written, 59 unchanged and 1 beside yours`.

    Args:
        files: paths by what happened to them: written, unchanged, beside, removed.
    """
    parts = [f"{len(files[what]):,} {said}" for what, said in CHANGES.items() if files.get(what)]
    if not parts:
        return "no files"
    number, _, rest = parts[0].partition(" ")
    return listed([f"{number} {'file' if number == '1' else 'files'} {rest}", *parts[1:]])
