"""The line of one attribute: `varchar(200) required unique per tenant search — what it is called`.

    [type] [required | optional] [unique [globally | per tenant | per parent | per OTHER]] [default VALUE]
    [between LOW and HIGH | >= LOW | <= HIGH] [search] [personal] [assumed] [— description]

The type is a name of `everyday`, a shared enumeration, `one of a, b, c`, or `list of TYPE` / `TYPE[]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from dbarchitect.design.brief import everyday
from dbarchitect.design.brief.line import PLAIN, Cursor, Token, quoted, spoken
from dbarchitect.design.brief.place import LineError, suggestion
from dbarchitect.design.brief.requirements import Attribute, Rule
from dbarchitect.records import dataclass

MODIFIERS = (
    "not null", "required", "mandatory", "optional", "nullable", "unique", "default", "between", "at least", "at most",
    "min", "max", ">=", "<=", ">", "<", "searchable", "search", "personal data", "personal", "assumed", "—",
)  # fmt: skip
_FIRST = frozenset(phrase.split()[0] for phrase in MODIFIERS)
KNOWN = (
    "After the type may stand: required, optional, unique, default …, between … and …, >= …, <= …, search, personal."
)
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says.

    Args:
        attribute: the attribute.
        rules: what it demands beyond that: `> 0`, or uniqueness within another attribute or relationship.
        assumed: nobody said it; a pack or a person put it there to be judged.
    """

    attribute: Attribute
    rules: tuple[Rule, ...] = ()
    assumed: bool = False


def parse(name: str, line: str, enumerations: Mapping[str, str], tenant: str = "") -> Line:
    """Read the line of the attribute `name`.

    Args:
        name: the attribute.
        line: what stands behind the colon.
        enumerations: names of the shared enumerations by `everyday.fold`.
        tenant: the entity that rows belong to, so that `unique per organization` is known to mean the tenant.

    Raises:
        LineError: with the nearest known word.
    """
    cursor = Cursor(line)
    attribute = parse_type(cursor, Attribute(name), enumerations)
    return _modifiers(cursor, attribute, tenant)


def starts_modifier(cursor: Cursor) -> bool:
    """Whether a modifier comes next."""
    token = cursor.peek()
    if token is None or token.word not in _FIRST:
        return False
    return any(cursor.sees(*phrase.split()) for phrase in MODIFIERS)


def parse_type(cursor: Cursor, attribute: Attribute, enumerations: Mapping[str, str]) -> Attribute:
    """Read the type at the beginning of a line, if there is one.

    Raises:
        LineError: the type is unknown, or has arguments that it does not take.
    """
    array = cursor.take_any("list of", "array of", "many") is not None
    if cursor.take_any("one of", "enum", "pgenum"):
        return replace(attribute, values=_values(cursor), array=array or _brackets(cursor))
    words: list[Token] = []
    start = cursor.offset
    while not cursor.done and not starts_modifier(cursor):
        token = cursor.peek()
        if token is not None and not token.quoted and token.text in "()[],=<>":
            break
        words.append(cursor.next())
    if not words:
        return attribute
    phrase = spoken(words)
    enumeration = enumerations.get(everyday.fold(phrase))
    if enumeration is not None:
        return replace(attribute, enumeration=enumeration, array=array or _brackets(cursor))
    kind = None if words[0].quoted else everyday.find(phrase)
    if kind is None:
        raise unknown_type(phrase, enumerations.values(), start)
    typed = _arguments(cursor, replace(attribute, type=kind.name), kind)
    return replace(typed, array=array or _brackets(cursor))


def unknown_type(phrase: str, enumerations: Iterable[str], offset: int) -> LineError:
    """The error for a type that nobody knows."""
    names = [*everyday.spellings(), *enumerations]
    listed = "docs/brief.md lists the types, from money to jsonb."
    return LineError(f"unknown type {phrase[:80]!r}", lambda: suggestion(phrase, names, listed), offset)


