"""The columns that a query reads, as far as its text tells without a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from dbarchitect.errors import InputError
from dbarchitect.sql.parser import Node, parse_statement

Scope = Mapping[str, str]
"""The relations in one FROM by what the query calls them."""


@lru_cache(maxsize=2048)
def columns_of(query: str) -> frozenset[tuple[str, str]] | None:
    """(relation, column) of what a query reads; the column is `*` for all of them. None for what is no query.

    A column without a relation before it counts for each relation in the FROM of its own SELECT, and for none outside
    of it, although a subquery may mean one of those.
    """
    try:
        tree = parse_statement(query)
    except InputError:
        return None
    return frozenset(_read(tree, ()))


def _read(node: object, scopes: tuple[Scope, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for item in node:
            yield from _read(item, scopes)
    elif isinstance(node, dict):
        if "fromClause" in node:
            scopes = (dict(_relations(node["fromClause"])), *scopes)
        if "ColumnRef" in node:
            yield from _meant(node["ColumnRef"].get("fields", ()), scopes)
        for name in node.get("usingClause", ()):
            yield from ((relation, name["String"]["sval"]) for relation in (scopes[0] if scopes else {}).values())
        for value in node.values():
            yield from _read(value, scopes)


def _relations(items: Sequence[Node]) -> Iterator[tuple[str, str]]:
    for item in items:
        if "JoinExpr" in item:
            yield from _relations([item["JoinExpr"][side] for side in ("larg", "rarg") if side in item["JoinExpr"]])
        elif "RangeVar" in item:
            name = item["RangeVar"]["relname"]
            yield item["RangeVar"].get("alias", {}).get("aliasname", name), name


def _meant(fields: Sequence[Node], scopes: tuple[Scope, ...]) -> Iterator[tuple[str, str]]:
    words = ["*" if "A_Star" in field else field.get("String", {}).get("sval", "") for field in fields]
    if not words:
        return
    if len(words) == 1:
        own = scopes[0] if scopes else {}
        yield from ((relation, words[0]) for relation in own.values())
        if whole := _called(words[0], scopes):
            yield whole, "*"
    elif relation := _called(words[-2], scopes):
        yield relation, words[-1]


def _called(name: str, scopes: tuple[Scope, ...]) -> str | None:
    """The relation that a query calls so, in its own SELECT or around it."""
    return next((scope[name] for scope in scopes if name in scope), None)
