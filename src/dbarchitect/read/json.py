"""Our own JSON, as `read --to json` and `design --dry-run --format json` write it, back to a schema."""

from __future__ import annotations

import json
from typing import Any

from dbarchitect.errors import InputError
from dbarchitect.model.codec import decode
from dbarchitect.model.decision import Problem
from dbarchitect.model.schema import Schema
from dbarchitect.read.result import ReadResult

FORMAT = 1
_HINT = "`dbarchitect read SOURCE --to json` writes it; a snapshot of drizzle-kit has `dialect` and `tables`."


def read(text: str, file: str = "schema.json") -> ReadResult:
    """The schema that a JSON text holds, with its problems when it lists some.

    Args:
        text: an object with `format` and `schema`.
        file: its path, for errors.

    Raises:
        InputError: it is no JSON, not ours, or of another format.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"this is no JSON: {error.msg}", place=f"{file}:{error.lineno}:{error.colno}") from None
    except RecursionError:
        raise InputError("this JSON is nested too deeply", place=file) from None
    if not isinstance(content, dict) or not isinstance(content.get("schema"), dict):
        raise InputError("this JSON is no schema of ours", place=file, hint=_HINT)
    if content.get("format") != FORMAT:
        raise InputError(f"this JSON is of the format {content.get('format')!r}, not {FORMAT}", place=file, hint=_HINT)
    try:
        return ReadResult(decode(Schema, content["schema"]), _problems(content.get("problems")))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise InputError(f"this JSON is no schema of ours: {error}", place=file, hint=_HINT) from None


def _problems(listed: Any) -> tuple[Problem, ...]:
    return tuple(decode(Problem, item) for item in listed) if isinstance(listed, list) else ()
