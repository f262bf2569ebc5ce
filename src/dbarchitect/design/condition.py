"""Conditions of the brief over attribute names (`paid amount <= total amount`) as SQL that cannot hold anything else.

A small grammar of our own is read, and only what it knows is written; that is the fence against anything else.
"""

from __future__ import annotations

import difflib
import re

from dbarchitect.design.blueprint import TableDraft, fold_field
from dbarchitect.design.expression import ident, literal

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|'(?P<text>(?:[^']|'')*)'|\"(?P<quoted>(?:[^\"]|\"\")+)\""
    r"|(?P<word>[^\W\d]\w*)|(?P<operator><=|>=|<>|!=|==|\|\||[-+*/%<>=(),~]))"
)
_FUNCTIONS = {
    "length": "char_length", "char_length": "char_length", "lower": "lower", "upper": "upper", "trim": "btrim",
    "abs": "abs", "round": "round", "floor": "floor", "ceil": "ceil", "coalesce": "coalesce", "greatest": "greatest",
    "least": "least", "mod": "mod", "cardinality": "cardinality", "num_nulls": "num_nulls",
    "num_nonnulls": "num_nonnulls", "jsonb_typeof": "jsonb_typeof",
}  # fmt: skip
_CLOCK = frozenset({"now", "today", "current_date", "current_timestamp", "current_time", "localtimestamp"})
_TYPED = frozenset({"date", "timestamp", "timestamptz", "time", "interval"})
_LONGEST_NAME = 8
_DEEPEST = 60


class ConditionError(ValueError):
    """The condition says something that is not understood; the message names it."""


def translate(text: str, table: TableDraft) -> tuple[str, list[str]]:
    """A condition as SQL, and the columns that it is about in order of appearance.

    Args:
        text: comparisons, arithmetic, and/or/not, between, in, is null, like, and a few functions.
        table: whose attributes may be named, with blanks or underscores.

    Raises:
        ConditionError: for anything else, naming the piece.
    """
    reader = _Reader(text, table)
    written = reader.disjunction()
    if reader.place < len(reader.tokens):
        raise ConditionError(f"{reader.rest()!r} was not expected in {text!r}")
    if not reader.columns:
        raise ConditionError(f"{text!r} names no attribute of {table.one}")
    return written, reader.columns


