"""Reads of several tables that avoid N+1: one relational query and one explicit join for each table (seed: joins)."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.names import MAX_BYTES
from dbarchitect.write.drizzle.conditions import (
    both,
    key_condition,
    key_parameters,
    live_condition,
    tenant_condition,
    where,
)
from dbarchitect.write.drizzle.prose import spoken_list
from dbarchitect.write.drizzle.query import Query, key_arguments, list_argument, query
from dbarchitect.write.drizzle.query_links import shown
from dbarchitect.write.drizzle.query_lists import list_index, newest_first
from dbarchitect.write.drizzle.query_rows import spoken
from dbarchitect.write.drizzle.relations import Relation
from dbarchitect.write.drizzle.subject import Subject

MOST_CHILDREN = 4


def details(subject: Subject) -> Iterator[Query]:
    """`getOrderDetails(db, organizationId, id)`: the row with its parents and its children."""
    up = [r for r in subject.relations_out() if _fits(subject, r.one)]
    down = [r for r in _children(subject) if _fits(subject, r.back)]
    if not subject.key or not (up or down):
        return
    entries = [{"name": relation.one, "value": _parent(subject, relation)} for relation in up]
    entries += [{"name": relation.back, "value": _child(subject, relation)} for relation in down]
    listed = [spoken(entry["name"]) for entry in entries]
    yield query(
        subject, "details", f"get{subject.names.one_type}Details", "details",
        f"The {subject.one} with its {spoken_list(listed)}, in one query instead of one for each.",
        key_arguments(subject), entries=entries, hidden=_hidden(subject),
        where=_where_1(subject) if subject.project.settings.drizzle == "1" else _where_045(subject),
    )  # fmt: skip


def _fits(subject: Subject, relation: str) -> bool:
    """Whether the alias that 0.45 makes for a relation keeps its end: PostgreSQL cuts names at 63 bytes."""
    one_line = subject.project.settings.drizzle == "1"
    return one_line or len(f"{subject.names.variable}_{relation}".encode()) <= MAX_BYTES


def _children(subject: Subject) -> list[Relation]:
    """The relations to children: its own parts first, a few of the others."""
    seen = [r for r in subject.relations_in() if _reachable(subject, r)]
    owned = [r for r in seen if subject.project.lookup.intent(r.child).owner == subject.table.address]
    return (owned + [r for r in seen if r not in owned])[:MOST_CHILDREN]


def _reachable(subject: Subject, relation: Relation) -> bool:
    """Not all rows of a tenant, which is what the tenant's own relations lead to."""
    child = subject.project.by_key.get(relation.child.key)
    return child is not None and not subject.is_root and (child.tenant is None or subject.tenant is not None)


def _hidden(subject: Subject) -> list[str]:
    return [field.prop for field in subject.fields.values() if field not in subject.readable]


def _columns(subject: Subject) -> str:
    hidden = _hidden(subject)
    return f"columns: {{ {', '.join(f'{name}: false' for name in hidden)} }}, " if hidden else ""


def _parent(subject: Subject, relation: Relation) -> str:
    parent = subject.project.by_key[relation.parent.key]
    columns = _columns(parent)
    return f"{{ {columns} }}" if columns else "true"


def _child(subject: Subject, relation: Relation) -> str:
    child = subject.project.by_key[relation.child.key]
    columns = _columns(child)
    if relation.single:
        return f"{{ {columns} }}" if columns else "true"
    live = ""
    if child.soft:
        one = subject.project.settings.drizzle == "1"
        live = (
            f"where: {{ {child.soft.prop}: {{ isNull: true }} }}, " if one else f"where: {live_condition(child)[0]}, "
        )
    return f"{{ {columns}{live}limit: MAX_LIMIT }}"


def _where_045(subject: Subject) -> str:
    return both([*tenant_condition(subject), *key_condition(subject), *live_condition(subject)])


def _where_1(subject: Subject) -> str:
    parts = [f"...orgWhere({subject.project.tenant})"] if subject.tenant else []
    for field, name in key_parameters(subject):
        parts.append(name if name == field.prop else f"{field.prop}: {name}")
    if subject.soft:
        parts.append(f"{subject.soft.prop}: {{ isNull: true }}")
    return "{ " + ", ".join(parts) + " }"


def joined(subject: Subject) -> Iterator[Query]:
    """`listOrdersWithCustomer`: a page of rows with what names their parents, by explicit joins."""
    order = newest_first(subject)
    relations = [r for r in subject.relations_out() if r.parent.key in subject.project.by_key]
    if not relations or not order.keyset:
        return
    joins, seen = [], {subject.table.key}
    for relation in relations:
        parent = subject.project.by_key[relation.parent.key]
        if parent.table.key in seen or not parent.key:  # a second join of one table would need an alias
            continue
        seen.add(parent.table.key)
        pairs = zip(relation.key.columns, relation.key.target_columns, strict=True)
        on = [f"eq({parent.field(theirs).reference}, {subject.field(mine).reference})" for mine, theirs in pairs]
        kind = "innerJoin" if relation.required else "leftJoin"
        joins.append(
            {
                "name": relation.one,
                "kind": kind,
                "table": parent.names.variable,
                "on": both(on),
                "columns": shown(parent),
            }
        )
    if not joins:
        return
    first = str(joins[0]["name"])
    name = f"list{subject.names.many_type}With{first[:1].upper()}{first[1:]}" if len(joins) == 1 else (
        f"list{subject.names.many_type}WithParents"
    )  # fmt: skip
    listed = spoken_list(spoken(str(join["name"])) for join in joins)
    yield query(
        subject, "joined", name, "joined",
        f"Like `list{subject.names.many_type}`, with the {listed} of each: joins instead of a query for each row.",
        [list_argument()], index=list_index(subject, order), joins=joins, order=order.references, ordering=order.text,
        where=where([*tenant_condition(subject), *live_condition(subject), order.after]),
    )  # fmt: skip
