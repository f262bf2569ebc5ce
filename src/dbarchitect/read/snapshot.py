"""drizzle-kit's snapshots into the model: version 7 of line 0.45, version 9 of line 1.

A snapshot holds what Drizzle knows of a schema, no more: no functions, triggers, domains, composite and range types,
exclusion constraints, partitions, comments, privileges and extensions; of constraints no DEFERRABLE, NOT VALID, NOT
ENFORCED, MATCH FULL or INCLUDE; of tables no FORCE ROW LEVEL SECURITY, storage parameters or UNLOGGED. Nothing of that
is lost here, because it was never there; what a snapshot does hold and the model does not (roles) is a problem.
"""

from __future__ import annotations

import json
from typing import Any

from dbarchitect.model.decision import Problem
from dbarchitect.model.schema import Schema
from dbarchitect.model.source import LineIndex, Span
from dbarchitect.read.result import ReadResult
from dbarchitect.read.snapshot_build import build
from dbarchitect.read.snapshot_rows import Row, rows_of_7

_UP = "`drizzle-kit up` brings it to the version that drizzle-kit writes today"


def read(text: str, file: str) -> ReadResult:
    """The schema of a snapshot.

    Args:
        text: a file `meta/NNNN_snapshot.json` (0.45) or `<migration>/snapshot.json` (1).
        file: its relative POSIX path.

    Returns:
        The schema; problems for entries that are not what drizzle-kit writes, for older versions, and for a snapshot
        of line 1 that holds only what its migration changes.
    """
    place = LineIndex(text).span(file, 0, min(1, len(text)))
    try:
        content = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        return _none(f"no JSON: {error}", place)
    if not isinstance(content, dict):
        return _none("no snapshot of drizzle-kit: it is no object", place)
    rows = _rows(content)
    if isinstance(rows, str):
        return _none(rows, place)
    schema, messages = build(rows)
    return ReadResult(schema, tuple(Problem("warning", message, place) for message in messages))


def _none(message: str, place: Span) -> ReadResult:
    return ReadResult(Schema(), (Problem("error", message, place),))


def _rows(content: dict[str, Any]) -> list[Row] | str:
    """The entries of a snapshot, or why there are none."""
    version, dialect = str(content.get("version")), content.get("dialect")
    if dialect not in ("postgresql", "postgres", "pg"):
        return f"no snapshot of a PostgreSQL schema: its dialect is {dialect!r}"
    if version == "7":
        return rows_of_7(content)
    if isinstance(content.get("ddl"), list):
        return [row for row in content["ddl"] if isinstance(row, dict)]
    if "deltas" in content:
        return "the snapshot holds only what its migration changes: read the folder of migrations instead"
    if version in ("1", "2", "3", "4", "5", "6"):
        return f"a snapshot of version {version} is too old to be read: {_UP}"
    return f"a snapshot of version {version} is not known: versions 7 and 9 can be read"
