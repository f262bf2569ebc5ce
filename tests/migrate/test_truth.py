"""The committed truth table is what PostgreSQL does: a share of it here, the whole by `make truth`."""

from __future__ import annotations

import contextlib

import pytest

from dbarchitect.migrate.truth import table
from dbarchitect.migrate.truth.measure import measure

SHARE = 8
LISTING = table.listing()
ROWS = table.rows()


def test_every_statement_is_measured():
    assert [row.asked for row in ROWS] == list(LISTING.asked)
    assert len(ROWS) > 350
    assert len(set(LISTING.asked)) == len(LISTING.asked)


def test_the_file_is_what_it_says():
    version = table.MEASURED.read_text(encoding="utf-8").split('"postgres": "')[1].split('"')[0]
    assert table.dumps(ROWS, version) == table.MEASURED.read_text(encoding="utf-8")


def test_a_share_of_it_is_measured_again(server):
    if server.major != 18:
        pytest.skip("the table is that of PostgreSQL 18")
    chosen = LISTING.asked[::SHARE]
    again = list(measure(server, LISTING.setups, chosen))
    assert again == list(ROWS[::SHARE])


def test_a_changed_measurement_would_be_seen(server):
    statement = table.Asked("shop", "ALTER TABLE lone ALTER COLUMN size TYPE bigint")
    (row,) = measure(server, LISTING.setups, [statement])
    assert row.lock("table:public.lone").rewrites
    assert row.reads_wait == row.writes_wait == ("table:public.lone",)
    added = table.Asked("shop", "ALTER TABLE lone ADD COLUMN x bigint")
    (row,) = measure(server, LISTING.setups, [added])
    assert not row.lock("table:public.lone").rewrites


WITNESS = """
create function witness() returns event_trigger language plpgsql as $$
begin raise notice 'rewrites %', pg_event_trigger_table_rewrite_oid(); end $$;
create event trigger witness on table_rewrite execute function witness();
"""


def test_postgresql_s_own_witness_agrees_about_rewrites(server):
    """The event trigger `table_rewrite` (P806) knows ALTER of tables and types; CLUSTER and VACUUM FULL it does not."""
    ran = [row for row in ROWS if row.sqlstate is None and row.transaction]
    chosen = [row for row in ran if row.asked.sql.startswith(("ALTER TABLE ", "ALTER TYPE "))]
    wrong, rewriting = [], 0
    with contextlib.ExitStack() as stack:
        connections = {}
        for row in chosen:
            setup = row.asked.setup
            if setup not in connections:
                connections[setup] = stack.enter_context(server.database().connect())
                connections[setup].execute((LISTING.setups[setup] + WITNESS).encode())
                connections[setup].autocommit = False
            seen = _rewritten(connections[setup], row.asked)
            told = {lock.address for lock in row.locks if lock.rewrites and lock.address.startswith("table:")}
            rewriting += bool(told)
            wrong += [] if seen == told else [(row.asked.sql, seen, told)]
    assert not wrong
    assert rewriting > 30
    assert len(chosen) > 100


def _rewritten(connection, asked):
    found = []
    for statement in (*asked.settings, *asked.first):
        connection.execute(statement.encode())
    names = dict(connection.execute(
        "select c.oid, format('table:%s.%s', n.nspname, relname) from pg_class c join pg_namespace n "
        "on n.oid = relnamespace"
    ).fetchall())  # fmt: skip

    def note(said):
        if said.message_primary.startswith("rewrites "):
            found.append(names[int(said.message_primary.split()[1])])

    connection.add_notice_handler(note)
    connection.execute(asked.sql.encode())
    connection.remove_notice_handler(note)
    connection.rollback()
    return set(found)
