"""Relationships to foreign keys: columns, targets that carry the tenant, what a deletion does, cycles."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.design import ownership, tenancy
from dbarchitect.design.blueprint import PUBLIC, TENANT_COLUMN, Blueprint, Link, TableDraft, fold, fold_field
from dbarchitect.design.brief.requirements import Relationship
from dbarchitect.design.wording import an, things
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.intent import ColumnIntent
from dbarchitect.model.names import words


def draw_relationships(plan: Blueprint, relationships: tuple[Relationship, ...]) -> None:
    """Append the foreign keys of all relationships that are not many-to-many."""
    owners = ownership.find_owners(plan, relationships)
    for relationship in relationships:
        child, parent = plan.tables[fold(relationship.child)], plan.tables[fold(relationship.parent)]
        owned = owners.get(fold(relationship.child)) is relationship
        if owned:
            child.owner = parent
            child.kind = "child" if child.kind == "entity" else child.kind
        if parent is plan.tenant and child.tenant_scoped and not relationship.role:
            _tenant_reference(plan, child, relationship)
            continue
        draw_reference(plan, child, parent, relationship, owned=owned or relationship.owned is True)


def _tenant_reference(plan: Blueprint, child: TableDraft, relationship: Relationship) -> None:
    """The relationship to the tenant is the tenant column; only what the brief says about deletion is left to keep."""
    if relationship.on_delete not in (None, "cascade", "restrict"):
        plan.problem(f"{relationship.child} belongs to one {relationship.parent} and cannot exist without it: "
                     f"`{relationship.on_delete}` contradicts tenancy", relationship.origin)  # fmt: skip
        return
    for place, key in enumerate(child.foreign_keys):
        if key.columns == (TENANT_COLUMN,) and relationship.on_delete:
            child.foreign_keys[place] = replace(key, on_delete=relationship.on_delete)
            plan.reasons[child.constraint_address(key.name)] = relationship.reason or "The brief says so."


def draw_reference(
    plan: Blueprint,
    child: TableDraft,
    parent: TableDraft,
    relationship: Relationship,
    *,
    owned: bool,
    required: bool | None = None,
) -> Link:
    """Append the column and the foreign key of one reference; remember how the child calls its parent.

    `owned` says that the child is part of the parent, `required` overrides what the relationship says, for junctions.
    """
    role = relationship.role or ("parent" if child is parent else relationship.parent)
    wanted = fold_field(role).removesuffix("_id") if relationship.role else fold(role)
    if f"{wanted}_id" in child.columns:
        plan.problem(f"{relationship.child} refers to {relationship.parent} twice in the same role; give one of the "
                     "two a "
                     "role of its own", relationship.origin)  # fmt: skip
    column = child.free_column(f"{wanted}_id")
    must = ownership.is_required(relationship, child, parent) if required is None else required
    action = ownership.policy(plan, child, parent, relationship, required=must, owned=owned)
    description = f"{relationship.reason}" if relationship.reason else ""
    child.add(column, plan.key_type, nullable=not must, fields=(wanted, role, relationship.parent, _spoken(wanted)),
              intent=ColumnIntent(description=description)).origin = relationship.origin  # fmt: skip
    columns, target = _columns(plan, child, parent, column)
    set_columns = (column,) if action.action == "set null" and len(columns) > 1 else ()
    name = child.constraint((column,), "fk")
    key = ForeignKey(name, columns, PUBLIC, parent.name, target, action.action, set_columns=set_columns)
    child.foreign_keys.append(key)
    address = child.constraint_address(name)
    relation = _relation(plan, child, wanted)
    plan.relations[address] = relation
    plan.reasons[address] = action.reason
    link = Link(relationship, parent, column, key, relation)
    child.links.append(link)
    if relationship.cardinality == "one-to-one":
        child.business_keys.append((column,))
    _explain(plan, child, link, action, required=must)
    return link


def _spoken(name: str) -> str:
    return " ".join(words(name))


def _columns(
    plan: Blueprint, child: TableDraft, parent: TableDraft, column: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns on both sides; the tenant rides along wherever both sides have one."""
    if not parent.tenant_scoped:
        return (column,), ("id",)
    if child.tenant_scoped:
        return (TENANT_COLUMN, column), tenancy.tenant_key(plan, parent)
    if child is plan.tenant:
        return ("id", column), tenancy.tenant_key(plan, parent)
    return (column,), ("id",)


