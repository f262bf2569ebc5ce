"""Soft delete and restore of an aggregate: what goes with a row, and what keeps it (DESIGN section 5)."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.lookup import Reference
from dbarchitect.records import dataclass
from dbarchitect.write.drizzle.conditions import (
    both,
    equals,
    key_condition,
    key_parameters,
    live_condition,
    parameter_name,
    tenant_condition,
    where,
)
from dbarchitect.write.drizzle.prose import article, spoken_list
from dbarchitect.write.drizzle.query import Query, key_arguments, query
from dbarchitect.write.drizzle.query_rows import returned
from dbarchitect.write.drizzle.subject import Subject

MOST_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A table whose rows go with the row that is deleted.

    Args:
        subject: the table.
        reference: its reference to the parent.
        parent: the part that it belongs to; None for the row itself.
        level: 1 for the row's own children.
    """

    subject: Subject
    reference: Reference
    parent: Part | None
    level: int


def soft_delete(subject: Subject) -> Iterator[Query]:
    """`softDeleteOrder(db, organizationId, id)` and `restoreOrder`."""
    if not subject.soft or not subject.key:
        return
    going, keeping = parts(subject), keepers(subject)
    names = subject.names
    about = f"Mark {article(subject.one)} as deleted"
    if going:
        about += f", together with its {spoken_list(dict.fromkeys(part.subject.many for part in going))}"
    about += "; false when there is none."
    if keeping:
        users = spoken_list(dict.fromkeys(child.many for child, _ in keeping), "or")
        about += f" Refused while it has {users}: `StillInUseError`."
    if subject.is_root:
        about += " What belongs to it stays as it is, out of reach while no tenant is opened for it."
    yield query(
        subject, "soft delete", f"softDelete{names.one_type}", "soft_delete", about, key_arguments(subject),
        where=where([*tenant_condition(subject), *key_condition(subject), *live_condition(subject)]),
        by_key=where([*tenant_condition(subject), *key_condition(subject)]), returned=returned(subject),
        going=[_going(part, subject) for part in going],
        keeping=[_keeping(child, reference, subject) for child, reference in keeping], mark=subject.soft,
        deep=any(part.level > 1 for part in going),
    )  # fmt: skip
    together = f", for the {subject.one} and what was deleted at the same moment" if going else ""
    yield query(
        subject, "restore", f"restore{names.one_type}", "restore",
        f"Undo `softDelete{names.one_type}`{together}; false when there is nothing to restore.", key_arguments(subject),
        where=where([*tenant_condition(subject), *key_condition(subject), f"isNotNull({subject.soft.reference})"]),
        by_key=where([*tenant_condition(subject), *key_condition(subject)]), returned=returned(subject),
        going=[_coming(part, subject) for part in reversed(going)], mark=subject.soft,
    )  # fmt: skip


def parts(subject: Subject) -> list[Part]:
    """What is marked with a row: soft-deleted tables that refer to it with ON DELETE CASCADE, level by level.

    Another tenant's rows cannot be reached from a table that belongs to nobody, and a table's references to itself
    have no end; both stay as they are. So does what belongs to a tenant, which is out of reach without it.
    """
    found: list[Part] = []
    level: list[Part | None] = [None]
    seen = {subject.table.key}
    for number in range(1, MOST_LEVELS):
        following: list[Part | None] = []
        for parent in level:
            above = parent.subject if parent else subject
            for child, reference in _children(above, "cascade"):
                if child.table.key not in seen and child.soft:
                    following.append(Part(child, reference, parent, number))
        seen |= {part.subject.table.key for part in following if part}
        found += [part for part in following if part]
        level = following
    return found


def keepers(subject: Subject) -> list[tuple[Subject, Reference]]:
    """What keeps a row from being deleted: rows that refer to it with ON DELETE RESTRICT; a mere log keeps nothing."""
    found = [*_children(subject, "restrict"), *_children(subject, "no action")]
    return [(child, reference) for child, reference in found if not child.intent.append_only]


def _children(subject: Subject, action: str) -> Iterator[tuple[Subject, Reference]]:
    if subject.is_root:
        return
    for reference in subject.project.lookup.references_to(subject.table):
        child = subject.project.by_key.get(reference.child.key)
        if child is None or reference.foreign_key.on_delete != action:
            continue
        same_reach = (child.tenant is None) == (subject.tenant is None) or child.tenant is None
        targets = reference.foreign_key.target_columns
        keyed = set(targets) <= {field.column.name for field in subject.whole_key} | _tenant_column(subject)
        if same_reach and keyed and not child.is_tenant_reference(reference):
            yield child, reference


def _tenant_column(subject: Subject) -> set[str]:
    return {subject.tenant.column.name} if subject.tenant else set()


def _pairs(child: Subject, reference: Reference, parent: Subject) -> list[tuple[str, str]]:
    """(child's column, parent's column) of a reference beside the tenant."""
    key = reference.foreign_key
    own = child.own_columns(reference)
    skip = _tenant_column(parent)
    pairs = zip(key.columns, key.target_columns, strict=True)
    return [(mine, theirs) for mine, theirs in pairs if mine in own and theirs not in skip]


def _link(part: Part, root: Subject, mark: str) -> list[str]:
    """The conditions that find the rows of a part: by value for children, by subquery further down."""
    parent = part.parent.subject if part.parent else root
    pairs = _pairs(part.subject, part.reference, parent)
    if part.parent is None:
        names = {field.column.name: name for field, name in key_parameters(root)}
        return [equals(part.subject.field(mine), names[theirs]) for mine, theirs in pairs if theirs in names]
    inner = both([*tenant_condition(parent), *_link(part.parent, root, mark), f"{mark.format(parent.names.variable)}"])
    return [
        f"inArray({part.subject.field(mine).reference}, tx.select({{ id: {parent.field(theirs).reference} }})"
        f".from({parent.names.variable}).where({inner}))"
        for mine, theirs in pairs
    ]


def _going(part: Part, root: Subject) -> dict[str, object]:
    child = part.subject
    conditions = [*tenant_condition(child), *_link(part, root, "deletedWith({}, moment)"), *live_condition(child)]
    return {"table": child.names.variable, "mark": child.soft, "where": where(conditions)}


def _coming(part: Part, root: Subject) -> dict[str, object]:
    child = part.subject
    link = _link(part, root, "deletedWith({}, row.moment)")
    conditions = [*tenant_condition(child), *link, f"deletedWith({child.names.variable}, row.moment)"]
    return {"table": child.names.variable, "mark": child.soft, "where": where(conditions)}


def stands_alone(child: Subject, reference: Reference, root: Subject) -> bool:
    """Whether rows may have to refer to themselves, for want of another row that was there first."""
    own = [child.field(name) for name in child.own_columns(reference)]
    return child is root and len(root.key) == 1 and not any(field.column.nullable for field in own)


def _keeping(child: Subject, reference: Reference, root: Subject) -> dict[str, object]:
    names = {field.column.name: parameter_name(field) for field in root.key}
    pairs = _pairs(child, reference, root)
    links = [equals(child.field(mine), names[theirs]) for mine, theirs in pairs if theirs in names]
    if stands_alone(child, reference, root):  # a row that refers to itself does not keep itself
        links.append(f"ne({root.key[0].reference}, {parameter_name(root.key[0])})")
    own = child.field(pairs[0][0])
    return {
        "table": child.names.variable,
        "column": f"{own.prop}: {own.reference}",
        "where": where([*tenant_condition(child), *links, *live_condition(child)]),
        "many": child.many,
    }