class _Reader:
    """A recursive descent over the tokens that writes SQL as it reads."""

    def __init__(self, text: str, table: TableDraft) -> None:
        self.text = text
        self.table = table
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0
        self.columns: list[str] = []

    def rest(self) -> str:
        return " ".join(value for _, value in self.tokens[self.place : self.place + 4])

    def word(self, *wanted: str) -> str | None:
        """Step over one of these words, when it stands here."""
        if self.place < len(self.tokens):
            kind, value = self.tokens[self.place]
            if kind == "word" and value.lower() in wanted:
                self.place += 1
                return value.lower()
        return None

    def operator(self, *wanted: str) -> str | None:
        """Step over one of these operators, when it stands here."""
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "operator":
            value = self.tokens[self.place][1]
            if value in wanted:
                self.place += 1
                return value
        return None

    def need(self, operator: str) -> None:
        if not self.operator(operator):
            raise ConditionError(f"{operator!r} is missing before {self.rest()!r} in {self.text!r}")

    def disjunction(self) -> str:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ConditionError("the condition is nested too deeply")
        parts = [self.conjunction()]
        while self.word("or"):
            parts.append(self.conjunction())
        self.depth -= 1
        return " or ".join(parts)

    def conjunction(self) -> str:
        parts = [self.negation()]
        while self.word("and"):
            parts.append(self.negation())
        return " and ".join(parts)

    def negation(self) -> str:
        count = 0
        while self.word("not"):
            count += 1
        return "not " * (count % 2) + self.comparison()

    def comparison(self) -> str:
        left = self.sum()
        sign = self.operator("<=", ">=", "<>", "!=", "==", "=", "<", ">", "~")
        if sign:
            sign = {"!=": "<>", "==": "="}.get(sign, sign)
            return f"{left} {sign} {self.sum()}"
        if self.word("is"):
            no = "not " if self.word("not") else ""
            truth = self.word("null", "true", "false")
            if not truth:
                raise ConditionError(f"'is' is followed by {self.rest()!r}; it needs null, true or false")
            return f"{left} is {no}{truth}"
        no = "not " if self.word("not") else ""
        if self.word("between"):
            low = self.sum()
            if not self.word("and"):
                raise ConditionError(f"'between' needs 'and' in {self.text!r}")
            return f"{left} {no}between {low} and {self.sum()}"
        if self.word("in"):
            self.need("(")
            return f"{left} {no}in ({self._list()})"
        like = self.word("like", "ilike")
        if like:
            return f"{left} {no}{like} {self.sum()}"
        if no:
            raise ConditionError(f"'not' is followed by {self.rest()!r}")
        return left

    def _list(self) -> str:
        items = [self.sum()]
        while self.operator(","):
            items.append(self.sum())
        self.need(")")
        return ", ".join(items)

    def sum(self) -> str:
        written = self.product()
        while sign := self.operator("+", "-", "||"):
            written = f"{written} {sign} {self.product()}"
        return written

    def product(self) -> str:
        written = self.unary()
        while sign := self.operator("*", "/", "%"):
            written = f"{written} {sign} {self.unary()}"
        return written

    def unary(self) -> str:
        minus = False
        while self.operator("-"):
            minus = not minus
        return ("-" if minus else "") + self.primary()

    def primary(self) -> str:
        if self.place >= len(self.tokens):
            raise ConditionError(f"{self.text!r} ends too early")
        kind, value = self.tokens[self.place]
        if self.operator("("):
            inner = self.disjunction()
            self.need(")")
            return f"({inner})"
        if kind == "number":
            self.place += 1
            return value
        if kind == "text":
            self.place += 1
            return literal(value)
        if kind in ("word", "quoted"):
            return self._name(kind, value)
        raise ConditionError(f"{value!r} was not expected in {self.text!r}")

    def _name(self, kind: str, value: str) -> str:
        """An attribute by its longest spelling, or a function, a constant or a typed literal."""
        if kind == "quoted":
            self.place += 1
            return self._column((value,), value)
        run = []
        for form, word in self.tokens[self.place : self.place + _LONGEST_NAME]:
            if form != "word":
                break
            run.append(word)
        for length in range(len(run), 0, -1):
            if fold_field(" ".join(run[:length])) in self.table.fields:
                self.place += length
                return self._column(tuple(run[:length]), " ".join(run[:length]))
        lowered = value.lower()
        after = self.tokens[self.place + 1] if self.place + 1 < len(self.tokens) else ("", "")
        if lowered in ("true", "false", "null"):
            self.place += 1
            return lowered
        if lowered in _TYPED and after[0] == "text":
            self.place += 2
            return f"{lowered} {literal(after[1])}"
        if lowered in _CLOCK:
            raise ConditionError(f"{value!r} changes by itself; a check must stay true once it was true. Check it when "
                                 "writing, in the application")  # fmt: skip
        if lowered in _FUNCTIONS and after == ("operator", "("):
            self.place += 2
            return f"{_FUNCTIONS[lowered]}({self._list()})"
        near = difflib.get_close_matches(fold_field(" ".join(run)), sorted(self.table.fields), 1, 0.5)
        hint = f"; did you mean {near[0].replace('_', ' ')!r}?" if near else ""
        raise ConditionError(f"{self.table.one!r} has no attribute {value!r}{hint}")

    def _column(self, words: tuple[str, ...], spoken: str) -> str:
        columns = self.table.fields.get(fold_field(" ".join(words)))
        if not columns:
            raise ConditionError(f"{self.table.one!r} has no attribute {spoken!r}")
        if columns[0] not in self.columns:
            self.columns.append(columns[0])
        return ident(columns[0])


def _tokens(text: str) -> list[tuple[str, str]]:
    found = []
    place = 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if not match:
            raise ConditionError(f"{text[place : place + 12].strip()!r} is not understood in {text!r}")
        kind = str(match.lastgroup)
        found.append((kind, match[kind].replace("''", "'") if kind == "text" else match[kind]))
        place = match.end()
    return found
