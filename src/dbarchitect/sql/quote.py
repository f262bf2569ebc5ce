"""Literals, and names that may stand in another schema; identifiers are quoted by `model.names.quote`."""

from __future__ import annotations

import re

from dbarchitect.errors import InputError
from dbarchitect.model.names import qualified, quote

BREAKPOINT = "--> statement-breakpoint"
"""Where drizzle's migrators cut a file, even inside a string; it must never stand in what we quote."""

_QUALIFIED = re.compile(r'"(?:[^"]|"")+"(?:\."(?:[^"]|"")+")+\Z')
_OPERATOR = re.compile(r"(?:[-+*/<>=~!@#%^&|`?]+|OPERATOR\((?:\"(?:[^\"]|\"\")+\"\.)?[-+*/<>=~!@#%^&|`?]+\))\Z")


def literal(text: str) -> str:
    r"""The text as a string constant, right whatever `standard_conforming_strings` says.

    A backslash turns it into an E'' string, and so does drizzle's breakpoint, which is written \055-> there.

    Raises:
        InputError: for a NUL, which PostgreSQL has no way to store.
    """
    if "\0" in text:
        raise InputError(f"a text holds a NUL character: {text[:40]!r}")
    escaped = text.replace("'", "''")
    if "\\" not in text and BREAKPOINT not in text:
        return f"'{escaped}'"
    escaped = escaped.replace("\\", "\\\\").replace(BREAKPOINT, "\\055" + BREAKPOINT[1:])
    return f"E'{escaped}'"


def reference(name: str, schema: str | None = None) -> str:
    """A collation, operator class or multirange: a bare name, or one that is already written as "schema"."name".

    Args:
        name: the name.
        schema: where a bare name lies; None where the search path finds it.
    """
    if _QUALIFIED.match(name):
        return name
    return quote(name) if schema is None else qualified(schema, name)


def operator(text: str) -> str:
    """An operator as it stands: `&&` or `OPERATOR("schema".&&)`.

    Raises:
        InputError: when it is none.
    """
    if not _OPERATOR.match(text) or "--" in text or "/*" in text:
        raise InputError(f"not an operator: {text!r}")
    return text
