"""Read a live database's own figures: sizes, use, spread of values. Nothing of the user's rows is read or returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from dbarchitect.model.address import address
from dbarchitect.model.statistics import ColumnStatistics, IndexStatistics, Statistics, TableStatistics
from dbarchitect.read.catalog import Row, queries
from dbarchitect.read.database import require, snapshot

if TYPE_CHECKING:
    import psycopg

PAGE = 8192
PAGE_HEADER = 24
BTREE_SPECIAL = 16
ITEM_POINTER = 4
ROW_HEADER = 24
ENTRY_HEADER = 8
FILE = "statistics.sql"

Columns = Mapping[str, ColumnStatistics]


def read(connection: psycopg.Connection[Any], *, schemas: Sequence[str] | None = None) -> Statistics:
    """What the database says of itself, in one read-only snapshot.

    A role that may not read a table gets no figures about its columns, and none about wasted space.

    Args:
        connection: to the database; any role may read.
        schemas: names of PostgreSQL schemas; None for all but the system's.

    Raises:
        EngineError: the server is older than PostgreSQL 13.
    """
    require(connection)
    named = queries(connection.info.server_version // 10000, FILE)
    with snapshot(connection):
        rows = _fetch(connection, named, list(schemas) if schemas is not None else None)
    version, replica, days = rows["server"][0] if rows["server"] else (connection.info.server_version, False, None)
    columns: dict[tuple[str, str], dict[str, ColumnStatistics]] = {}
    for schema, table, name, *spread in rows["columns"]:
        columns.setdefault((schema, table), {})[name] = ColumnStatistics(*spread)
    tables = {
        address("table", row[1], row[2]): _table(row, columns.get((row[1], row[2]), {})) for row in rows["tables"]
    }
    indexes = {
        address("index", row[0], row[2]): _index(row, columns.get((row[0], row[1]), {})) for row in rows["indexes"]
    }
    return Statistics(tables, indexes, days, version, replica)


def _fetch(
    connection: psycopg.Connection[Any], named: Mapping[str, str], schemas: list[str] | None
) -> dict[str, Sequence[Row]]:
    parameters: dict[str, object] = {"schemas": schemas}
    rows: dict[str, Sequence[Row]] = {}
    for name in named:
        rows[name] = connection.execute(named[name].encode(), parameters).fetchall()
        if name == "tables":
            parameters["relations"] = [row[0] for row in rows[name]]
    return rows


def _table(row: Row, columns: Columns) -> TableStatistics:
    _, _, _, rows, size, index_size, main, dead, modified, analyzed, vacuumed, sequential, fill, count = row
    known = columns if len(columns) == count else None
    return TableStatistics(
        rows=None if rows is None else round(rows),
        bytes=size,
        index_bytes=index_size,
        dead=dead,
        modified=modified,
        analyzed=analyzed or bool(columns),
        vacuumed=vacuumed,
        sequential=sequential,
        wasted=None if known is None or rows is None else max(0, main - table_bytes(rows, known, fill)),
        columns=columns,
    )


def _index(row: Row, columns: Columns) -> IndexStatistics:
    schema, table, _, scans, size, valid, ready, method, entries, keys, fill = row
    known = method == "btree" and keys and entries >= 0 and all(key in columns for key in keys)
    wasted = max(0, size - index_bytes(entries, [columns[key] for key in keys], fill)) if known else None
    return IndexStatistics(address("table", schema, table), scans, size, valid, ready, wasted)


def table_bytes(rows: float, columns: Columns, fill: int = 100) -> int:
    """Bytes that a table needs for its rows, TOAST aside, when it is packed as its fillfactor asks.

    Args:
        rows: live rows.
        columns: all its columns.
        fill: the fillfactor in percent.

    Source: PostgreSQL manual, 65.6 Database Page Layout.
    """
    nulls = ceil(len(columns) / 8) if any(column.null_fraction for column in columns.values()) else 0
    data = sum(column.width * (1 - column.null_fraction) for column in columns.values())
    row = ITEM_POINTER + _aligned(ROW_HEADER + nulls) + _aligned(data)
    return _pages(rows, row, (PAGE - PAGE_HEADER) * fill / 100)


def index_bytes(entries: float, keys: Sequence[ColumnStatistics], fill: int = 90) -> int:
    """Bytes that the leaves of a B-tree need for its entries without deduplication; an upper bound since PostgreSQL 13.

    Args:
        entries: rows in the index.
        keys: its columns, those of INCLUDE too.
        fill: the fillfactor in percent.
    """
    data = sum(key.width * (1 - key.null_fraction) for key in keys)
    entry = ITEM_POINTER + _aligned(ENTRY_HEADER + data)
    return _pages(entries, entry, (PAGE - PAGE_HEADER - BTREE_SPECIAL) * fill / 100) + PAGE


def _pages(count: float, size: float, room: float) -> int:
    return ceil(count / max(1.0, room // size)) * PAGE


def _aligned(size: float) -> float:
    return ceil(size / 8) * 8
