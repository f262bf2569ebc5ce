"""What one picture of the data has and a later one has not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from dbarchitect.engines.fingerprint import pin
from dbarchitect.model.address import address
from dbarchitect.model.certificate import Loss
from dbarchitect.model.names import qualified, quote
from dbarchitect.prove.migration.content import Column, Content, Position, Table

if TYPE_CHECKING:
    import psycopg

MOST_ROWS: Final = 50_000
"""Above it single values are not compared: the sums have said that some differ."""
EXAMPLES: Final = 3
LONGEST: Final = 60


def losses(before: Content, after: Content) -> tuple[tuple[Loss, ...], tuple[tuple[str, str], ...]]:
    """Compare two pictures by their sums.

    Args:
        before: the earlier picture.
        after: the later one, read like the earlier.

    Returns:
        What is lost, sorted by address, and for each column that lives on elsewhere its old and new address.
    """
    found: list[Loss] = []
    kept: list[tuple[str, str]] = []
    spare = _spare(before, after)
    for table in before.tables:
        if table.kind == "m":
            continue
        now = after.table(table)
        pairs = [(c, _column(now, table, c) if now else None) for c in table.columns if not c.computed]
        gone = [column for column, there in pairs if there is None]
        moved = {column.name: place for column in gone if (place := _moved(column, spare))}
        kept += [(table.column_address(name), place) for name, place in moved.items()]
        if now is None and len(moved) < len(pairs):
            found.append(Loss(table.address, "dropped", table.rows, table.rows))
        elif now is not None:
            dropped = [column for column in gone if column.name not in moved]
            found += [Loss(table.column_address(c.name), "dropped", c.values, table.rows) for c in dropped]
            found += _values(table, now, [(mine, there) for mine, there in pairs if there is not None])
    for position in before.sequences:
        found += _sequence(position, after)
    return tuple(sorted(found, key=lambda loss: (loss.address, loss.kind))), tuple(sorted(kept))


def _values(table: Table, now: Table, pairs: list[tuple[Column, Column]]) -> list[Loss]:
    if now.rows != table.rows:
        return [Loss(table.address, "rows", abs(now.rows - table.rows), table.rows)]
    keys = [(mine, there) for mine, there in pairs if mine.number in table.key]
    placed = all((mine.values, mine.alone) == (there.values, there.alone) for mine, there in keys)
    changed = [mine for mine, there in pairs if not _same(mine, there, placed)]
    found = [Loss(table.column_address(mine.name), "changed", table.rows, table.rows) for mine in changed]
    all_there = len(pairs) == sum(not column.computed for column in table.columns) == len(now.columns)
    if not found and not table.key and all_there and now.whole != table.whole:
        found.append(Loss(table.address, "changed", table.rows, table.rows))
    return found


def _same(one: Column, other: Column, placed: bool) -> bool:
    """Whether two columns hold the same; by their places in the rows only where the keys of the rows are the same."""
    here = not placed or one.placed is None or other.placed is None or one.placed == other.placed
    return one.values == other.values and one.alone == other.alone and here


def _column(now: Table, before: Table, column: Column) -> Column | None:
    numbered = [c for c in now.columns if now.oid == before.oid and c.number == column.number]
    named = [c for c in now.columns if c.name == column.name]
    return (numbered + named + [None])[0]


def _spare(before: Content, after: Content) -> list[tuple[str, Column]]:
    """The columns that are new, with their addresses."""
    known = {(table.oid, column.number) for table in before.tables for column in table.columns}
    return [
        (table.column_address(column.name), column)
        for table in after.tables
        if table.kind != "m"
        for column in table.columns
        if (table.oid, column.number) not in known and not column.computed
    ]


def _moved(column: Column, spare: list[tuple[str, Column]]) -> str | None:
    if not column.values:
        return None
    same = (other for other in spare if (other[1].values, other[1].alone) == (column.values, column.alone))
    return next((place for place, _ in same), None)


def _sequence(position: Position, after: Content) -> list[Loss]:
    place = address("sequence", position.schema, position.name)
    same = [s for s in after.sequences if s.oid == position.oid]
    same += [s for s in after.sequences if (s.schema, s.name) == (position.schema, position.name)]
    if same:
        now, then = same[0].last + same[0].called, position.last + position.called
        if now == then or (now > then) is position.upwards:
            return []
    return [Loss(place, "position", 1, 1, examples=((str(position.last), str(same[0].last) if same else None),))]


def detailed(
    loss: Loss,
    before: psycopg.Connection[Any],
    after: psycopg.Connection[Any],
    pictures: tuple[Content, Content],
    *,
    shown: bool,
) -> Loss | None:
    """The same loss with how many values or rows it is, and examples.

    Args:
        loss: of kind `changed` or `rows`; others are returned as they are.
        before: a connection to the data as it was.
        after: and as it is.
        pictures: the two pictures.
        shown: whether values may be shown.

    Returns:
        None when nothing is lost after all: rows were added, none is gone.
    """  # fmt: skip
    table, now = _of(loss, pictures)
    if loss.kind not in ("changed", "rows") or table is None or now is None or max(table.rows, now.rows) > MOST_ROWS:
        return loss
    pairs = [(c, there) for c in table.columns if not c.computed and (there := _column(now, table, c))]
    if loss.kind == "changed" and loss.address != table.address:
        pairs = [(c, there) for c, there in pairs if table.column_address(c.name) == loss.address]
    keys = [(c, there) for c in table.columns if c.number in table.key and (there := _column(now, table, c))]
    if len(keys) < len(table.key) or not keys:
        left = _rows(before, table, [c.name for c, _ in pairs])
        right = _rows(after, now, [there.name for _, there in pairs])
        missing = Counter(left) - Counter(right)
        return replace(loss, count=missing.total()) if missing else None
    names = [c.name for c, _ in keys], [there.name for _, there in keys]
    width = len(keys)
    old = {row[:width]: row[width:] for row in _rows(before, table, names[0] + [c.name for c, _ in pairs])}
    new = {row[:width]: row[width:] for row in _rows(after, now, names[1] + [there.name for _, there in pairs])}
    if loss.kind == "rows":
        gone = len(old.keys() - new.keys())
        altered = sum(new[key] != value for key, value in old.items() if key in new)
        return replace(loss, count=gone + altered) if gone + altered else None
    different = [(old[key], new.get(key)) for key in sorted(old, key=str) if new.get(key) != old[key]]
    examples = [(_short(mine[0]), _short(theirs[0] if theirs else None)) for mine, theirs in different if mine]
    return replace(loss, count=len(different), examples=tuple(examples[:EXAMPLES]) if shown else ())


def _of(loss: Loss, pictures: tuple[Content, Content]) -> tuple[Table | None, Table | None]:
    for table in pictures[0].tables:
        places = {table.address, *(table.column_address(column.name) for column in table.columns)}
        if loss.address in places:
            return table, pictures[1].table(table)
    return None, None


def _rows(connection: psycopg.Connection[Any], table: Table, names: list[str]) -> list[tuple[str | None, ...]]:
    listed = ", ".join(f"{quote(name)}::text" for name in names)
    with connection.transaction():
        pin(connection)
        return connection.execute(f"select {listed} from {qualified(table.schema, table.name)}".encode()).fetchall()


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= LONGEST else text[: LONGEST - 1] + "…"
