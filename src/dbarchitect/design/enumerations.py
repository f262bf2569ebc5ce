"""Lists of values by volatility: an enum when they are part of the program, a table when people change them, and a
checked text where row level security would keep an enum from its index.

PostgreSQL evaluates a tenant policy before every operator that is not leakproof, and equality of enums is not (measured
on 18.6, `pg_proc.proleakproof`), so an index on an enum column serves nobody who is subject to the policy.
"""

from __future__ import annotations

import difflib

from dbarchitect.design.blueprint import PUBLIC, Blueprint, TableDraft, fold, fold_field
from dbarchitect.design.brief.requirements import Attribute, Enumeration
from dbarchitect.design.expression import ident, literal
from dbarchitect.design.wordlist import wordlist
from dbarchitect.model.constraint import Check
from dbarchitect.model.intent import ColumnIntent
from dbarchitect.model.schema import Enum
from dbarchitect.model.types import SqlType

_LABEL_BYTES = 63
_BEGINNINGS = wordlist(
    "draft pending new open active todo to_do queued created scheduled requested trialing invited backlog "
    "unpaid unread waiting available planned proposed registered submitted placed received"
)


def draw(plan: Blueprint, table: TableDraft, attribute: Attribute) -> str:
    """Append the column of an attribute that has a list of values; the column's name."""
    enumeration = find(plan, attribute)
    labels = enumeration.values if enumeration else attribute.values
    name = table.free_column(fold_field(attribute.name))
    if len(set(labels)) != len(labels) or not all(labels):
        plan.problem(f"{table.one}.{attribute.name}: a value is empty or stands twice: {', '.join(labels)}",
                     attribute.origin)  # fmt: skip
        labels = tuple(dict.fromkeys(label for label in labels if label))
    required = attribute.required is not False
    first = _default(plan, table, attribute, labels, required=required)
    checked = _reason_for_check(table, attribute, labels)
    where = table.column_address(name)
    if checked or not labels:
        kind = _text_type(plan, labels)
        listed = ", ".join(literal(label) for label in labels)
        if labels and attribute.array:
            condition = f"{ident(name)} <@ array[{listed}]::{kind.array().sql()}"
        else:
            condition = f"{ident(name)} in ({listed})"
        if labels:
            table.checks.append(Check(table.constraint((name,), "check"), condition))
            plan.decide(where, f"{name} is a text that a check holds to {len(labels)} values", checked,
                        ("enum", "one type for all tables, four bytes a row, and no index under row level security"),
                        ("lookup table", "values change without a migration; every read needs a join"),
                        topic="types", origin=attribute.origin)  # fmt: skip
    else:
        kind = SqlType(_enum(plan, table, attribute, enumeration, labels), schema=PUBLIC)
    intent = ColumnIntent(description=attribute.description, personal=attribute.personal,
                          values=labels if checked else ())  # fmt: skip
    default = None if first is None else literal(first)
    if attribute.array:
        kind = kind.array()
        default = f"array[{default}]::{kind.sql()}" if default else (f"'{{}}'::{kind.sql()}" if required else None)
    elif default and not checked and labels:
        default = f"{default}::{kind.sql()}"
    table.add(name, kind, nullable=not required, default=default, intent=intent, attribute=attribute,
              fields=(attribute.name,))  # fmt: skip
    return name


def find(plan: Blueprint, attribute: Attribute) -> Enumeration | None:
    """The shared enumeration that an attribute names, or None; an unknown name becomes a problem."""
    if not attribute.enumeration:
        return None
    known = {fold(item.name): item for item in plan.requirements.enumerations}
    found = known.get(fold(attribute.enumeration))
    if found is None:
        near = difflib.get_close_matches(fold(attribute.enumeration), sorted(known), 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        plan.problem(f"{attribute.name}: there is no enumeration {attribute.enumeration!r}{hint}", attribute.origin)
    return found


def _reason_for_check(table: TableDraft, attribute: Attribute, labels: tuple[str, ...]) -> str:
    """Why a checked text is better here than an enum; '' when it is not."""
    if any(len(label.encode()) > _LABEL_BYTES for label in labels):
        return "An enum label has at most 63 bytes; one of these values is longer."
    key = fold_field(attribute.name)
    filtered = any(key in map(fold_field, need.by) for need in table.entity.access)
    if table.tenant_scoped and filtered and not attribute.array:
        return (
            "Rows are looked up by it under row level security. PostgreSQL applies the tenant policy before any "
            "operator "
            "that is not leakproof; equality of texts is leakproof and may use the index, equality of enums is not."
        )
    return ""


def _text_type(plan: Blueprint, labels: tuple[str, ...]) -> SqlType:
    longest = max((len(label) for label in labels), default=50)
    return SqlType("varchar", (str(max(50, longest)),)) if plan.house else SqlType("text")


def _enum(
    plan: Blueprint, table: TableDraft, attribute: Attribute, enumeration: Enumeration | None, labels: tuple[str, ...]
) -> str:
    """The name of the enum type, created when it is the first use."""
    if enumeration is not None:
        key = f"shared:{fold(enumeration.name)}"
        wanted = fold_field(enumeration.name)
    else:
        key = f"own:{table.name}.{fold_field(attribute.name)}"
        wanted = f"{fold(table.entity.name)}_{fold_field(attribute.name)}"
    if key not in plan.enums:
        comment = enumeration.description if enumeration and enumeration.description else None
        plan.enums[key] = Enum(PUBLIC, plan.type_name(wanted), labels, comment)
    return plan.enums[key].name


def _default(
    plan: Blueprint, table: TableDraft, attribute: Attribute, labels: tuple[str, ...], *, required: bool
) -> str | None:
    if attribute.default is not None:
        exact = {label.casefold(): label for label in labels}.get(attribute.default.casefold())
        if exact is None:
            plan.problem(
                f"{table.one}.{attribute.name}: the default {attribute.default!r} is none of {', '.join(labels)}",
                attribute.origin,
            )
        return exact
    begins = bool(labels) and fold_field(labels[0]) in _BEGINNINGS
    return labels[0] if required and begins and not attribute.array else None


def explain_lookup(plan: Blueprint, table: TableDraft) -> None:
    """The decision about a list that people change."""
    plan.decide(
        table.address, f"{table.name} is a lookup table",
        "Its values change often, without a release: a row is added, renamed or retired by whoever keeps the list.",
        ("enum", "no join and four bytes; each new value is a migration, and none can be removed"),
        ("text without a list", "no list to keep; three spellings of one value within a year"), topic="types",
    )  # fmt: skip


def explain(plan: Blueprint, where: str) -> None:
    """The decision about enums, once for those that never change and once for those that do with a release."""
    fixed = {fold_field(item.name) for item in plan.requirements.enumerations if item.changes == "never"}
    names = sorted(enum.name for enum in plan.enums.values())
    never = [name for name in names if name in fixed]
    some = [name for name in names if name not in fixed]
    if never:
        plan.decide(
            where, f"{', '.join(never)}: enums, because the values never change",
            "Four bytes, no join, no typing mistakes, and the type of the column says what it holds.",
            ("text with a check", "readable in every tool; the list stands once per column"), topic="types",
        )  # fmt: skip
    if some:
        plan.decide(
            where, f"{', '.join(some)}: enums, because the program branches on the values",
            "They change with a release, and `alter type … add value` appends one without touching the table.",
            ("text with a check", "a value can also be removed, at the price of a table scan for each change"),
            ("lookup table", "values change without a migration and may have attributes; every read needs a join"),
            topic="types",
        )  # fmt: skip
