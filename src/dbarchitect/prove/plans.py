"""How PostgreSQL would answer a statement of the application, on many rows although a proof has few.

A plan over forty rows says nothing: reading them all is best. So the catalog of a copy is told that every table has a
million rows, and the question is asked as the application's role, with its tenant, so that row level security has its
say: it lets only leakproof operators reach an index before the policies (PostgreSQL manual, section 39.5).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dbarchitect.records import dataclass

if TYPE_CHECKING:
    from dbarchitect.prove.context import Context

MANY = 1_000_000
WAYS = (
    f"{MANY:,} rows, spread as the seeded ones",
    f"{MANY:,} rows, nothing known of their values",
    "the seeded rows, enable_seqscan = off",
)
BITMAP_ONLY = "the seeded rows, enable_seqscan = off, enable_indexscan = off"
"""For an index that gives rows in no order (GIN): on few rows it is cheaper to walk another index in order."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a plan that reads a table or an index.

    Args:
        kind: such as `Index Scan`.
        relation: the table; '' for the index part of a bitmap scan.
        index: the index; '' for none.
        condition: what is looked up in the index.
    """

    kind: str
    relation: str = ""
    index: str = ""
    condition: str = ""

    def __str__(self) -> str:
        place = " ".join(part for part in (self.index and f"using {self.index}", f"on {self.relation}") if part)
        return f"{self.kind} {place if self.relation else f'on {self.index}'}"


class Planner:
    """Asks for plans in a copy of the seeded database of its own.

    Args:
        context: the project under proof.
        setting: the run-time setting that carries the tenant, if there is one.
        tenant: whose rows the application reads.
    """

    def __init__(self, context: Context, setting: str | None, tenant: str | None) -> None:
        self._context = context
        self._setting = setting
        self._tenant = tenant
        self._database = context.new_database(context.seeded)
        self._owner = self._database.connect()
        self._application = self._database.connect(context.application)

    def close(self) -> None:
        """Drop the copy."""
        self._owner.close()
        self._application.close()
        self._database.drop()

    def ways(self) -> Iterator[str]:
        """Prepare each way of looking, the most telling one first; plan while it is current."""
        if self._can_pretend:
            self._pretend()
            yield WAYS[0]
            self._forget()
            yield WAYS[1]
        self._owner.execute("analyze")
        for connection in (self._owner, self._application):
            connection.execute("set enable_seqscan = off")
        yield WAYS[2]
        for connection in (self._owner, self._application):
            connection.execute("set enable_indexscan = off")
        yield BITMAP_ONLY

    def nodes(self, text: str, values: Sequence[object], *, policies: bool = True) -> tuple[Node, ...]:
        """The readers of the plan, top down.

        Args:
            text: a statement with $1, $2 …
            values: as the driver sends them.
            policies: whether row level security holds.

        Raises:
            psycopg.Error: PostgreSQL cannot plan it.
        """
        import psycopg

        connection = self._application if policies else self._owner
        cursor = psycopg.RawCursor(connection)
        with connection.transaction(force_rollback=True):
            if self._setting and self._tenant is not None:
                cursor.execute("select set_config($1, $2, true)", (self._setting, self._tenant))
            cursor.execute(f"explain (format json) {text}".encode(), [_sent(value) for value in values])
            row = cursor.fetchone()
        assert row is not None
        return tuple(_readers(row[0][0]["Plan"]))

    @property
    def _can_pretend(self) -> bool:
        return self._context.server.major >= 18 or self._context.server.superuser

    def _pretend(self) -> None:
        for namespace, name in self._tables():
            if self._context.server.major >= 18:
                self._owner.execute(
                    "select pg_restore_relation_stats('schemaname', %s::text, 'relname', %s::text, "
                    "'relpages', 1, 'reltuples', %s::real)",
                    (namespace, name, MANY),
                )
            else:
                self._owner.execute(
                    "update pg_class set reltuples = %s, relpages = 1 where relname = %s "
                    "and relnamespace = (select oid from pg_namespace where nspname = %s)",
                    (MANY, name, namespace),
                )

    def _forget(self) -> None:
        """A few rows hold few different values; without statistics the planner thinks of many."""
        if self._context.server.superuser:
            self._owner.execute(
                "delete from pg_statistic s using pg_class c, pg_namespace n where c.oid = s.starelid "
                "and n.oid = c.relnamespace and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'"
            )
            return
        for namespace, name, column in self._owner.execute(
            "select n.nspname, c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid "
            "join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and a.attnum > 0 "
            "and not a.attisdropped and n.nspname !~ '^(pg_|information_schema)'"
        ).fetchall():
            self._owner.execute(
                "select pg_clear_attribute_stats(%s::text, %s::text, %s::text, false)", (namespace, name, column)
            )

    def _tables(self) -> list[tuple[str, str]]:
        return [table.key for table in self._context.schema.tables]


def _readers(node: Mapping[str, Any]) -> Iterator[Node]:
    if "Relation Name" in node or "Index Name" in node:
        yield Node(
            node["Node Type"], node.get("Relation Name", ""), node.get("Index Name", ""), node.get("Index Cond", "")
        )
    for child in node.get("Plans", ()):
        yield from _readers(child)


def _sent(value: object) -> object:
    """A parameter as the driver sends it: an array as PostgreSQL's text form of one, an object as JSON."""
    if isinstance(value, list) and not any(isinstance(part, dict) for part in value):
        return _array(value)
    return json.dumps(value) if isinstance(value, list | dict) else value


def _array(values: Sequence[object]) -> str:
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: object) -> str:
    if isinstance(value, list):
        return _array(value)
    if value is None:
        return "NULL"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
