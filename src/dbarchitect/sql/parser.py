"""PostgreSQL's own grammar: the only module that imports postgast.

The tree comes as JSON, not as protobuf: Python's protobuf decoder stops at 48 chained operators, and JSON is faster
(reference/ecosystem.md, finding 4a and section 2.2; prototypes/parse_json_fallback.py). The C library overflows the
stack on deep input, so it runs in a thread with a large one, and long statements are refused.
"""

from __future__ import annotations

import ctypes
import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Any, TypeVar

from dbarchitect.errors import InputError
from dbarchitect.records import dataclass
from dbarchitect.sql.tokens import split_top

T = TypeVar("T")
Node = Mapping[str, Any]
"""A node of the tree: {kind: {field: value}}."""

MAX_BYTES = 1_000_000
STACK_BYTES = 512 * 1024 * 1024
RECURSION = 1_000_000
_SHORT = 2_000
"""Texts of so few bytes are harmless to the C library; Python may still need the large stack for the tree."""
_AROUND = "SELECT (\n"

_lock = threading.Lock()


class SqlSyntaxError(InputError):
    """The text is no SQL.

    Args:
        message: what PostgreSQL says.
        offset: offset of the code point where it stops understanding; None when it does not say.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


def parse(sql: str) -> tuple[Node, ...]:
    """The statements of a text as trees.

    Args:
        sql: at most 1 MB; `sql.statements.split` cuts longer texts.

    Returns:
        A node for each statement, such as `{"SelectStmt": {…}}`; locations in it are offsets of UTF-8 bytes.

    Raises:
        SqlSyntaxError: PostgreSQL's grammar does not accept the text.
        InputError: it holds a NUL, is too long or too deeply nested.
    """
    if "\0" in sql:
        raise InputError("SQL text holds a NUL character")
    raw = sql.encode()
    if len(raw) > MAX_BYTES:
        raise InputError(f"an SQL statement of {len(raw)} bytes is too long", hint=f"{MAX_BYTES} bytes are read.")
    if len(raw) <= _SHORT:
        with suppress(RecursionError):
            return _parse(raw)
    try:
        with _lock:
            return _in_large_stack(lambda: _parse(raw))
    except RecursionError:
        raise InputError("SQL is too deeply nested") from None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A statement within a text.

    Args:
        node: its tree; locations in it are offsets of UTF-8 bytes in the whole text.
        start: byte at which it starts, with the blanks and comments before it.
        end: byte after its last one, where its semicolon stands.
    """

    node: Node
    start: int
    end: int


def parse_scripts(texts: Sequence[str]) -> list[tuple[Parsed, ...] | InputError]:
    """The statements of each text with their places, or why a text cannot be parsed as a whole.

    Many texts at once share what a deep one needs: the thread with a large stack is started once for all.

    Args:
        texts: each at most 1 MB.
    """
    raws = [text.encode(errors="replace") for text in texts]
    found: list[tuple[Parsed, ...] | InputError | None] = [_script(raw) if len(raw) <= _SHORT else None for raw in raws]
    waiting = [place for place, item in enumerate(found) if item is None]
    if waiting:
        with _lock:
            read = _in_large_stack(lambda: [_script(raws[place]) for place in waiting])
        for place, item in zip(waiting, read, strict=True):
            found[place] = item
    return [InputError("SQL is too deeply nested") if item is None else item for item in found]


def _script(raw: bytes) -> tuple[Parsed, ...] | InputError | None:
    """None: the stack is too small for it."""
    if b"\0" in raw:
        return InputError("SQL text holds a NUL character")
    if len(raw) > MAX_BYTES:
        return InputError(f"an SQL text of {len(raw)} bytes is too long", hint=f"{MAX_BYTES} bytes are read.")
    try:
        return tuple(_located(item, len(raw)) for item in _tree(raw).get("stmts", ()) if "stmt" in item)
    except SqlSyntaxError as error:
        return error
    except RecursionError:
        return None


def _located(item: Node, length: int) -> Parsed:
    start = item.get("stmt_location", 0)
    size = item.get("stmt_len", 0)
    return Parsed(item["stmt"], start, start + size if size else length)


def parse_statement(sql: str) -> Node:
    """The tree of a text that is exactly one statement.

    Raises:
        SqlSyntaxError: it is none, or several.
        InputError: as for `parse`.
    """
    found = parse(sql)
    if len(found) != 1:
        raise SqlSyntaxError(f"expected one statement, found {len(found)}")
    return found[0]


def parse_expression(sql: str) -> Node:
    """The tree of a text that is exactly one expression, such as a default or the condition of a check.

    Raises:
        SqlSyntaxError: it is none, or more than that.
        InputError: as for `parse`.
    """
    try:
        statement = parse_statement(f"{_AROUND}{sql}\n)")
    except SqlSyntaxError as error:
        offset = None if error.offset is None else min(max(error.offset - len(_AROUND), 0), len(sql))
        raise SqlSyntaxError(error.message, offset) from None
    select = statement.get("SelectStmt", {})
    targets = select.get("targetList", [])
    unexpected = set(select) - {"targetList", "limitOption", "op"}
    if len(targets) != 1 or unexpected or "name" in targets[0]["ResTarget"] or len(split_top(sql)) != 1:
        raise SqlSyntaxError("expected one expression")
    value: Node = targets[0]["ResTarget"]["val"]
    return value


def _parse(raw: bytes) -> tuple[Node, ...]:
    return tuple(statement["stmt"] for statement in _tree(raw).get("stmts", []) if "stmt" in statement)


def _tree(raw: bytes) -> Node:
    function, free = _native()
    result = function(raw)
    try:
        if result.error:
            error = result.error.contents
            offset = error.cursorpos - 1 if error.cursorpos > 0 else None
            raise SqlSyntaxError(error.message.decode(errors="replace"), offset)
        tree: Node = json.loads(result.parse_tree)
    finally:
        free(result)
    return tree


@cache
def _native() -> tuple[Any, Any]:
    """(pg_query_parse, what frees its result).

    Only the bindings are loaded, not the package around them: that brings protobuf, which nobody here asks for.

    Raises:
        InputError: postgast is not installed.
    """
    package = find_spec("postgast")
    spec = PathFinder.find_spec("postgast.native", package.submodule_search_locations) if package else None
    if spec is None or spec.loader is None:
        raise InputError("postgast, which parses SQL, is not installed")
    native: Any = module_from_spec(spec)
    spec.loader.exec_module(native)
    function, free = native.lib.pg_query_parse, native.lib.pg_query_free_parse_result
    function.argtypes, function.restype = [ctypes.c_char_p], native.PgQueryParseResult
    free.argtypes, free.restype = [native.PgQueryParseResult], None
    return function, free


def _in_large_stack(action: Callable[[], T]) -> T:
    """Run `action` in a thread with a large stack; the caller holds the lock, because both limits are global."""
    outcome: dict[str, Any] = {}

    def body() -> None:
        try:
            outcome["value"] = action()
        except BaseException as error:
            outcome["error"] = error

    stack, depth = threading.stack_size(STACK_BYTES), sys.getrecursionlimit()
    sys.setrecursionlimit(RECURSION)
    try:
        thread = threading.Thread(target=body, name="dbarchitect-parser")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(stack)
        sys.setrecursionlimit(depth)
    if "error" in outcome:
        raise outcome["error"]
    value: T = outcome["value"]
    return value
