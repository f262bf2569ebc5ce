"""What a function does with the row that a query gave it."""

from __future__ import annotations

from dbarchitect.read.drizzle.query.model import Query


def properties_used(query: Query) -> frozenset[str] | None:
    """The properties of the row that the function looks at; None when the row goes elsewhere as a whole."""
    if query.result is None:
        return None
    item = query.file.meaning(query.result)
    if item is None or item.node != query.result:
        return None
    found: set[str] = set()
    for use in query.file.uses(item):
        above = use.parent
        if above is None:
            return None
        if above.type == "member_expression" and above.child_by_field_name("object") == use:
            key = above.child_by_field_name("property")
            if key is not None:
                found.add(query.file.text(key))
        elif not (
            above.type == "unary_expression"
            or (
                above.type == "parenthesized_expression"
                and above.parent is not None
                and above.parent.type in ("if_statement", "while_statement")
            )
        ):
            return None
    return frozenset(found) if found else None
