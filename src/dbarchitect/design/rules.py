"""Business rules that the database enforces: checks, exclusion constraints and triggers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dbarchitect.design import columns as columns_
from dbarchitect.design import routines
from dbarchitect.design.blueprint import Blueprint, TableDraft, fold_field
from dbarchitect.design.brief.requirements import Rule
from dbarchitect.design.columns import write_bound
from dbarchitect.design.condition import ConditionError, translate
from dbarchitect.design.expression import ident, literal, live
from dbarchitect.design.uniqueness import draw_unique
from dbarchitect.design.wording import an, capital, spell
from dbarchitect.design.wording import things as all_of
from dbarchitect.model.constraint import Check, Exclusion, ExclusionElement
from dbarchitect.model.types import SqlType

_RANGES = {
    "timestamptz": "tstzrange", "timestamp": "tsrange", "date": "daterange", "integer": "int4range",
    "bigint": "int8range", "numeric": "numrange", "smallint": "int4range",
}  # fmt: skip
_CANCELLED = frozenset({"cancelled", "canceled", "rejected", "declined", "void", "expired", "no_show"})


def draw_rules(plan: Blueprint, table: TableDraft) -> None:
    """Enforce every rule of the table's entity; what cannot be enforced becomes a problem that names it."""
    for rule in table.entity.rules:
        _DRAW[rule.kind](plan, table, rule)
    if table.append_only:
        routines.append_only(plan, table)
    elif table.never_deleted:
        routines.never_deleted(plan, table)


def _place(table: TableDraft, rule: Rule) -> str:
    return f"{table.one}: rule '{rule.kind}'"


def _unique(plan: Blueprint, table: TableDraft, rule: Rule) -> None:
    columns = _fields(plan, table, rule, 1)
    if columns:
        draw_unique(plan, table, columns, rule.scope, reason=rule.reason, origin=rule.origin)


def _fields(plan: Blueprint, table: TableDraft, rule: Rule, least: int) -> list[str]:
    """The rule's columns; [] with a problem when one is missing or there are too few."""
    before = len(plan.problems)
    columns = plan.columns_of(table, rule.fields, _place(table, rule), rule.origin)
    if len(plan.problems) > before:
        return []
    if len(columns) < least:
        plan.problem(f"{_place(table, rule)} needs at least {least} field{'s' if least > 1 else ''}", rule.origin)
        return []
    return columns


def _check(plan: Blueprint, table: TableDraft, rule: Rule, columns: list[str], condition: str, because: str) -> None:
    name = table.constraint(tuple(columns), "check")
    table.checks.append(Check(name, condition))
    plan.reasons[table.constraint_address(name)] = rule.reason or because
    plan.decide(
        table.constraint_address(name), f"{table.name}: {condition}", rule.reason or because,
        topic="constraints", origin=rule.origin,
    )  # fmt: skip


def _bounded(plan: Blueprint, table: TableDraft, rule: Rule) -> None:
    """between, at least, at most."""
    for column in _fields(plan, table, rule, 1):
        kind = table.columns[column].column.type
        if kind.category not in _ORDERED and kind.category != "text" and not kind.dimensions:
            plan.problem(f"{_place(table, rule)}: {column} is {kind.sql()}, which has no size to compare", rule.origin)
            continue
        subject = f"char_length({ident(column)})" if kind.category == "text" else ident(column)
        if kind.dimensions:
            subject = f"cardinality({ident(column)})"
        limits = [_limit(plan, table, rule, text, kind) for text in (rule.low, rule.high)]
        if rule.kind == "between" and None in limits:
            if not plan.problems:
                plan.problem(f"{_place(table, rule)} needs a lowest and a highest value", rule.origin)
            continue
        low, high = (None if limit is None else limit for limit in limits)
        if low is None and high is None:
            plan.problem(f"{_place(table, rule)} on {column} has no limit that {kind.sql()} can be compared with",
                         rule.origin)  # fmt: skip
            continue
        _contradiction(plan, table, rule, low, high)
        if low and high:
            condition = f"{subject} between {low} and {high}"
        else:
            condition = f"{subject} >= {low}" if low else f"{subject} <= {high}"
        must = f"{capital(spell([column]))} of {an(table.one)} is {columns_.limits(low, high, kind)}."
        _check(plan, table, rule, [column], condition, must)
        _remember(table, column, low, high)


