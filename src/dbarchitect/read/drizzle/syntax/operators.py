"""Drizzle's operators (`eq`, `and`, `isNull`, …) as the SQL that they write."""

from __future__ import annotations

from collections.abc import Callable

from dbarchitect.read.drizzle.syntax.values import UNDEFINED, SqlValue, Value

Given = Callable[[], Value]

_BINARY = {
    "eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "like", "notLike": "not like",
    "ilike": "ilike", "notIlike": "not ilike", "inArray": "in", "notInArray": "not in", "arrayContains": "@>",
    "arrayContained": "<@", "arrayOverlaps": "&&",
}  # fmt: skip
_AFTER = {"isNull": "is null", "isNotNull": "is not null"}
_BEFORE = {"not": "not", "exists": "exists", "notExists": "not exists"}


def operator(name: str, given: list[Given]) -> SqlValue:
    """The SQL of an operator with these operands."""
    if name in ("and", "or"):
        known = [each for each in given if each() is not UNDEFINED]
        if len(known) < 2:
            return SqlValue(list(known))
        parts: list[Value] = ["("]
        for place, each in enumerate(known):
            parts += [f" {name} ", each] if place else [each]
        return SqlValue([*parts, ")"])
    if name in _BINARY and len(given) == 2:
        return SqlValue([given[0], f" {_BINARY[name]} ", given[1]])
    if name in _AFTER and given:
        return SqlValue([given[0], f" {_AFTER[name]}"])
    if name in _BEFORE and given:
        return SqlValue([f"{_BEFORE[name]} ", given[0]])
    if name in ("between", "notBetween") and len(given) == 3:
        word = "between" if name == "between" else "not between"
        return SqlValue([given[0], f" {word} ", given[1], " and ", given[2]])
    return SqlValue([])
