"""What goes on in a database at the moment that would keep a migration waiting, as hazards TX14 and TX15."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbarchitect.migrate.hazard import few
from dbarchitect.migrate.hazard_catalogue import SERVER
from dbarchitect.migrate.runner.foresight import Locks
from dbarchitect.model.plan import MODES, Hazard

if TYPE_CHECKING:
    import psycopg

OPEN, WRAPAROUND = SERVER
SECONDS = 30
"""A transaction that is open for so long is none of a request that is over in a moment."""
_BUSY = """
with held as (
  select l.pid, l.virtualtransaction, array_agg(distinct format('table:%%s.%%s', n.nspname, c.relname)) as tables
  from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where l.granted and l.locktype = 'relation' and l.database = (select oid from pg_catalog.pg_database
                                                                where datname = current_database())
  group by 1, 2)
select 'session ' || a.pid, case when a.state like 'idle%%' then 'is idle in' else 'works in' end,
       extract(epoch from clock_timestamp() - a.xact_start)::int,
       (select array_agg(t) from held h, unnest(h.tables) t where h.pid = a.pid)
from pg_catalog.pg_stat_activity a
where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
  and a.xact_start < clock_timestamp() - make_interval(secs => %(seconds)s)
union all
select 'a prepared transaction, ' || quote_literal(p.gid) || ',', 'keeps',
       extract(epoch from clock_timestamp() - p.prepared)::int,
       (select array_agg(t) from held h join pg_catalog.pg_locks x using (virtualtransaction), unnest(h.tables) t
        where h.pid is null and x.pid is null and x.locktype = 'transactionid' and x.transactionid = p.transaction)
from pg_catalog.pg_prepared_xacts p
where p.database = current_database() and p.prepared < clock_timestamp() - make_interval(secs => %(seconds)s)
order by 3 desc, 1
"""
_OLD = """
select format('table:%%s.%%s', n.nspname, c.relname) as place,
       exists (select from pg_catalog.pg_stat_progress_vacuum v where v.relid = c.oid) as running
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and format('table:%%s.%%s', n.nspname, c.relname) = any(%(places)s)
  and age(c.relfrozenxid) > coalesce(
        (select least(option_value::int, current_setting('autovacuum_freeze_max_age')::int)
         from pg_catalog.pg_options_to_table(c.reloptions) where option_name = 'autovacuum_freeze_max_age'),
        current_setting('autovacuum_freeze_max_age')::int)
order by 1
"""


def preflight(
    connection: psycopg.Connection[Any], locks: Locks, *, alone: bool = False, seconds: int | None = None
) -> tuple[Hazard, ...]:
    """Who would keep pending statements waiting now.

    Args:
        connection: to the database.
        locks: what pending statements lock.
        alone: some of them run without a transaction: CONCURRENTLY waits for everybody.
        seconds: transactions that are open for less are passed over; SECONDS unless said.
    """
    taken = [lock for found in locks.values() for lock in found]
    blocking = {lock.address for lock in taken if lock.blocks_writes}
    refused = {lock.address for lock in taken if MODES.index(lock.mode) >= MODES.index("SHARE UPDATE EXCLUSIVE")}
    return (
        *_open(connection, blocking, alone, SECONDS if seconds is None else seconds),
        *_vacuums(connection, sorted(refused)),
    )


def _open(connection: psycopg.Connection[Any], places: set[str], alone: bool, seconds: int) -> Iterator[Hazard]:
    for who, does, lasted, held in connection.execute(_BUSY, {"seconds": seconds}).fetchall():
        names = sorted(places & set(held or ()))
        if not names and not alone:
            continue
        message = f"{who} {does} a transaction that is open for {_time(lasted)}"
        message += (
            f" and has used {few([_called(name) for name in names])}: locks there wait until it ends"
            if names
            else ": what is CONCURRENTLY waits until it ends"
        )
        safe = "End it or wait for it first: everybody else waits behind a lock that waits."
        yield Hazard(OPEN.code, OPEN.name, "warning" if names else "info", message, names[0] if names else "", safe)


def _vacuums(connection: psycopg.Connection[Any], places: list[str]) -> Iterator[Hazard]:
    for place, running in connection.execute(_OLD, {"places": places}).fetchall():
        what = "is being vacuumed against wraparound" if running else "is due for a vacuum against wraparound"
        message = f"{_called(place)} {what}, which does not give way to a lock as other vacuums do"
        safe = "Wait until it is done." if running else "VACUUM (FREEZE) it before the migration."
        yield Hazard(WRAPAROUND.code, WRAPAROUND.name, "warning", message, place, safe)


def _called(place: str) -> str:
    return place.partition(":")[2].removeprefix("public.")


def _time(seconds: int) -> str:
    """`45 seconds`, `12 minutes`, `3 hours`."""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} seconds"
