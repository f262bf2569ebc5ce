"""The compact notation: `user(name, email unique) 1-n post(title, body); post n-m tag(name)`.

Statements are separated by line ends, semicolons or commas. `A 1-n B`: each B belongs to one A. `n-1` is the other way
round, `1-1` one to one (the second refers to the first), `n-m` many to many, `n-m … through link(attributes)` names the
link. `as author` names the role of the one that is referred to, and `?` makes the reference optional: `1-n?`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dbarchitect.design.brief import attribute_list
from dbarchitect.design.brief.attribute_line import Line
from dbarchitect.design.brief.line import LONGEST
from dbarchitect.design.brief.place import LineError, Text, attribute_key, entity_key, spoken_name
from dbarchitect.design.brief.requirements import Attribute, Entity, Relationship, Requirements
from dbarchitect.design.brief.values import cleaned
from dbarchitect.model.origin import Origin

FORMS = "For example: user(name, email unique) 1-n post(title, body); post n-m tag(name)."
_OPERATOR = re.compile(r"(?<![\w-])([1nm*]\??) ?- ?([1nm*]\??)(?![\w-])", re.IGNORECASE)
_BEGINS = re.compile(r"\s*[^\W\d]\w*\(")
_TAIL = re.compile(r"(?<=[\s)])(through|via|as)\s+(?=\w)", re.IGNORECASE)
_COMMENT = re.compile(r"(?m)(?:^|\s)(?://|#).*$")


def is_compact(text: str) -> bool:
    """Whether a text is compact notation: `name(` at its beginning, or an operator between names."""
    if _BEGINS.match(text[:LONGEST]):
        return True
    match = _OPERATOR.search(text[:LONGEST])
    return match is not None and bool(text[: match.start()].strip()) and bool(text[match.end() :].strip())


def read_compact(text: str, name: str) -> Requirements:
    """Read compact notation.

    Args:
        text: the notation; `//` and `#` start comments.
        name: how errors name it.

    Raises:
        InputError: with the place.
    """
    return _CompactReader(Text(text, name)).read()


class _CompactReader:
    def __init__(self, source: Text) -> None:
        self.source = source
        self.entities: dict[str, Entity] = {}
        self.relationships: list[Relationship] = []
        self.text = _COMMENT.sub(lambda match: " " * len(match.group()), source.text)
        self.mask = outside(self.text)

    def read(self) -> Requirements:
        start = 0
        for match in re.finditer(r"[,;\n]|\Z", self.mask):
            if self.text[start : match.start()].strip(" \t\r."):
                self._statement(start, match.start())
            start = match.end()
        return Requirements(entities=tuple(self.entities.values()), relationships=tuple(self.relationships))

    def _statement(self, start: int, end: int) -> None:
        left: str | None = None
        sides: tuple[str, str] | None = None
        position = start
        for match in [*_OPERATOR.finditer(self.mask, start, end), None]:
            stop = match.start() if match else end
            right, words = self._side(position, stop)
            if left is not None and sides is not None:
                self._relate(left, right, sides, words, self._origin(start, end))
            elif words:
                raise self.source.error("`through` and `as` belong behind the second entity of a pair", position, FORMS)
            if match is not None:
                left, sides, position = right, (match.group(1).lower(), match.group(2).lower()), match.end()

    def _side(self, start: int, end: int) -> tuple[str, dict[str, str]]:
        """An entity, and what follows it: the link of a many-to-many, the role."""
        tails = list(_TAIL.finditer(self.mask, start, end))
        bounds = [*(tail.start() for tail in tails), end]
        name = self._entity(start, bounds[0])
        words: dict[str, str] = {}
        for tail, stop in zip(tails, bounds[1:], strict=True):
            if tail.group(1).lower() == "as":
                words["role"] = cleaned(self.text[tail.end() : stop])
            else:
                words["link"] = self._piece(tail.end(), stop)[0]
                words["span"] = f"{tail.end()} {stop}"
        return name, words

    def _entity(self, start: int, end: int) -> str:
        name, lines = self._piece(start, end)
        key = entity_key(name)
        entity = self.entities.get(key)
        origin = self._origin(start, end)
        found = tuple(_with_origin(line, origin) for line in lines)
        rules = tuple(replace(rule, origin=origin) for line in lines for rule in line.rules)
        if entity is None:
            self.entities[key] = Entity(name, attributes=found, rules=rules, origin=origin)
            return name
        known = {attribute_key(attribute.name) for attribute in entity.attributes}
        twice = next((attribute.name for attribute in found if attribute_key(attribute.name) in known), None)
        if twice is not None:
            raise self.source.error(
                f"{entity.name!r} has the attribute {twice[:60]!r} twice", start, "Keep one of the two."
            )
        self.entities[key] = replace(entity, attributes=(*entity.attributes, *found), rules=(*entity.rules, *rules))
        return entity.name

    def _piece(self, start: int, end: int) -> tuple[str, tuple[Line, ...]]:
        """`name` or `name(attributes)`."""
        piece = self.text[start:end].rstrip(" \t\r\n.")
        begin = start + len(piece) - len(piece.lstrip())
        piece = piece.strip()
        head, bracket, inside = piece.partition("(")
        if not head.strip():
            raise self.source.error("the name of an entity is missing here", begin, FORMS)
        name = spoken_name(head)
        if not name or len(name.split()) > 5:
            raise self.source.error(f"{head.strip()[:60]!r} is no name of an entity", begin, FORMS)
        if not bracket:
            return name, ()
        if not inside.endswith(")"):
            raise self.source.error("a parenthesis is opened and not closed here", begin, FORMS)
        try:
            return name, attribute_list.attributes(inside[:-1], {})
        except LineError as error:
            place = begin + len(head) + 1 + error.offset
            raise self.source.error(f"{name}: {error.message}", place, error.hint) from None

    def _relate(self, left: str, right: str, sides: tuple[str, str], words: dict[str, str], origin: Origin) -> None:
        many = tuple(side[0] in "nm*" for side in sides)
        optional = any(side.endswith("?") for side in sides)
        role = words.get("role", "")
        if many == (True, True):
            attributes: tuple[Attribute, ...] = ()
            if "span" in words:
                begin, stop = map(int, words["span"].split())
                attributes = tuple(_with_origin(line, origin) for line in self._piece(begin, stop)[1])
            link = words.get("link", "")
            self.relationships.append(
                Relationship(left, right, "many-to-many", role=role, attributes=attributes, name=link, origin=origin)
            )
            return
        if "link" in words:
            start = int(words["span"].split()[0])
            raise self.source.error("`through` belongs to many-to-many (`n-m`)", start, FORMS)
        child, parent = (left, right) if many[0] else (right, left)
        cardinality = "many-to-one" if any(many) else "one-to-one"
        required = False if optional else None
        self.relationships.append(Relationship(child, parent, cardinality, required, role, origin=origin))  # type: ignore[arg-type]

    def _origin(self, start: int, end: int) -> Origin:
        words = cleaned(self.text[start : min(end, start + 400)])[:200]
        return Origin("brief", words, self.source.span(start, end))


def _with_origin(line: Line, origin: Origin) -> Attribute:
    return replace(line.attribute, origin=Origin("brief", line.attribute.name, origin.span))


def outside(text: str) -> str:
    """The text with everything in parentheses and quotes masked, so that what is searched for stands outside."""
    depth = 0
    quote = False
    masked: list[str] = []
    for character in text:
        if character == '"':
            quote = not quote
        elif not quote and character in "([":
            depth += 1
        elif not quote and character in ")]" and depth:
            depth -= 1
            masked.append(")" if not depth else "_")
            continue
        masked.append("_" if depth or quote or character == '"' else character)
    return "".join(masked)
