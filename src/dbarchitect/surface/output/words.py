"""Phrases that more than one output format uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def count(number: int, noun: str) -> str:
    """`1 table`, `2 tables`, `3 indexes`, `1,200 entries`."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith(("x", "s")) else f"{noun}s"
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


def changes(files: Iterable[Mapping[str, Any]]) -> str:
    """`61 files created`, `2 files updated and 59 unchanged`."""
    totals = Counter(file["change"] for file in files)
    parts = [f"{number:,} {change}" for change, number in totals.items() if change != "unchanged"]
    if totals["unchanged"]:
        parts.append(f"{totals['unchanged']:,} unchanged")
    return listed(parts) if parts else "no files"
