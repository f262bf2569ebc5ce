"""An index takes room and does nothing that another one does not do.

Why
    This is I01 with its price: where a live database says how large the index is, this rule speaks with the bytes, and
    I01 keeps silent about it. What counts as superfluous is the same.

Fix
    Drop it, concurrently. Safe for one that is the same as another; unsafe for one that is the beginning of a longer
    one, which may be so much wider that queries notice: the scans that are counted say how often it is chosen today.

Sources
    https://www.postgresql.org/docs/current/indexes-multicolumn.html
    Seed: "Index strategy and optimization".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.coverage import superfluous
from dbarchitect.model.finding import Finding, Severity
from dbarchitect.model.statistics import IndexStatistics, Statistics
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Plan, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("S03", "superfluous-index-measured", "fact", "warning", needs="statistics")


def check(subject: Subject) -> Iterator[Finding]:
    """Each index with figures whose work another one does."""
    for table in subject.schema.tables:
        for found in superfluous(table):
            figures = measured.of_index(subject, table, found.index)
            if figures is None:
                continue  # I01 speaks of it
            same = found.how == "same"
            size = measured.size(figures.bytes)
            does = "has the same keys" if same else "begins with the same keys"
            message = f"the index {found.index.name} ({size}) is written for nothing: {found.by} {does}"
            weight: Severity = "warning" if same else "info"
            seen = measured.evidence(f"{size}, {measured.number(figures.scans)} scans")
            mend = fixes.drop_index(subject, table, found.index, safety="safe" if same else "unsafe")
            address = table.index_address(found.index.name)
            yield RULE.finding(subject, address, message, severity=weight, evidence=seen, fixes=[mend])


TABLE = "create table orders (id bigint primary key, customer_id bigint);\ncreate index one on orders (customer_id);\n"
TWO = "create index two on orders (customer_id);\n"
SEEN = Statistics({}, {"index:public.two": IndexStatistics("table:public.orders", scans=12, bytes=90 << 20)}, 30.0)

EXAMPLES = (
    Example({"schema.sql": TABLE + TWO}, ("index:public.two",), statistics=SEEN),
    Example({"schema.sql": TABLE + TWO.replace(")", ") where id > 9")}, (), statistics=SEEN),
)
DEMONSTRATION = (
    Do("create table orders (id int primary key, customer_id int); create index one on orders (customer_id);"
       "create index two on orders (customer_id); insert into orders select n, n from generate_series(1, 20000) n;"
       "analyze"),
    Shows("select pg_relation_size('one') = pg_relation_size('two')", "True", "both are written for every row"),
    Do("drop index two"),
    Plan("select from orders where customer_id = 7", "one of them is enough", has="using one"),
)  # fmt: skip
