"""What a killed CONCURRENTLY statement leaves behind, found by name and cleared before the statement runs again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from dbarchitect import progress
from dbarchitect.errors import RefusedError
from dbarchitect.migrate.runner.statements import Target
from dbarchitect.model.names import qualified, quote

if TYPE_CHECKING:
    import psycopg

_BUILDING = "(select p.pid from pg_catalog.pg_stat_progress_create_index p where p.index_relid = i.indexrelid limit 1)"
_INDEX = f"""
    select n.nspname, c.relname, i.indisvalid, {_BUILDING}
      from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
      join pg_catalog.pg_class t on t.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'i' and """
_OF_CREATE = _INDEX + "c.relname = %s and t.oid = pg_catalog.to_regclass(%s)"
_OF_REINDEX = (
    _INDEX
    + """not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$' and t.oid = (
        select coalesce(x.indrelid, r.oid) from pg_catalog.pg_class r
          left join pg_catalog.pg_index x on x.indexrelid = r.oid where r.oid = pg_catalog.to_regclass(%s))"""
)
_ATTACHED = """
    select inhdetachpending from pg_catalog.pg_inherits
     where inhrelid = pg_catalog.to_regclass(%s) and inhparent = pg_catalog.to_regclass(%s)"""


def settle(connection: psycopg.Connection[Any], target: Target, *, interrupted: bool) -> bool:
    """Clear what an earlier try of a statement left.

    Args:
        connection: in autocommit mode.
        target: what the statement works on.
        interrupted: we began it before and do not know how it ended.

    Returns:
        Whether the statement's work is done already.

    Raises:
        RefusedError: somebody else is building the index at this moment.
    """
    if target.act == "create index":
        assert target.table is not None
        found = connection.execute(_OF_CREATE, [target.name, _named(*target.table)]).fetchone()
        if found is None or found[2]:
            return found is not None and interrupted
        _drop(connection, found)
        return False
    if target.act == "drop index":
        return interrupted and not _exists(connection, target)
    if target.act == "detach":
        return _detached(connection, target, interrupted=interrupted)
    for row in connection.execute(_OF_REINDEX, [_named(target.schema, target.name)]).fetchall():
        _drop(connection, row)
    return False


def _drop(connection: psycopg.Connection[Any], found: tuple[Any, ...]) -> None:
    schema, name, _, builder = found
    if builder is not None:
        raise RefusedError(
            f"process {builder} is building the index {name} at this moment",
            hint="Wait for its end and run again; the index of a process that dies is dropped and built anew.",
        )
    progress.report(f"dropping the invalid index {name}")
    connection.execute(sql.SQL("drop index concurrently if exists {}").format(sql.Identifier(schema, name)))


def _detached(connection: psycopg.Connection[Any], target: Target, *, interrupted: bool) -> bool:
    """Whether a partition is gone; one that is half detached is detached for good."""
    assert target.table is not None
    child, parent = _named(*target.table), _named(target.schema, target.name)
    row = connection.execute(_ATTACHED, [child, parent]).fetchone()
    if row is not None and row[0]:
        connection.execute(f"alter table {parent} detach partition {child} finalize".encode())
        return True
    return row is None and interrupted


def _exists(connection: psycopg.Connection[Any], target: Target) -> bool:
    row = connection.execute("select pg_catalog.to_regclass(%s)", [_named(target.schema, target.name)]).fetchone()
    return row is not None and row[0] is not None


def _named(schema: str | None, name: str) -> str:
    return quote(name) if schema is None else qualified(schema, name)
