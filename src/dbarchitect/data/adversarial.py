"""Rows that try all that a schema allows: to find out on which data a migration fails, and what it loses.

A few dozen rows for each table: ordinary ones whose values nothing can make again (no default, no sequence would), the
longest, smallest and empty values, NULL in each column that takes it, rows that are the same but for their keys, texts
that differ in case only, every label of an enumeration, children of every other parent, and orphans where no foreign
key is enforced. PostgreSQL itself decides what is allowed: a row that it refuses is left out.

The same schema and salt give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from dbarchitect.data import pools, unlikely
from dbarchitect.data.insertion import insert, put, refused
from dbarchitect.data.orphans import drop_orphans
from dbarchitect.facts.order import insert_order
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Domain, Enum, Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.sql.quote import literal

if TYPE_CHECKING:
    import psycopg

ORDINARY: Final = 24
ALIKE: Final = 3
MOST_COMBINATIONS: Final = 6000
STEP_OF_SALT: Final = 101

Row = dict[str, str | None]


@dataclass
class Filled:
    """What became of it.

    Args:
        rows: rows by table, as (schema, name).
        empty: why a table has none, by table.
    """

    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    empty: dict[tuple[str, str], str] = field(default_factory=dict)


def fill(connection: psycopg.Connection[Any], schema: Schema, *, salt: int = 0) -> Filled:
    """Put adversarial rows into every table of an empty database.

    Triggers do not act and sequences are not asked; afterwards every sequence stands where it would never get by
    itself, and materialized views are refreshed.

    Args:
        connection: autocommit connection of a superuser.
        schema: what the database holds.
        salt: another number gives other values.

    Returns:
        How many rows each table has.
    """
    filler = _Filler(connection, schema, salt)
    connection.execute("set session_replication_role = replica")
    try:
        for table in insert_order(schema.tables):
            if table.partition_of is None:
                filler.table(table)
        drop_orphans(connection, schema)
    finally:
        connection.execute("reset session_replication_role")
    _count(connection, schema, filler.found)
    _move_sequences(connection, salt)
    for view in schema.views:
        if view.materialized and view.with_data:
            refused(connection, f"refresh materialized view {qualified(view.schema, view.name)}")
    return filler.found


def refill(connection: psycopg.Connection[Any], schema: Schema, *, salt: int) -> Filled:
    """Put other rows in the place of those that are there; see `fill`."""
    tables = [qualified(*table.key) for table in schema.tables if table.partition_of is None]
    if tables:
        connection.execute("set session_replication_role = replica")
        connection.execute(f"truncate {', '.join(tables)}".encode())
    return fill(connection, schema, salt=salt)


class _Filler:
    def __init__(self, connection: psycopg.Connection[Any], schema: Schema, salt: int) -> None:
        self._connection = connection
        self._tables = {table.key: table for table in schema.tables}
        self._enums: dict[tuple[str, str], Enum] = {(enum.schema, enum.name): enum for enum in schema.enums}
        self._domains: dict[tuple[str, str], Domain] = {(item.schema, item.name): item for item in schema.domains}
        self._parents: dict[tuple[tuple[str, str], tuple[str, ...]], list[tuple[str, ...]]] = {}
        self._shift = salt * STEP_OF_SALT
        self._narrowed: dict[SqlType, list[str]] = {}
        self._asked: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self.found = Filled()

    def table(self, table: Table) -> None:
        """Fill one table, whose parents are filled."""
        base, others = self._rows(table)
        name = qualified(*table.key)
        if not base:
            return
        there = self._together(name, table, [attempts[0] for attempts in base])
        rows = others if there else base + others
        if rows:
            put(self._connection, [[insert(name, table, [row]) for row in attempts] for attempts in rows])
        if not there and not self._connection.execute(f"select 1 from {name} limit 1".encode()).fetchone():
            error = refused(self._connection, insert(name, table, [base[0][0]]))
            self.found.empty[table.key] = error or "every row that was tried points at a parent that is not there"

    def _together(self, name: str, table: Table, rows: list[Row]) -> bool:
        """Insert ordinary rows by one statement; False when PostgreSQL refuses one of them, and so all."""
        import psycopg

        if not rows[0]:
            return False
        try:
            return self._connection.execute(insert(name, table, rows).encode()).rowcount > 0
        except psycopg.Error:
            return False

    def _rows(self, table: Table) -> tuple[list[list[Row]], list[list[Row]]]:
        """The ordinary rows and the special ones, each with what to try when it is refused."""
        plain = [self._row(table, number) for number in range(ORDINARY)]
        combined = self._combinations(table)
        for number, row in enumerate(plain):
            _merge(row, combined, number)
        base = [row for number, row in enumerate(plain) if self._refer(table, row, number)]
        if not base:
            return [], []
        others: list[list[Row]] = []
        bound = {name for key in table.foreign_keys if key.enforced and key.validated for name in key.columns}
        keys = set(table.primary_key.columns if table.primary_key else ())
        keys |= {name for unique in table.uniques for name in unique.columns}
        checked = {name for part in combined for name in part[0]}
        for count, (changed, fallback) in enumerate(self._specials(table, base[0], bound, keys)):
            number = ORDINARY + count
            row = self._row(table, number)
            _merge(row, combined, number)
            if self._refer(table, row, number):
                kept = {name: value for name, value in changed.items() if name not in checked}
                tries = [row | changed, row | kept] if fallback else [row | changed]
                others.append([*tries, _alone(table, tries[-1])])
        return [[row, _alone(table, row)] for row in base], others

    def _specials(self, table: Table, base: Row, bound: set[str], keys: set[str]) -> Iterator[tuple[Row, bool]]:
        """(what is special about a row, whether to try it without the columns that a check reads)."""
        free = [c for c in table.columns if c.generated is None and c.name not in bound]
        limits = {column.name: self._extremes(column.type) for column in free}
        for place in range(max((len(found) for found in limits.values()), default=0)):
            yield {name: found[place] for name, found in limits.items() if place < len(found)}, True
        for column in table.columns:
            if column.nullable and column.generated is None:
                yield {column.name: None}, False
        yield {c.name: None for c in table.columns if c.nullable and c.generated is None}, False
        for _ in range(ALIKE):
            yield {name: value for name, value in base.items() if name not in keys}, False
        texts = {c.name: base.get(c.name) for c in free if c.type.category == "text" and not c.type.dimensions}
        yield {name: pools.near(value) for name, value in texts.items() if value}, True

    def _row(self, table: Table, number: int) -> Row:
        return {
            column.name: self._value(column.type, number + self._shift)
            for column in table.columns
            if column.generated is None
        }

    def _plain(self, kind: SqlType) -> tuple[SqlType, tuple[str, ...]]:
        """(type without domains, labels of an enumeration)."""
        key = (kind.schema or "", kind.name)
        while kind.schema is not None and key in self._domains:
            base = self._domains[key].base
            kind = SqlType(base.name, base.arguments, base.dimensions + kind.dimensions, base.schema)
            key = (kind.schema or "", kind.name)
        enum = self._enums.get(key) if kind.schema is not None else None
        return kind, enum.labels if enum else ()

    def _value(self, kind: SqlType, number: int) -> str | None:
        narrow = self._narrow(kind)
        if narrow:
            return narrow[number % len(narrow)]
        plain, labels = self._plain(kind)
        return pools.ordinary(plain, number, labels)

    def _narrow(self, kind: SqlType) -> list[str]:
        """The values that a domain with checks takes; none for other types."""
        domain = self._domains.get((kind.schema or "", kind.name))
        if domain is None or not domain.checks or kind.dimensions:
            return []
        if kind not in self._narrowed:
            said = [text for check in domain.checks for text in unlikely.spoken(check.expression)]
            self._narrowed[kind] = self._valid(kind, said)
        return self._narrowed[kind]

    def _extremes(self, kind: SqlType) -> tuple[str, ...]:
        return pools.extremes(*self._plain(kind))

    def _refer(self, table: Table, row: Row, number: int) -> bool:
        """Point the row at parents that are there, wide keys first; False when it must and cannot.

        Every parent gets children, and in the order of `number`, so that one-to-one keys get one each.
        """
        settled: set[str] = set()
        for key in sorted(table.foreign_keys, key=lambda key: (-len(key.columns), key.name)):
            if not (key.enforced and key.validated):
                continue
            if (key.target_schema, key.target_table) == table.key:
                row.update({n: row.get(t) for n, t in zip(key.columns, key.target_columns, strict=True)})
            else:
                wanted = [row.get(name) if name in settled else None for name in key.columns]
                known = self._keys_of(key)
                fitting = known
                if any(value is not None for value in wanted):
                    fitting = [k for k in known if all(w is None or w == v for w, v in zip(wanted, k, strict=True))]
                if fitting:
                    row.update(zip(key.columns, fitting[number % len(fitting)], strict=True))
                elif not self._let_go(table, key, row, settled):
                    return False
            settled |= set(key.columns)
        return True

    def _let_go(self, table: Table, key: ForeignKey, row: Row, settled: set[str]) -> bool:
        free = [name for name in key.columns if table.column(name).nullable and name not in settled]
        free = free or [name for name in key.columns if table.column(name).nullable]
        row.update(dict.fromkeys(free))
        return bool(free)

    def _keys_of(self, key: ForeignKey) -> list[tuple[str, ...]]:
        """The keys of a parent, as texts, in a fixed order."""
        target = (key.target_schema, key.target_table)
        known = (target, key.target_columns)
        if known not in self._parents:
            if target not in self._tables:
                return []
            listed = ", ".join(f"{quote(name)}::text" for name in key.target_columns)
            given = " and ".join(f"{quote(name)} is not null" for name in key.target_columns)
            query = f"select {listed} from {qualified(*target)} where {given} order by {listed}"
            self._parents[known] = [tuple(row) for row in self._connection.execute(query.encode()).fetchall()]
        return self._parents[known]

    def _combinations(self, table: Table) -> list[tuple[tuple[str, ...], list[tuple[str | None, ...]]]]:
        """For the columns that checks and partition bounds speak of: values that they allow together."""
        groups: list[tuple[set[str], list[str]]] = []
        names = {c.name for c in table.columns if c.generated is None}
        said = [(check.expression, unlikely.named(check.expression, names)) for check in table.checks if check.enforced]
        for expression, columns in said:
            if columns:
                touching = [group for group in groups if group[0] & columns]
                joined = (columns.union(*(g[0] for g in touching)), [e for g in touching for e in g[1]] + [expression])
                groups = [group for group in groups if group not in touching] + [joined]
        found = [self._allowed(table, sorted(columns), expressions) for columns, expressions in groups]
        if table.partitioning:
            found += self._of_partitions(table, names)
        return [part for part in found if part[1]]

    def _allowed(
        self, table: Table, columns: list[str], expressions: list[str]
    ) -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
        """Values of several columns that meet all expressions, found by asking PostgreSQL."""
        said = [text for expression in expressions for text in unlikely.spoken(expression)]
        most = max(3, int(MOST_COMBINATIONS ** (1 / len(columns))))
        lists = [self._candidates(table, name, said)[:most] for name in columns]
        sources = [
            f"(select unnest(array[{', '.join(values)}]::{table.column(name).type.element.sql()}"
            f"[]) as {quote(name)}) as c{place}"
            if not table.column(name).type.dimensions
            else f"(values {', '.join(f'({value}::{table.column(name).type.sql()})' for value in values)})"
            f" as c{place} ({quote(name)})"
            for place, (name, values) in enumerate(zip(columns, lists, strict=True))
        ]
        shown = ", ".join(f"{quote(name)}::text" for name in columns)
        condition = " and ".join(f"({expression}) is not false" for expression in expressions)
        query = f"select {shown} from {', '.join(sources)} where {condition} limit {ORDINARY * 2}"
        import psycopg

        try:
            with self._connection.transaction(force_rollback=True):
                return tuple(columns), [tuple(row) for row in self._connection.execute(query.encode()).fetchall()]
        except psycopg.Error:
            return tuple(columns), []

    def _candidates(self, table: Table, name: str, said: Sequence[str]) -> list[str]:
        """Literals of values for a column: the usual ones, what the rule itself names, the unlikely ones; all valid."""
        column = table.column(name)
        valid = self._narrow(column.type) or self._valid(column.type, said)
        return [literal(value) for value in valid] + (["null"] if column.nullable else [])

    def _valid(self, kind: SqlType, said: Sequence[str]) -> list[str]:
        """Texts that PostgreSQL takes for a value of the type, domains with their checks among them."""
        plain, labels = self._plain(kind)
        usual = [pools.ordinary(plain, number + self._shift, labels) for number in range(ORDINARY)]
        texts = [text for text in usual[:6] if text is not None]
        texts += [text[1:-1].replace("''", "'") if text[:1] == "'" else text for text in said]
        texts += [text.strip("'") for text in unlikely.UNLIKELY.get(plain.category, ())] + [*labels]
        if plain.category == "text":
            texts += pools.CODES
            texts += [text for number in range(ORDINARY) for text in pools.shaped(number + self._shift)]
        texts += [text for text in (*usual, "1", "2", "10", "100") if text is not None]
        asked = kind.sql(), tuple(dict.fromkeys(texts))
        if asked not in self._asked:
            self._asked[asked] = self._answered(kind, list(asked[1]))
        return self._asked[asked]

    def _answered(self, kind: SqlType, texts: list[str]) -> list[str]:
        """Those of some texts that PostgreSQL takes."""
        import psycopg

        query = "select v from unnest(%s::text[]) with ordinality u (v, n) where pg_input_is_valid(v, %s) order by n"
        try:
            with self._connection.transaction(force_rollback=True):
                return [str(value) for (value,) in self._connection.execute(query, (texts, kind.sql())).fetchall()]
        except psycopg.Error:
            return [text for text in texts if self._taken(text, kind)]

    def _taken(self, text: str, kind: SqlType) -> bool:
        """Whether PostgreSQL takes a text for a value of a type whose input fails instead of answering (pgvector's)."""
        import psycopg

        try:
            with self._connection.transaction(force_rollback=True):
                self._connection.execute(f"select {literal(text)}::{kind.sql()}".encode())
        except psycopg.Error:
            return False
        return True

    def _of_partitions(
        self, table: Table, names: set[str]
    ) -> list[tuple[tuple[str, ...], list[tuple[str | None, ...]]]]:
        """Keys that some partition takes: the constants of its bound, for a key that is one column."""
        assert table.partitioning is not None
        keys = [name for key in table.partitioning.keys for name in unlikely.named(key, names)]
        if len(keys) != 1 or table.partitioning.strategy == "hash":
            return []
        bounds = [t.partition_of.bound for t in self._tables.values() if t.partition_of and _parent(t) == table.key]
        values: list[tuple[str | None, ...]] = []
        for bound in sorted(bounds):
            part = bound.split(" TO ")[0]
            values += [(text.strip("'").replace("''", "'"),) for text in unlikely.constants(part)]
        return [((keys[0],), values)]


def _alone(table: Table, row: Row) -> Row:
    """The row without its optional references to the table itself."""
    own = [key for key in table.foreign_keys if (key.target_schema, key.target_table) == table.key]
    names = {name for key in own for name in key.columns if table.column(name).nullable}
    return row | dict.fromkeys(names)


def _parent(table: Table) -> tuple[str, str] | None:
    return (table.partition_of.schema, table.partition_of.table) if table.partition_of else None


def _merge(row: Row, combined: list[tuple[tuple[str, ...], list[tuple[str | None, ...]]]], number: int) -> None:
    for columns, values in combined:
        row.update(zip(columns, values[number % len(values)], strict=True))


def _count(connection: psycopg.Connection[Any], schema: Schema, found: Filled) -> None:
    counted = [table for table in schema.tables if table.partition_of is None]
    parts = [
        f"select {place}, count(*) from {'only ' if table.partitioning is None else ''}{qualified(*table.key)}"
        for place, table in enumerate(counted)
    ]
    if parts:
        for place, count in connection.execute(" union all ".join(parts).encode()).fetchall():
            found.rows[counted[place].key] = count


def _move_sequences(connection: psycopg.Connection[Any], salt: int) -> None:
    """Put each sequence where counting would not bring it."""
    connection.execute(
        """select pg_catalog.setval(pg_catalog.format('%%I.%%I', schemaname, sequencename)::regclass,
                  case when increment_by > 0 then least(max_value, greatest(min_value, start_value + %s))
                       else greatest(min_value, least(max_value, start_value - %s)) end)
             from pg_catalog.pg_sequences""",
        (4321 + salt, 4321 + salt),
    )
