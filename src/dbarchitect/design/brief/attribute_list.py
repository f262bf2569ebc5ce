"""Comma-separated attributes: `name required, sku code unique, status (draft, active), price: money >= 0`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from dbarchitect.design.brief import attribute_line
from dbarchitect.design.brief.line import Cursor, Token, spoken
from dbarchitect.design.brief.place import LineError, attribute_key
from dbarchitect.design.brief.requirements import Attribute
from dbarchitect.design.brief.values import cleaned

_TYPE_WORDS = frozenset(
    ("text", "varchar", "char", "integer", "int", "bigint", "smallint", "numeric", "real", "doubleprecision", "uuid",
     "boolean", "bool", "timestamp", "timestamptz", "json", "jsonb", "money", "markdown")
)  # fmt: skip
"""Types that are no part of a name: `unit price` is a name, `total money` a name and its type."""

_KEY = re.compile(r"(?:pk|primary key)\s?\(\s?([\w ]{1,80}?)\s?\)", re.IGNORECASE)
_REMARK = re.compile(r"\s(?:fk|pk|foreign key|primary key)$", re.IGNORECASE)
_ARTICLES = re.compile(r"(?:(?:a|an|the|its|their|his|her|and|optionally|also)\s+)+", re.IGNORECASE)


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
    key = _KEY.fullmatch(piece)
    if key:
        return attribute_line.Line(Attribute(cleaned(key.group(1)), required=True, unique="tenant"))
    piece = _REMARK.sub("", piece)
    article = _ARTICLES.match(piece)
    skipped = article.end() if article and article.end() < len(piece) else 0
    cursor = Cursor(piece[skipped:])
    if cursor.done:
        return None
    words: list[Token] = []
    unique = False
    required: bool | None = None
    while len(cursor.tokens) - cursor.at > 1:
        if cursor.take("unique"):
            unique = True
        elif cursor.take_any("required", "mandatory"):
            required = True
        elif cursor.take("optional"):
            required = False
        else:
            break
    explicit = False
    while not cursor.done and not explicit and not (words and _name_ends(cursor)):
        token = cursor.next()
        if not token.quoted and token.text in "()[],=<>—->":
            raise LineError(f"expected the name of an attribute, found {token.text!r}", None, token.start + skipped)
        explicit = not token.quoted and len(token.text) > 1 and token.text.endswith(":")
        words.append(replace(token, text=token.text[:-1]) if explicit else token)
    name = spoken(words)
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
            required=required if given.required is None else given.required,
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
        before, after = getattr(first.attribute, field), getattr(second.attribute, field)
        silent = before is None if field == "required" else before in (None, "", (), False)
        if silent and after not in (None, "", ()):
            changes[field] = after
    rules = (*first.rules, *second.rules)
    return attribute_line.Line(replace(first.attribute, **changes), rules, first.assumed or second.assumed)
