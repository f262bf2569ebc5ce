"""Expressions as pieces of larger statements: guarded against leaking out of their place, and set in parentheses."""

from __future__ import annotations

from dbarchitect.errors import InputError
from dbarchitect.sql.tokens import Token, scan

_BREAKS = frozenset(
    ("and", "at", "between", "collate", "filter", "ilike", "in", "is", "isnull", "like", "not", "notnull", "or", "over",
     "overlaps", "similar")
)  # fmt: skip
_NO_CALL = _BREAKS | frozenset(
    ("all", "any", "array", "as", "case", "exists", "from", "interval", "row", "select", "some", "values", "when",
     "where")
)  # fmt: skip


def guarded(sql: str) -> str:
    """The trimmed expression, when it can stand inside a statement without ending or commenting out the rest.

    Raises:
        InputError: it is empty, holds a `;`, or its quotes, comments or brackets do not close.
    """
    _tokens(sql)
    return sql.strip()


def parenthesized(sql: str) -> str:
    """`(expression)`."""
    tokens = _tokens(sql)
    ends_with_comment = tokens[-1].kind == "comment" and tokens[-1].text.startswith("--")
    return f"({sql.strip()}\n)" if ends_with_comment else f"({sql.strip()})"


def as_default(sql: str) -> str:
    """The expression as DEFAULT takes it: bare when it is a constant, a cast or a call, else in parentheses."""
    tokens = _tokens(sql)
    bare = all(
        token.kind not in ("operator", "comment") and not (token.kind == "word" and token.text.lower() in _BREAKS)
        for token in tokens
        if token.depth == 0
    )
    signed = tokens[0].text in ("-", "+") and len(tokens) == 2 and tokens[1].kind == "number"
    return sql.strip() if bare or signed else parenthesized(sql)


def as_index_key(sql: str) -> str:
    """The expression as an index key: bare when it is a call, else in parentheses."""
    tokens = _tokens(sql)
    return sql.strip() if _is_call(tokens) else parenthesized(sql)


def _is_call(tokens: tuple[Token, ...]) -> bool:
    opening = next((place for place, token in enumerate(tokens) if token.text == "("), 0)
    names, rest = tokens[:opening], [token for token in tokens[opening + 1 :] if token.depth == 0]
    dotted = [token.name is not None if place % 2 == 0 else token.text == "." for place, token in enumerate(names)]
    if not names or not all(dotted) or len(names) % 2 == 0 or names[-1].is_word(*_NO_CALL):
        return False
    return len(rest) == 1 and rest[0] is tokens[-1] and rest[0].text == ")"


def _tokens(sql: str) -> tuple[Token, ...]:
    tokens = scan(sql)
    if not tokens or all(token.kind == "comment" for token in tokens):
        raise InputError("an expression is empty")
    for token in tokens:
        if token.text == ";":
            raise InputError(f"an expression holds a ';': {sql.strip()[:60]!r}")
    if "\0" in sql:
        raise InputError(f"an expression holds a NUL character: {sql.strip()[:60]!r}")
    return tokens
