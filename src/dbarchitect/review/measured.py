"""What the rules about a live database share: which tables are large enough to matter, and how sizes are said.

A rule about the schema and a rule with measured sizes may say the same of one element. It is said once: where
`large` holds, the rule with the sizes (S01, S03, S07) speaks and the other one (R01, I01, I02) keeps silent.
"""

from __future__ import annotations

from dbarchitect.model.finding import Evidence
from dbarchitect.model.index import Index
from dbarchitect.model.statistics import IndexStatistics, TableStatistics
from dbarchitect.model.table import Table
from dbarchitect.review.subject import Subject

ROWS = 10_000
"""From here on a scan of the whole table is felt."""


def of_table(subject: Subject, table: Table) -> TableStatistics | None:
    """The figures of a table; None without statistics."""
    return subject.statistics.tables.get(table.address) if subject.statistics else None


def of_index(subject: Subject, table: Table, index: Index) -> IndexStatistics | None:
    """The figures of an index; None without statistics."""
    return subject.statistics.indexes.get(table.index_address(index.name)) if subject.statistics else None


def large(subject: Subject, table: Table) -> bool:
    """Whether statistics say that the table has so many rows that reading it whole is felt."""
    figures = of_table(subject, table)
    return figures is not None and (figures.rows or 0) >= ROWS


def evidence(result: str) -> Evidence:
    """What was measured, in one line."""
    return Evidence("measured", result=result)


def size(count: int) -> str:
    """Bytes as people say them: 340 MB."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} TB"


def number(count: float) -> str:
    """A count with its thousands apart: 1,200,000."""
    return f"{count:,.0f}"
