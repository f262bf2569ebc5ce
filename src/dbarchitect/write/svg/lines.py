"""The lines of a diagram: one for each foreign key, with what its ends say."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.facts.lookup import Lookup, Reference
from dbarchitect.model.schema import Schema
from dbarchitect.records import dataclass
from dbarchitect.write.svg.boxes import Box


@dataclass(frozen=True, slots=True)
class Line:
    """A foreign key as a line from parent to child.

    Args:
        id: the constraint's address.
        parent: the box that it starts at.
        child: the box that it ends at.
        parent_row: the row in the parent's box.
        child_row: the row in the child's box.
        optional: a child may have no parent.
        single: a parent has at most one child.
        weak: every table has it (the tenant), so that a line would say nothing.
        label: what the pointer shows.
    """

    id: str
    parent: str
    child: str
    parent_row: int
    child_row: int
    optional: bool
    single: bool
    weak: bool
    label: str


def lines(schema: Schema, boxes: Sequence[Box]) -> list[Line]:
    """The lines between the boxes, by child and name of the foreign key."""
    lookup = Lookup(schema)
    by_id = {box.id: box for box in boxes}
    found = []
    for reference in lookup.references:
        if reference.parent is None or reference.child.address not in by_id or reference.parent.address not in by_id:
            continue
        found.append(_line(lookup, reference, by_id))
    return found


def _line(lookup: Lookup, reference: Reference, boxes: dict[str, Box]) -> Line:
    child, key, parent = reference.child, reference.foreign_key, reference.parent
    assert parent is not None
    tenant = lookup.tenancy.column if lookup.tenancy else None
    own = tuple(name for name in key.columns if name != tenant) or key.columns
    pairs = dict(zip(key.columns, key.target_columns, strict=True))
    keys = [set(access.columns) for access in lookup.accesses(child) if access.unique and access.columns]
    return Line(
        id=reference.address,
        parent=parent.address,
        child=child.address,
        parent_row=boxes[parent.address].row_of(tuple(pairs[name] for name in own)),
        child_row=boxes[child.address].row_of(own),
        optional=any(child.column(name).nullable for name in own),
        single=any(columns <= set(key.columns) for columns in keys),
        weak=_is_tenancy(lookup, reference),
        label=f"{child.name}.{', '.join(own)} → {parent.name} (on delete {key.on_delete})",
    )


def _is_tenancy(lookup: Lookup, reference: Reference) -> bool:
    """Whether the foreign key only says whose row it is; a link to the tenants is a relation like others."""
    tenancy, parent = lookup.tenancy, reference.parent
    if tenancy is None or parent is None or parent.address != tenancy.table:
        return False
    key = reference.child.primary_key
    links_tenants = lookup.intent(reference.child).kind == "junction" and key is not None and len(key.columns) == 2
    return reference.foreign_key.columns == (tenancy.column,) and not links_tenants
