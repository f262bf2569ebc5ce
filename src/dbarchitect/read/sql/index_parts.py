"""The keys of an index or exclusion constraint."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.model.index import IndexPart
from dbarchitect.read.catalog import reference_name
from dbarchitect.read.sql.source import Lexeme, Written, pieces, scan
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import without_outer_parentheses

_DEFAULT_ORDER = {"SORTBY_NULLS_FIRST": True, "SORTBY_NULLS_LAST": False}


def index_parts(written: Written, elements: Sequence[Node], brackets: tuple[int, int] | None) -> list[IndexPart]:
    """The keys.

    Args:
        written: the statement.
        elements: the fields of each IndexElem.
        brackets: where their list stands; looked at only for expressions.
    """
    places: list[tuple[int, int]] | None = None
    found = []
    for number, element in enumerate(elements):
        expression = None
        if "expr" in element:
            if places is None:
                places = _places(written, brackets)
            expression = _expression(written, *places[number])
        descending = element.get("ordering") == "SORTBY_DESC"
        first = _DEFAULT_ORDER.get(element.get("nulls_ordering", ""))
        found.append(
            IndexPart(
                element.get("name") if expression is None else None,
                expression,
                opclass_name(element.get("opclass", ())),
                tuple(_option(item["DefElem"]) for item in element.get("opclassopts", ())),
                opclass_name(element.get("collation", ())),
                descending,
                None if first is None or first == descending else first,
            )
        )
    return found


def opclass_name(parts: Sequence[Node]) -> str | None:
    """An operator class or collation as the model names it."""
    dotted = names(parts)
    return reference_name(dotted[-2] if len(dotted) > 1 else "pg_catalog", dotted[-1]) if dotted else None


def _option(element: Node) -> str:
    value = element.get("arg", {})
    ((kind, fields),) = value.items() if value else (("", {}),)
    text = {"Integer": "ival", "Float": "fval", "String": "sval"}.get(kind)
    if kind == "TypeName":
        return f"{element['defname']}={names(fields['names'])[-1]}"
    return f"{element['defname']}={fields.get(text, 0) if text else 'true'}"


def _places(written: Written, brackets: tuple[int, int] | None) -> list[tuple[int, int]]:
    opened, closed = brackets if brackets else (written.start, written.end)
    return pieces(list(scan(written.file.text, opened, closed)), opened, closed)


def _expression(written: Written, start: int, end: int) -> str:
    """An expression in an index key: what stands in brackets, or a call, without what follows it."""
    lexemes = list(scan(written.file.text, start, end))
    if not lexemes:
        return ""
    last = _call_end(lexemes)
    return without_outer_parentheses(written.file.text[lexemes[0].start : last])


def _call_end(lexemes: list[Lexeme]) -> int:
    """Where the leading bracket or call ends: `lower(a)`, `(a + b)`, `s.f(a)`, CURRENT_DATE."""
    for place, lexeme in enumerate(lexemes):
        if lexeme.depth == 0 and lexeme.text == ")":
            return lexeme.end
        follows = place + 1 < len(lexemes) and lexemes[place + 1].text in ("(", ".")
        if lexeme.depth == 0 and lexeme.text not in ("(", ".") and not follows:
            return lexeme.end
    return lexemes[-1].end
