"""An amount of money lies in a type that rounds.

Why
    `real` and `double precision` hold binary fractions: 0.1 + 0.2 is not 0.3, sums depend on the order of their rows,
    and an amount of nine digits in `real` loses its cents. The type `money` has as many decimals as the server's
    `lc_monetary` says, knows no currency, and drops what does not divide evenly.

    Found by type and name together: a float that is called price, cost, fee, balance and the like. Integers in minor
    units and `numeric` are fine.

Fix
    Change the type to `numeric(19, 4)`, or to an integer of minor units, with the currency in a column beside it.
    Unsafe: the table is rewritten, and Drizzle gives a `numeric` to TypeScript as text.

Sources
    https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT
    https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_money
    Seed: `numeric("price", { precision: 10, scale: 2 }); // Exact decimal`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.values import is_money
from dbarchitect.model.finding import Finding
from dbarchitect.model.types import SqlType
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C03", "inexact-money", "fact", "warning")

EXACT = SqlType("numeric", ("19", "4"))


def check(subject: Subject) -> Iterator[Finding]:
    """Each amount of money in a float, and each column of type money."""
    for table in subject.schema.tables:
        for column in table.columns if not table.partition_of else ():
            if column.type.name == "money" and column.type.schema is None:
                message = "is money, whose decimals hang on the server's locale: divisions lose cents"
            elif column.type.category == "float" and is_money(column):
                message = f"holds money in {column.type.sql()}, which cannot hold 0.1: sums are off by cents"
            else:
                continue
            mend = [] if column.type.dimensions else [fixes.change_type(subject, table, column.name, EXACT)]
            named = f"{table.name}.{column.name}"
            yield RULE.finding(subject, table.column_address(column.name), f"{named} {message}", fixes=mend)


EXAMPLES = (
    sql(
        "create table items (id bigint primary key, price real, total_cost double precision, fee money);\n",
        "column:public.items.price",
        "column:public.items.total_cost",
        "column:public.items.fee",
    ),
    sql(
        "create table items (id bigint primary key, price numeric(12, 2), price_cents integer, cost_weight real,\n"
        "  amount_tokens double precision, latitude double precision);\n",
        title="exact amounts, minor units, and floats that are no money",
    ),
    drizzle(
        "import { integer, pgTable, real } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  price: real('price').notNull(),\n"
        "})\n",
        "column:public.things.price",
    ),
)
DEMONSTRATION = (
    Do("create table items (price double precision); insert into items values (0.1), (0.2)"),
    Shows("select sum(price), sum(price) = 0.3 from items", "0.30000000000000004 | False", "ten and twenty cents"),
    Do("create table large (price real); insert into large values (1234567.89)"),
    Shows("select price::numeric(12, 2) from large", "1234570.00", "a real keeps six digits of a large amount"),
    Shows("select ((10.00::money / 3) * 3)::numeric = 10", "False", "a third of ten, three times"),
)