def _limit(plan: Blueprint, table: TableDraft, rule: Rule, text: str | None, kind: SqlType) -> str | None:
    if text is None:
        return None
    if kind.dimensions or kind.category == "text":
        return text.strip() if text.strip().isdigit() else None
    written = write_bound(text, kind)
    if (written is not None and not written.startswith(("'", "date '", "time"))) or (written and _is_value(text)):
        return written
    other = table.resolve(text)
    if len(other) == 1:
        theirs = table.columns[other[0]].column.type
        if comparable(kind, theirs):
            return ident(other[0])
        said = f"{text!r} is {theirs.sql()} and cannot be compared with {kind.sql()}"
        plan.problem(f"{_place(table, rule)}: {said}", rule.origin)
        return None
    plan.problem(f"{_place(table, rule)}: {text!r} is neither a value nor an attribute of {table.one}", rule.origin)
    return None


_ORDERED = {
    "integer": "number", "decimal": "number", "float": "number", "timestamp": "moment", "date": "moment",
    "time": "time", "interval": "interval",
}  # fmt: skip


def comparable(one: SqlType, other: SqlType) -> bool:
    """Whether PostgreSQL compares values of the two types by size."""
    family = _ORDERED.get(one.category)
    return family is not None and family == _ORDERED.get(other.category) and not one.dimensions and not other.dimensions


def _is_value(text: str) -> bool:
    return bool(re.match(r"\s*[-+]?\d", text))


def _contradiction(plan: Blueprint, table: TableDraft, rule: Rule, low: str | None, high: str | None) -> None:
    try:
        wrong = low is not None and high is not None and float(low) > float(high)
    except ValueError:
        return
    if wrong:
        plan.problem(f"{_place(table, rule)}: at least {low} and at most {high} cannot both hold", rule.origin)


def _remember(table: TableDraft, column: str, low: str | None, high: str | None) -> None:
    draft = table.columns[column]
    simple = {ident(name) for name in table.columns}
    draft.intent = replace(
        draft.intent,
        minimum=low if low and low not in simple else draft.intent.minimum,
        maximum=high if high and high not in simple else draft.intent.maximum,
    )


def _condition(plan: Blueprint, table: TableDraft, rule: Rule) -> None:
    try:
        condition, columns = translate(rule.expression, table)
    except ConditionError as error:
        plan.problem(f"{_place(table, rule)}: {error}", rule.origin)
        return
    _check(plan, table, rule, columns, condition, f"For {an(table.one)} holds: {rule.expression.strip()}.")


def _together(plan: Blueprint, table: TableDraft, rule: Rule) -> None:
    columns = _fields(plan, table, rule, 2)
    if columns:
        listed = ", ".join(map(ident, columns))
        _check(plan, table, rule, columns, f"num_nulls({listed}) in (0, {len(columns)})",
               f"{capital(spell(columns))} of {an(table.one)} are given together or not at all.")  # fmt: skip


def _exactly_one(plan: Blueprint, table: TableDraft, rule: Rule) -> None:
    columns = _fields(plan, table, rule, 2)
    if columns:
        listed = ", ".join(map(ident, columns))
        _check(plan, table, rule, columns, f"num_nonnulls({listed}) = 1",
               f"{capital(an(table.one))} has exactly one of {spell(columns)}.")  # fmt: skip


def _nothing(plan: Blueprint, table: TableDraft, rule: Rule) -> None:
    """Flags of the whole table, drawn once at the end."""


def _at_most_per(plan: Blueprint, table: TableDraft, rule: Rule) -> None:
    columns = _fields(plan, table, rule, 1)
    if columns and (rule.limit is None or rule.limit < 1):
        plan.problem(f"{_place(table, rule)} needs a limit of 1 or more", rule.origin)
    elif columns and rule.limit == 1:
        draw_unique(plan, table, columns, "tenant", reason=rule.reason, origin=rule.origin)
    elif columns and rule.limit:
        routines.at_most(plan, table, columns, rule.limit, rule)


def _no_overlap(plan: Blueprint, table: TableDraft, rule: Rule) -> None:
    """EXCLUDE USING gist over the booked thing and the time; reference/design.md C05."""
    columns = _fields(plan, table, rule, 1)
    if not columns:
        return
    kinds = [table.columns[column].column.type for column in columns]
    if kinds[-1].category == "range":
        things, period = columns[:-1], ident(columns[-1])
    else:
        if len(columns) < 2 or kinds[-1].name != kinds[-2].name or kinds[-1].name not in _RANGES:
            given = ", ".join(f"{c} ({k.sql()})" for c, k in zip(columns, kinds, strict=True))
            plan.problem(f"{_place(table, rule)} needs a start and an end of one type (moments, dates or numbers), "
                         "or one "
                         f"period; it has {given}", rule.origin)  # fmt: skip
            return
        things, (start, end) = columns[:-2], columns[-2:]
        bounds = _bounds(plan, table)
        casts = (ident(start), ident(end)) if kinds[-1].name != "smallint" else (f"{ident(start)}::integer",
                                                                               f"{ident(end)}::integer")  # fmt: skip
        period = f"{_RANGES[kinds[-1].name]}({casts[0]}, {casts[1]}, {literal(bounds)})"
        operator = "<" if bounds == "[)" else "<="
        _check(plan, table, rule, [start, end], f"{ident(start)} {operator} {ident(end)}",
               f"{capital(an(table.one))} ends after it begins; otherwise it would overlap nothing and slip "
               "through.")  # fmt: skip
    _exclude(plan, table, rule, things, columns, period)


