"""SQL expressions of the model as `sql` templates that name columns through the table object where that is safe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dbarchitect.model.types import REGISTRY
from dbarchitect.sql.tokens import Token, scan
from dbarchitect.write.drizzle import typescript

# Words that mean something beside a column of that name, so that they are left as they stand.
_SYNTAX = """
all and any array as asc at between both by case cast collate cross current_date current_role current_time
current_timestamp current_user day desc distinct else end epoch escape exists extract false for from hour
ilike in interval is isnull like localtime localtimestamp minute month not notnull null nulls of on or over overlaps
overlay placing position row second select session_user similar some substring symmetric then time to trailing leading
trim true user using value values when where with year zone
"""
_LEFT_ALONE = frozenset(_SYNTAX.split()) | {
    word for info in REGISTRY.values() for spelling in (info.name, *info.spellings) for word in spelling.split()
}


def sql_template(expression: str, columns: Mapping[str, str] | None = None, *, owner: str = "table") -> str:
    """A tagged template for `expression`: ``sql`${table.price} >= 0` ``.

    Args:
        expression: SQL as the model keeps it.
        columns: property names by column name; columns that stand unqualified in the expression become references, so
            that a renamed property is a type error and not a broken migration. None leaves the text as it is.
        owner: the name of the table object.

    Raises:
        InputError: the quotes, comments or brackets of the expression do not close.
    """
    tokens = [token for token in scan(expression) if token.kind != "comment"]
    if not columns or any(token.is_word("select") for token in tokens):
        return f"sql`{_raw(expression)}`"
    body, position = "", 0
    for token, name in _references(tokens, columns):
        body += _raw(expression[position : token.start]) + "${" + typescript.member(owner, columns[name]) + "}"
        position = token.end
    return f"sql`{body}{_raw(expression[position:])}`"


def is_literal(expression: str) -> bool:
    """Whether the expression is one string literal, without a cast."""
    return re.fullmatch(r"'(?:[^']|'')*'", expression) is not None


def literal_value(expression: str) -> str:
    """What a string literal stands for."""
    return expression[1:-1].replace("''", "'")


def _raw(text: str) -> str:
    return typescript.template(text).replace("\n", "\\n")


def _references(tokens: list[Token], columns: Mapping[str, str]) -> Iterator[tuple[Token, str]]:
    """The tokens that are columns, and no type, function, or name of something else: the neighbours tell."""
    for place, token in enumerate(tokens):
        name = token.name
        if name is None or name not in columns or (token.kind == "word" and name in _LEFT_ALONE):
            continue
        before = tokens[place - 1] if place else None
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if before is not None and (before.text in (".", "::") or before.is_word("as", "collate", "operator")):
            continue
        if after is not None and (after.text in ("(", ".", "=>", ":=") or after.kind in ("string", "body")):
            continue
        yield token, name
