"""Drizzle's migrators cut a file at `--> statement-breakpoint` even inside a string: hide the mark there."""

from __future__ import annotations

from collections.abc import Callable

from dbarchitect.sql.quote import BREAKPOINT, literal
from dbarchitect.sql.tokens import Token, scan


def without_breakpoint(sql: str) -> str:
    r"""A statement that means the same and does not hold the mark.

    Strings are written as E'\055-> …', names as U&"\002D-> …", dollar-quoted bodies as E'' strings; comments lose it.

    Raises:
        InputError: quotes or brackets in the statement do not close.
    """
    if BREAKPOINT not in sql:
        return sql
    parts, done = [], 0
    for token in scan(sql):
        if BREAKPOINT in token.text:
            parts += [sql[done : token.start], _HIDDEN[token.kind](token)]
            done = token.end
    return "".join([*parts, sql[done:]])


def _string(token: Token) -> str:
    if token.text[0] in "eE":
        return token.text.replace(BREAKPOINT, "\\055" + BREAKPOINT[1:])
    if token.text[0] in "uU":
        return token.text.replace(BREAKPOINT, "\\002D" + BREAKPOINT[1:])
    return literal(token.text[1:-1].replace("''", "'"))


def _name(token: Token) -> str:
    if token.text[0] in "uU":
        return token.text.replace(BREAKPOINT, "\\002D" + BREAKPOINT[1:])
    return "U&" + token.text.replace("\\", "\\\\").replace(BREAKPOINT, "\\002D" + BREAKPOINT[1:])


def _body(token: Token) -> str:
    tag = token.text.index("$", 1) + 1
    return literal(token.text[tag:-tag])


def _comment(token: Token) -> str:
    return token.text.replace(BREAKPOINT, f"-- {BREAKPOINT[2:]}")


_HIDDEN: dict[str, Callable[[Token], str]] = {
    "string": _string, "quoted": _name, "body": _body, "comment": _comment,
}  # fmt: skip
