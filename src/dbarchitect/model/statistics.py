"""What a live database says of itself: sizes, use and spread of values, never a value of a user's row.

Keys are addresses as everywhere: `table:public.orders`, `index:public.orders_pkey` (an index that backs a constraint
is named like one that does not), and the bare column name inside of a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """How the values of a column are spread, as the last ANALYZE saw it.

    Args:
        distinct: number of different values; negative is a share of the rows, -1 for all different (pg_stats).
        null_fraction: share of the rows that are NULL, from 0 to 1.
        common: share of the rows that hold the most common value, from 0 to 1; None when no value stands out.
        correlation: how far the order on disk follows the order of values, from -1 to 1; None when there is no order.
        width: average bytes of a value.
    """

    distinct: float = 0.0
    null_fraction: float = 0.0
    common: float | None = None
    correlation: float | None = None
    width: int = 0

    def values(self, rows: float) -> float:
        """The number of different values in a table of `rows` rows."""
        return -self.distinct * rows if self.distinct < 0 else self.distinct


@dataclass(frozen=True, slots=True)
class TableStatistics:
    """One table, materialized view or partition.

    Args:
        rows: estimated number of live rows; None when it was never analysed nor vacuumed.
        bytes: of the table with its TOAST, without indexes.
        index_bytes: of all its indexes.
        dead: rows that were deleted or replaced and wait for VACUUM.
        modified: rows that changed since the last ANALYZE.
        analyzed: whether ANALYZE ever ran, as far as the counters know.
        vacuumed: whether VACUUM ever ran, as far as the counters know.
        sequential: how often the whole table was read.
        wasted: bytes of `bytes` that hold no rows, estimated from widths; None when that cannot be told.
        columns: by name; those that the reading role may not see are missing.
    """

    rows: int | None = None
    bytes: int = 0
    index_bytes: int = 0
    dead: int = 0
    modified: int = 0
    analyzed: bool = True
    vacuumed: bool = True
    sequential: int = 0
    wasted: int | None = None
    columns: Mapping[str, ColumnStatistics] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexStatistics:
    """One index.

    Args:
        table: address of its table.
        scans: how often it was used since the counters run.
        bytes: its size.
        valid: whether queries may use it; False after a CREATE INDEX CONCURRENTLY that failed.
        ready: whether writes keep it.
        wasted: bytes that hold no entries, estimated from widths; None when that cannot be told.
    """

    table: str = ""
    scans: int = 0
    bytes: int = 0
    valid: bool = True
    ready: bool = True
    wasted: int | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """A live database at one moment.

    Args:
        tables: by address.
        indexes: by address.
        days: how long the counters of use have been running; None when the server does not say.
        version: the server's version number, 180006 for 18.6.
        replica: whether this server is a replica, whose counters say nothing of the primary.
    """

    tables: Mapping[str, TableStatistics] = field(default_factory=dict)
    indexes: Mapping[str, IndexStatistics] = field(default_factory=dict)
    days: float | None = None
    version: int = 0
    replica: bool = False