def _exclude(
    plan: Blueprint, table: TableDraft, rule: Rule, things: list[str], columns: list[str], period: str
) -> None:
    keys = list(dict.fromkeys((*table.prefix, *things)))
    elements = [ExclusionElement("=", column=column) for column in keys]
    last = columns[-1]
    if period == ident(last):
        elements.append(ExclusionElement("&&", column=last))
    else:
        elements.append(ExclusionElement("&&", expression=period))
    if keys:
        plan.extensions.add("btree_gist")
    where = [live()] if table.soft_delete else []
    freed = _freed(plan, table)
    if freed:
        where.append(freed)
    name = plan.index_name(table, columns, "excl")
    table.exclusions.append(Exclusion(name, tuple(elements), where=" and ".join(where) or None))
    because = rule.reason or f"Two {all_of(table)} cannot have the same {_thing(things)} at the same time."
    address = table.constraint_address(name)
    plan.reasons[address] = because
    plan.decide(
        address, f"{table.name} excludes overlaps of {_thing(things)} in the database", because
        + " Only the database sees two requests that arrive at once.",
        ("asking before inserting", "two transactions ask at the same time, both see a free slot, both insert"),
        topic="constraints", origin=rule.origin,
    )  # fmt: skip


def _thing(things: list[str]) -> str:
    return " and ".join(name.removesuffix("_id").replace("_", " ") for name in things) or "time"


def _bounds(plan: Blueprint, table: TableDraft) -> str:
    answer = plan.ask(
        f"overlap.{fold_field(table.logical)}", f"May one of {table.name} begin the moment another ends?", "yes",
        ("yes", "The end is not part of it: 10-11 and 11-12 fit together."),
        ("no", "The end is part of it: what ends on Friday blocks Friday."), where=table.address,
    )  # fmt: skip
    return "[]" if answer == "no" else "[)"


def _freed(plan: Blueprint, table: TableDraft) -> str:
    """A condition that lets cancelled rows go, when the table has such a status."""
    for name, draft in table.columns.items():
        labels = _labels(plan, draft.column.type) or draft.intent.values
        gone = [label for label in labels if fold_field(label) in _CANCELLED]
        if gone and not draft.column.type.dimensions:
            listed = ", ".join(literal(label) for label in gone)
            plan.decide(
                table.column_address(name), f"Rows of {table.name} that are {' or '.join(gone)} block nothing",
                "What was called off does not take place, so its time is free again.",
                ("counting them too", "a cancelled booking keeps its slot until it is deleted"), topic="constraints",
            )  # fmt: skip
            kept = f"{ident(name)} not in ({listed})" if len(gone) > 1 else f"{ident(name)} <> {listed}"
            return kept if not draft.column.nullable else f"({ident(name)} is null or {kept})"
    return ""


def _labels(plan: Blueprint, kind: SqlType) -> tuple[str, ...]:
    return next((enum.labels for enum in plan.enums.values() if kind.schema and enum.name == kind.name), ())


_DRAW: dict[str, Callable[[Blueprint, TableDraft, Rule], None]] = {
    "unique": _unique,
    "no overlap": _no_overlap,
    "between": _bounded,
    "at least": _bounded,
    "at most": _bounded,
    "check": _condition,
    "never deleted": _nothing,
    "append only": _nothing,
    "required together": _together,
    "exactly one of": _exactly_one,
    "at most per": _at_most_per,
}


def explain(plan: Blueprint, where: str) -> None:
    """The decision about business rules, once."""
    if not any(table.entity.rules for table in plan.tables.values()):
        return
    plan.decide(
        where,
        "Business rules are constraints and triggers of the database",
        "Scripts, imports and the next service write past the application; nobody writes past the database.",
        (
            "validation in the application only",
            "friendlier at first, and true only for the code paths that somebody tested",
        ),
        topic="constraints",
    )
