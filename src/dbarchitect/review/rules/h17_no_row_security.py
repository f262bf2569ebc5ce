"""Nothing in the database keeps the tenants apart.

Why
    A filter in each query is forgotten in one of them. With row level security, enabled and forced, the database shows
    each transaction the rows of its own tenant and no others, whatever the query says. M03 looks at schemas that use it
    in part; this rule is for those that do not use it at all.

Fix
    `pgPolicy` on each tenant's table, FORCE ROW LEVEL SECURITY by a migration, and a transaction that sets its tenant.
    None by machine: who may bypass it must be decided first.

Sources
    https://www.postgresql.org/docs/current/ddl-rowsecurity.html
    Seed: "Requires Row Level Security (RLS) policies in PostgreSQL".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("H17", "no-row-security", "house", "warning", profiles=("house",))


def check(subject: Subject) -> Iterator[Finding]:
    """Each tenant's table, in a schema where none of them has row level security, in the schema or by a migration."""
    scoped = [table for table in subject.schema.tables if subject.roles.is_tenant_scoped(table)]
    guarded = {table.key for table in subject.migrations.tables if table.row_security} if subject.migrations else set()
    if any(table.row_security or table.policies or table.key in guarded for table in scoped):
        return
    for table in scoped:
        if not table.partition_of:
            message = f"no policy guards {table.name}: a query without the tenant's condition reads every tenant's rows"
            yield RULE.finding(subject, table.address, message)


TABLES = """create table organizations (id uuid primary key);
create table org_notes (id uuid primary key, organization_id uuid not null references organizations (id));
create table org_tags (id uuid primary key, organization_id uuid not null references organizations (id));
"""
EXAMPLES = (
    sql(TABLES, "table:public.org_notes", "table:public.org_tags"),
    sql(TABLES + "alter table org_notes enable row level security;\n", title="used in part, which M03 looks at"),
    sql("create table notes (id uuid primary key);\n", title="no tenants"),
)
