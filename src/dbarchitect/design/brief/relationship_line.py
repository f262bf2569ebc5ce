"""The line of one relationship.

CHILD belongs to PARENT [as ROLE] [(required, optional, owned, shared, restrict, cascade, set null)] [— reason]
PARENT has many CHILDREN …        PARENT has one CHILD …
A has many B through LINK …       A has many B and vice versa …
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dbarchitect.design.brief.line import Cursor, Token, spoken
from dbarchitect.design.brief.place import LineError, entity_key, suggestion
from dbarchitect.design.brief.requirements import Relationship
from dbarchitect.model.names import plural
from dbarchitect.records import dataclass

FORMS = (
    "For example: `order belongs to customer (restrict)`, `user has many posts`, `post has many tags through post tag`."
)
_VERBS = ("belongs to", "belong to", "has many", "have many", "has one", "have one")
_STOPS = ("as", "through", "(", "—", "and vice versa", ",", *_VERBS)
_FLAGS: Mapping[str, Mapping[str, object]] = {
    "required": {"required": True},
    "mandatory": {"required": True},
    "optional": {"required": False},
    "owned": {"owned": True},
    "part of it": {"owned": True},
    "shared": {"owned": False},
    "restrict": {"on_delete": "restrict"},
    "cascade": {"on_delete": "cascade"},
    "set null": {"on_delete": "set null"},
}


@dataclass(frozen=True, slots=True)
class Line:
    """A relationship, whether it is only assumed, and whether it was said as `A has many B`."""

    relationship: Relationship
    assumed: bool = False
    many: bool = False


def parse(line: str, entities: Mapping[str, str]) -> Line:
    """Read one line.

    Args:
        line: the text.
        entities: names of the entities by `entity_key`.

    Raises:
        LineError: no known form, an unknown flag, or an entity that does not exist.
    """
    cursor = Cursor(line)
    left = _entity(cursor, entities)
    start = cursor.offset
    verb = cursor.take_any(*_VERBS)
    if verb is None:
        raise LineError("this is no relationship", FORMS, start)
    right = _entity(cursor, entities)
    if verb.startswith("belong"):
        found = Relationship(left, right)
    elif verb.endswith("one"):
        found = Relationship(right, left, "one-to-one")
    else:
        found = _many(cursor, left, right)
    if cursor.take("as"):
        found = replace(found, role=_words(cursor))
    found, assumed = _flags(cursor, found)
    reason = cursor.remark()
    cursor.finish(FORMS)
    one_sided = "many" in verb and found.cardinality == "many-to-one"
    return Line(replace(found, reason=reason), assumed, one_sided)


def _many(cursor: Cursor, left: str, right: str) -> Relationship:
    if cursor.take("through"):
        return Relationship(left, right, "many-to-many", name=_words(cursor))
    cursor.take(",")
    if cursor.take("and vice versa"):
        return Relationship(left, right, "many-to-many")
    return Relationship(right, left)


def _words(cursor: Cursor) -> str:
    words: list[Token] = []
    start = cursor.offset
    while not cursor.done and not any(cursor.sees(*stop.split()) for stop in _STOPS):
        words.append(cursor.next())
    if not words:
        raise LineError("a name is missing here", FORMS, start)
    return spoken(words)


def _entity(cursor: Cursor, entities: Mapping[str, str]) -> str:
    start = cursor.offset
    name = _words(cursor)
    known = entities.get(entity_key(name))
    if known is None:
        raise unknown_entity(name, entities, start)
    return known


def unknown_entity(name: str, entities: Mapping[str, str], offset: int) -> LineError:
    """The error for a relationship to nowhere."""
    names = sorted(entities.values())
    listed = (
        f"Entities: {', '.join(names[:12])}{' …' if len(names) > 12 else ''}." if names else "No entity is declared."
    )
    return LineError(f"there is no entity {name[:80]!r}", suggestion(name, names, listed), offset)


def _flags(cursor: Cursor, found: Relationship) -> tuple[Relationship, bool]:
    assumed = False
    if not cursor.take("("):
        return found, assumed
    while not cursor.take(")"):
        if cursor.take(","):
            continue
        if cursor.take("assumed"):
            assumed = True
            continue
        flag = cursor.take_any(*_FLAGS)
        if flag is None:
            token = cursor.next()
            known = f"Known here: {', '.join(_FLAGS)}, assumed."
            raise LineError(
                f"{token.text[:60]!r} is not understood here", suggestion(token.text, _FLAGS, known), token.start
            )
        changes = _FLAGS[flag]
        for field, value in changes.items():
            said = getattr(found, field)
            if said is not None and said != value:
                message = f"{flag!r} contradicts what stands before it"
                raise LineError(message, "Keep one of the two.", cursor.offset)
        found = replace(found, **changes)  # type: ignore[arg-type]
    return found, assumed


def write(relationship: Relationship, *, assumed: bool = False) -> str:
    """The line of a relationship; `parse` gives it back where a line can hold it (the writer checks)."""
    child, parent = relationship.child, relationship.parent
    if relationship.cardinality == "many-to-one":
        text = f"{child} belongs to {parent}"
    elif relationship.cardinality == "one-to-one":
        text = f"{parent} has one {child}"
    elif relationship.name:
        text = f"{child} has many {many(parent)} through {relationship.name}"
    else:
        text = f"{child} has many {many(parent)} and vice versa"
    if relationship.role:
        text += f" as {relationship.role}"
    flags = [flag for flag, on in (("required", relationship.required), ("owned", relationship.owned)) if on]
    flags.extend(["optional"] if relationship.required is False else [])
    flags.extend(["shared"] if relationship.owned is False else [])
    flags.extend([relationship.on_delete] if relationship.on_delete else [])
    flags.extend(["assumed"] if assumed else [])
    if flags:
        text += f" ({', '.join(flags)})"
    return f"{text} — {relationship.reason}" if relationship.reason else text


def many(name: str) -> str:
    """The plural of a name in words, when its last word is a plain English one."""
    head, _, last = name.rpartition(" ")
    if not (last.isascii() and last.isalpha() and last.islower()):
        return name
    return f"{head} {plural(last)}".strip()
