"""Queries on junctions: link, unlink, and what is on the other side (DESIGN section 5: linking again revives)."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.lookup import Reference
from dbarchitect.write.drizzle.catalogue import Parameter
from dbarchitect.write.drizzle.conditions import (
    both,
    equals,
    key_condition,
    live_condition,
    parameter_name,
    tenant_condition,
    where,
)
from dbarchitect.write.drizzle.prose import article
from dbarchitect.write.drizzle.query import (
    Argument,
    Query,
    key_arguments,
    limit_argument,
    query,
    value_argument,
)
from dbarchitect.write.drizzle.query_rows import returned, spoken
from dbarchitect.write.drizzle.subject import Subject


def link(subject: Subject) -> Iterator[Query]:
    """`linkProductCategory(db, organizationId, values)`."""
    tenant = subject.project.tenant
    column = tenant
    if subject.tenant is not None and subject.tenant.prop != tenant:
        column = f"{subject.tenant.prop}: {tenant}"
    payload = [field for field in subject.writable if field not in subject.whole_key]
    changes = {field.prop: f"values.{field.prop}" for field in payload}
    if subject.soft:
        changes = {subject.soft.prop: "null", **changes}
    about = f"Add {article(subject.one)}"
    about += "; one that was removed before comes back." if subject.soft else "; one that exists stays as it is."
    if not changes:
        changes = {subject.key[0].prop: f"sql`excluded.{subject.key[0].column.name}`"}
    yield query(
        subject, "link", f"link{subject.names.one_type}", "link", about,
        [Argument(Parameter("values", "new row"), f"values: New{subject.names.one_type}")],
        values=f"{{ ...values, {column} }}" if subject.tenant else "values",
        target=", ".join(field.reference for field in subject.whole_key), changes=changes,
    )  # fmt: skip


def unlink(subject: Subject) -> Iterator[Query]:
    """`unlinkProductCategory(db, organizationId, productId, categoryId)`."""
    conditions = [*tenant_condition(subject), *key_condition(subject), *live_condition(subject)]
    yield query(
        subject, "unlink", f"unlink{subject.names.one_type}", "unlink",
        f"Remove {article(subject.one)}; false when there is none.", key_arguments(subject),
        where=where(conditions), mark=subject.soft, returned=returned(subject),
    )  # fmt: skip


def related(subject: Subject) -> Iterator[Query]:
    """`listCategoriesOfProduct` and `listProductsOfCategory`: one join in each direction."""
    if len(subject.links) != 2:
        return
    roles = {relation.key.name: relation.one for relation in subject.relations_out()}
    for here, there in (subject.links, tuple(reversed(subject.links))):
        near, far = _end(subject, here), _end(subject, there)
        if near is None or far is None or here.foreign_key.name not in roles:
            continue
        same = near.table.key == far.table.key
        role = roles[here.foreign_key.name]
        target = f"By{role[:1].upper()}{role[1:]}" if same else f"Of{near.names.one_type}"
        yield _related(subject, here, there, far, f"list{far.names.many_type}{target}", spoken(role))


def _end(subject: Subject, reference: Reference) -> Subject | None:
    return subject.project.by_key.get(reference.parent.key) if reference.parent else None


def _related(subject: Subject, here: Reference, there: Reference, far: Subject, name: str, near: str) -> Query:
    own = [subject.field(column) for column in subject.own_columns(here)]
    key = there.foreign_key
    pairs = zip(key.columns, key.target_columns, strict=True)
    join = [f"eq({far.field(theirs).reference}, {subject.field(mine).reference})" for mine, theirs in pairs]
    newest = f"desc({subject.created.reference})" if subject.created else ""
    others = ", ".join(f"asc({subject.field(column).reference})" for column in subject.own_columns(there))
    access = subject.project.lookup.index_for(subject.table, here.foreign_key.columns)
    near_side = [equals(field, parameter_name(field)) for field in own]
    return query(
        subject, "related", name, "related", f"The {far.many} of one {near}, in one query.",
        [*(value_argument(subject, field, parameter_name(field)) for field in own), limit_argument()],
        index=access.address if access else None, columns=shown(far), far=far.names.variable,
        on=both([*join, *live_condition(far)]), ordering=", ".join(part for part in (newest, others) if part),
        where=where([*tenant_condition(subject), *near_side, *live_condition(subject)]),
    )  # fmt: skip


def shown(subject: Subject) -> str:
    """What a join shows of the other table: its key and the column that names it."""
    fields = [*subject.key, *([subject.display] if subject.display else [])]
    return ", ".join(f"{field.prop}: {field.reference}" for field in dict.fromkeys(fields))
