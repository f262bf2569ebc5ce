"""A table of one tenant's rows cannot be asked by tenant.

Why
    Where every query filters by the tenant, a table whose tenant column leads no index is read whole for each of
    them. A table without the column knows its tenant only through another one: each query needs the join, a policy
    needs a subquery for each row, and one forgotten join shows everybody's rows.

Fix
    Add an index that begins with the tenant's column: safe. Add the column itself, fill it from the parent and let
    the foreign key carry both (M02): a migration that only you can plan.

Sources
    Seed: "MANDATORY: organization_id for tenant isolation".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import is_required
from dbarchitect.model.finding import Finding
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import fit
from dbarchitect.model.table import Table
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("M01", "tenant-not-reachable", "house", "info")


def check(subject: Subject) -> Iterator[Finding]:
    """Each table with a tenant that no index begins with (a warning), each part of such a table without a tenant.

    A foreign key on the tenant alone is the matter of R01.
    """
    tenant = subject.roles.tenant_column
    if tenant is None:
        return
    for table in subject.schema.tables:
        if table.partition_of or table == subject.roles.tenant_table or not subject.is_whole(table):
            continue
        if table.has(tenant):
            required = subject.roles.is_tenant_scoped(table) and not table.column(tenant).nullable
            if required and not _leads(subject, table, tenant):
                yield _unindexed(subject, table, tenant)
        elif table.address not in subject.schema.intent.tables:
            yield from _through_parent(subject, table, tenant)


def _leads(subject: Subject, table: Table, tenant: str) -> bool:
    """Whether an index begins with the tenant, or the tenant's foreign key is already reported for having none."""
    alone = any(item.foreign_key.columns == (tenant,) for item in subject.facts.references_from(table))
    versions = list(subject.versions(table))
    return alone or any(
        access.columns[:1] == (tenant,) for facts, version in versions for access in facts.accesses(version)
    )


def _unindexed(subject: Subject, table: Table, tenant: str) -> Finding:
    index = Index(fit(f"{table.name}_{tenant}_idx"), (IndexPart(column=tenant),))
    message = f"no index of {table.name} begins with {tenant}: each query of one tenant reads everybody's rows"
    mended = fixes.add_index(subject, table, index, safety="safe")
    return RULE.finding(subject, table.address, message, severity="warning", fixes=(mended,))


def _through_parent(subject: Subject, table: Table, tenant: str) -> Iterator[Finding]:
    """A part whose every row belongs to a row of a tenant's table."""
    for item in subject.facts.references_from(table):
        parent = item.parent
        if parent is None or not is_required(item) or item.foreign_key.on_delete != "cascade":
            continue
        if subject.roles.is_tenant_scoped(parent) and parent.has(tenant) and not parent.column(tenant).nullable:
            message = (
                f"{table.name} has no {tenant}: only a join with {parent.name} tells whose rows they are, in each query"
            )
            yield RULE.finding(subject, table.address, message)
            return


BASE = (
    "create table organizations (id bigint primary key);\n"
    "create table projects (id bigint primary key, organization_id bigint not null references organizations);\n"
    "create index on projects (organization_id);\n"
    "create table users (id bigint primary key, organization_id bigint not null references organizations);\n"
    "create index on users (organization_id);\n"
)
EXAMPLES = (
    sql(
        BASE + "create table tasks (id bigint primary key, organization_id bigint not null,\n"
        "  project_id bigint not null references projects);\n",
        "table:public.tasks",
    ),
    sql(
        BASE + "create table tasks (id bigint primary key, project_id bigint not null references projects\n"
        "  on delete cascade);\n",
        "table:public.tasks",
        title="only through its parent",
    ),
    sql(
        BASE + "create table tasks (id bigint primary key, organization_id bigint not null,\n"
        "  project_id bigint not null references projects);\n"
        "create index on tasks (organization_id, project_id);\n"
    ),
    sql(BASE + "create table currencies (code char(3) primary key);\n", title="everybody's"),
    sql(
        "create table posts (id bigint primary key);\n"
        "create table comments (id bigint primary key, post_id bigint not null references posts on delete cascade);\n",
        title="no tenants",
    ),
)
