"""What conditions say, as far as their text tells: which columns they speak of, and whether two are the same."""

from __future__ import annotations

import re
from functools import lru_cache

from dbarchitect.model.table import Table

_STRINGS = re.compile(r"'(?:[^']|'')*'")
_QUALIFIER = re.compile(r'(?:"[^"]+"|[A-Za-z_][\w$]*)\s*\.\s*(?=["A-Za-z_])')
_CAST = re.compile(r"::\s*(?:character varying|double precision|timestamp with(?:out)? time zone|[a-z_]\w*)(?:\[\])?")


@lru_cache(maxsize=8192)
def plain(condition: str) -> str:
    """The condition in a form in which spellings of one thing agree: no brackets, casts, qualifiers, quotes; one case.

    Only for comparing and searching; it is no SQL any more.
    """
    kept: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f" \x00{len(kept) - 1}\x00 "

    text = _STRINGS.sub(put_aside, condition)
    text = _CAST.sub("", _QUALIFIER.sub("", text.lower() if '"' not in text else _folded(text)))
    text = " ".join(text.replace("(", " ").replace(")", " ").replace('"', "").split())
    return re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match[1])], text)


def _folded(text: str) -> str:
    """Lower case outside of double quotes."""
    return "".join(part if place % 2 else part.lower() for place, part in enumerate(re.split(r'("[^"]*")', text)))


def mentions(condition: str, column: str) -> bool:
    """Whether the condition speaks of the column."""
    if column not in condition:
        return False
    bare = _STRINGS.sub("''", condition)
    return re.search(rf"(?<![\w$]){re.escape(column)}(?![\w$])", bare) is not None


def checks_of(table: Table, column: str) -> tuple[str, ...]:
    """The conditions of the table's checks that speak of a column."""
    return tuple(check.expression for check in table.checks if mentions(check.expression, column))


def requires_null(condition: str | None, column: str) -> bool:
    """Whether the condition keeps only rows in which the column is NULL, beside whatever else it asks."""
    return condition is not None and f"{column} is null" in plain(condition) and " or " not in plain(condition)
