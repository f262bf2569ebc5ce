"""Queries on single rows: create, get by key and by business key, update, delete."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.names import pascal, words
from dbarchitect.write.drizzle.catalogue import Parameter
from dbarchitect.write.drizzle.conditions import (
    equals,
    key_condition,
    live_condition,
    parameter_name,
    tenant_condition,
    where,
)
from dbarchitect.write.drizzle.prose import article, spoken_list
from dbarchitect.write.drizzle.query import Argument, Query, key_arguments, query, value_argument
from dbarchitect.write.drizzle.subject import Field, Subject

LIVE = frozenset({"deleted_at is null", "(deleted_at is null)", '"deleted_at" is null'})


def create(subject: Subject) -> Iterator[Query]:
    """`createOrder(db, organizationId, values)`."""
    names = subject.names
    column = f"{subject.project.tenant}"
    if subject.tenant is not None and subject.tenant.prop != column:
        column = f"{subject.tenant.prop}: {column}"
    values = f"{{ ...values, {column} }}" if subject.tenant else "values"
    about = f"Add {article(subject.one)}."
    if subject.key and subject.key[0].intent.managed == "id" and subject.project.settings.ids == "explicit":
        maker = "Bun.randomUUIDv7()" if subject.project.settings.runtime == "bun" else "randomUuidV7()"
        if subject.key[0].column.type.name == "uuid":
            about = f"Add {article(subject.one)}; the caller makes the id: `{maker}`."
    if subject.is_root and subject.counted:
        about += " Its id is known only afterwards, so a role that bypasses row level security adds tenants."
    elif subject.is_root and subject.secured:
        about += " Open `withTenant` for that id first: row level security accepts a tenant's own row only."
    yield query(
        subject, "create", f"create{names.one_type}", "create", about,
        [Argument(Parameter("values", "new row"), f"values: New{names.one_type}")], values=values,
    )  # fmt: skip


def get(subject: Subject) -> Iterator[Query]:
    """`getOrder(db, organizationId, id)`."""
    if not subject.key and not subject.whole_key:
        return
    about = f"The {subject.one}, or undefined when there is none."
    conditions = [*tenant_condition(subject), *key_condition(subject), *live_condition(subject)]
    yield query(
        subject, "get", f"get{subject.names.one_type}", "get", about, key_arguments(subject), where=where(conditions)
    )


def get_by(subject: Subject) -> Iterator[Query]:
    """`getProductBySku(db, organizationId, sku)`: one for each business key."""
    for name, columns, address in business_keys(subject):
        fields = [subject.field(column) for column in columns]
        arguments = [value_argument(subject, field, parameter_name(field)) for field in fields]
        conditions = [equals(field, parameter_name(field)) for field in fields]
        spoken = spoken_list(field.words for field in fields)
        yield query(
            subject, "get by", f"get{subject.names.one_type}By{name}", "get",
            f"The one {subject.one} with this {spoken}.", arguments, index=address,
            where=where([*tenant_condition(subject), *conditions, *live_condition(subject)]),
        )  # fmt: skip


def business_keys(subject: Subject) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Unique keys over plain columns that hold for live rows: (name, columns beside the tenant, address)."""
    table = subject.table
    tenant = subject.tenant.column.name if subject.tenant else None
    found = [(unique.columns, table.constraint_address(unique.name)) for unique in table.uniques]
    for index in table.indexes:
        condition = (index.where or "").strip().lower()
        if index.unique and len(index.columns) == len(index.parts) and (not condition or condition in LIVE):
            found.append((index.columns, table.index_address(index.name)))
    key = {field.column.name for field in subject.whole_key}
    for columns, address in found:
        own = tuple(name for name in columns if name != tenant)
        if own and not key & set(own) and all(name in subject.fields for name in own):
            yield "And".join(pascal(name) for name in own), own, address


def update(subject: Subject) -> Iterator[Query]:
    """`updateOrder(db, organizationId, id, changes)`."""
    if not subject.can_change:
        return
    names = subject.names
    conditions = [*tenant_condition(subject), *key_condition(subject), *live_condition(subject)]
    touched = subject.managed("updated_at") is not None
    about = f"Change what is given and leave the rest; undefined when there is no such {subject.one}."
    if not touched:
        about += " At least one column must be given."
    yield query(
        subject, "update", f"update{names.one_type}", "update", about,
        [*key_arguments(subject), Argument(Parameter("changes", "changes"), f"changes: {names.one_type}Changes")],
        where=where(conditions),
    )  # fmt: skip


def delete(subject: Subject) -> Iterator[Query]:
    """`deleteSession(db, id)`: for good, where rows are neither marked nor kept."""
    intent = subject.intent
    if subject.soft or intent.append_only or intent.never_deleted or not subject.key:
        return
    yield query(
        subject, "delete", f"delete{subject.names.one_type}", "delete",
        f"Delete {article(subject.one)} for good; false when there is none.", key_arguments(subject),
        where=where([*tenant_condition(subject), *key_condition(subject)]), returned=returned(subject),
    )  # fmt: skip


def returned(subject: Subject) -> str:
    """A column to return when only the number of rows matters: `id: ordersSchema.id`."""
    field: Field = (subject.key or subject.whole_key)[0]
    return f"{field.prop}: {field.reference}"


def spoken(name: str) -> str:
    """A name in words."""
    return " ".join(words(name)) or name
