"""Values of every type by number, and its extremes: what adversarial rows are made of.

Values are input texts, as COPY or a quoted literal takes them. The k-th value of a type is the same in every table, so
that a column that means another table's key without saying so mostly finds its row there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dbarchitect.model.types import SqlType

WORDS: Final = ("Äpfel", "o'Brien", "naïve", "100%", "a,b", 'say "x"', "tab\there", "日本", "back\\slash", "plain")
SHAPES: Final = ("a{}@b.example", "https://a.example/{}", "+4930123{:03d}", "a-b{}", "abc{}", "AB{}", "A{}", "{}")
"""Texts as rules like to demand them, with a place for a number."""
CODES: Final = (
    "EUR", "USD", "GBP", "DE", "de", "en", "en-US", "#a1b2c3", "a-b-c", "12:30", "Europe/Berlin", "1.2.3", "AB12",
    "2026-01", "DE89370400440532013000", "https://a.example", "example.com", "A", "a", "0" * 64,
)  # fmt: skip
"""Texts of forms that rules often demand: currencies, countries, languages, colours, versions, hashes."""
LIMITS: Final = {
    "smallint": ("32767", "-32768"),
    "integer": ("2147483647", "-2147483648"),
    "bigint": ("9223372036854775807", "-9223372036854775808"),
    "real": ("3.4e38", "-1.5e-30"),
    "double precision": ("1.7e308", "-1.5e-300"),
    "timestamptz": ("infinity", "0001-01-01 00:00:00+00"),
    "timestamp": ("infinity", "0001-01-01 00:00:00"),
    "date": ("9999-12-31", "0001-01-01"),
    "time": ("24:00:00", "00:00:00"),
    "interval": ("178000000 years", "-178000000 years"),
    "money": ("92233720368547758.07", "-92233720368547758.08"),
    "inet": ("255.255.255.255", "::"),
    "json": ('{"b": 1,  "a": 2, "b": 3}', "null"),
    "jsonb": ('{"a": {"b": [1, null, "ü"]}}', "null"),
    "bytea": (r"\x00ff5c", r"\x"),
    "xml": ("<a>ü</a>", "<a/>"),
}
"""(the largest or strangest value, the smallest) of types without arguments."""


def ordinary(kind: SqlType, number: int, labels: Sequence[str] = ()) -> str | None:
    """The value of a type with a number; different numbers give different values, as far as the type has them.

    Args:
        kind: the type, a domain's base type in place of the domain.
        number: from 0.
        labels: of an enumeration.

    Returns:
        The input text, None for a type that we know nothing of.
    """
    if kind.dimensions:
        parts = [ordinary(kind.element, number, labels), ordinary(kind.element, number + 1, labels)]
        return None if None in parts else _array([part or "" for part in parts], kind.dimensions)
    if labels:
        return labels[number % len(labels)]
    make = _BY_NAME.get(kind.name) or _BY_CATEGORY.get(kind.category)
    return make(kind, number) if make and kind.schema is None else None


def extremes(kind: SqlType, labels: Sequence[str] = ()) -> tuple[str, ...]:
    """The largest, the smallest and the empty value of a type, as far as it has them; the longest text."""
    if kind.dimensions:
        return ("{}",)
    if labels:
        return (labels[-1], labels[0])
    if kind.schema is not None:
        return ()
    if kind.category == "text":
        size = _size(kind, 700)
        return ((("ü" * size)[: max(size - 1, 0)] + "Z")[:size], "", " " if size == 1 else " x"[:size])
    if kind.name == "numeric" and kind.arguments:
        whole, places = _precision(kind)
        top = "9" * whole + ("." + "9" * places if places else "")
        return (top or "0", "-" + (top or "0"))
    if kind.name == "numeric":
        return ("123456789012345678901234567890.123456789", "-0.000000000001")
    return LIMITS.get(kind.name, ())


def shaped(number: int) -> tuple[str, ...]:
    """Texts of all `SHAPES` with a number."""
    return tuple(shape.format(number) for shape in SHAPES)


def near(value: str) -> str:
    """A text that people take for the same: other case, a space more."""
    return value.swapcase() + " "


def _array(parts: Sequence[str], dimensions: int) -> str:
    quoted = ",".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)
    return "{" * dimensions + quoted + "}" * dimensions


def _size(kind: SqlType, otherwise: int) -> int:
    if kind.arguments and kind.arguments[0].isdigit():
        return int(kind.arguments[0])
    return 1 if kind.name == "char" else otherwise


def _precision(kind: SqlType) -> tuple[int, int]:
    """(digits before the point, digits after it) of a numeric with arguments."""
    total = int(kind.arguments[0])
    places = int(kind.arguments[1]) if len(kind.arguments) > 1 else 0
    return max(total - max(places, 0), 0), max(places, 0)


def _text(kind: SqlType, number: int) -> str:
    size = _size(kind, 700)
    long = f"{WORDS[number % len(WORDS)]} {number}"
    if len(long) <= size:
        return long
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    short = ""
    while number or not short:
        number, rest = divmod(number, 36)
        short = digits[rest] + short
    return short[-size:]


def _numeric(kind: SqlType, number: int) -> str:
    if not kind.arguments:
        return f"{number + 1}.{(number * 37 + 11) % 1000:03d}5"
    whole, places = _precision(kind)
    left = str((number + 1) % 10 ** min(whole, 6)) if whole else "0"
    return left + (f".{(number * 37 + 11) % 10**places:0{places}d}" if places else "")


def _bits(kind: SqlType, number: int) -> str:
    size = _size(kind, 1 if kind.name == "bit" else 8)
    return f"{number:0{size}b}"[-size:]


def _range(kind: SqlType, number: int) -> str:
    day = f"{2001 + number}-03-0"
    body = f"[{day}1,{day}5)" if kind.name.startswith(("ts", "date")) else f"[{10 * number},{10 * number + 5})"
    return "{" + body + "}" if kind.name.endswith("multirange") else body


def _vector(kind: SqlType, number: int) -> str:
    size = min(_size(kind, 3), 4000)
    if kind.name == "sparsevec":
        return f"{{1:{number + 1}}}/{size}"
    return "[" + ",".join([str(number + 1), *["0.5"] * (size - 1)]) + "]"


def _moment(kind: SqlType, number: int) -> str:
    zone = "+00" if kind.name == "timestamptz" else ""
    clock = f"{number % 23:02d}:15:{number % 60:02d}.123456"
    return f"{2001 + number % 25}-0{1 + number % 9}-{1 + number % 27:02d} {clock}{zone}"


_Maker = Callable[[SqlType, int], str]
_BY_NAME: Final[Mapping[str, _Maker]] = {
    "cidr": lambda kind, k: f"10.{k % 250}.0.0/16",
    "macaddr": lambda kind, k: f"08:00:2b:01:02:{k % 250:02x}",
    "macaddr8": lambda kind, k: f"08:00:2b:01:02:03:04:{k % 250:02x}",
    "line": lambda kind, k: f"{{1,2,{k}}}",
    "lseg": lambda kind, k: f"[(0,0),({k},1)]",
    "box": lambda kind, k: f"({k + 1},{k + 1}),({k},{k})",
    "path": lambda kind, k: f"[(0,0),({k},1)]",
    "polygon": lambda kind, k: f"((0,0),({k},1),(1,1))",
    "circle": lambda kind, k: f"<({k},1),2>",
    "tsquery": lambda kind, k: f"'w{k}'",
    "jsonpath": lambda kind, k: f'$."k{k}"',
    "xml": lambda kind, k: f"<a>{k}</a>",
    "hstore": lambda kind, k: f'"k"=>"{k}"',
    "ltree": lambda kind, k: f"top.w{k}",
    "money": lambda kind, k: f"{k}.07",
}
_BY_CATEGORY: Final[Mapping[str, _Maker]] = {
    "text": _text,
    "integer": lambda kind, k: str(1009 + 7 * k),
    "decimal": _numeric,
    "float": lambda kind, k: f"{k}.1234567",
    "boolean": lambda kind, k: "true" if k % 3 else "false",
    "uuid": lambda kind, k: f"01920000-0000-7000-8000-{k + 1:012x}",
    "timestamp": _moment,
    "date": lambda kind, k: f"{2001 + k % 25}-0{1 + k % 9}-{1 + k % 27:02d}",
    "time": lambda kind, k: f"{k % 23:02d}:15:{k % 60:02d}" + ("+00" if kind.name == "timetz" else ""),
    "interval": lambda kind, k: f"{k + 1} days {k} hours",
    "json": lambda kind, k: f'{{"k": {k}, "s": "ä", "n": null}}',
    "binary": lambda kind, k: rf"\x00ff{k:08x}",
    "network": lambda kind, k: f"10.0.{k % 250}.1",
    "bits": _bits,
    "geometry": lambda kind, k: f"({k},{k + 1})",
    "range": _range,
    "search": lambda kind, k: f"'w{k}':1",
    "vector": _vector,
}
