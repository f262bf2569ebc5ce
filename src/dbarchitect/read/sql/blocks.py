"""DO blocks: their static DDL is replayed as far as it is plain what runs; the rest is named.

Older drizzle-kits wrap CREATE TYPE and ADD CONSTRAINT in a block that survives a second run, and many people guard
their DDL with IF NOT EXISTS in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dbarchitect.errors import InputError
from dbarchitect.read.sql.replay import Replay, StatementError, UnknownEffectError
from dbarchitect.read.sql.script import statements_within
from dbarchitect.read.sql.settings import note_call
from dbarchitect.read.sql.source import File, Lexeme, scan
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import Token

_DDL = ("create", "alter", "drop", "comment", "grant", "revoke")
_CALLS = ("perform", "select", "call")
_LOOPS = ("for", "while", "loop", "foreach", "case")


@dataclass(slots=True)
class _Step:
    """A statement of a block: its lexemes, and whether an IF around it asks for what is there."""

    lexemes: Sequence[Lexeme]
    guarded: bool


def do_block(replay: Replay, node: Node) -> None:
    """DO $$ … $$.

    Raises:
        StatementError: what the block does to the schema cannot be known without running it.
    """
    body = _body(node)
    written = replay.statement
    start = written.file.text.find(body, written.start, written.end)
    if start < 0:
        _unknown(body)
        return
    try:
        lexemes = list(scan(written.file.text, start, start + len(body)))
    except InputError:
        _unknown(body)
        return
    handled = any(item.is_word("exception") for item in lexemes)
    for step in _steps(lexemes):
        first = step.lexemes[0]
        if first.is_word("execute"):
            _execute(replay, step, handled)
        elif first.is_word(*_CALLS):
            _note_calls(replay, step.lexemes)
        elif first.is_word(*_DDL):
            text = written.file.text
            _run(replay, written.file, text[first.start : step.lexemes[-1].end], first.start, step.guarded or handled)


def _body(node: Node) -> str:
    for item in node.get("args", ()):
        if item["DefElem"]["defname"] == "as":
            return str(item["DefElem"]["arg"]["String"].get("sval", ""))
    return ""


def _unknown(body: str) -> None:
    words = {word.strip("();,'\"").lower() for word in body.split()}
    if words & {"execute", *_DDL}:
        raise UnknownEffectError("a DO block may change the schema in a way that cannot be known without running it")


def _steps(lexemes: Sequence[Lexeme]) -> Iterator[_Step]:
    """The statements of a block in order.

    Raises:
        StatementError: EXECUTE, a loop around DDL, or DDL under a condition that is no question for what is there.
    """
    depth = 0
    guards: list[bool] = []
    handler = begun = False
    for piece in _pieces(lexemes):
        rest = list(piece)
        while rest and rest[0].kind == "word":
            word = rest[0].text.lower()
            if word == "begin":
                begun, depth, rest = True, depth + 1, rest[1:]
            elif word in ("if", "elsif", "elseif"):
                condition, rest = _until_then(rest)
                guards = guards[:-1] if word != "if" else guards
                guards.append(_asks_for_existence(condition))
            elif word == "else":
                guards[-1:] = [False]
                rest = rest[1:]
            elif word == "exception" and begun:
                handler = True
                _, rest = _until_then(rest)
            elif word == "when" and handler:
                _, rest = _until_then(rest)
            else:
                break
        if not rest:
            continue
        if rest[0].is_word("end"):
            if len(rest) > 1 and rest[1].is_word("if"):
                guards = guards[:-1]
            continue
        if begun and not handler and rest[0].kind == "word":
            _refuse_unknown(rest, guards)
            yield _Step(rest, bool(guards))


def _pieces(lexemes: Sequence[Lexeme]) -> Iterator[list[Lexeme]]:
    piece: list[Lexeme] = []
    for lexeme in lexemes:
        if lexeme.text == ";" and lexeme.depth == 0:
            yield piece
            piece = []
        else:
            piece.append(lexeme)
    yield piece


def _until_then(lexemes: list[Lexeme]) -> tuple[list[Lexeme], list[Lexeme]]:
    for place, lexeme in enumerate(lexemes):
        if lexeme.depth == 0 and lexeme.is_word("then"):
            return lexemes[1:place], lexemes[place + 1 :]
    return lexemes[1:], []


def _asks_for_existence(condition: Sequence[Lexeme]) -> bool:
    outer = [lexeme.text.lower() for lexeme in condition if lexeme.depth == 0]
    return "exists" in outer or "to_regclass" in outer or "to_regtype" in outer


def _refuse_unknown(lexemes: Sequence[Lexeme], guards: Sequence[bool]) -> None:
    first = lexemes[0]
    constant = first.is_word("execute") and len(lexemes) == 2 and lexemes[1].kind in ("string", "body")
    dynamic = any(lexeme.is_word("execute") for lexeme in lexemes) and not first.is_word(*_DDL) and not constant
    loop = first.is_word(*_LOOPS) and _lasts(lexemes)
    unsure = first.is_word(*_DDL) and not all(guards) and _lasts(lexemes)
    if dynamic or loop or unsure:
        raise UnknownEffectError("a DO block may change the schema in a way that cannot be known without running it")


def _note_calls(replay: Replay, lexemes: Sequence[Lexeme]) -> None:
    for place, lexeme in enumerate(lexemes):
        if lexeme.text == "(" and place and (name := _name(lexemes[place - 1])):
            schema = _name(lexemes[place - 3]) if place > 2 and lexemes[place - 2].text == "." else None
            note_call(replay, [schema, name] if schema else [name])


def _name(lexeme: Lexeme) -> str | None:
    return Token(lexeme.kind, lexeme.text, 0, 0).name  # type: ignore[arg-type]


def _lasts(lexemes: Sequence[Lexeme]) -> bool:
    """Whether it holds DDL for more than temporary tables."""
    following = pairwise(lexemes)
    return any(first.is_word(*_DDL) and not second.is_word("temp", "temporary") for first, second in following)


def _execute(replay: Replay, step: _Step, handled: bool) -> None:
    """EXECUTE of a constant: its text runs; places in it are right as far as no quote is doubled."""
    constant, file = step.lexemes[1], replay.statement.file
    if constant.kind == "body":
        tag = constant.text.index("$", 1) + 1
        inner, offset = constant.text[tag:-tag], tag
    elif constant.text.startswith("'"):
        inner, offset = constant.text[1:-1].replace("''", "'"), 1
    else:
        raise UnknownEffectError("a DO block executes a text with escapes, which was not replayed")
    start = constant.start + offset
    copy = File(file.name, file.text[:start] + inner)
    _run(replay, copy, inner, start, step.guarded or handled)


def _run(replay: Replay, file: File, text: str, start: int, excused: bool) -> None:
    """Replay a statement of a block: what it makes may be there already, and what a guard asks for may be missing."""
    outer, lenient, known = replay.statement, replay.lenient, len(replay.problems)
    found = statements_within(file, text, start)
    if found is None:
        raise StatementError("a DO block holds DDL that cannot be read")
    replay.lenient = True
    try:
        for written in found:
            replay.run(written)
        if excused:
            replay.problems[known:] = [item for item in replay.problems[known:] if item.severity != "error"]
    finally:
        replay.lenient, replay.statement = lenient, outer
