"""A tenant's table does not show that it is one.

Why
    The house calls tables whose rows belong to one organization `org_…`, and the column that says so
    `organization_id`: who writes a query sees from the name that it needs the filter.

Fix
    None by machine: a renamed table is a migration of everything that speaks of it.

Sources
    Seed: "Prefix with 'org_' for multi-tenant tables", "MANDATORY: organization_id for tenant isolation".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("H13", "tenant-table-name", "house", "info", profiles=("house",))
COLUMN = "organization_id"


def check(subject: Subject) -> Iterator[Finding]:
    """Each tenant's table without the prefix, and the tenant's column where it has another name."""
    column = subject.roles.tenant_column
    if column is None:
        return
    scoped = [table for table in subject.schema.tables if subject.roles.is_tenant_scoped(table)]
    for table in scoped:
        if not table.name.startswith(("org_", "organization_")) and not table.partition_of:
            message = f"the rows of {table.name} belong to one tenant each; the house calls it org_{table.name}"
            yield RULE.finding(subject, table.address, message)
    if column != COLUMN and scoped:
        message = f"the tenant's column is {column} in {len(scoped)} tables; the house calls it {COLUMN}"
        yield RULE.finding(subject, scoped[0].column_address(column), message)


HEAD = "create table organizations (id uuid primary key);\n"
TABLE = "create table {} (id uuid primary key, {} uuid not null references organizations (id));\n"
EXAMPLES = (
    sql(HEAD + TABLE.format("notes", "organization_id") + TABLE.format("org_tags", "organization_id"),
        "table:public.notes"),
    sql(HEAD + TABLE.format("org_notes", "organization_id") + TABLE.format("org_tags", "organization_id")),
    sql(HEAD + TABLE.format("org_notes", "org_id") + TABLE.format("org_tags", "org_id"),
        "column:public.org_notes.org_id"),
)  # fmt: skip
