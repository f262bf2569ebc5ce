"""Whether a condition that holds for every row says that a column is never NULL."""

from __future__ import annotations

from dbarchitect.errors import InputError
from dbarchitect.sql.parser import Node, parse_expression


def proves_not_null(expression: str, column: str) -> bool:
    """Whether PostgreSQL sees `column IS NOT NULL` in a check's condition.

    It looks for the test itself, alone or joined to others by AND; what merely follows (`length(column) > 0`) is not
    seen, because such a condition is also met by NULL.
    """
    try:
        return _proves(parse_expression(expression), column)
    except InputError:
        return False


def _proves(node: Node, column: str) -> bool:
    if "BoolExpr" in node and node["BoolExpr"].get("boolop") == "AND_EXPR":
        return any(_proves(item, column) for item in node["BoolExpr"].get("args", ()))
    test = node.get("NullTest", {})
    fields = test.get("arg", {}).get("ColumnRef", {}).get("fields", ())
    named = fields[-1].get("String", {}).get("sval") if fields else None
    return test.get("nulltesttype") == "IS_NOT_NULL" and named == column
