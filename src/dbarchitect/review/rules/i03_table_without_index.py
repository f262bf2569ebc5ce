"""A large table, or a way of access that the design states, has no index.

Why
    A query that finds its rows by no index reads the whole table. With a thousand rows nobody notices; with a million
    each such query costs a fraction of a second of processor time, and ten at once the whole machine.

    Found where a live database says that a table of ten thousand rows or more is read whole again and again while it
    has no index but its primary key, and where the design states an access that no index begins with. Queries in
    TypeScript are the business of Q13.

Fix
    Add an index that begins with the columns of the query's equalities, then those of its order or range. For a stated
    access the fix names it; for a live table see what is asked with `pg_stat_statements`.

Sources
    https://www.postgresql.org/docs/current/indexes-intro.html
    Seed: "Index frequently queried columns", "Plan indexes based on expected queries".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import Access
from dbarchitect.model.names import fit
from dbarchitect.model.statistics import Statistics, TableStatistics
from dbarchitect.model.table import Table
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Plan
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("I03", "table-without-index", "fact", "warning")

SCANS = 100
"""How often a table must have been read whole before we speak of a habit."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each large table that is read whole for want of an index, and each stated access without one."""
    for table in subject.schema.tables:
        figures = measured.of_table(subject, table)
        bare = not table.indexes and not table.uniques and not table.exclusions
        if figures and bare and measured.large(subject, table) and figures.sequential >= SCANS:
            rows = measured.number(figures.rows or 0)
            message = (
                f"{table.name} has {rows} rows and no index but its primary key, and is read whole again and again"
            )
            seen = measured.evidence(f"{measured.number(figures.sequential)} scans of the whole table")
            yield RULE.finding(subject, table.address, message, evidence=seen)
        for access in subject.facts.intent(table).access:
            columns = _columns(subject, table, access)
            if columns and not any(
                item.columns[:1] and item.columns[0] in columns for item in subject.facts.accesses(table)
            ):
                said = ", ".join(columns)
                message = f"no index serves the access {access.name} of {table.name} by {said}"
                parts = (*(IndexPart(column=name) for name in columns),
                         *(IndexPart(column=name, descending=down) for name, down in access.order))  # fmt: skip
                new = Index(fit(f"{table.name}_{access.name}_idx"), parts)
                yield RULE.finding(subject, table.address, message, fixes=[fixes.add_index(subject, table, new)])


def _columns(subject: Subject, table: Table, access: Access) -> list[str]:
    """The columns of an access that an index can begin with: the tenant's, then those that are compared."""
    if any(item.operator in ("search", "contains") for item in access.filters):
        return []
    tenant = subject.facts.managed(table, "tenant")
    own = [item.column for item in access.filters if table.has(item.column)]
    return ([tenant] if tenant and own else []) + own


TABLE = "create table visits (id bigint primary key, page text, at timestamptz);\n"


def _seen(rows: int, scans: int) -> Statistics:
    return Statistics({"table:public.visits": TableStatistics(rows=rows, bytes=rows * 100, sequential=scans)}, {}, 30.0)


EXAMPLES = (
    Example(
        {"schema.sql": TABLE},
        ("table:public.visits",),
        statistics=_seen(2_000_000, 5_000),
        title="read whole 5,000 times",
    ),
    Example({"schema.sql": TABLE}, (), statistics=_seen(400, 5_000), title="a small table"),
    Example({"schema.sql": TABLE}, (), statistics=_seen(2_000_000, 3), title="a table that is only appended to"),
    sql(TABLE, title="without figures nobody can tell"),
)
DEMONSTRATION = (
    Do("create table visits (id int primary key, page int);"
       "insert into visits select n, n from generate_series(1, 20000) n;"
       "analyze"),
    Plan("select from visits where page = 7", "every row is read", has="Seq Scan"),
    Do("create index visits_page_idx on visits (page)"),
    Plan("select from visits where page = 7", "one is", has="visits_page_idx"),
)  # fmt: skip
