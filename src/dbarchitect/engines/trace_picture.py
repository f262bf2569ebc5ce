"""What a trace sees of a database: its relations, the locks of one backend, and how often tables were read."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from dbarchitect.model.address import address
from dbarchitect.model.plan import MODES, LockMode
from dbarchitect.records import dataclass

Connection = psycopg.Connection[tuple[Any, ...]]

BY_CATALOG: Final = {f"{mode.title().replace(' ', '')}Lock": mode for mode in MODES}

KINDS: Final = {
    "r": "table", "p": "table", "f": "table", "m": "view", "v": "view", "i": "index", "I": "index", "S": "sequence",
}  # fmt: skip
TABLES: Final = "rp"
READ: Final = "rpmv"

_RELATIONS: Final = r"""
    select c.oid, n.nspname, c.relname, c.relkind::text, pg_catalog.pg_relation_filenode(c.oid),
           coalesce(i.indrelid, 0)::bigint, coalesce(s.seq_scan, 0), coalesce(s.seq_tup_read, 0),
           c.relkind in ('r', 'm') and pg_catalog.pg_relation_size(c.oid) = 0
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      left join pg_catalog.pg_index i on i.indexrelid = c.oid
      left join {view} s on s.relid = c.oid
     where c.oid >= 16384 and n.nspname !~ '^pg_(toast|temp)'"""
INSIDE: Final = _RELATIONS.format(view="pg_catalog.pg_stat_xact_all_tables")
"""Relations as the asking transaction sees them, with what it has read itself."""
OUTSIDE: Final = _RELATIONS.format(view="pg_catalog.pg_stat_all_tables")
"""Relations as everybody sees them, with what all backends have read and reported."""

_LOCKS: Final = """
    select l.relation::bigint, l.mode, l.granted
      from pg_catalog.pg_locks l
     where l.pid = %s and l.locktype = 'relation' and l.relation >= 16384
       and l.database = (select oid from pg_catalog.pg_database where datname = current_database())"""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation at one moment.

    Args:
        oid: its OID.
        schema: its schema.
        name: its name.
        kind: the letter of pg_class.relkind.
        file: the number of its file on disk; None for one without storage.
        owner: OID of an index's table, 0 for others.
        scans: how often it was read from end to end so far.
        rows: how many rows that brought.
        empty: there is nothing to read in it.
    """

    oid: int
    schema: str
    name: str
    kind: str
    file: int | None
    owner: int
    scans: int
    rows: int
    empty: bool | None

    @property
    def address(self) -> str:
        """Such as `table:public.t`."""
        return address(KINDS.get(self.kind, "type"), self.schema, self.name)


Picture = dict[int, Relation]


def picture(connection: Connection, query: str) -> Picture:
    """The relations of users, by OID.

    Args:
        connection: who asks.
        query: `INSIDE` or `OUTSIDE`.
    """
    return {row[0]: Relation(*row) for row in connection.execute(query.encode()).fetchall()}


def locks(connection: Connection, pid: int) -> set[tuple[int, LockMode, bool]]:
    """(relation, mode, granted) of the relation locks of a backend on objects of users."""
    rows = connection.execute(_LOCKS.encode(), (pid,)).fetchall()
    return {(oid, BY_CATALOG[mode], granted) for oid, mode, granted in rows if mode in BY_CATALOG}
