"""Storage parameters and the options of a sequence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbarchitect.model.column import SequenceOptions
from dbarchitect.model.names import quote
from dbarchitect.sql.quote import literal

_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?\Z")
_PLAIN_VALUE = re.compile(r"(?:-?\d+(?:\.\d+)?|true|false|on|off|auto)\Z")


def with_clause(options: Sequence[tuple[str, str]]) -> str:
    """` WITH (name = value, …)`, or '' without options."""
    return f" WITH {storage_parameters(options)}" if options else ""


def storage_parameters(options: Sequence[tuple[str, str]]) -> str:
    """`(name = value, …)`."""
    return "(" + ", ".join(f"{_name(name)} = {_value(value)}" for name, value in options) + ")"


def _name(name: str) -> str:
    return name if _PLAIN_NAME.match(name) else quote(name)


def _value(value: str) -> str:
    return value if _PLAIN_VALUE.match(value) else literal(value)


def sequence_options(options: SequenceOptions) -> str:
    """The options that are not PostgreSQL's defaults, separated by blanks."""
    words = (
        ("START WITH", options.start),
        ("INCREMENT BY", options.increment),
        ("MINVALUE", options.minimum),
        ("MAXVALUE", options.maximum),
        ("CACHE", options.cache),
    )
    parts = [f"{word} {int(value)}" for word, value in words if value is not None]
    return " ".join([*parts, "CYCLE"] if options.cycle else parts)