def _brackets(cursor: Cursor) -> bool:
    if not cursor.sees("[", "]"):
        return False
    cursor.at += 2
    return True


def _arguments(cursor: Cursor, attribute: Attribute, kind: everyday.Everyday) -> Attribute:
    if not cursor.take("("):
        return attribute
    numbers = list(kind.arguments)
    while not cursor.take(")"):
        token = cursor.next()
        if token.text == "," or token.word == "mode":
            continue
        if _NUMBER.fullmatch(token.text) and numbers:
            changes: dict[str, Any] = {numbers.pop(0): int(token.text)}
            attribute = replace(attribute, **changes)
        elif token.word in kind.modes:
            attribute = replace(attribute, mode=token.word)
        else:
            allowed = [*kind.arguments, *kind.modes]
            hint = (
                f"{kind.name} takes {', '.join(allowed)}." if allowed else f"{kind.name} takes nothing in parentheses."
            )
            raise LineError(f"{token.text[:60]!r} is no argument of {kind.name}", hint, token.start)
    return attribute


def _values(cursor: Cursor) -> tuple[str, ...]:
    """The labels of an enumeration: up to `)` when parentheses hold them, else up to the next modifier."""
    closed = cursor.take("(")
    start = cursor.offset
    values: list[str] = []
    words: list[Token] = []
    while (
        not cursor.done and not (closed and cursor.sees(")")) and (closed or not words or not starts_modifier(cursor))
    ):
        token = cursor.next()
        if token.quoted or token.text not in (",", "(", ")", "[", "]"):
            words.append(token)
        elif token.text == "," or words:
            values.append(spoken(words))
            words = []
            if token.text != ",":
                raise LineError(
                    f"{token.text!r} is not understood among values", "Put such values in quotes.", token.start
                )
    if closed:
        cursor.expect(")")
    if words:
        values.append(spoken(words))
    if not values or any(not value for value in values):
        raise LineError(
            "`one of` needs values, separated by commas", "For example: one of draft, active, archived.", start
        )
    twice = next((value for index, value in enumerate(values) if value in values[:index]), None)
    if twice is not None:
        raise LineError(f"the value {twice[:60]!r} stands twice", None, start)
    return tuple(values)


def _modifiers(cursor: Cursor, attribute: Attribute, tenant: str) -> Line:
    rules: list[Rule] = []
    assumed = False
    name = attribute.name
    while not cursor.done:
        if cursor.take_any("required", "not null", "mandatory"):
            attribute = replace(attribute, required=True)
        elif cursor.take_any("optional", "nullable"):
            attribute = replace(attribute, required=False)
        elif cursor.take("unique"):
            attribute, rule = _unique(cursor, attribute, tenant)
            rules.extend(rule)
        elif cursor.take("default"):
            attribute = replace(attribute, default=_value(cursor))
        elif cursor.take("between"):
            low = _bound(cursor)
            cursor.expect("and")
            attribute = replace(attribute, minimum=low, maximum=_bound(cursor))
        elif cursor.take_any(">=", "at least", "min"):
            attribute = replace(attribute, minimum=_bound(cursor))
        elif cursor.take_any("<=", "at most", "max"):
            attribute = replace(attribute, maximum=_bound(cursor))
        elif sign := cursor.take_any(">", "<"):
            rules.append(Rule("check", expression=f"{name} {sign} {_bound(cursor)}"))
        elif cursor.take_any("searchable", "search"):
            attribute = replace(attribute, search=True)
        elif cursor.take_any("personal data", "personal"):
            attribute = replace(attribute, personal=True)
        elif cursor.take("assumed"):
            assumed = True
        elif cursor.sees("—"):
            attribute = replace(attribute, description=cursor.remark())
        else:
            token = cursor.next()
            raise LineError(f"{token.text[:60]!r} is not understood here", partial(_meant, token.text), token.start)
    return Line(attribute, tuple(rules), assumed)


