"""Reports: sums by month with a running total, or shares of a status, by a CTE and window functions."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.names import pascal, words
from dbarchitect.write.drizzle.catalogue import Parameter
from dbarchitect.write.drizzle.conditions import both, live_condition, tenant_condition, where
from dbarchitect.write.drizzle.query import Argument, Query, query
from dbarchitect.write.drizzle.relations import Relation
from dbarchitect.write.drizzle.subject import Field, Subject

_SUMMABLE_WORDS = """
total amount subtotal sum revenue turnover paid net gross refund quantity hours
"""
_SUMMABLE = frozenset(_SUMMABLE_WORDS.split())
_STATES = frozenset(["status", "state", "stage", "phase", "priority", "type", "kind", "category", "role", "level"])
_ADJUSTABLE = frozenset({"numeric", "integer", "bigint", "smallint"})


def report(subject: Subject) -> Iterator[Query]:
    """`reportOrdersByMonth` or `reportOrdersByStatus`, where the table suggests it."""
    if subject.intent.kind in ("lookup", "tenant"):
        return
    created = subject.created
    if created is not None and created.column.type.name == "timestamptz":
        amount = _amount(subject)
        if amount is not None:
            yield _by_month(subject, created, f"${{{amount.reference}}}", amount.words)
            return
        for child, relation in _lines(subject):
            yield _by_month(subject, created, _product(child), f"{child.one} amounts", child, relation)
            return
    group = _state(subject)
    if group is not None:
        yield _by_state(subject, group)


def _amount(subject: Subject) -> Field | None:
    """A column whose sum means something: an amount of an event, not the price of a thing."""
    for field in subject.readable:
        kind = field.column.type
        if kind.dimensions or kind.name not in _ADJUSTABLE or field.intent.managed:
            continue
        if (words(field.column.name) or [""])[-1] in _SUMMABLE and not subject.is_junction:
            return field
    return None


def _state(subject: Subject) -> Field | None:
    enums = {(enum.schema, enum.name) for enum in subject.project.schema.enums}
    for field in subject.readable:
        kind = field.column.type
        listed = (kind.schema, kind.name) in enums or bool(field.intent.values) or kind.name == "varchar"
        named = (words(field.column.name) or [""])[-1] in _STATES
        if listed and named and not kind.dimensions and field.prop != "rows" and field not in subject.whole_key:
            return field
    return None


def _lines(subject: Subject) -> Iterator[tuple[Subject, Relation]]:
    """Parts with a quantity and a price each: the lines of a document."""
    for relation in subject.relations_in():
        child = subject.project.by_key.get(relation.child.key)
        if child is not None and child.intent.owner == subject.table.address and _factors(child):
            yield child, relation


def _factors(child: Subject) -> tuple[Field, Field] | None:
    quantity = child.fields.get("quantity")
    price = next((f for f in child.readable if words(f.column.name)[-1:] == ["price"]), None)
    numeric = all(
        f is not None and f.column.type.name in _ADJUSTABLE and not f.column.nullable for f in (quantity, price)
    )
    return (quantity, price) if quantity and price and numeric else None


def _product(child: Subject) -> str:
    factors = _factors(child)
    return " * ".join(f"${{{field.reference}}}" for field in factors or ())


def _by_month(
    subject: Subject,
    created: Field,
    amount: str,
    spoken: str,
    lines: Subject | None = None,
    relation: Relation | None = None,
) -> Query:
    conditions = [
        *tenant_condition(subject),
        *live_condition(subject),
        f"gte({created.reference}, from)",
        f"lt({created.reference}, until)",
    ]
    address = subject.table.column_address(created.column.name)
    join, counted = "", "count(*)::integer"
    if lines is not None and relation is not None:
        pairs = zip(relation.key.columns, relation.key.target_columns, strict=True)
        on = [f"eq({lines.field(mine).reference}, {subject.field(theirs).reference})" for mine, theirs in pairs]
        join = f".innerJoin({lines.names.variable}, {both([*on, *live_condition(lines)])})"
        counted = f"count(distinct ${{{subject.key[0].reference}}})::integer"
    return query(
        subject, "report", f"report{subject.names.many_type}ByMonth", "report_months",
        f"The {spoken} of {subject.many} month by month (UTC), with the running sum and the change since the month "
        "before. The CTE adds up each month once; the window functions compare the months.",
        [
            Argument(Parameter("from", "moment", address), "from: Date"),
            Argument(Parameter("until", "moment", address), "until: Date"),
        ],
        moment=created.reference, amount=amount, where=where(conditions), join=join, counted=counted,
    )  # fmt: skip


def _by_state(subject: Subject, group: Field) -> Query:
    return query(
        subject, "report", f"report{subject.names.many_type}By{pascal(group.column.name)}", "report_groups",
        f"How many {subject.many} there are of each {group.words}, and their share in percent. The CTE counts, the "
        "window function adds up all groups.",
        [], group=group, where=where([*tenant_condition(subject), *live_condition(subject)]),
    )  # fmt: skip
