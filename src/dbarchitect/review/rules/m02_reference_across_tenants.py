"""A row can refer to another tenant's row.

Why
    `organization_id` says whose the task is and `project_id` which project it is in; nothing says that the project is
    of the same organization. A guessed or mixed up id ties a row to a stranger's, joins show the stranger's data, and
    a stranger's delete takes the row along. Foreign keys are checked past row level security.

Fix
    Make (`organization_id`, `id`) unique in the parent and let the foreign key carry both columns. With `set null`,
    name the column: `on delete set null (project_id)`, else the tenant is set to null as well. It is shown, not
    applied: rows that cross the line today stand against it.

Sources
    https://www.postgresql.org/docs/current/ddl-rowsecurity.html ("referential integrity checks … always bypass row
    security")
    https://www.postgresql.org/docs/current/sql-createtable.html (SET NULL with a column list)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.facts.keys import is_nullable, unique_sets
from dbarchitect.facts.lookup import Reference
from dbarchitect.model.constraint import Unique
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.names import fit
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Refuses, Shows
from dbarchitect.review.mending import ddl, fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("M02", "reference-across-tenants", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each reference between two tables of tenants that does not carry the tenant.

    Where a tenant may be missing, rows belong to everybody, and crossing the line is meant.
    """
    tenant = subject.roles.tenant_column
    if tenant is None:
        return
    for reference in subject.facts.references:
        child, parent = reference.child, reference.parent
        if parent is None or child.partition_of or tenant in reference.foreign_key.columns:
            continue
        if not _is_bound(subject, child, tenant) or not _is_bound(subject, parent, tenant):
            continue
        if _is_carried(subject, reference, tenant):
            continue
        message = (
            f"{child.name}.{', '.join(reference.foreign_key.columns)} can name a row of {parent.name} "
            f"of another {tenant}: the foreign key does not carry it"
        )
        mended = _fix(subject, reference, parent, tenant)
        yield RULE.finding(subject, reference.address, message, fixes=(mended,))


def _is_bound(subject: Subject, table: Table, tenant: str) -> bool:
    return subject.roles.is_tenant_scoped(table) and table.has(tenant) and not is_nullable(table, tenant)


def _is_carried(subject: Subject, reference: Reference, tenant: str) -> bool:
    """Whether another foreign key carries the same columns and the tenant."""
    own = set(reference.foreign_key.columns)
    return any(
        item.parent == reference.parent and tenant in item.foreign_key.columns and own <= set(item.foreign_key.columns)
        for item in subject.facts.references_from(reference.child)
    )


def _fix(subject: Subject, reference: Reference, parent: Table, tenant: str) -> Fix:
    key = reference.foreign_key
    target = (tenant, *key.target_columns)
    statements = []
    if frozenset(target) not in unique_sets(subject.facts, parent):
        unique = Unique(fit(f"{parent.name}_{'_'.join(target)}_key"), target)
        statements.append(ddl.add(parent, unique))
    carried = replace(
        key,
        columns=(tenant, *key.columns),
        target_columns=target,
        set_columns=key.columns if key.on_delete in ("set null", "set default") else (),
    )
    statements += [ddl.drop(reference.child, key), ddl.add(reference.child, carried)]
    return fixes.display(f"let {key.name} carry {tenant}", *statements)


BASE = (
    "create table organizations (id int primary key);\n"
    "create table projects (id int primary key, organization_id int not null references organizations,\n"
    "  unique (organization_id, id));\n"
)
TASKS = (
    "create table tasks (id int primary key, organization_id int not null references organizations,\n"
    "  project_id int, foreign key ({}project_id) references projects ({}id));\n"
)
EXAMPLES = (
    sql(BASE + TASKS.format("", ""), "constraint:public.tasks.tasks_project_id_fkey"),
    sql(BASE + TASKS.format("organization_id, ", "organization_id, ")),
    sql(
        BASE + "create table plans (id int primary key);\n"
        "create table tasks (id int primary key, organization_id int not null references organizations,\n"
        "  plan_id int references plans (id));\n",
        title="a parent of everybody",
    ),
    sql(
        "create table organizations (id int primary key);\n"
        "create table templates (id int primary key, organization_id int references organizations);\n"
        "create table tasks (id int primary key, organization_id int not null references organizations,\n"
        "  template_id int references templates (id));\n",
        title="templates of everybody and of some",
    ),
)
DEMONSTRATION = (
    Do(BASE + TASKS.format("", "") + "insert into organizations values (1), (2); insert into projects values (7, 2)"),
    Accepts("insert into tasks values (1, 1, 7)", "a task of organization 1 is in the project of organization 2"),
    Shows("select tasks.organization_id, projects.organization_id from tasks join projects on projects.id = project_id",
          "1 | 2", "a join shows the one what belongs to the other"),
    Do("delete from tasks; alter table tasks drop constraint tasks_project_id_fkey;"
       "alter table tasks add foreign key (organization_id, project_id) references projects (organization_id, id)"),
    Refuses("insert into tasks values (1, 1, 7)", "23503", "a key that carries the tenant refuses it"),
)  # fmt: skip