def _relation(plan: Blueprint, child: TableDraft, wanted: str) -> str:
    taken = {plan.relations[child.constraint_address(key.name)] for key in child.foreign_keys
             if child.constraint_address(key.name) in plan.relations}  # fmt: skip
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _explain(plan: Blueprint, child: TableDraft, link: Link, action: ownership.Policy, *, required: bool) -> None:
    if child.kind == "junction":
        return
    parent, many = an(link.parent.one), things(child)
    other = {
        "cascade": ("restrict", f"{parent} with {many} could not be deleted at all"),
        "restrict": ("cascade", f"deleting {parent} would delete its {many} with it"),
        "set null": ("restrict", f"{parent} could not be deleted while {an(child.one)} points at it"),
    }[action.action]
    need = "required" if required else "optional"
    plan.decide(
        child.constraint_address(link.foreign_key.name),
        f"{child.name}.{link.column} → {link.parent.name}, {need}, on delete {action.action}",
        action.reason, other, topic="relationships", origin=link.relationship.origin,
    )  # fmt: skip


def untie_cycles(plan: Blueprint) -> None:
    """Make one reference of every cycle of required references deferrable: otherwise no first row could be inserted."""
    by_name = {table.name: table for table in plan.tables.values()}
    while cycle := _cycle(by_name):
        child, key = min(cycle, key=lambda edge: (edge[1].on_delete == "cascade", edge[0].name, edge[1].name))
        place = child.foreign_keys.index(key)
        action = "no action" if key.on_delete == "restrict" else key.on_delete
        changed = replace(key, deferrable=True, initially_deferred=True, on_delete=action)
        child.foreign_keys[place] = changed
        names = " → ".join(table.name for table, _ in cycle)
        plan.decide(
            child.constraint_address(key.name),
            f"The reference from {child.name} to {key.target_table} is checked when the transaction ends",
            f"{names} → {cycle[0][0].name} is a circle of required references: whichever row comes first would fail. "
            "Insert all of them in one transaction.",
            ("an optional reference", "rows go in one by one; every reader has to handle the missing parent"),
            topic="relationships",
        )


def _cycle(by_name: dict[str, TableDraft]) -> list[tuple[TableDraft, ForeignKey]]:
    """A cycle of references that are all required and immediate, as (child, foreign key); [] when there is none."""
    edges = {
        name: sorted((key for key in table.foreign_keys if _binds(table, key)), key=lambda key: key.name)
        for name, table in by_name.items()
    }
    done: set[str] = set()
    for start in sorted(by_name):
        path: list[tuple[TableDraft, ForeignKey]] = []
        stack = [(start, iter(edges[start]))]
        on_path = {start: 0}
        while stack:
            name, keys = stack[-1]
            key = next(keys, None)
            if key is None or name in done:
                stack.pop()
                done.add(name)
                on_path.pop(name, None)
                if path:
                    path.pop()
                continue
            target = key.target_table
            if target in on_path:
                return [*path, (by_name[name], key)][on_path[target] :]
            if target not in done:
                path.append((by_name[name], key))
                on_path[target] = len(path)
                stack.append((target, iter(edges[target])))
    return []


def _binds(table: TableDraft, key: ForeignKey) -> bool:
    required = all(not table.columns[name].column.nullable for name in key.columns)
    return required and not key.deferrable and key.target_table != table.name
