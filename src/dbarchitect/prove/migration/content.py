"""What a database holds, as sums: for each column how many values there are and what they add up to.

Rows are looked at through `hashtextextended` of their texts, so that a picture of any size is a few numbers. Each
column has two sums: of its values alone, and of its values together with the key of their rows, which sees values that
changed places. Tables and columns are known by OID and number, so that a renamed column is the same column; what was
dropped and made again is found by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dbarchitect.engines.fingerprint import SETTINGS
from dbarchitect.model.address import address
from dbarchitect.model.names import qualified, quote

if TYPE_CHECKING:
    import psycopg

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
    with connection.transaction(force_rollback=True):
        for name, value in SETTINGS.items():
            connection.execute("select pg_catalog.set_config(%s, %s, true)", (name, value))
        rows = connection.execute(_TABLES.encode()).fetchall()
        tables = tuple(_table(connection, row, like) for row in rows)
        sequences = tuple(_positions(connection))
    return Content(tables, sequences)


def _table(connection: psycopg.Connection[Any], row: tuple[Any, ...], like: Content | None) -> Table:
    oid, schema, name, kind, key, numbers, names, computed = row
    known = dict(zip(numbers, names, strict=True))
    chosen = _key(Table(oid, schema, name, kind, 0, tuple(key), (), 0), known, like)
    given = [number for number, generated in zip(numbers, computed, strict=True) if not generated]
    parts = ["count(*)", _sum(_row([known[number] for number in given]))]
    seed = f"hashtextextended({_row([known[number] for number in chosen])}, 0)" if chosen else ""
    for number in numbers:
        text = f"('=' || {quote(known[number])}::text) collate \"C\""
        parts += [f"count({quote(known[number])})", _sum(text)]
        parts += [_sum(f"coalesce({text}, '')", seed)] if seed else ["null"]
    found = connection.execute(f"select {', '.join(parts)} from {qualified(schema, name)}".encode()).fetchone()
    assert found is not None
    columns = tuple(
        Column(known[number], number, computed[place], *found[2 + 3 * place : 5 + 3 * place])
        for place, number in enumerate(numbers)
    )
    return Table(oid, schema, name, kind, found[0], tuple(chosen), columns, found[1])


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
    for oid, schema, name, upwards in connection.execute(_SEQUENCES.encode()).fetchall():
        query = f"select last_value, is_called from {qualified(schema, name)}"
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        yield Position(oid, schema, name, upwards, row[0], row[1])
