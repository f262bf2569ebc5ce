"""What a database holds, as sums: for each column how many values there are and what they add up to.

Rows are looked at through `hashtextextended` of their texts, so that a picture of any size is a few numbers. Each
column has two sums: of its values alone, and of its values together with the key of their rows, which sees values that
changed places. Tables and columns are known by OID and number, so that a renamed column is the same column; what was
dropped and made again is found by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from dbarchitect.engines.fingerprint import pin
from dbarchitect.model.address import address
from dbarchitect.model.names import qualified, quote
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    import psycopg

TOGETHER: Final = 10
"""Tables that one query asks for: more take longer to plan together than they save in asking."""
_TABLES: Final = """
    select c.oid, n.nspname, c.relname, c.relkind::text,
           array(select k.attnum from pg_catalog.pg_index i, unnest(i.indkey[:i.indnkeyatts - 1]) with ordinality k (attnum, place)
                  where i.indrelid = c.oid and i.indisprimary order by k.place)::int[],
           array(select a.attnum from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                  and not a.attisdropped order by a.attnum)::int[],
           array(select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                  and not a.attisdropped order by a.attnum)::text[],
           array(select a.attgenerated <> '' from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                  and not a.attisdropped order by a.attnum)::bool[]
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.oid >= 16384 and not c.relispartition and n.nspname !~ '^pg_(toast|temp)'
       and (c.relkind in ('r', 'p') or c.relkind = 'm' and c.relispopulated)
       and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
                        and d.objid = c.oid and d.deptype = 'e')
     order by 2, 3"""  # noqa: E501
_SEQUENCES: Final = """
    select c.oid, n.nspname, c.relname, s.seqincrement > 0
      from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.oid >= 16384 and n.nspname !~ '^pg_temp' order by 2, 3"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's sums.

    Args:
        name: its name.
        number: its attnum.
        computed: GENERATED from other columns.
        values: how many are not NULL.
        alone: the sum over its values.
        placed: the sum over its values with the keys of their rows; None where no key is known.
    """

    name: str
    number: int
    computed: bool
    values: int
    alone: int
    placed: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows; `key` are the numbers of the columns that tell rows apart, `whole` is the sum over whole rows."""

    oid: int
    schema: str
    name: str
    kind: str
    rows: int
    key: tuple[int, ...]
    columns: tuple[Column, ...]
    whole: int

    @property
    def address(self) -> str:
        """Such as `table:public.t`."""
        return address("view" if self.kind == "m" else "table", self.schema, self.name)

    def column_address(self, name: str) -> str:
        """Such as `column:public.t.c`."""
        return address("column", self.schema, self.name, name)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a sequence stands: its next value, and whether it counts upwards."""

    oid: int
    schema: str
    name: str
    upwards: bool
    last: int
    called: bool


@dataclass(frozen=True, slots=True)
class Content:
    """The data of a database at one moment."""

    tables: tuple[Table, ...]
    sequences: tuple[Position, ...]

    def table(self, like: Table) -> Table | None:
        """The table that another picture shows: the same by OID, else by name."""
        same = next((table for table in self.tables if table.oid == like.oid), None)
        named = next((t for t in self.tables if (t.schema, t.name) == (like.schema, like.name)), None)
        return same or named


def content(connection: psycopg.Connection[Any], like: Content | None = None) -> Content:
    """Read the sums of a database.

    Args:
        connection: of a superuser, so that no policy hides a row.
        like: an earlier picture; its keys are used, so that the two can be compared.
    """
    with connection.transaction():  # no rollback: it would make the driver forget the plans of fingerprints
        pin(connection)
        rows = connection.execute(_TABLES.encode(), prepare=True).fetchall()
        asked = [_Asked.of(row, like) for row in rows]
        sums = _united(connection, [one.query for one in asked])
        sequences = tuple(_positions(connection))
    return Content(tuple(one.table(found) for one, found in zip(asked, sums, strict=True)), sequences)


def _united(connection: psycopg.Connection[Any], queries: list[str]) -> list[tuple[Any, ...]]:
    """The row that each of the queries gives, asked for many at a time."""
    found: dict[int, tuple[Any, ...]] = {}
    for start in range(0, len(queries), TOGETHER):
        parts = [f"select {start + n}, {query}" for n, query in enumerate(queries[start : start + TOGETHER])]
        for place, *values in connection.execute(" union all ".join(parts).encode()).fetchall():
            found[place] = tuple(values)
    return [found[place] for place in range(len(queries))]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One table whose sums are asked for: a row of `_TABLES`, the key that is used, and the query."""

    row: tuple[Any, ...]
    key: tuple[int, ...]
    query: str

    @classmethod
    def of(cls, row: tuple[Any, ...], like: Content | None) -> _Asked:
        oid, schema, name, kind, key, numbers, names, computed = row
        known = dict(zip(numbers, names, strict=True))
        chosen = _key(Table(oid, schema, name, kind, 0, tuple(key), (), 0), known, like)
        parts = _parts(numbers, known, computed, chosen)
        return cls(row, chosen, f"array[{', '.join(parts)}]::numeric[] from {qualified(schema, name)}")

    def table(self, found: tuple[Any, ...]) -> Table:
        """The picture of the table, from its sums."""
        oid, schema, name, kind, _, numbers, names, computed = self.row
        (sums,) = found
        columns = tuple(
            Column(
                names[place], number, computed[place], int(sums[2 + 3 * place]), *sums[3 + 3 * place : 5 + 3 * place]
            )
            for place, number in enumerate(numbers)
        )
        return Table(oid, schema, name, kind, int(sums[0]), self.key, columns, sums[1])


def _parts(numbers: list[int], known: dict[int, str], computed: list[bool], chosen: tuple[int, ...]) -> list[str]:
    """SQL for the count of rows, the sum over whole rows, and three sums for each column."""
    given = [number for number, generated in zip(numbers, computed, strict=True) if not generated]
    parts = ["count(*)", _sum(_row([known[number] for number in given]))]
    seed = f"hashtextextended({_row([known[number] for number in chosen])}, 0)" if chosen else ""
    for number in numbers:
        text = f"('=' || {quote(known[number])}::text) collate \"C\""
        parts += [f"count({quote(known[number])})", _sum(text)]
        parts += [_sum(f"coalesce({text}, '')", seed)] if seed else ["null"]
    return parts


def _key(table: Table, known: dict[int, str], like: Content | None) -> tuple[int, ...]:
    """The columns that tell rows apart: those of the earlier picture when they are still there."""
    before = like.table(table) if like else None
    if before is None:
        return table.key
    if before.oid == table.oid:
        return before.key if set(before.key) <= known.keys() else ()
    names = {name: number for number, name in known.items()}
    wanted = [column.name for number in before.key for column in before.columns if column.number == number]
    return tuple(names[name] for name in wanted) if set(wanted) <= names.keys() else ()


def _row(names: list[str]) -> str:
    return f'row({", ".join(map(quote, names))})::text collate "C"'


def _sum(text: str, seed: str = "0") -> str:
    return f"coalesce(sum(hashtextextended({text}, {seed})::numeric), 0)"


def _positions(connection: psycopg.Connection[Any]) -> Iterator[Position]:
    rows = connection.execute(_SEQUENCES.encode(), prepare=True).fetchall()
    queries = [f"last_value, is_called from {qualified(schema, name)}" for _, schema, name, _ in rows]
    for (oid, schema, name, upwards), (last, called) in zip(rows, _united(connection, queries), strict=True):
        yield Position(oid, schema, name, upwards, last, called)
