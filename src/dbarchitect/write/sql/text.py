"""Statements as a file that people read."""

from __future__ import annotations

from collections.abc import Iterable

from dbarchitect.write.sql.statement import Statement


def text(statements: Iterable[Statement]) -> str:
    """The statements with semicolons; short ones of a kind stand together, long ones have air around them.

    Args:
        statements: from `create` or `drop`.

    Returns:
        The text, with a newline at its end; '' for no statement.
    """
    lines: list[str] = []
    before: Statement | None = None
    for statement in statements:
        sql = terminated(statement.sql)
        if before and (before.kind != statement.kind or "\n" in sql or "\n" in before.sql):
            lines.append("")
        lines.append(sql)
        before = statement
    return "\n".join([*lines, ""]) if lines else ""


def terminated(sql: str) -> str:
    """The statement with its semicolon, out of reach of a comment in its last line."""
    return sql + ("\n;" if "--" in sql.rsplit("\n", 1)[-1] else ";")
