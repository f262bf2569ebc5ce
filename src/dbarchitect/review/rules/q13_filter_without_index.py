"""No index starts with a column that a query filters by.

Why
    PostgreSQL finds rows through an index only from its first column on. Where none of a query's conditions names a
    column that some index, key or unique constraint starts with, each run reads the whole table.
    Only conditions by equality and by range that hold in every run count; one finding for a table and set of columns,
    at its first query. Columns with few values (booleans, enums, a status, a role) are left alone, since an index on
    them alone seldom helps, and so are small tables where the statistics of a live database tell. A foreign key without
    an index is for R01 to say.

Fix
    Add an index on the columns, those compared by equality first. It changes no result, but counts as unsafe: each
    index costs a little on every write, and only you know how large the table grows and how often the query runs.

Sources
    https://www.postgresql.org/docs/current/indexes-multicolumn.html
    Seed: "Index frequently queried columns".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.keys import finder
from dbarchitect.model.finding import Finding
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import fit
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.query.model import Compare, Condition, Nothing, Query
from dbarchitect.read.drizzle.query.predicates import required
from dbarchitect.review.demonstration import Do, Plan
from dbarchitect.review.mending import fixes
from dbarchitect.review.query_facts import key_of, rows, service, spoken, table_of
from dbarchitect.review.rule import Rule, queries
from dbarchitect.review.specimen import HEAD, ORDERS, SCHEMA, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q13", "filter-without-index", "fact", "warning", needs="queries")
EQUAL = frozenset(("eq", "inArray"))
RANGE = frozenset(("gt", "gte", "lt", "lte", "between"))
FEW = re.compile(r"(?:^|_|\b)(?:status|state|role|type|kind|level|mode|category)$", re.IGNORECASE)
"""Names of columns that hold one of few values."""
SMALL = 10_000


def check(subject: Subject) -> Iterator[Finding]:
    """Each set of columns that queries filter a table by and no index starts with one of."""
    found: dict[tuple[str, tuple[str, ...]], list[Query]] = {}
    for query in service(subject, "select", "findMany", "findFirst", "count", "update", "delete"):
        columns = _columns(query)
        if not columns or query.ending not in ("awaited", "returned"):
            continue
        table = table_of(query)
        known = rows(subject, table)
        if (known is not None and known < SMALL) or _served(table, columns):
            continue
        if _coarse(subject, table, columns) or not subject.is_whole(table) or _refers(subject, table, columns):
            continue
        found.setdefault((query.address, columns), []).append(query)
    for (address, columns), listed in found.items():
        query = listed[0]
        table = table_of(query)
        keys = ", ".join(key_of(query.table, column) for column in columns)
        others = f" and {len(listed) - 1} more" if len(listed) > 1 else ""
        message = (
            f"the {query.verb} of {spoken(query)}{others} filters by {keys}: "
            "no index starts there, each reads every row"
        )
        related = [other.span for other in listed[1:]]
        index = Index(fit(f"{table.name}_{'_'.join(columns)}_idx"), tuple(IndexPart(column=name) for name in columns))
        fix = fixes.add_index(subject, table, index, safety="unsafe")
        yield RULE.finding(subject, address, message, span=query.span, related=related, fixes=[fix])


def _refers(subject: Subject, table: Table, columns: tuple[str, ...]) -> bool:
    """Whether a foreign key over some of the columns lacks its index: R01 says so, and that index serves here."""
    return any(
        set(reference.foreign_key.columns) <= set(columns) and not finder(subject.facts, reference)
        for reference in subject.facts.references_from(table)
    )


def _columns(query: Query) -> tuple[str, ...]:
    """The columns that are compared in every run, equality first; empty when any condition is of another kind."""
    equal: list[str] = []
    ranged: list[str] = []
    if any(join.kind != "left" for join in query.joins):
        return ()
    for condition in required(query.where):
        if isinstance(condition, Nothing):
            continue
        place = _compared(condition, query)
        if place is None:
            return ()
        (equal if place[1] else ranged).append(place[0])
    return (*dict.fromkeys(equal), *dict.fromkeys(ranged))


def _compared(condition: Condition, query: Query) -> tuple[str, bool] | None:
    if not isinstance(condition, Compare) or condition.column.name is None:
        return None
    if condition.column.of.identity != query.table.identity:
        return None
    if condition.operator in ("isNull", "isNotNull", "ne", "notInArray", "like", "ilike"):
        return None
    if condition.operator not in EQUAL | RANGE or any(value.kind == "column" for value in condition.values):
        return None
    return condition.column.name, condition.operator in EQUAL


def _served(table: Table, columns: tuple[str, ...]) -> bool:
    leading = {index.columns[0] for index in table.indexes if index.columns}
    leading |= {key.columns[0] for key in table.uniques}
    leading |= set(table.primary_key.columns[:1]) if table.primary_key else set()
    leading |= {
        name
        for index in table.indexes
        for part in index.parts[:1]
        for name in columns
        if part.expression and name in part.expression
    }
    return bool(leading & set(columns))


def _coarse(subject: Subject, table: Table, columns: tuple[str, ...]) -> bool:
    enums = {enum.name for enum in subject.schema.enums}
    found = [table.column(name) for name in columns if table.has(name)]
    return all(
        column.type.name == "boolean"
        or column.type.name.rpartition(".")[2].strip('"') in enums
        or FEW.search(column.name) is not None
        for column in found
    )


EXAMPLES = (
    queries(
        SCHEMA,
        HEAD + "export const f = async (email: string) => {\n"
        "  return db.select().from(customers).where(eq(customers.email, email)).limit(1)\n}\n"
        "export const g = async (email: string) => db.query.customers.findFirst({ where: eq(customers.email, "
        "email) })\n",
        "table:public.customers",
    ),
    example(
        "export const f = async (id: string) => {\n  return db.select().from(orders)"
        ".where(and(eq(orders.customerId, id), eq(orders.status, 'open'))).limit(9)\n}\n"
    ),
    example(
        "export const f = async () => {\n  return db.select().from(orders).where(eq(orders.total, 5)).limit(9)\n}\n",
        ORDERS,
    ),
    example(
        "export const f = async (status: string) => {\n  return db.select().from(orders)"
        ".where(or(eq(orders.status, status), isNull(orders.customerId))).limit(9)\n}\n",
        title="not only comparisons",
    ),
)
DEMONSTRATION = (
    Do("create table visits (id int primary key, host text not null, page text not null);"
       "create index visits_page_host_idx on visits (page, host);"
       "insert into visits select n, 'h' || n, 'p' || n from generate_series(1, 3000) n; analyze visits"),
    Plan("select from visits where page = 'p7' and host = 'h7'", "from its first column on, the index serves",
         has="visits_page_host_idx"),
    Do("drop index visits_page_host_idx"),
    Plan("select from visits where host = 'h7'", "without one that starts there, every row is read", has="Seq Scan"),
)  # fmt: skip
