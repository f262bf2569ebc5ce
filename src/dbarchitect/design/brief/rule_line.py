"""The lines of rules, ways of access and dependencies of one entity.

Rules:          unique FIELD, FIELD [globally | per tenant | per parent | per OTHER]
                no overlap: THING, START, END          check: price > cost
                FIELD between LOW and HIGH             FIELD at least LOW             FIELD at most HIGH
                never deleted                          append only                    at most 3 per FIELD
                required together: FIELD, FIELD        exactly one of: FIELD, FIELD   (each may end in `— reason`)
Access:         by FIELD, FIELD (range) [sorted by FIELD, -FIELD] [returning FIELD] [— what for]
Dependencies:   FIELD, FIELD -> FIELD [(keep because REASON)]
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast, get_args

from dbarchitect.design.brief import everyday
from dbarchitect.design.brief.line import Cursor, Token, quoted, spoken
from dbarchitect.design.brief.place import LineError, suggestion
from dbarchitect.design.brief.requirements import AccessNeed, Dependency, Rule, RuleKind, Scope

KINDS: tuple[RuleKind, ...] = get_args(RuleKind)
_LISTS: tuple[RuleKind, ...] = ("no overlap", "required together", "exactly one of")
_BARE: tuple[RuleKind, ...] = ("never deleted", "append only")
_COMPARE = ("between", "at least", "at most", ">=", "<=")
_STOPS = (",", "—", "(", ")", "->", "globally", "per", "between", "at least", "at most", "sorted by", "order by",
          "ordered by", "newest first", "oldest first", "returning", ">=", "<=")  # fmt: skip
FORMS = (
    "Rules are: unique …, no overlap: …, … between … and …, … at least …, … at most …, at most N per …, check: …, "
    "never deleted, append only, required together: …, exactly one of: …."
)
ACCESS_FORMS = "For example: by customer, created at (range) sorted by -created at returning number."


def parse_rule(line: str, tenant: str = "") -> Rule:
    """Read one rule.

    Raises:
        LineError: no known form.
    """
    check = re.match(r"check\s*:?\s+(?=\S)", line, re.IGNORECASE)
    if check:
        expression, _, reason = line[check.end() :].partition(" — ")
        return Rule("check", expression=expression.strip(), reason=reason.strip())
    cursor = Cursor(re.sub(r":(?=\s)", " ", line, count=1))
    if not cursor.line.strip():
        raise LineError("a rule is empty", FORMS)
    rule = _rule(cursor, tenant)
    reason = cursor.remark()
    cursor.finish(FORMS)
    return replace(rule, reason=reason)


def _rule(cursor: Cursor, tenant: str) -> Rule:
    bare = cursor.take_any(*_BARE)
    if bare:
        return Rule(cast(RuleKind, bare))
    if cursor.take("unique"):
        return _unique(cursor, tenant)
    listed = cursor.take_any(*_LISTS)
    if listed:
        cursor.take_any("of", "for")
        return Rule(cast(RuleKind, listed), _fields(cursor))
    token = cursor.peek(2)
    if cursor.sees("at", "most") and token is not None and token.text.isdecimal() and len(token.text) < 10:
        cursor.at += 3
        cursor.expect("per")
        return Rule("at most per", _fields(cursor), limit=int(token.text))
    start = cursor.offset
    fields = () if cursor.done or _stops(cursor) else (_field(cursor),)
    verb = cursor.take_any(*_COMPARE)
    if not fields or verb is None:
        first = cursor.line.split()[0]
        raise LineError("this is no rule", suggestion(first, ["unique", "check", *KINDS], FORMS), start)
    low = None if verb in ("at most", "<=") else _side(cursor)
    if verb == "between":
        cursor.expect("and")
    high = None if verb in ("at least", ">=") else _side(cursor)
    kind: RuleKind = "between" if verb == "between" else "at most" if low is None else "at least"
    return Rule(kind, fields, low=low, high=high)


def _unique(cursor: Cursor, tenant: str) -> Rule:
    fields = _fields(cursor)
    scope: Scope = "tenant"
    if cursor.take("globally"):
        scope = "global"
    elif cursor.take("per"):
        other = _field(cursor)
        if everyday.fold(other) == "parent":
            scope = "parent"
        elif everyday.fold(other) not in ("tenant", everyday.fold(tenant) or "tenant"):
            fields = (*fields, other)
    return Rule("unique", fields, scope)


def _stops(cursor: Cursor) -> bool:
    return any(cursor.sees(*stop.split()) for stop in _STOPS)


def _field(cursor: Cursor) -> str:
    words: list[Token] = []
    start = cursor.offset
    while not cursor.done and not _stops(cursor):
        words.append(cursor.next())
    if not words:
        raise LineError("the name of an attribute or relationship is missing here", None, start)
    return spoken(words)


def _fields(cursor: Cursor) -> tuple[str, ...]:
    fields = [_field(cursor)]
    while cursor.take(","):
        fields.append(_field(cursor))
    return tuple(fields)


def _side(cursor: Cursor) -> str:
    words: list[Token] = []
    start = cursor.offset
    while not cursor.done and not _stops(cursor) and not cursor.sees("and"):
        words.append(cursor.next())
    if not words:
        raise LineError("a number, a date or a name is missing here", None, start)
    return spoken(words)


def parse_access(line: str) -> AccessNeed:
    """Read one way of access.

    Raises:
        LineError: no known form.
    """
    cursor = Cursor(line)
    by: list[str] = []
    ranges: list[str] = []
    order: tuple[str, ...] = ()
    returning: tuple[str, ...] = ()
    if cursor.take("by"):
        while True:
            by.append(_field(cursor))
            if cursor.take("("):
                cursor.expect("range")
                cursor.expect(")")
                ranges.append(by[-1])
            if not cursor.take(","):
                break
    if cursor.take_any("sorted by", "order by", "ordered by"):
        order = _fields(cursor)
    elif cursor.take("newest first"):
        order = ("-created at",)
    elif cursor.take("oldest first"):
        order = ("created at",)
    if cursor.take("returning"):
        returning = _fields(cursor)
    if not (by or order or returning):
        raise LineError("this is no way of access", ACCESS_FORMS, cursor.offset)
    description = cursor.remark()
    cursor.finish(ACCESS_FORMS)
    return AccessNeed(tuple(by), order, returning, tuple(ranges), description)


def parse_dependency(line: str) -> Dependency:
    """Read one functional dependency.

    Raises:
        LineError: no `->`, or a name missing beside it.
    """
    cursor = Cursor(line)
    determinant = _fields(cursor)
    cursor.expect("->")
    dependent = _fields(cursor)
    keep = ""
    if cursor.take("("):
        for word in ("keep", "because"):
            cursor.expect(word)
        inside = cursor.rest()
        if not inside.endswith(")") or not inside[:-1].strip():
            raise LineError(
                "expected a reason and `)`", "For example: zip -> city (keep because reports need it).", len(line)
            )
        keep = inside[:-1].strip()
    cursor.finish("For example: zip code -> city, country.")
    return Dependency(determinant, dependent, keep)


def write_rule(rule: Rule) -> str:
    """The line of a rule; `parse_rule` gives it back where a line can hold it (the writer checks)."""
    fields = ", ".join(rule.fields)
    if rule.kind == "check":
        text = f"check: {rule.expression}"
    elif rule.kind in _BARE:
        text = rule.kind
    elif rule.kind in _LISTS:
        text = f"{rule.kind}: {fields}"
    elif rule.kind == "at most per":
        text = f"at most {rule.limit} per {fields}"
    elif rule.kind == "unique":
        text = f"unique {fields}" + {"tenant": "", "global": " globally", "parent": " per parent"}[rule.scope]
    elif rule.kind == "between":
        text = f"{fields} between {_quoted(rule.low)} and {_quoted(rule.high)}"
    else:
        text = f"{fields} {rule.kind} {_quoted(rule.low if rule.kind == 'at least' else rule.high)}"
    return f"{text} — {rule.reason}" if rule.reason else text


def _quoted(text: str | None) -> str:
    return text if text and re.fullmatch(r"[\w.+ -]+", text) else quoted(text or "")


def write_access(need: AccessNeed) -> str:
    """The line of a way of access, likewise."""
    parts = []
    if need.by:
        parts.append("by " + ", ".join(f"{name} (range)" if name in need.ranges else name for name in need.by))
    if need.order:
        parts.append("sorted by " + ", ".join(need.order))
    if need.returning:
        parts.append("returning " + ", ".join(need.returning))
    text = " ".join(parts)
    return f"{text} — {need.description}" if need.description else text


def write_dependency(dependency: Dependency) -> str:
    """The line of a dependency, likewise."""
    text = f"{', '.join(dependency.determinant)} -> {', '.join(dependency.dependent)}"
    return f"{text} (keep because {dependency.keep})" if dependency.keep else text
