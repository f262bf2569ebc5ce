"""Literals of TypeScript: what a string means, how JavaScript writes a number and a JSON value."""

from __future__ import annotations

import json
import re

from dbarchitect.typescript.source import Node, Source

_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": "", "\r": ""}


def string(source: Source, node: Node) -> str:
    """The value of a string literal (or of a template without substitutions), quotes left out."""
    return unescaped(source.text_of(node)[1:-1])


def unescaped(text: str) -> str:
    """The text with its escape sequences resolved."""
    return _ESCAPE.sub(_meaning, text) if "\\" in text else text


def _meaning(match: re.Match[str]) -> str:
    mark = match[1]
    if mark[0] in "ux" and len(mark) > 1:
        code = int(mark[1:].strip("{}"), 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return _NAMED.get(mark, mark)


def number(text: str) -> int | float | None:
    """The value of a number literal; None when it is none that we know."""
    plain = text.replace("_", "").removesuffix("n")
    try:
        return int(plain, 0) if len(plain) < 400 else None
    except ValueError:
        pass
    try:
        return float(plain) if len(plain) < 400 else None
    except ValueError:
        return None


def written(value: float) -> str:
    """A number as JavaScript's String(n) writes it."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    power = int(exponent)
    if -7 <= power < 0:
        return f"{value:.{-power + len(mantissa.replace('.', '').lstrip('-')) - 1}f}"
    return f"{mantissa.removesuffix('.0')}e{'+' if power > 0 else '-'}{abs(power)}"


def as_json(value: object) -> str:
    """JSON as JSON.stringify writes it."""
    return json.dumps(_number(value), ensure_ascii=False, separators=(",", ":"))


def _number(value: object) -> object:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    if isinstance(value, dict):
        return {key: _number(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_number(item) for item in value]
    return value


def quoted(text: str) -> str:
    """A literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
