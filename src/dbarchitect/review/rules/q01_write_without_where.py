"""A delete or update changes every row of the table.

Why
    Without a condition PostgreSQL changes all rows, those of other tenants included, and nothing asks back. A condition
    that is `undefined` is none: Drizzle leaves it out in silence.
    The whole chain counts, a `.where()` after `.from()` as well as one that is added to a variable later; a builder
    that a function gives back may still get its condition there and is left alone. So are tests, seeds and scripts.
    Where the function's name says that it treats all rows (`clearCache`), it is information: a name is no proof.

Fix
    Add the condition. When all rows are meant, say so: `.where(sql`true`)`. No fix is made: nobody but you knows which
    rows are meant.

Sources
    https://www.postgresql.org/docs/current/sql-delete.html
    https://github.com/drizzle-team/drizzle-orm/issues/5612
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.model import Nothing
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.query_facts import service, spoken, wholesale
from dbarchitect.review.query_names import aside
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, ORDERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q01", "write-without-where", "fact", "error", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each delete and update whose whole chain has no condition."""
    for query in service(subject, "delete", "update"):
        if not query.complete or not isinstance(query.where, Nothing):
            continue
        if aside(query.file.path) or query.link("innerJoin", "from"):
            continue
        done = "deletes" if query.verb == "delete" else "changes"
        written = query.link("where")
        why = "its condition is undefined" if written else "it has no condition"
        message = f"the {query.verb} of {spoken(query)} {done} every row: {why}"
        meant = wholesale(query.around) and not written
        yield RULE.finding(subject, query.address, message, span=query.span, severity="info" if meant else "error")


EXAMPLES = (
    example("export const drop = async () => {\n  await db.delete(orders)\n}\n", ORDERS),
    example("export const drop = async (id: string) => {\n  await db.delete(orders).where(eq(orders.id, id))\n}\n"),
    example(
        "export const f = async () => {\n  await db.update(customers).set({ points: 0 }).returning()\n}\n", CUSTOMERS
    ),
    example(
        "export const f = async () => {\n  await db.update(customers).set({ points: 1 })"
        ".from(sql`(values (1)) as v(id)`).where(eq(customers.id, sql`v.id`))\n}\n",
        title="drizzle-orm #5612: where after from",
    ),
    example(
        "const seen = new Map<string, number>()\nexport const forget = (id: string) => seen.delete(id)\n",
        title="drizzle-orm #2106: delete of a Map",
    ),
    example(
        "export class Service {\n  constructor(private readonly repository: Repository) {}\n"
        "  async remove(id: string) {\n    return this.repository.delete(id)\n  }\n}\n"
        "export const drop = () => OrderRepository.delete(1)\n",
        title="drizzle-orm #2446: delete of a repository",
    ),
    example(
        "export const drop = async (id: string) => {\n  await cache.delete(id)\n  await teamService.delete()\n"
        "  await axios.delete('/orders')\n  await accounts.patch({ id }).delete(fields).go({})\n}\n",
        title="drizzle-orm #2907: delete of other objects",
    ),
    example(
        "export const f = async (id?: string) => {\n  const query = db.delete(orders).$dynamic()\n"
        "  if (id) query.where(eq(orders.id, id))\n  await query\n}\n",
        title="a condition that is added later",
    ),
    example("export const remove = () => db.delete(orders)\n", title="a builder that is given back"),
    example(
        "export const clearOrders = async () => {\n  await db.delete(orders)\n}\n",
        ORDERS,
        title="the name says so: information",
    ),
    example(
        "export const clearOrders = async () => {\n  await db.delete(orders).where(sql`true`)\n}\n",
        title="the code says so",
    ),
    example(
        "export const recall = async (id?: string) => {\n  await db.delete(orders).where(undefined)\n}\n",
        ORDERS,
        title="a condition that is undefined, in a function that only sounds like all",
    ),
    example(
        "export const leave = protectedProcedure.mutation(async ({ ctx }) => {\n"
        "  if (ctx.session.id) await ctx.db.update(customers).set({ note: null })\n})\n",
        CUSTOMERS,
        title="a tRPC procedure that forgets whose row",
    ),
    example(
        "app.delete('/orders/:id', async (c) => {\n  const { id } = c.req.param()\n"
        "  await c.var.db.transaction((tx) => removeItems(tx, id))\n  await c.var.db.delete(orders)\n})\n",
        ORDERS,
        title="a Hono handler",
    ),
)
DEMONSTRATION = (
    Do("create table accounts (id int primary key, balance int); insert into accounts values (1, 10), (2, "
       "20), (3, 30)"),
    Do("update accounts set balance = 0", "meant for one account"),
    Shows("select count(*) from accounts where balance = 0", "3", "every account is empty"),
)  # fmt: skip
