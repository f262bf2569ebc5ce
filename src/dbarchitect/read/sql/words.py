"""Names in expressions that are kept as text."""

from __future__ import annotations

from dbarchitect.errors import InputError
from dbarchitect.model.names import quote
from dbarchitect.read.sql.types import plain
from dbarchitect.sql.tokens import Token, scan


def speaks_of(sql: str, name: str) -> bool:
    """Whether a word or quoted name of the text is `name`, and no function of that name."""
    if name not in sql and name not in sql.lower():
        return False
    try:
        tokens = scan(sql)
    except InputError:
        return False
    return any(token.name == name and not _is_call(tokens, place) for place, token in enumerate(tokens))


def renamed(sql: str, old: str, new: str) -> str:
    """The text with another name for a column or relation: every word or quoted name `old` that is no call."""
    if old not in sql and old not in sql.lower():
        return sql
    try:
        tokens = scan(sql)
    except InputError:
        return sql
    parts, done = [], 0
    for place, token in enumerate(tokens):
        if token.name == old and not _is_call(tokens, place):
            written = quote(new) if token.kind == "quoted" else plain(new)
            parts += [sql[done : token.start], written]
            done = token.end
    return "".join([*parts, sql[done:]])


def _is_call(tokens: tuple[Token, ...], place: int) -> bool:
    return place + 1 < len(tokens) and tokens[place + 1].text == "("