def _meant(word: str) -> str | None:
    phrases = {word for phrase in MODIFIERS for word in (phrase, phrase.split()[0]) if word.isalpha()}
    return suggestion(word, phrases, KNOWN)


def _unique(cursor: Cursor, attribute: Attribute, tenant: str) -> tuple[Attribute, list[Rule]]:
    if cursor.take_any("globally", "everywhere"):
        return replace(attribute, unique="global"), []
    if not cursor.take_any("per", "within", "for each"):
        return replace(attribute, unique="tenant"), []
    start = cursor.offset
    words: list[Token] = []
    while not cursor.done and not (words and starts_modifier(cursor)):
        words.append(cursor.next())
    other = spoken(words)
    if not other:
        raise LineError("`unique per` needs a name", "For example: unique per tenant, unique per order.", start)
    folded = everyday.fold(other)
    if folded == "tenant" or (tenant and folded == everyday.fold(tenant)):
        return replace(attribute, unique="tenant"), []
    if folded == "parent":
        return replace(attribute, unique="parent"), []
    return attribute, [Rule("unique", (attribute.name, other))]


def _bound(cursor: Cursor) -> str:
    token = cursor.next()
    if not token.quoted and token.text in "()[],=<>—":
        raise LineError(f"expected a number, a date or a name, found {token.text!r}", None, token.start)
    return token.text


def _value(cursor: Cursor) -> str:
    """A default: a quoted text, or the words up to the next modifier."""
    token = cursor.next()
    if token.quoted or token.text == "[":
        if not token.quoted:
            cursor.expect("]")
        return token.text if token.quoted else "[]"
    words = [token]
    while not cursor.done and not starts_modifier(cursor):
        words.append(cursor.next())
    return cursor.line[words[0].start : words[-1].end]


def write(attribute: Attribute, *, assumed: bool = False) -> str:
    """The line of an attribute; `parse` gives it back where the line can hold it (the writer checks)."""
    parts = [_type(attribute)]
    if attribute.required is not None:
        parts.append("required" if attribute.required else "optional")
    if attribute.unique is not None:
        parts.append({"tenant": "unique", "global": "unique globally", "parent": "unique per parent"}[attribute.unique])
    if attribute.minimum is not None and attribute.maximum is not None:
        parts.append(f"between {_word(attribute.minimum)} and {_word(attribute.maximum)}")
    elif attribute.minimum is not None:
        parts.append(f">= {_word(attribute.minimum)}")
    elif attribute.maximum is not None:
        parts.append(f"<= {_word(attribute.maximum)}")
    if attribute.default is not None:
        parts.append(f"default {_safe(attribute.default)}")
    parts.extend(word for word, on in (("search", attribute.search), ("personal", attribute.personal)) if on)
    if assumed:
        parts.append("assumed")
    if attribute.description:
        parts.append(f"— {attribute.description}")
    return " ".join(part for part in parts if part)


def _type(attribute: Attribute) -> str:
    if attribute.values:
        head = "list of one of" if attribute.array else "one of"
        return f"{head} {', '.join(_safe(value) for value in attribute.values)}"
    if attribute.enumeration:
        return _safe(attribute.enumeration) + ("[]" if attribute.array else "")
    arguments = [str(n) for n in (attribute.length, attribute.precision, attribute.scale) if n is not None]
    arguments.extend([attribute.mode] if attribute.mode else [])
    inside = f"({', '.join(arguments)})" if arguments else ""
    return attribute.type + inside + ("[]" if attribute.array else "")


def _word(text: str) -> str:
    return text if re.fullmatch(r"[\w.+/:-]+", text) else quoted(text)


def _safe(text: str) -> str:
    """Without quotes when every word is a plain word and none a keyword."""
    plain = PLAIN.fullmatch(text) and not _FIRST & {word.lower() for word in text.split()}
    return text if plain else quoted(text)
