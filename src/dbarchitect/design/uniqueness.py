"""Business keys: unique within the tenant and among live rows, so that a name can be used again after a deletion.

Reference/design.md C07, C08, C09; DESIGN section 5.
"""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.design.blueprint import Blueprint, TableDraft
from dbarchitect.design.brief.requirements import Scope
from dbarchitect.design.columns import email_case, key_scope
from dbarchitect.design.expression import ident, live
from dbarchitect.design.wording import an, capital, spell
from dbarchitect.model.address import address
from dbarchitect.model.constraint import Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import Access, Filter
from dbarchitect.model.origin import Origin


def draw_keys(plan: Blueprint, table: TableDraft) -> None:
    """The unique rules of attributes, one-to-one references and lookups; those of rules follow with the rules."""
    for columns in list(table.business_keys):
        draw_unique(
            plan, table, columns, "tenant", reason=f"Each parent has at most one live {table.one}.", access=False
        )
    for name, draft in list(table.columns.items()):
        attribute = draft.attribute
        if attribute is None or draft.intent.managed:
            continue
        if attribute.unique is not None and table.resolve(attribute.name) == (name,):
            draw_unique(plan, table, (name,), attribute.unique, origin=attribute.origin)
        elif key_scope(attribute) and table.resolve(attribute.name) == (name,):
            draw_unique(plan, table, (name,), "tenant", reason=f"{attribute.name} is a business key by its nature.",
                        origin=attribute.origin)  # fmt: skip
            plan.decide(
                table.column_address(name), f"{name} of {table.one} is unique although the brief does not say so",
                "Its name is that of a key that people look things up by; two rows with the same one are a mistake.",
                ("unique: no in the brief", "duplicates creep in until somebody merges them by hand"),
                topic="constraints", origin=attribute.origin,
            )  # fmt: skip


def draw_unique(
    plan: Blueprint,
    table: TableDraft,
    columns: Sequence[str],
    scope: Scope,
    *,
    reason: str = "",
    origin: Origin | None = None,
    access: bool = True,
) -> None:
    """Append one unique rule on `columns` and, when people look rows up by it, the way of access that it serves.

    `scope` is `tenant`, `global`, or `parent` for unique within the aggregate's owner.
    """
    key = _scoped(plan, table, columns, scope)
    if _is_there(table, key):
        return
    name = plan.index_name(table, key, "unique")
    parts = tuple(_part(plan, table, column) for column in key)
    plain = all(part.column for part in parts)
    if table.soft_delete or not plain:
        table.indexes.append(Index(name, parts, unique=True, where=live() if table.soft_delete else None))
        where = address("index", "public", name)
    else:
        table.uniques.append(Unique(name, key))
        where = table.constraint_address(name)
    within = {"tenant": " within its tenant" if table.tenant_scoped else "", "global": "",
              "parent": f" within its {table.owner.one if table.owner else 'parent'}"}[scope]  # fmt: skip
    among = " among live rows" if table.soft_delete else ""
    plan.reasons[where] = reason or f"{capital(spell(columns))} of {an(table.one)} is unique{within}{among}."
    if access:
        filters = tuple(Filter(column) for column in key if column not in table.prefix)
        table.access.append(
            Access(_free(table, "by_" + "_".join(columns)), filters, index=where, limit=1,
                   description=f"One {table.one} by its {spell(columns)}.")
        )  # fmt: skip
    if scope == "global" and table.tenant_scoped:
        plan.decide(
            where, f"{capital(spell(columns))} is unique across all tenants", "The brief asks for it.",
            ("unique within the tenant", "one tenant cannot learn from an error that another already has the value"),
            topic="constraints", origin=origin,
        )  # fmt: skip


def _scoped(plan: Blueprint, table: TableDraft, columns: Sequence[str], scope: Scope) -> tuple[str, ...]:
    lead: tuple[str, ...] = () if scope == "global" else table.prefix
    if scope == "parent":
        owner = next((link.column for link in table.links if link.parent is table.owner), None)
        if owner is None:
            owner = next((link.column for link in table.links), None)
        if owner is None and not table.tenant_scoped:
            plan.problem(f"{table.one}.{columns[0]}: unique within its parent, but {an(table.one)} has no parent")
        lead = (*lead, owner) if owner else lead
    return tuple(dict.fromkeys((*lead, *columns)))


def _is_there(table: TableDraft, key: tuple[str, ...]) -> bool:
    same = set(key)
    if table.primary_key and set(table.primary_key.columns) == same:
        return True
    if any(set(unique.columns) == same for unique in table.uniques):
        return True
    return any(index.unique and {p.column for p in index.parts} == same for index in table.indexes)


def _part(plan: Blueprint, table: TableDraft, column: str) -> IndexPart:
    if table.columns[column].intent.meaning == "email" and email_case(plan) == "preserve":
        return IndexPart(expression=f"lower({ident(column)})")
    return IndexPart(column)


def _free(table: TableDraft, wanted: str) -> str:
    taken = {access.name for access in table.access}
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def explain(plan: Blueprint, where: str) -> None:
    """The decision about uniqueness, once."""
    keyed = [t for t in plan.tables.values() if any(index.unique for index in t.indexes)]
    if not keyed:
        return
    tenants = " within the tenant and" if plan.tenant else ""
    plan.decide(
        where,
        f"Business keys are unique{tenants} among rows that are not deleted",
        "A plain unique key would refuse a value forever once a deleted row holds it"
        + (", and tell one tenant what another has." if plan.tenant else "."),
        ("a unique constraint over all rows", "ON CONFLICT and references may use it; deleted values stay taken"),
        topic="constraints",
    )
