"""Columns as attributes of a brief, and checks as its rules."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dbarchitect.design.brief.requirements import Attribute, Rule
from dbarchitect.errors import InputError
from dbarchitect.model.column import Column
from dbarchitect.sql.tokens import scan, without_outer_parentheses

_TYPES = {
    "text": "text", "varchar": "varchar", "char": "char", "smallint": "smallint", "integer": "integer",
    "bigint": "bigint", "numeric": "numeric", "real": "real", "double precision": "doublePrecision", "uuid": "uuid",
    "boolean": "boolean", "timestamptz": "timestamp with timezone", "timestamp": "timestamp", "date": "date",
    "time": "time", "json": "json", "jsonb": "jsonb", "interval": "duration", "tstzrange": "period",
    "inet": "ip address", "point": "coordinates",
}  # fmt: skip
"""The brief's type by ours; the last four come with a check of their own."""
_NEAR = {
    "citext": "text", "name": "text", "xml": "text", "money": "numeric", "timetz": "time", "cidr": "ip address",
    "tsrange": "period", "daterange": "period", "hstore": "jsonb", "oid": "bigint",
}  # fmt: skip
_CAST = re.compile(r"\s*::\s*(?:\"[^\"]*\"|[a-z_]\w*)(?:\.(?:\"[^\"]*\"|[a-z_]\w*))?(?:\s+(?:varying|precision|"
                   r"with(?:out)? time zone))?(?:\(\s*\d+(?:\s*,\s*\d+)?\s*\))?(?:\[\])*", re.IGNORECASE)  # fmt: skip
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_NOW = re.compile(r"(?:now\(\)|current_timestamp(?:\(\d\))?|current_date|transaction_timestamp\(\))\Z", re.IGNORECASE)
_WORD = re.compile(r"[\w -]*\Z")
Lost = list[tuple[str, str]]
"""(severity, message) of what an attribute cannot say."""


def attribute(name: str, column: Column, enumeration: str) -> tuple[Attribute, Lost]:
    """The attribute of a column, and what it cannot say.

    Args:
        name: what the brief calls it.
        column: the column.
        enumeration: the brief's name of its enum, or ''.
    """
    lost: Lost = []
    type_ = column.type
    word = "" if enumeration else _TYPES.get(type_.name) if type_.schema is None else None
    if word is None:
        word = _NEAR.get(type_.name, "text") if type_.schema is None else "text"
        lost.append(("warning", f"a brief has no {type_.sql()}; it is written as {word}"))
    if type_.dimensions > 1:
        lost.append(("warning", "a brief has lists, but no lists of lists"))
    numbers = [int(item) for item in type_.arguments if item.isdigit()]
    made = Attribute(
        name,
        type=word,
        length=numbers[0] if word in ("varchar", "char") and numbers else None,
        precision=numbers[0]
        if word in ("numeric", "time", "timestamp with timezone", "timestamp") and numbers
        else None,
        scale=numbers[1] if word == "numeric" and len(numbers) > 1 else None,
        array=type_.dimensions > 0,
        required=not column.nullable,
        enumeration=enumeration,
        default=_default(column, lost),
    )
    return made, lost


def _default(column: Column, lost: Lost) -> str | None:
    text = column.default
    if text is None:
        if column.identity is not None:
            lost.append(("warning", "a brief cannot say that it counts by itself"))
        return None
    bare = _CAST.sub("", without_outer(text)).strip()
    bare = without_outer(bare)
    if _NUMBER.match(bare) or bare.lower() in ("true", "false"):
        return bare.lower()
    if _NOW.match(bare):
        return "now"
    inner = bare[1:-1].replace("''", "'") if bare.startswith("'") and bare.endswith("'") and len(bare) > 1 else None
    if inner and _WORD.match(inner) and not column.type.dimensions and column.type.category in ("text", "other"):
        return inner
    lost.append(("warning", f"its default is lost: {text if len(text) < 60 else text[:57] + '…'}"))
    return None


def bounded(expression: str, fields: Mapping[str, str]) -> Rule | None:
    """The rule that a check states when it only compares columns with numbers or with each other; else None.

    Args:
        expression: the condition, as written or as PostgreSQL shows it.
        fields: what the brief calls each column.
    """
    try:
        text = without_outer(_CAST.sub("", expression))
        pieces = [without_outer(piece) for piece in re.split(r"\s+and\s+", text, flags=re.IGNORECASE)]
        parts = [_comparison(piece, fields) for piece in pieces]
    except InputError:
        return None
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    if len(known) == 1:
        left, operator, right = known[0]
        number = _NUMBER.match(right)
        if operator == ">=" and number:
            return Rule("at least", (left,), low=right)
        if operator == "<=" and number:
            return Rule("at most", (left,), high=right)
        return Rule("check", expression=f"{left} {operator} {right}")
    (left, low, lowest), (other, high, highest) = known[0], known[1]
    both = _NUMBER.match(lowest) and _NUMBER.match(highest)
    if len(known) == 2 and left == other and (low, high) == (">=", "<=") and both:
        return Rule("between", (left,), low=lowest, high=highest)
    return Rule("check", expression=" and ".join(f"{a} {b} {c}" for a, b, c in known))


def _comparison(text: str, fields: Mapping[str, str]) -> tuple[str, str, str] | None:
    tokens = [token for token in scan(text) if token.text not in ("(", ")")]
    if len(tokens) == 4 and tokens[2].text == "-":
        tokens = [*tokens[:2], tokens[3]]
        sign = "-"
    else:
        sign = ""
    if len(tokens) != 3 or tokens[1].text not in ("<", "<=", ">", ">=", "<>", "="):
        return None
    left, right = tokens[0].name, tokens[2]
    if left is None or left not in fields:
        return None
    if right.kind == "number":
        return fields[left], tokens[1].text, sign + right.text
    if right.name is not None and right.name in fields and not sign:
        return fields[left], tokens[1].text, fields[right.name]
    return None


def without_outer(text: str) -> str:
    """The expression without the brackets around all of it; as it stands when its brackets do not match."""
    try:
        return without_outer_parentheses(text)
    except InputError:
        return text.strip()
