"""The names that PostgreSQL gives to constraints and indexes that nobody named."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from dbarchitect.errors import InputError
from dbarchitect.model.names import object_name
from dbarchitect.sql.tokens import scan


def chosen(table: str, columns: Iterable[str], label: str, taken: Collection[str] = ()) -> str:
    """`table_columns_label`, the longer part cut until the whole has 63 bytes; a number follows when it is taken.

    Args:
        table: the table's name.
        columns: the columns, in order; none for a primary key.
        label: pkey, key, fkey, check, idx, seq …
        taken: the names that are used already.

    Source: ChooseRelationName in PostgreSQL's src/backend/commands/indexcmds.c.
    """
    second = "_".join(columns) or None
    number = 0
    while True:
        name = object_name(table, second, f"{label}{number or ''}")
        if name not in taken:
            return name
        number += 1


def check_columns(expression: str, columns: Collection[str]) -> tuple[str, ...]:
    """The column that names an unnamed check: the only one of which the condition speaks; () when there are several.

    Args:
        expression: the condition.
        columns: the columns of the table.
    """
    try:
        named = {token.name for token in scan(expression) if token.name in columns}
    except InputError:
        return ()
    return (str(next(iter(named))),) if len(named) == 1 else ()


def index_words(parts: Iterable[tuple[str | None, str | None]]) -> tuple[str, ...]:
    """What stands for each key in the name of an unnamed index.

    Args:
        parts: (column, expression), one of the two set.
    """
    words: list[str] = []
    for column, expression in parts:
        word = column if column is not None else _expression_word(expression or "")
        number, base = 0, word
        while word in words:
            number += 1
            word = f"{base}{number}"
        words.append(word)
    return tuple(words)


def _expression_word(expression: str) -> str:
    """The function's name of a call, else `expr`."""
    match = re.match(r"(?:\w+\.)?(\w+)\s*\(", expression)
    try:
        tokens = scan(expression)
    except InputError:
        return "expr"
    outer = [token for token in tokens if token.depth == 0]
    call = match is not None and len(outer) in (3, 5) and outer[-1].text == ")" and outer[-2].text == "("
    return match[1].lower() if match and call else "expr"
