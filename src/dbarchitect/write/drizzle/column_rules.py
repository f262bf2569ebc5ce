"""What checks say about values, in a form that validation, messages and seeds can use.

Checks are read as the architect and PostgreSQL's catalog write them; a check that is more than that keeps its meaning
in the database alone, and is returned as unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field, replace

from dbarchitect.model.constraint import Check
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass

_NAME = r'(?P<name>"(?:[^"]|"")+"|[a-z_][a-z0-9_]*)'
_OTHER = r'(?P<other>"(?:[^"]|"")+"|[a-z_][a-z0-9_]*)'
_LITERAL = r"'(?:[^']|'')*'"
_VALUE = rf"(?P<value>-?\d+(?:\.\d+)?|(?:date|interval|timestamptz?|time)?\s*{_LITERAL})"
_COMPARE = r"(?P<operator>>=|<=|<>|>|<|=)"
_CAST = re.compile(r"::(?:character varying|double precision|timestamp with(?:out)? time zone|[a-z_0-9]+)"
                   r"(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])?")  # fmt: skip

_PATTERNS = {
    "value": re.compile(rf"{_NAME} {_COMPARE} {_VALUE}"),
    "length": re.compile(rf"(?:char_length|length|character_length)\({_NAME}\) {_COMPARE} (?P<value>\d+)"),
    "count": re.compile(rf"cardinality\({_NAME}\) {_COMPARE} (?P<value>\d+)"),
    "pattern": re.compile(rf"{_NAME} ~ (?P<value>{_LITERAL})"),
    "lower": re.compile(rf"{_NAME} = lower\((?P<other>{_NAME.replace('?P<name>', '?:')})\)"),
    "listed": re.compile(rf"{_NAME} in \((?P<values>{_LITERAL}(?:, ?{_LITERAL})*)\)"),
    "any": re.compile(rf"{_NAME} = any ?\(+array\[(?P<values>{_LITERAL}(?:, ?{_LITERAL})*)\]\)+"),
    "subset": re.compile(rf"{_NAME} <@ array\[(?P<values>{_LITERAL}(?:, ?{_LITERAL})*)\]"),
    "object": re.compile(rf"jsonb?_typeof\({_NAME}\) = 'object'"),
    "columns": re.compile(rf"{_NAME} {_COMPARE} {_OTHER}"),
    "together": re.compile(r"num_nulls\((?P<names>[^()]+)\) in \(0, (?P<value>\d+)\)"),
    "exactly one": re.compile(r"num_nonnulls\((?P<names>[^()]+)\) = 1"),
}


@dataclass(frozen=True, slots=True)
class ValueRule:
    """What checks demand of one column's values; numbers as text, moments as SQL literals.

    Args:
        minimum: smallest value, and whether it is excluded itself.
        maximum: largest value, and whether it is excluded itself.
        shortest: smallest number of characters (or elements of an array).
        longest: largest number of characters (or elements).
        patterns: regular expressions of PostgreSQL.
        lower: only lower case.
        values: the values that are allowed; () for any.
        json_object: a JSON object.
    """

    minimum: str | None = None
    above: bool = False
    maximum: str | None = None
    below: bool = False
    shortest: int | None = None
    longest: int | None = None
    patterns: tuple[str, ...] = ()
    lower: bool = False
    values: tuple[str, ...] = ()
    json_object: bool = False


@dataclass(frozen=True, slots=True)
class PairRule:
    """Two columns that are compared: `starts_at < ends_at`."""

    left: str
    operator: str
    right: str


@dataclass
class TableRules:
    """The rules of one table.

    Args:
        values: by column.
        pairs: comparisons of two columns.
        together: columns that are all given or all empty.
        exactly_one: columns of which one is given.
        checks: for each check the pieces that were read: (kind, columns).
        unread: checks, or parts of them, that only the database knows.
    """

    values: dict[str, ValueRule] = field(default_factory=dict)
    pairs: list[PairRule] = field(default_factory=list)
    together: list[tuple[str, ...]] = field(default_factory=list)
    exactly_one: list[tuple[str, ...]] = field(default_factory=list)
    unread: list[Check] = field(default_factory=list)

    def of(self, column: str) -> ValueRule:
        """The rule of a column; an empty one when checks say nothing."""
        return self.values.get(column, ValueRule())


def table_rules(table: Table) -> TableRules:
    """Read every check of the table."""
    rules = TableRules()
    for check in table.checks:
        if check.enforced and not read_check(check, table, rules):
            rules.unread.append(check)
    return rules


def read_check(check: Check, table: Table, rules: TableRules) -> bool:
    """Add what the check says to `rules`; False when a part of it is not understood."""
    understood = True
    for atom in atoms(check.expression):
        understood &= _read(atom, table, rules)
    return understood


def atoms(expression: str) -> list[str]:
    """The parts of a conjunction in one spelling: lower case, no casts, no outer brackets, `between` taken apart."""
    text = _spaced(expression)
    return [part for piece in _split(_unwrapped(text)) for part in _betweens(_unwrapped(piece))]


def _read(atom: str, table: Table, rules: TableRules) -> bool:
    for kind, pattern in _PATTERNS.items():
        match = pattern.fullmatch(atom)
        if match and _take(kind, match, table, rules):
            return True
    return False


def _take(kind: str, match: re.Match[str], table: Table, rules: TableRules) -> bool:
    if kind in ("together", "exactly one"):
        names = tuple(_bare(name.strip()) for name in match["names"].split(","))
        (rules.together if kind == "together" else rules.exactly_one).append(names)
        return all(table.has(name) for name in names)
    name = _bare(match["name"])
    if not table.has(name):
        return False
    if kind == "columns":
        other = _bare(match["other"])
        if not table.has(other):
            return False
        rules.pairs.append(PairRule(name, match["operator"], other))
        return True
    changed = _changed(kind, match, rules.of(name))
    if changed is None:
        return False
    rules.values[name] = changed
    return True


def _changed(kind: str, match: re.Match[str], rule: ValueRule) -> ValueRule | None:
    if kind == "value":
        return _bounded(rule, match["operator"], match["value"])
    if kind in ("length", "count"):
        return _sized(rule, match["operator"], int(match["value"]))
    if kind == "pattern":
        return replace(rule, patterns=(*rule.patterns, _text(match["value"])))
    if kind == "lower":
        return replace(rule, lower=True) if _bare(match["name"]) == _bare(match["other"]) else None
    if kind == "object":
        return replace(rule, json_object=True)
    return replace(rule, values=tuple(_text(value) for value in re.findall(_LITERAL, match["values"])))


def _bounded(rule: ValueRule, operator: str, value: str) -> ValueRule | None:
    if operator in (">=", ">"):
        return replace(rule, minimum=value, above=operator == ">")
    if operator in ("<=", "<"):
        return replace(rule, maximum=value, below=operator == "<")
    if operator == "=" and value.startswith("'"):
        return replace(rule, values=(_text(value),))
    return None


def _sized(rule: ValueRule, operator: str, size: int) -> ValueRule | None:
    if operator == "=":
        return replace(rule, shortest=size, longest=size)
    if operator in (">=", ">"):
        return replace(rule, shortest=size + (operator == ">"))
    if operator in ("<=", "<"):
        return replace(rule, longest=size - (operator == "<"))
    return None


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _text(literal: str) -> str:
    return literal[1:-1].replace("''", "'")


def _spaced(text: str) -> str:
    """Lower case and single spaces outside of quotes; brackets around a plain value or name are taken away."""
    pieces = re.split(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")+\")", text)
    folded = "".join(
        _CAST.sub("", re.sub(r"\s+", " ", p.lower())) if i % 2 == 0 else p for i, p in enumerate(pieces)
    ).strip()
    simple = re.compile(rf"(?<![a-z0-9_])\((-?\d+(?:\.\d+)?|{_LITERAL}|\"(?:[^\"]|\"\")+\"|[a-z_][a-z0-9_]*)\)")
    while (found := simple.sub(r"\1", folded)) != folded:
        folded = found
    return folded


def _unwrapped(text: str) -> str:
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int:
    depth = 0
    for place, character in _outside(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return place
    return -1


def _split(text: str) -> list[str]:
    """Split at `and` outside of brackets, strings and `between`."""
    parts, depth, start, between = [], 0, 0, False
    for place, character in _outside(text):
        depth += {"(": 1, ")": -1, "[": 1, "]": -1}.get(character, 0)
        if depth == 0 and text.startswith(" between ", place):
            between = True
        elif depth == 0 and text.startswith(" and ", place):
            if between:
                between = False
            else:
                parts.append(text[start:place])
                start = place + 5
    return [*parts, text[start:]]


def _betweens(atom: str) -> Iterator[str]:
    match = re.fullmatch(r"(?P<what>.+?) between (?P<low>.+?) and (?P<high>.+)", atom)
    if match and " not" not in match["what"]:
        yield f"{match['what']} >= {_unwrapped(match['low'])}"
        yield f"{match['what']} <= {_unwrapped(match['high'])}"
    else:
        yield atom


def _outside(text: str) -> Iterator[tuple[int, str]]:
    """The characters that stand in no string and no quoted name, with their places."""
    quote = ""
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            yield place, character
