"""SQL expressions of the model as `sql` templates that name columns through the table object where that is safe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dbarchitect.model.types import REGISTRY
from dbarchitect.write.drizzle import typescript

# Words that mean something beside a column of that name, so that they are left as they stand.
_SYNTAX = """
all and any array as asc at between both by case cast collate cross current_date current_role current_time
current_timestamp current_user day desc distinct else end epoch escape exists extract false for from hour
ilike in interval is isnull like localtime localtimestamp minute month not notnull null nulls of on or over overlaps
overlay placing position row second select session_user similar some substring symmetric then time to trailing leading
trim true user using value values when where with year zone
"""
_LEFT_ALONE = frozenset(_SYNTAX.split()) | {
    word for info in REGISTRY.values() for spelling in (info.name, *info.spellings) for word in spelling.split()
}

_TOKEN = re.compile(
    r"""
      (?P<text>[EeBbXxNn]?'(?:[^'\\]|''|\\.)*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ | --[^\n]* | /\*.*?\*/)
    | (?P<quoted>"(?:[^"]|"")+")
    | (?P<word>[^\W\d][\w$]*)
    | (?P<other>\s+|::|\d[\w.]*|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def sql_template(expression: str, columns: Mapping[str, str] | None = None, *, owner: str = "table") -> str:
    """A tagged template for `expression`: ``sql`${table.price} >= 0` ``.

    Args:
        expression: SQL as the model keeps it.
        columns: property names by column name; columns that stand unqualified in the expression become references, so
            that a renamed property is a type error and not a broken migration. None leaves the text as it is.
        owner: the name of the table object.
    """
    if not columns or _has_query(expression):
        return f"sql`{_raw(expression)}`"
    body = "".join(
        "${" + typescript.member(owner, columns[name]) + "}" if name is not None else _raw(text)
        for text, name in _pieces(expression, columns)
    )
    return f"sql`{body}`"


def words_of(expression: str) -> set[str]:
    """The unquoted words (lower case) and quoted names of an expression, outside its strings and comments."""
    return {
        match["quoted"][1:-1].replace('""', '"') if match["quoted"] else match["word"].lower()
        for match in _TOKEN.finditer(expression)
        if match["quoted"] or match["word"]
    }


def is_literal(expression: str) -> bool:
    """Whether the expression is one string literal, without a cast."""
    return re.fullmatch(r"'(?:[^']|'')*'", expression) is not None


def literal_value(expression: str) -> str:
    """What a string literal stands for."""
    return expression[1:-1].replace("''", "'")


def _raw(text: str) -> str:
    return typescript.template(text).replace("\n", "\\n")


def _has_query(expression: str) -> bool:
    return "select" in words_of(expression)


def _pieces(expression: str, columns: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    tokens = list(_TOKEN.finditer(expression))
    for position, match in enumerate(tokens):
        name = _column(match, columns)
        if name is not None and _stands_alone(tokens, position):
            yield match[0], name
        else:
            yield match[0], None


def _column(match: re.Match[str], columns: Mapping[str, str]) -> str | None:
    if match["quoted"]:
        name = match["quoted"][1:-1].replace('""', '"')
        return name if name in columns else None
    if match["word"]:
        name = match["word"].lower()
        return name if name in columns and name not in _LEFT_ALONE else None
    return None


def _stands_alone(tokens: list[re.Match[str]], position: int) -> bool:
    """Neither qualified, nor called, nor a type: the neighbours tell."""
    before = _neighbour(reversed(tokens[:position]))
    after = _neighbour(iter(tokens[position + 1 :]))
    if before in (".", "::") or (before or "").lower() in ("as", "collate", "operator"):
        return False
    return after not in ("(", ".", "=>") and not (after or "").startswith("'")


def _neighbour(tokens: Iterator[re.Match[str]]) -> str | None:
    return next((match[0] for match in tokens if not match[0].isspace()), None)
