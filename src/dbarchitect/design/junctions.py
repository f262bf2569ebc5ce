"""Many-to-many relationships: a table with a composite key and an index for the way back (reference/design.md R12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dbarchitect.design import relationships, tenancy
from dbarchitect.design.blueprint import TENANT_COLUMN, Blueprint, TableDraft, fold
from dbarchitect.design.brief.requirements import Relationship
from dbarchitect.design.expression import ident
from dbarchitect.design.keys import new_table
from dbarchitect.design.prepared import Junction
from dbarchitect.design.wording import an, capital, things
from dbarchitect.model.constraint import Check, PrimaryKey
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import plural, snake


def draw_junctions(plan: Blueprint, junctions: list[Junction], scoped: Mapping[str, bool]) -> None:
    """Append a table for each many-to-many relationship."""
    for junction in junctions:
        sides = [plan.tables[fold(name)] for name in (junction.relationship.child, junction.relationship.parent)]
        if sides[1] is plan.tenant or (
            sides[1].tenant_scoped and not sides[0].tenant_scoped and sides[0] is not plan.tenant
        ):
            sides.reverse()
        tenant_scoped = any(side.tenant_scoped or side is plan.tenant for side in sides)
        name = "" if junction.named else _name(junction.relationship, sides)
        table = new_table(plan, junction.entity, tenant_scoped=tenant_scoped, name=name)
        table.kind = "junction"
        plan.tables[_free_key(plan, junction)] = table
        if tenant_scoped:
            tenancy.add_column(plan, table)
        _draw(plan, table, junction, sides)


def _free_key(plan: Blueprint, junction: Junction) -> str:
    key, number = fold(junction.entity.name), 2
    wanted = key
    while key in plan.tables:
        key, number = f"{wanted}_{number}", number + 1
    return key


def _name(relationship: Relationship, sides: list[TableDraft]) -> str:
    """`students_to_courses`, the seed's form."""
    straight = fold(relationship.child) == fold(sides[0].entity.name)
    ends = [plural(snake(relationship.child)), plural(snake(relationship.role or relationship.parent))]
    left, right = ends if straight else reversed(ends)
    return f"{left}_to_{right}"


def _draw(plan: Blueprint, table: TableDraft, junction: Junction, sides: list[TableDraft]) -> None:
    said = junction.relationship
    keeps = table.never_deleted or table.append_only
    columns: list[str] = []
    for place, side in enumerate(sides):
        if side is plan.tenant and TENANT_COLUMN not in columns:
            columns.append(TENANT_COLUMN)
            continue
        role = _role(said, sides, place)
        one = replace(said, child=junction.entity.name, parent=side.entity.name, role=role, cardinality="many-to-one",
                      reason="")  # fmt: skip
        if one.on_delete is None and keeps:
            one = replace(one, on_delete="restrict", reason="Links that may never be deleted keep both of their ends.")
        columns.append(relationships.draw_reference(plan, table, side, one, owned=True, required=True).column)
    _key(plan, table, columns, sides)


def _role(said: Relationship, sides: list[TableDraft], place: int) -> str:
    """The role of one end: the parent's is what the brief says; the second end of a self-link always needs one."""
    if sides[0] is sides[1]:
        return (said.role or f"related {sides[1].one}") if place == 1 else ""
    return said.role if fold(said.parent) == fold(sides[place].entity.name) else ""


def _key(plan: Blueprint, table: TableDraft, columns: list[str], sides: list[TableDraft]) -> None:
    key = tuple(dict.fromkeys((*table.prefix, *columns)))
    name = plan.index_name(table, key, "pk")
    table.primary_key = PrimaryKey(name, key)
    back = tuple(column for column in reversed(columns) if column != TENANT_COLUMN)
    lead = table.prefix if sides[1].tenant_scoped else ()
    reverse = (*lead, *(back if len(back) > 1 else back[:1]))
    index = plan.index_name(table, reverse, "idx")
    table.indexes.append(Index(index, tuple(IndexPart(column) for column in reverse)))
    where = "index:public." + index
    plan.reasons[where] = f"The way back: from {an(sides[1].one)} to its {things(sides[0])}."
    if sides[0] is sides[1]:
        left, right = columns
        check = Check(table.constraint((left, right), "check"), f"{ident(left)} <> {ident(right)}")
        table.checks.append(check)
        plan.reasons[table.constraint_address(check.name)] = f"{capital(an(sides[0].one))} is not linked to itself."
    table.owner = next((side for side in sides if side is not plan.tenant and fold(side.entity.name) != "user"), None)
    extra = " It has attributes, but nothing refers to it." if table.entity.attributes else ""
    plan.decide(
        table.address,
        f"{table.name} is keyed by ({', '.join(key)})",
        f"A pair exists once, and the key is the index for one direction; a second index serves the other.{extra} A "
        "link "
        "that was soft-deleted is revived by linking again.",
        (
            "a surrogate id with a unique pair",
            "one more column and index; worth it once other tables refer to the link",
        ),
        topic="keys",
    )
