"""The compact notation: `user(name, email unique) 1-n post(title, body); post n-m tag(name)`.

Statements are separated by line ends, semicolons or commas. `A 1-n B`: each B belongs to one A. `n-1` is the other way
round, `1-1` one to one (the second refers to the first), `n-m` many to many, `n-m … through link(attributes)` names the
link. `?` makes the reference optional: `1-n?`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dbarchitect.design.brief import attribute_line, everyday
from dbarchitect.design.brief.line import LONGEST, Cursor, Token, spoken
from dbarchitect.design.brief.place import LineError, Text, attribute_key, entity_key
from dbarchitect.design.brief.requirements import Attribute, Entity, Relationship, Requirements, Rule
from dbarchitect.design.brief.values import cleaned
from dbarchitect.model.names import singular
from dbarchitect.model.origin import Origin

FORMS = "For example: user(name, email unique) 1-n post(title, body); post n-m tag(name)."
OPERATOR = re.compile(r"(?<![\w-])([1nNmM*]\??)\s?-\s?([1nNmM*]\??)(?![\w-])")
_BEGINS = re.compile(r"\s*[^\W\d]\w*\([^\n]*\)")
_TYPE_WORDS = frozenset(
    "text varchar char integer int bigint smallint numeric real doubleprecision uuid boolean bool timestamp timestamptz "
    "json jsonb money markdown".split()
)
_ARTICLES = re.compile(r"(?:(?:a|an|the|its|their|his|her|and|optionally|also)\s+)+", re.IGNORECASE)


def is_compact(text: str) -> bool:
    """Whether a text is compact notation: `name(` at its beginning, or an operator between names."""
    if _BEGINS.match(text[:LONGEST]):
        return True
    match = OPERATOR.search(text[:LONGEST])
    return match is not None and match.start() > 0 and match.end() < len(text.rstrip())


def attributes(line: str, enumerations: Mapping[str, str], tenant: str = "") -> tuple[attribute_line.Line, ...]:
    """The attributes of a comma-separated list.

    Args:
        line: `name required, sku code unique, status (draft, active), price: money >= 0`.
        enumerations: names of shared enumerations by `everyday.fold`.
        tenant: the entity of the tenants, or ''.

    Raises:
        LineError: with the place in the line.
    """
    found: dict[str, attribute_line.Line] = {}
    for start, end in split(line, ","):
        piece = line[start:end]
        offset = start + len(piece) - len(piece.lstrip())
        try:
            parsed = attribute(piece.strip(), enumerations, tenant)
        except LineError as error:
            raise LineError(error.message, error.hint, offset + error.offset) from None
        if parsed is None:
            continue
        key = attribute_key(parsed.attribute.name)
        if key in found:
            raise LineError(f"the attribute {parsed.attribute.name[:60]!r} stands twice", None, offset)
        found[key] = parsed
    return tuple(found.values())


def split(line: str, separators: str) -> list[tuple[int, int]]:
    """The pieces between separators that stand outside parentheses and quotes, as (start, end)."""
    pieces: list[tuple[int, int]] = []
    depth = 0
    quote = False
    start = 0
    for position, character in enumerate(line):
        if character == '"':
            quote = not quote
        elif quote:
            continue
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth = max(0, depth - 1)
        elif character in separators and depth == 0:
            pieces.append((start, position))
            start = position + 1
    pieces.append((start, len(line)))
    return pieces


def attribute(piece: str, enumerations: Mapping[str, str], tenant: str = "") -> attribute_line.Line | None:
    """One attribute of a list: a name, perhaps a type, modifiers, and remarks or values in parentheses.

    Raises:
        LineError: something behind the name is not understood.
    """
    article = _ARTICLES.match(piece)
    skipped = article.end() if article and article.end() < len(piece) else 0
    cursor = Cursor(piece[skipped:])
    if cursor.done:
        return None
    words: list[Token] = []
    unique = required = False
    while cursor.take("unique"):
        unique = True
    while cursor.take("required"):
        required = True
    explicit = False
    while not cursor.done and not explicit and not (words and _name_ends(cursor)):
        token = cursor.next()
        if not token.quoted and token.text in "()[],=<>—->":
            raise LineError(f"expected the name of an attribute, found {token.text!r}", None, token.start + skipped)
        explicit = not token.quoted and len(token.text) > 1 and token.text.endswith(":")
        words.append(replace(token, text=token.text[:-1]) if explicit else token)
    name = spoken(words) or "unique"
    try:
        parsed = _rest(name, cursor, enumerations, tenant)
    except LineError as error:
        raise LineError(error.message, error.hint, error.offset + skipped) from None
    given = parsed.attribute
    return replace(
        parsed,
        attribute=replace(
            given,
            unique=given.unique or ("tenant" if unique else None),
            required=True if required and given.required is None else given.required,
        ),
    )


def _name_ends(cursor: Cursor) -> bool:
    token = cursor.peek()
    if token is None or token.quoted:
        return False
    if token.text in ("(", "—", ",") or attribute_line.starts_modifier(cursor):
        return True
    return token.word in _TYPE_WORDS or cursor.sees("one", "of") or cursor.sees("list", "of")


def _rest(name: str, cursor: Cursor, enumerations: Mapping[str, str], tenant: str) -> attribute_line.Line:
    """Type, modifiers and parentheses behind the name."""
    if cursor.sees("("):
        inside, after = _parentheses(cursor)
        line = _inside(name, inside, enumerations, tenant)
        more = attribute_line.parse(name, after, {}, tenant) if after else None
        return line if more is None else _merge(line, more)
    return attribute_line.parse(name, cursor.rest(), enumerations, tenant)


def _parentheses(cursor: Cursor) -> tuple[str, str]:
    start = cursor.offset + 1
    depth = 0
    while True:
        token = cursor.next()
        if token.quoted:
            continue
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            return cursor.line[start : token.start].strip(), cursor.rest()


def _inside(name: str, inside: str, enumerations: Mapping[str, str], tenant: str) -> attribute_line.Line:
    """Parentheses hold modifiers, a type, a list of values, or a remark."""
    line: attribute_line.Line | None = attribute_line.Line(Attribute(name))
    for start, end in split(inside, ","):
        piece = _ARTICLES.sub("", inside[start:end].strip(), count=1)
        try:
            line = _merge(line, attribute_line.parse(name, piece, enumerations, tenant)) if line else None
        except LineError:
            line = None
    if line is not None:
        return line
    inside = re.sub(r"^(?:e\.g\.|eg|such as|like|for example|one of|either)[,:]?\s+", "", inside, flags=re.IGNORECASE)
    values = [cleaned(value).strip("\"'") for value in re.split(r",|/|\||\bor\b", inside)]
    values = [re.sub(r"^(?:and|or)\s+", "", value) for value in values if value]
    if len(values) > 1 and all(len(value.split()) <= 4 for value in values) and not inside.lower().startswith("in "):
        return attribute_line.Line(Attribute(name, values=tuple(dict.fromkeys(values))))
    return attribute_line.Line(Attribute(name, description=cleaned(inside)))


def _merge(first: attribute_line.Line, second: attribute_line.Line) -> attribute_line.Line:
    """Both lines in one; what the first says stands."""
    changes = {}
    for field in Attribute.__slots__:
        value = getattr(second.attribute, field)
        if getattr(first.attribute, field) in (None, "", (), False) and value not in (None, "", (), False):
            changes[field] = value
    rules = (*first.rules, *second.rules)
    return attribute_line.Line(replace(first.attribute, **changes), rules, first.assumed or second.assumed)


# statements


@dataclass(slots=True)
class _Link:
    left: str
    right: str
    operator: tuple[str, str]
    origin: Origin


class _CompactReader:
    def __init__(self, source: Text) -> None:
        self.source = source
        self.entities: dict[str, Entity] = {}
        self.relationships: list[Relationship] = []
        self.unread: list[str] = []

    def read(self) -> Requirements:
        for start, end in split(self.source.text, ",;\n"):
            if self.source.text[start:end].strip(" \t\r."):
                self._statement(start, end)
        links = {entity_key(link.name) for link in self.relationships if link.name}
        entities = tuple(entity for key, entity in self.entities.items() if key not in links)
        return Requirements(entities=entities, relationships=tuple(self.relationships))

    def _statement(self, start: int, end: int) -> None:
        text = self.source.text
        left: str | None = None
        operator: re.Match[str] | None = None
        position = start
        while True:
            match = self._operator(position, end)
            stop = match.start() if match else end
            name = self._entity(position, stop, through=bool(operator))
            if left is not None and operator is not None:
                origin = Origin("brief", cleaned(text[start:end])[:200], self.source.span(start, end))
                self._relate(left, name, (operator.group(1).lower(), operator.group(2).lower()), origin)
            if match is None:
                return
            left, operator, position = name, match, match.end()

    def _operator(self, start: int, end: int) -> re.Match[str] | None:
        for begin, stop in split(self.source.text[start:end], ""):
            depth = 0
            outside = [""] * 0
            for character in self.source.text[start + begin : start + stop]:
                depth += (character == "(") - (character == ")")
                outside.append(character if depth == 0 and character not in "()" else "_")
            match = OPERATOR.search("".join(outside))
            return OPERATOR.match(self.source.text, start + begin + match.start(), end) if match else None
        return None

    def _entity(self, start: int, end: int, *, through: bool) -> str:
        raise NotImplementedError

    def _relate(self, left: str, right: str, operator: tuple[str, str], origin: Origin) -> None:
        raise NotImplementedError


__all__ = ["FORMS", "Rule", "attribute", "attributes", "everyday", "is_compact", "singular", "split"]
