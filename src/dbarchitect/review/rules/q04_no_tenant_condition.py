"""A query on a table of many tenants does not say which one.

Why
    Rows of every tenant are read, changed or deleted: the worst leak that such a system can have. A condition on the
    tenant's column anywhere in the query counts, so does row level security of the table. Rows that are found by a
    unique key, or by a foreign key with a given value, belong to one tenant when the key was checked before, and one
    row that is found by a given value may tell the tenant; they are left alone unless the schema's intent declares
    tenancy.
    Relations that a list over all tenants loads along (`with`) count as well. Conditions that cannot be followed, lists
    that read the tenant's column by name (they go on tenant by tenant), tests, scripts, and functions for
    administration and jobs are left alone.

Fix
    Add the condition (`eq(orders.organizationId, organizationId)`) or take the handle from a function that sets the
    tenant for row level security. No fix is made: where the tenant's id comes from must be decided.

Sources
    Seed: "ALWAYS filter by organization_id for multi-tenant tables".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.model import Compare, Condition, Maybe, Nothing, Query, Raw
from dbarchitect.read.drizzle.query.predicates import mentions, opaque, pins, required
from dbarchitect.review.query_facts import key_of, looks_up_one, pinned, service, spoken, table_of, wholesale
from dbarchitect.review.query_names import ACROSS, SCOPED, says
from dbarchitect.review.query_rows import properties_used
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, ORDERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q04", "no-tenant-condition", "house", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each query on a tenant's table without a condition that keeps to one tenant."""
    tenant = subject.roles.tenant_column
    if tenant is None:
        return
    for query in service(subject, "select", "findMany", "findFirst", "count", "update", "delete"):
        table = table_of(query)
        yield from _along(subject, query, tenant)
        if not subject.roles.is_tenant_scoped(table) or table.row_security or not query.complete:
            continue
        if _asks(query, tenant) or _elsewhere(query) or _carries(query, tenant):
            continue
        if not subject.facts.tenancy and _held(query, tenant):
            continue
        done = {"update": "changes", "delete": "deletes"}.get(query.verb, "reads")
        message = f"the {query.verb} {done} {spoken(query)} of every tenant: it has no condition on {tenant}"
        yield RULE.finding(subject, query.address, message, span=query.span)


def _asks(query: Query, tenant: str) -> bool:
    conditions = (query.where, *(join.on for join in query.joins))
    return any(mentions(item, tenant) or opaque(item) for item in conditions)


def _along(subject: Subject, query: Query, tenant: str) -> Iterator[Finding]:
    """Each relation of a list over all tenants that leads to many rows of a tenant's table."""
    table = table_of(query)
    if not query.nested or not query.complete or _elsewhere(query) or opaque(query.where) or table.row_security:
        return
    if subject.roles.is_tenant_scoped(table) or table == subject.roles.tenant_table or pinned(query, lists=True):
        return
    for item in query.nested:
        child = item.table.table
        if item.kind != "many" or child is None or item.of.table != table or not item.complete:
            continue
        if not subject.roles.is_tenant_scoped(child) or child.row_security:
            continue
        if mentions(item.where, tenant) or opaque(item.where):
            continue
        message = (
            f"{item.name} in the {query.verb} of {spoken(query)} reads {child.name} of every tenant: "
            f"it has no condition on {tenant}"
        )
        yield RULE.finding(subject, child.address, message, span=item.span)


def _carries(query: Query, tenant: str) -> bool:
    """Whether a list names the tenant's column among those it reads: then it goes on by tenant, row by row."""
    return query.reads and not query.single and key_of(query.table, tenant) in (query.columns or ())


def _elsewhere(query: Query) -> bool:
    """Whether the place says that tenants do not matter, or that they are kept apart in another way."""
    around = query.around
    if wholesale(around) or says(ACROSS, query.file.path, around.function):
        return True
    return says(SCOPED, *around.guards)


def _leads_to_tenant(query: Query, tenant: str) -> bool:
    """Whether one row is found by a given value (a token, an address) and then tells whose it is."""
    one = query.single or query.limit == "1"
    given = any(
        (isinstance(item, Compare) and item.operator == "eq" and any(value.kind == "other" for value in item.values))
        or (isinstance(item, Raw) and "{}" in item.sql)
        for item in required(query.where)
    )
    if not query.reads or not one or not given or (query.columns is not None and query.result is None):
        return False
    used = properties_used(query)
    return used is None or key_of(query.table, tenant) in used


