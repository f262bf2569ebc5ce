"""Concise: one line per fact, the line's kind first, so that grep and a coding agent find their way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dbarchitect.surface.output import words


def render(kind: str, payload: Mapping[str, Any]) -> str:
    """The answer of a command as short lines."""
    lines = {"design": _design, "proof": _proof, "doctor": _doctor}[kind](payload)
    return "".join(f"{' '.join(line.split())}\n" for line in lines)


def _design(payload: Mapping[str, Any]) -> Iterator[str]:
    for table in words.tables(payload):
        yield f"table {table['name']}: {', '.join(words.columns(table))}"
    for decision in payload.get("decisions", ()):
        yield f"decision {decision['address']}: {decision['choice']}"
    for question in payload.get("questions", ()):
        options = " | ".join(option["value"] for option in question.get("options", ()))
        yield f"question {question['id']}={question['default']}: {question['ask']} ({options})"
    for problem in payload.get("problems", ()):
        yield f"{problem['severity']} {words.place(problem)}{problem['message']}"
    files = payload.get("files") or {}
    for path in files.get("beside", ()):
        yield f"beside {path}: edited by you and kept, the new text is in {path}.new"
    if payload.get("folder"):
        yield f"folder {words.nearby(payload['folder'])}: {words.changes(files)}"
    yield from (f"note {note}" for note in payload.get("notes", ()))
    if payload.get("proof"):
        yield from _proof(payload["proof"])


def _proof(payload: Mapping[str, Any]) -> Iterator[str]:
    for claim in payload["claims"]:
        if claim["status"] != "proved":
            yield f"{claim['status']} {claim['id']}: {claim['statement']}: {claim['reason']}"
    yield words.verdict(payload)


def _doctor(payload: Mapping[str, Any]) -> Iterator[str]:
    for check in payload["checks"]:
        advice = f" ({check['advice']})" if check.get("advice") else ""
        yield f"{check['status']} {check['name']}: {check['detail']}{advice}"
