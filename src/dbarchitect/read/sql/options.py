"""Storage parameters."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node


def pairs(items: Sequence[Node]) -> tuple[tuple[str, str], ...]:
    """The parameters of a WITH clause as sorted pairs."""
    found = []
    for item in items:
        element = item["DefElem"]
        prefix = f"{element['defnamespace']}." if element.get("defnamespace") else ""
        found.append((prefix + element["defname"], value(element)))
    return tuple(sorted(found))


def value(element: Node) -> str:
    """The value of a DefElem as PostgreSQL stores it; `true` for one without."""
    argument = element.get("arg")
    if not argument:
        return "true"
    ((kind, fields),) = argument.items()
    if kind == "Integer":
        return str(fields.get("ival", 0))
    if kind == "Float":
        return str(fields["fval"])
    if kind == "Boolean":
        return "true" if fields.get("boolval") else "false"
    if kind == "TypeName":
        return names(fields["names"])[-1]
    if kind == "String":
        return str(fields.get("sval", ""))
    return "true"
