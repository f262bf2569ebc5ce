"""An index is mostly made of rows that are marked as deleted, or does not begin with the tenant.

Why
    Nearly all queries of a soft-deleted table say `deleted_at is null`, and those of a tenant's table name the tenant.
    An index that holds the deleted rows too is as much larger, and leads to rows that are then thrown away; one that
    does not begin with the tenant walks through the rows of all tenants to find one's.

    Found by measure: a fifth of the rows are deleted and the index has no condition; or there are more than ten tenants
    and an index of several columns names the tenant only after the first.

Fix
    Add `where deleted_at is null`, or put the tenant's column first. Unsafe: queries that look for deleted rows, or for
    all tenants at once, use another path then.

Sources
    https://www.postgresql.org/docs/current/indexes-partial.html
    Seed: "Filter out soft-deleted records in queries", "ALWAYS filter by organization_id for multi-tenant tables".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.model.finding import Finding
from dbarchitect.model.index import Index
from dbarchitect.model.names import quote
from dbarchitect.model.statistics import ColumnStatistics, Statistics, TableStatistics
from dbarchitect.model.table import Table
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("S09", "deleted-rows-in-index", "fact", "warning", needs="statistics")

DELETED = 0.2
TENANTS = 10


def check(subject: Subject) -> Iterator[Finding]:
    """Each index of a large table that deleted rows fill, or that hides the tenant behind another column."""
    for table in subject.schema.tables:
        figures = measured.of_table(subject, table)
        if not figures or not measured.large(subject, table):
            continue
        deleted = subject.roles.deleted_column(table) or ""
        spread = figures.columns.get(deleted)
        share = 1 - spread.null_fraction if spread else 0
        tenant = subject.roles.tenant_column if subject.roles.is_tenant_scoped(table) else None
        owners = figures.columns.get(tenant or "")
        many = owners is not None and owners.values(figures.rows or 0) > TENANTS
        for index in table.indexes:
            address = table.index_address(index.name)
            if index.where is None and not index.unique and share >= DELETED and deleted not in index.columns[:1]:
                if _finds_references(subject, table, index):
                    continue
                message = f"{share:.0%} of what the index {index.name} of {table.name} holds are deleted rows"
                new = replace(index, where=f"{quote(deleted)} is null")
                mend = fixes.replace_index(subject, table, index, new, safety="unsafe")
                seen = measured.evidence(f"{deleted} is set in {share:.0%} of the rows")
                yield RULE.finding(subject, address, message, evidence=seen, fixes=[mend])
            elif many and tenant and index.method == "btree" and tenant in index.columns[1:]:
                message = f"the index {index.name} walks through all tenants: {tenant} stands behind {index.columns[0]}"
                own = next(part for part in index.parts if part.column == tenant)
                new = replace(index, parts=(own, *(part for part in index.parts if part is not own)))
                mend = fixes.replace_index(subject, table, index, new, safety="unsafe")
                yield RULE.finding(subject, address, message, severity="info", fixes=[mend])


def _finds_references(subject: Subject, table: Table, index: Index) -> bool:
    """Whether a foreign key needs the index with all its rows: a parent's deletion looks for deleted children too."""
    for reference in subject.facts.references_from(table):
        access = subject.facts.index_for(table, reference.foreign_key.columns)
        if access and access.address == table.index_address(index.name):
            return True
    return False


TABLE = "create table notes (id bigint primary key, title text, deleted_at timestamptz);\n"
PLAIN = "create index notes_title_idx on notes (title);\n"


def _seen(live: float) -> Statistics:
    spread = {"deleted_at": ColumnStatistics(null_fraction=live)}
    return Statistics({"table:public.notes": TableStatistics(rows=2_000_000, columns=spread)}, {}, 30.0)


EXAMPLES = (
    Example(
        {"schema.sql": TABLE + PLAIN},
        ("index:public.notes_title_idx",),
        statistics=_seen(0.3),
        title="70 % are deleted",
    ),
    Example({"schema.sql": TABLE + PLAIN}, (), statistics=_seen(0.95), title="few rows are deleted"),
    Example(
        {"schema.sql": TABLE + "create index on notes (title) where deleted_at is null;\n"}, (), statistics=_seen(0.3)
    ),
)
DEMONSTRATION = (
    Do("create table notes (id int, title text, deleted_at timestamptz);"
       "insert into notes select n, md5(n::text), case when n % 10 > 2 then now() end from generate_series(1, 10000) n;"
       "create index whole on notes (title); create index live on notes (title) where deleted_at is null"),
    Shows("select pg_relation_size('live') * 2 < pg_relation_size('whole')", "True",
          "without the deleted rows it is less than half as large"),
)  # fmt: skip