def _listed(condition: Condition) -> bool:
    """Whether it asks for given keys, which come from where the tenant was looked at."""
    return isinstance(condition, Compare) and condition.operator == "inArray"


def _held(query: Query, tenant: str) -> bool:
    """Whether given keys lead to rows that belong together."""
    columns = pinned(query, lists=True)
    if looks_up_one(query, columns) or (query.limit == "1" and isinstance(query.where, Nothing)):
        return True
    if _leads_to_tenant(query, tenant):
        return True
    if any(isinstance(item, Maybe) and _listed(item.item) for item in required(query.where)):
        return True
    own = query.table.identity
    if any(identity != own for identity, _column in pins(query.where, lists=True)) and query.link("innerJoin"):
        return True
    return any(set(key.columns) & columns for key in table_of(query).foreign_keys) or any(
        name.endswith(("_id", "Id", "token", "slug", "hash", "key")) for name in columns
    )


EXAMPLES = (
    example(
        "export const f = async () => {\n  return db.select().from(orders).where(eq(orders.status, "
        "'open')).limit(9)\n}\n",
        ORDERS,
    ),
    example(
        "export const f = async (organizationId: string) => {\n  return db.select().from(orders)"
        ".where(and(eq(orders.organizationId, organizationId), eq(orders.status, 'open'))).limit(9)\n}\n"
    ),
    example(
        "export const f = async () => {\n  await db.delete(customers).where(lt(customers.points, 3))\n}\n",
        CUSTOMERS,
        title="a delete over all tenants",
    ),
    example(
        "const withOrgFilter = (table: any, organizationId: string) => eq(table.organizationId, organizationId)\n"
        "export const f = async (id: string) =>\n  db.query.orders.findMany({ where: and(withOrgFilter(orders, id), "
        "isNull(orders.deletedAt)), limit: 9 })\n",
        title="the condition is in a helper",
    ),
    example(
        "export const f = async (id: string) => {\n  return db.select().from(orders).where(eq(orders.id, id))\n}\n",
        title="found by its key",
    ),
    example(
        "export const f = async (conditions: SQL[]) => {\n  return "
        "db.select().from(orders).where(and(...conditions))\n}\n",
        title="conditions that nobody can follow",
    ),
    example(
        "export const list = protectedProcedure.query(({ ctx }) => ctx.db.select().from(orders)"
        ".orderBy(desc(orders.createdAt)).limit(20))\n",
        ORDERS,
        title="a tRPC procedure",
    ),
    example(
        "export async function GET(request: Request) {\n  const status = request.nextUrl.searchParams.get('status')\n"
        "  const conditions = [isNull(orders.deletedAt)]\n"
        "  if (status) conditions.push(eq(orders.status, status))\n"
        "  return Response.json(await db.select().from(orders).where(and(...conditions)).limit(20))\n}\n",
        ORDERS,
        title="a Next handler that collects its conditions",
    ),
    example(
        "export async function settle(tx: Transaction) {\n"
        "  await tx.update(orders).set({ status: 'paid' }).where(gt(orders.total, 0))\n}\n",
        ORDERS,
        title="a transaction's handle that is passed on",
    ),
    example(
        "export const recall = async (name: string) => db.query.customers.findFirst({ columns: { id: true }, "
        "where: eq(customers.name, name) })\n",
        CUSTOMERS,
        title="a name that only sounds like all",
    ),
    example(
        "export const f = async (token: string) => {\n"
        "  const [customer] = await db.select().from(customers).where(eq(customers.note, token)).limit(1)\n"
        "  return customer ? load(customer.organizationId) : null\n}\n",
        title="the row tells the tenant",
    ),
    example(
        "export const f = async () => {\n"
        "  const due = await db.select({ id: orders.id, organizationId: orders.organizationId }).from(orders)"
        ".where(eq(orders.status, 'due')).limit(100)\n"
        "  return Promise.all(due.map((order) => remind(order.organizationId, order.id)))\n}\n",
        title="a list that goes on tenant by tenant",
    ),
)
