"""Drizzle's operators (`eq`, `and`, `isNull`, …) as the SQL that they write."""

from __future__ import annotations

from collections.abc import Callable

from dbarchitect.read.drizzle.syntax.values import UNDEFINED, ArrayValue, SqlValue, Value

Given = Callable[[], Value]

_BINARY = {
    "eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "like", "notLike": "not like",
    "ilike": "ilike", "notIlike": "not ilike", "inArray": "in", "notInArray": "not in",
}  # fmt: skip
_AFTER = {"isNull": "is null", "isNotNull": "is not null"}
_BEFORE = {"not": "not", "exists": "exists", "notExists": "not exists"}


def operator(name: str, given: list[Given], *, newer: bool) -> SqlValue:
    """The SQL of an operator with these operands.

    Args:
        name: the function's name.
        given: its operands.
        newer: as Drizzle 1 writes it, with more parentheses.
    """
    if name in ("and", "or"):
        known = [each for each in given if each() is not UNDEFINED]
        if len(known) < 2:
            return SqlValue(list(known))
        opening, closing = ("((", "))") if newer else ("(", ")")
        between = f") {name} (" if newer else f" {name} "
        parts: list[Value] = [opening]
        for place, each in enumerate(known):
            parts += [between, each] if place else [each]
        return SqlValue([*parts, closing])
    if name in ("inArray", "notInArray") and len(given) == 2:
        listed = given[1]()
        if isinstance(listed, ArrayValue) and not listed.items and not listed.lost:
            return SqlValue(["false" if name == "inArray" else "true"])
    if name in _BINARY and len(given) == 2:
        return SqlValue([given[0], f" {_BINARY[name]} ", given[1]])
    if name in _AFTER and given:
        return SqlValue(["(", given[0], f" {_AFTER[name]})"] if newer else [given[0], f" {_AFTER[name]}"])
    if name == "not" and newer and given and isinstance(given[0](), SqlValue):
        return SqlValue(["not (", given[0], ")"])
    if name in _BEFORE and given:
        return SqlValue([f"{_BEFORE[name]} ", given[0]])
    if name in ("between", "notBetween") and len(given) == 3:
        word = "between" if name == "between" else "not between"
        return SqlValue([given[0], f" {word} ", given[1], " and ", given[2]])
    return SqlValue([])
