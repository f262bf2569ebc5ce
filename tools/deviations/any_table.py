"""A filter that takes any table compiles for a table without tenants."""

from deviations.trial import Shown, project

SEED = "`withOrgFilter = (table: any, organizationId: string)`"
WE = "`withOrgFilter = (table: TenantTable, …)`, where `TenantTable` has the column"
WHY = "The seed itself forbids `any`; with it the condition becomes `where  = $1`."
SCHEMA = """
import {{ eq }} from 'drizzle-orm'
import type {{ PgColumn, PgTable }} from 'drizzle-orm/pg-core'
const users = pgTable('users', {{ id: uuid('id') }})
const withOrgFilter = (table: {type}, organizationId: string) => eq(table.organizationId, organizationId)
export const filter = withOrgFilter(users, 'x')
"""


def compiles(kind: str) -> str:
    """What the compiler says."""
    with project(SCHEMA.format(type=kind)) as made:
        problems = made.typecheck().problems
    return f"{problems[0].code}: {problems[0].message.splitlines()[0][:90]}" if problems else "compiles"


def show() -> Shown:
    """Filter a table that has no organization_id."""
    return Shown(compiles("any"), compiles("PgTable & { organizationId: PgColumn }"))
