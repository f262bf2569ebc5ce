"""Row level security lets through what it should hold back, or holds nothing at all.

Why
    Policies do nothing until the table enables row level security. `using (true)` lets everybody do everything that
    the policy is for. One table of tenants without row level security gives away what the others guard; so does a
    view, which reads with the rights of its owner unless it says `security_invoker`. The owner of a table sees
    everything unless it is FORCED. A policy without a condition permits nothing. And `auth.uid()` outside of `(select
    …)` is called for each row.

Fix
    Enable and force row level security, write a condition, put `(select …)` around calls, make views `with
    (security_invoker = true)`. Shown, not applied: an application whose role was forgotten sees nothing any more.

Sources
    https://www.postgresql.org/docs/current/ddl-rowsecurity.html
    https://www.postgresql.org/docs/current/sql-createview.html (security_invoker)
    https://supabase.com/docs/guides/database/postgres/row-level-security
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts import row_security
from dbarchitect.facts.naming import listed
from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.names import qualified
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Plan, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("M03", "row-security-gap", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Gaps of single tables and policies, then of the schema as a whole, then of views."""
    guarded = [table for table in subject.schema.tables if _is_on(subject, table)]
    for table in subject.schema.tables:
        if table.partition_of:
            continue
        if table not in guarded:
            yield from _off(subject, table, guarded)
        else:
            yield from _policies(subject, table)
    yield from _schema(subject, guarded)
    yield from _views(subject)


def _is_on(subject: Subject, table: Table) -> bool:
    """Whether row level security is enabled, in the schema or by a migration that its TypeScript does not show."""
    return any(version.row_security for _, version in subject.versions(table))


def _has_policies(subject: Subject, table: Table) -> bool:
    """Whether a policy is there, in the schema or made by hand in a migration."""
    return any(version.policies for _, version in subject.versions(table))


def _is_free(subject: Subject, table: Table) -> bool:
    """Whether the owner is not bound. Drizzle cannot say FORCE; where only its TypeScript is known, nobody knows."""
    versions = [version for _, version in subject.versions(table)]
    if subject.declared is not None:
        return len(versions) > 1 and not versions[-1].force_row_security
    return not table.force_row_security


def _off(subject: Subject, table: Table, guarded: list[Table]) -> Iterator[Finding]:
    """Policies without effect (drizzle-kit enables row level security by itself), tenants' rows that nothing guards."""
    mended = fixes.display("enable row level security", _alter(table, "enable"), _alter(table, "force"))
    if table.policies and subject.declared is None:
        message = f"the policies of {table.name} have no effect: row level security is not enabled"
        yield RULE.finding(subject, table.address, message, severity="error", fixes=(mended,))
    elif not table.policies and subject.roles.is_tenant_scoped(table):
        others = [other.name for other in guarded if subject.roles.is_tenant_scoped(other)]
        if others:
            message = f"row level security guards {listed(others)}, but not {table.name}: it shows every tenant's rows"
            yield RULE.finding(subject, table.address, message, fixes=(mended,))


def _policies(subject: Subject, table: Table) -> Iterator[Finding]:
    for policy in table.policies:
        where = table.policy_address(policy.name)
        reads = policy.command == "select" and not subject.roles.is_tenant_scoped(table)
        if row_security.is_open(policy) and not reads and not row_security.is_narrowed(table, policy):
            who = listed(role for role in policy.roles if role in row_security.EVERYBODY)
            message = f"the policy {policy.name} lets {who} {_deed(policy.command)} {table.name}: its condition is true"
            yield RULE.finding(subject, where, message)
        if row_security.is_empty(policy):
            message = f"the policy {policy.name} of {table.name} has no condition: it {_nothing(policy.permissive)}"
            yield RULE.finding(subject, where, message)
        calls = row_security.unwrapped_calls(policy)
        if calls:
            message = (
                f"the policy {policy.name} calls {listed(calls)} for each row of {table.name}: (select …) calls it once"
            )
            yield RULE.finding(subject, where, message, severity="info")
    for first, second in row_security.overlapping(table.policies):
        message = (
            f"{second.name} and {first.name} both permit on {table.name}: "
            "a row that either lets through passes, and both are computed"
        )
        yield RULE.finding(subject, table.policy_address(second.name), message, severity="info")


def _schema(subject: Subject, guarded: list[Table]) -> Iterator[Finding]:
    """One finding for all tables that are not forced, one for all that nobody may read."""
    closed = [table for table in guarded if not _has_policies(subject, table) and not table.partition_of]
    if closed:
        names = listed(table.name for table in closed)
        message = (
            f"row level security is enabled without a policy on {names}: only the owner and bypassing roles see rows"
        )
        yield RULE.finding(subject, closed[0].address, message, severity="info")
    free = [table for table in guarded if table.policies and not table.partition_of and _is_free(subject, table)]
    if free:
        message = (
            f"row level security of {listed(table.name for table in free)} does not bind the owner: it is not forced"
        )
        mended = fixes.display("force it", *(_alter(table, "force") for table in free))
        yield RULE.finding(subject, free[0].address, message, severity="info", fixes=(mended,))


