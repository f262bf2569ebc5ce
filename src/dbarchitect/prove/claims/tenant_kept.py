"""Deleting a parent keeps the child's tenant: SET NULL clears the reference and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbarchitect.facts.lookup import Reference
from dbarchitect.model.claim import Claim
from dbarchitect.model.names import qualified, quote
from dbarchitect.prove.context import Context, first_line
from dbarchitect.prove.verdict import failed, proved, unproved

if TYPE_CHECKING:
    import psycopg

KIND = "tenant_kept"
RANK = 13
STATEMENT = "Deleting a parent keeps the child's tenant."


def check(context: Context) -> Iterator[Claim]:
    """Delete a parent that is referred to by SET NULL, and look at the child (reference: 23502 on a plain SET NULL)."""
    tenancy = context.lookup.tenancy
    if tenancy is None:
        return
    with context.playground() as connection:
        for reference in context.lookup.references:
            key = reference.foreign_key
            if key.on_delete == "set null" and tenancy.column in key.columns and reference.parent is not None:
                others = [r for r in context.lookup.references_to(reference.parent) if r.address != reference.address]
                yield _delete_parent(connection, reference, tenancy.column, others)


def _delete_parent(
    connection: psycopg.Connection[Any], reference: Reference, tenant: str, others: list[Reference]
) -> Claim:
    import psycopg

    child, key = reference.child, reference.foreign_key
    statement = f"When a row of {key.target_table} goes, {child.name} loses the reference and keeps its {tenant}."
    name = qualified(child.schema, child.name)
    parent = qualified(key.target_schema, key.target_table)
    own = [column for column in key.columns if column != tenant]
    joined = " and ".join(f"c.{quote(c)} = p.{quote(t)}" for c, t in zip(key.columns, key.target_columns, strict=True))
    pairs = f"{name} c join {parent} p on {joined}"
    find = f"select c.ctid::text, p.ctid::text from {pairs} order by {_order(reference)} limit 1"
    with connection.transaction(force_rollback=True):
        row = connection.execute(find.encode()).fetchone()
        if row is None:
            row = _link(connection, reference, tenant)
        if row is None:
            return unproved(KIND, reference.address, statement, "the seed has no child with such a parent")
        watched = _identity(reference)
        before = connection.execute(
            f"select {watched}, {quote(tenant)}::text from {name} where ctid = '{row[0]}'".encode()
        ).fetchone()
        _leave_only(connection, reference, others)
        try:
            connection.execute(f"delete from {parent} where ctid = '{row[1]}'".encode())
        except psycopg.Error as error:
            return failed(KIND, reference.address, statement, f"{key.name} stops it: {first_line(error)}")
        assert before is not None
        nulls = " and ".join(f"{quote(column)} is null" for column in own)
        after = connection.execute(
            f"select {quote(tenant)}::text, {nulls} from {name} where {watched} = %s".encode(), (before[0],)
        ).fetchone()
        if after is None or after[0] != before[1] or not after[1]:
            lost = after is not None and after[0] != before[1]
            fate = "is gone" if after is None else f"has another {tenant}" if lost else "keeps the reference"
            return failed(KIND, reference.address, statement, f"{key.name}: the row of {child.name} {fate}")
        return proved(KIND, reference.address, statement, on_delete="set null", set_columns=list(key.set_columns))


def _identity(reference: Reference) -> str:
    key = reference.child.primary_key
    names = key.columns if key else (reference.child.columns[0].name,)
    return " || '/' || ".join(f"{quote(name)}::text" for name in names)


def _order(reference: Reference) -> str:
    key = reference.child.primary_key
    return ", ".join(f"c.{quote(name)}" for name in key.columns) if key else "c.ctid"


def _link(connection: psycopg.Connection[Any], reference: Reference, tenant: str) -> tuple[str, str] | None:
    """Tie a child to a parent of its tenant when the seed left the reference empty."""
    key, child = reference.foreign_key, reference.child
    name = qualified(child.schema, child.name)
    parent = qualified(key.target_schema, key.target_table)
    pairs = list(zip(key.columns, key.target_columns, strict=True))
    sets = ", ".join(f"{quote(c)} = p.{quote(t)}" for c, t in pairs if c != tenant)
    target = next(t for c, t in pairs if c == tenant)
    find = (
        f"select c.ctid::text, p.ctid::text from {name} c join {parent} p on c.{quote(tenant)} = p.{quote(target)} "
        f"{'where c.ctid <> p.ctid' if name == parent else ''} order by {_order(reference)}, p.ctid limit 1"
    )
    found = connection.execute(find.encode()).fetchone()
    if found is None:
        return None
    update = f"update {name} c set {sets} from {parent} p where c.ctid = '{found[0]}' and p.ctid = '{found[1]}' "
    moved = connection.execute((update + "returning c.ctid::text, p.ctid::text").encode()).fetchone()
    return (str(moved[0]), str(moved[1])) if moved else None


def _leave_only(connection: psycopg.Connection[Any], reference: Reference, others: list[Reference]) -> None:
    """Take away what would speak before the foreign key under test: the other foreign keys to that parent."""
    for other in others:
        name = qualified(other.child.schema, other.child.name)
        connection.execute(f"alter table {name} drop constraint if exists {quote(other.foreign_key.name)}".encode())
