"""Cut a text of SQL into statements, however broken one of them is."""

from __future__ import annotations

from dbarchitect.errors import InputError
from dbarchitect.records import dataclass
from dbarchitect.sql.tokens import Lexeme, lexemes


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement of a text.

    Args:
        text: the statement without its semicolon and without comments before it.
        start: offset of its first code point in the text.
        end: offset after its last one.
    """

    text: str
    start: int
    end: int


def split(sql: str) -> tuple[Piece, ...]:
    """The statements of a text, in order.

    A syntax error stays within its statement; a quote or comment that does not end takes the rest of the text along.
    The semicolons between BEGIN ATOMIC and its END belong to the function, those in the brackets of a rule to the rule.
    """
    pieces: list[Piece] = []
    start: int | None = None
    end = brackets = blocks = 0
    previous, rule = "", False
    for kind, text, offset in _until_broken(sql):
        if kind == "comment":
            continue
        if text == ";" and not blocks and not (rule and brackets > 0):
            if start is not None:
                pieces.append(Piece(sql[start:end], start, end))
            start, brackets, previous, rule = None, 0, "", False
            continue
        start = offset if start is None else start
        end = offset + len(text)
        brackets += {"(": 1, ")": -1}.get(text, 0)
        word = text.lower() if kind == "word" else ""
        if (word == "atomic" and previous == "begin") or (blocks and word in ("case", "begin")):
            blocks += 1
        elif blocks and word == "end":
            blocks -= 1
        rule = rule or (word == "rule" and previous in ("create", "replace"))
        previous = word
    if start is not None:
        pieces.append(Piece(sql[start:end], start, end))
    return tuple(pieces)


def _until_broken(sql: str) -> list[Lexeme]:
    found: list[Lexeme] = []
    try:
        found.extend(lexemes(sql))
    except InputError:
        done = found[-1][2] + len(found[-1][1]) if found else 0
        rest = sql[done:]
        offset = done + len(rest) - len(rest.lstrip())
        found.append(("operator", sql[offset:].rstrip(), offset))
    return found