def _views(subject: Subject) -> Iterator[Finding]:
    for view in subject.schema.views:
        guarded = [table.name for table in row_security.tables_of(subject.schema, view) if table.row_security]
        if guarded and row_security.reads_with_owners_rights(view):
            kind = "materialized view" if view.materialized else "view"
            message = (
                f"the {kind} {view.name} shows every row of {listed(guarded)}: it reads with the rights of its owner"
            )
            found: tuple[Fix, ...] = ()
            if not view.materialized:
                statement = f"alter view {qualified(view.schema, view.name)} set (security_invoker = true)"
                found = (fixes.display("read with the rights of who asks", statement),)
            yield RULE.finding(subject, address("view", view.schema, view.name), message, fixes=found)


def _alter(table: Table, what: str) -> str:
    return f"alter table {qualified(*table.key)} {what} row level security"


def _deed(command: str) -> str:
    rows = {"all": "read and write every row of", "select": "read every row of", "insert": "insert any row into"}
    return rows.get(command, f"{command} every row of")


def _nothing(permissive: bool) -> str:
    return "permits nothing" if permissive else "restricts nothing"


NOTES = "create table notes (id int primary key, owner text not null);\n"
GUARDED = NOTES + "alter table notes enable row level security;\nalter table notes force row level security;\n"
OWN = "owner = current_setting('app.person', true)"
TYPESCRIPT = """import { integer, pgTable, text } from 'drizzle-orm/pg-core'

export const notes = pgTable('notes', {
  id: integer('id').primaryKey(),
  owner: text('owner').notNull(),
}).enableRLS()
"""
EXAMPLES = (
    sql(NOTES + f"create policy own on notes using ({OWN});\n", "table:public.notes", title="not enabled"),
    sql(GUARDED + f"create policy own on notes using ({OWN});\n"),
    sql(GUARDED + "create policy own on notes using (true);\n", "policy:public.notes.own", title="always true"),
    sql(GUARDED + "create policy own on notes for select;\n", "policy:public.notes.own", title="no condition"),
    sql(GUARDED + "create policy shown on notes for select using (true);\n", title="everybody may read"),
    sql(
        GUARDED + f"create policy own on notes using ({OWN});\n"
        "create policy written on notes for insert with check (owner <> '');\n",
        "policy:public.notes.written",
        title="two that permit",
    ),
    sql(
        GUARDED.replace("force", "no force") + f"create policy own on notes using ({OWN});\n",
        "table:public.notes",
        title="the owner sees all",
    ),
    sql(GUARDED, "table:public.notes", title="nobody sees anything"),
    sql(
        GUARDED + f"create policy own on notes using ({OWN});\ncreate view all_notes as select * from notes;\n",
        "view:public.all_notes",
        title="a view goes past it",
    ),
    sql(
        GUARDED + f"create policy own on notes using ({OWN});\n"
        "create view my_notes with (security_invoker = true) as select * from notes;\n",
        title="a view that does not",
    ),
    sql(
        "create schema auth;\ncreate function auth.uid() returns text stable language sql as $$ select 'ann' $$;\n"
        + GUARDED + "create policy own on notes using (owner = auth.uid());\n",
        "policy:public.notes.own",
        title="called for each row",
    ),
    drizzle(TYPESCRIPT, "table:public.notes", title="nobody sees anything"),
    Example(
        {
            "schema.ts": TYPESCRIPT,
            "drizzle/0000_notes.sql": GUARDED + f"create policy own on notes using ({OWN});\n",
        },
        title="the policies are written in a migration",
    ),
)  # fmt: skip
DEMONSTRATION = (
    Do(NOTES + "insert into notes values (1, 'ann'), (2, 'bob');"
       f"create policy own on notes using ({OWN}); set app.person = 'ann'"),
    Shows("select count(*) from notes", "2", "a policy without row level security: Ann reads Bob's note"),
    Do("alter table notes enable row level security"),
    Shows("select count(*) from notes", "2", "enabled, not forced: who owns the table reads everything"),
    Do("alter table notes force row level security"),
    Shows("select count(*) from notes", "1", "forced: Ann reads her own"),
    Do("create policy shown on notes for select; set app.person = ''"),
    Shows("select count(*) from notes", "0", "a policy without a condition permits nothing"),
    Do("create policy everybody on notes using (true)"),
    Shows("select count(*) from notes", "2", "a second policy that is always true opens it again"),
    Do("drop policy everybody on notes; drop policy own on notes; create schema auth;"
       "create function auth.uid() returns text stable language plpgsql as $$ begin return 'ann'; end $$;"
       "create policy own on notes using (owner = auth.uid())"),
    Plan("select from notes", "the call stands in the filter of each row", lacks="InitPlan", has="auth.uid()"),
    Do("alter policy own on notes using (owner = (select auth.uid()))"),
    Plan("select from notes", "inside of (select …) it is made once", has="InitPlan"),
)  # fmt: skip
