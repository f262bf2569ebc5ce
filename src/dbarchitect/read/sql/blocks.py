"""DO blocks: their static DDL is replayed as far as it is plain what runs; the rest is named.

Older drizzle-kits wrap CREATE TYPE and ADD CONSTRAINT in a block that survives a second run, and many people guard
their DDL with IF NOT EXISTS in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dbarchitect.errors import InputError
from dbarchitect.read.sql.replay import Replay, StatementError, UnknownEffectError
from dbarchitect.read.sql.script import statements_within
from dbarchitect.read.sql.settings import note_call
from dbarchitect.read.sql.source import File, Lexeme, Written, scan
from dbarchitect.records import dataclass
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import Token

_DDL = ("create", "alter", "drop", "comment", "grant", "revoke")
_ROWS = ("insert", "update", "delete", "merge", "truncate", "lock")
_CALLS = ("perform", "select", "call")
_LOOPS = ("for", "while", "loop", "foreach", "case")
_QUIET = ("null", "raise", "return", "assert", "commit", "rollback", "exit", "continue")


@dataclass(slots=True)
class _Step:
    """A statement of a block: its lexemes, whether an IF around it asks for what is there, and whether its place in
    the block leaves unknown what it does to the schema.
    """  # fmt: skip

    lexemes: Sequence[Lexeme]
    guarded: bool
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Inner:
    """A statement of a block.

    Args:
        written: the statement with its place.
        excused: the block bears it when what it makes is there already.
    """

    written: Written
    excused: bool


def do_block(replay: Replay, node: Node) -> None:
    """DO $$ … $$.

    Raises:
        StatementError: what the block does to the schema cannot be known without running it.
    """
    for _ in inner(replay, node):
        pass


def inner(replay: Replay, node: Node) -> Iterator[Inner]:
    """The statements of a block that the text tells, DDL and changes of rows, each before it is replayed.

    Raises:
        StatementError: what the block does to the schema cannot be known without running it.
    """
    written = replay.statement
    found = _lexemes(written, node)
    if found is None:
        _unknown(_body(node))
        return
    handled = any(item.is_word("exception") for item in found)
    for step in _steps(found):
        first, last, text = step.lexemes[0], step.lexemes[-1], written.file.text
        excused = step.guarded or handled
        if first.is_word("execute") and not step.unknown:
            yield from _execute(replay, step, excused)
        elif first.is_word(*_CALLS):
            _note_calls(replay, step.lexemes)
        elif first.is_word(*_DDL) and not step.unknown:
            yield from _run(replay, written.file, text[first.start : last.end], first.start, excused)
        elif first.is_word(*_DDL, *_ROWS):
            yield from _told(written.file, step, excused)
        if step.unknown:
            raise UnknownEffectError(UNKNOWN)


UNKNOWN = "a DO block may change the schema in a way that cannot be known without running it"


def is_told(written: Written) -> bool:
    """Whether all that a block does stands in its text: no EXECUTE, no loop and no function is called."""
    found = _lexemes(written, written.node["DoStmt"])
    if found is None:
        return False
    quiet = (*_DDL, *_ROWS, *_QUIET)
    return all(step.lexemes[0].is_word(*quiet) and not step.unknown for step in _steps(found))


def _lexemes(written: Written, node: Node) -> list[Lexeme] | None:
    """Those of the body; None when it is written in a way that hides its places."""
    body = _body(node)
    start = written.file.text.find(body, written.start, written.end)
    try:
        return list(scan(written.file.text, start, start + len(body))) if start >= 0 else None
    except InputError:
        return None


def _told(file: File, step: _Step, excused: bool) -> Iterator[Inner]:
    """A change of rows, or DDL that is not replayed, as far as it is SQL without the words of PL/pgSQL."""
    lexemes = step.lexemes
    cut = next((place for place, item in enumerate(lexemes) if item.depth == 0 and item.is_word("returning")), None)
    into = cut is not None and any(item.is_word("into") for item in lexemes[cut:])
    end = lexemes[cut - 1].end if cut and into else lexemes[-1].end
    start = lexemes[0].start
    for written in statements_within(file, file.text[start:end], start) or ():
        yield Inner(written, excused)


def _body(node: Node) -> str:
    for item in node.get("args", ()):
        if item["DefElem"]["defname"] == "as":
            return str(item["DefElem"]["arg"]["String"].get("sval", ""))
    return ""


def _unknown(body: str) -> None:
    words = {word.strip("();,'\"").lower() for word in body.split()}
    if words & {"execute", *_DDL}:
        raise UnknownEffectError(UNKNOWN)


def _steps(lexemes: Sequence[Lexeme]) -> Iterator[_Step]:
    """The statements of a block in order, those of its handlers left out."""
    guards: list[bool] = []
    handlers: list[bool] = []
    for piece in _pieces(lexemes):
        rest = list(piece)
        while rest and rest[0].kind == "word":
            word = rest[0].text.lower()
            if word == "begin":
                handlers.append(False)
                rest = rest[1:]
            elif word in ("if", "elsif", "elseif"):
                condition, rest = _until_then(rest)
                guards = guards[:-1] if word != "if" else guards
                guards.append(_asks_for_existence(condition))
            elif word == "else":
                guards[-1:] = [False]
                rest = rest[1:]
            elif word == "exception" and handlers:
                handlers[-1] = True
                _, rest = _until_then(rest)
            elif word == "when" and any(handlers):
                _, rest = _until_then(rest)
            else:
                break
        if not rest:
            continue
        if rest[0].is_word("end"):
            if len(rest) > 1 and rest[1].is_word("if"):
                guards = guards[:-1]
            elif len(rest) < 2 or not rest[1].is_word("loop", "case"):
                handlers = handlers[:-1]
            continue
        if handlers and not any(handlers) and rest[0].kind == "word":
            yield from _told_apart(rest, guards)


def _told_apart(lexemes: list[Lexeme], guards: Sequence[bool]) -> Iterator[_Step]:
    """The statement, without the head of the loop that it begins."""
    unknown = _is_unknown(lexemes, guards)
    while lexemes and lexemes[0].is_word(*_LOOPS) and not lexemes[0].is_word("case"):
        place = next((place for place, item in enumerate(lexemes) if item.depth == 0 and item.is_word("loop")), None)
        yield _Step(lexemes[:1], bool(guards))
        if place is None or place + 1 == len(lexemes):
            return
        lexemes = lexemes[place + 1 :]
    yield _Step(lexemes, bool(guards), unknown)


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


def _is_unknown(lexemes: Sequence[Lexeme], guards: Sequence[bool]) -> bool:
    """EXECUTE, a loop around DDL, or DDL under a condition that is no question for what is there."""
    first = lexemes[0]
    constant = first.is_word("execute") and len(lexemes) == 2 and lexemes[1].kind in ("string", "body")
    dynamic = any(lexeme.is_word("execute") for lexeme in lexemes) and not first.is_word(*_DDL) and not constant
    loop = first.is_word(*_LOOPS) and _lasts(lexemes)
    unsure = first.is_word(*_DDL) and not all(guards) and _lasts(lexemes)
    return dynamic or loop or unsure


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


def _execute(replay: Replay, step: _Step, excused: bool) -> Iterator[Inner]:
    """EXECUTE of a constant: its text runs; places in it are right as far as no quote is doubled."""
    constant, file = step.lexemes[1], replay.statement.file
    if constant.kind == "body":
        tag = constant.text.index("$", 1) + 1
        inside, offset = constant.text[tag:-tag], tag
    elif constant.text.startswith("'"):
        inside, offset = constant.text[1:-1].replace("''", "'"), 1
    else:
        raise UnknownEffectError("a DO block executes a text with escapes, which was not replayed")
    start = constant.start + offset
    copy = File(file.name, file.text[:start] + inside)
    yield from _run(replay, copy, inside, start, excused)


def _run(replay: Replay, file: File, text: str, start: int, excused: bool) -> Iterator[Inner]:
    """Replay a statement of a block: what it makes may be there already, and what a guard asks for may be missing."""
    found = statements_within(file, text, start)
    if found is None:
        raise StatementError("a DO block holds DDL that cannot be read")
    for written in found:
        yield Inner(written, excused)
        outer, lenient, known = replay.statement, replay.lenient, len(replay.problems)
        replay.lenient = True
        try:
            replay.run(written)
            if excused:
                replay.problems[known:] = [item for item in replay.problems[known:] if item.severity != "error"]
        finally:
            replay.lenient, replay.statement = lenient, outer
