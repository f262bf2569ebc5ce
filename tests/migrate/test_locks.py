"""The locks that a plan names are those that PostgreSQL takes, file by file."""

from __future__ import annotations

from contextlib import closing

import pytest
from migrate.test_recipes import CASES
from migrate.ways import run, schema

from dbarchitect.engines.canonical import build
from dbarchitect.migrate.plan import plan
from dbarchitect.model.plan import MODES, Lock, Step
from dbarchitect.write.sql.create import create

TABLES = "select relname from pg_class where relkind in ('r', 'p')"
HELD = """
select relname, array_agg(mode) from pg_locks join pg_class on pg_class.oid = relation
 where pid = pg_backend_pid() and relkind in ('r', 'p') and relnamespace = 'public'::regnamespace group by 1"""


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_plan_names_the_locks_that_postgresql_takes(server, name):
    old, new = (schema(sql, server) for sql in CASES[name])
    made = plan(old, new, server=server, runner="dbarchitect")
    assert any(step.locks for step in made.steps)
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(old))
        for step in made.steps:
            if step.transaction == "none":
                run(connection, step.up, step.transaction)
                continue
            known = {table for (table,) in connection.execute(TABLES)}
            with connection.transaction():
                for sql in step.up:
                    connection.execute(sql.encode())
                held = {table: strongest(modes) for table, modes in connection.execute(HELD) if table in known}
            said = {lock.address.rpartition(".")[2]: lock.mode for lock in step.locks if lock.address[:6] == "table:"}
            assert said == held, step.file


def strongest(modes):
    """`AccessShareLock` and its like as the strongest of our words."""
    words = {mode.replace(" ", "").lower(): mode for mode in MODES}
    return max((words[mode.removesuffix("Lock").lower()] for mode in modes), key=MODES.index)


def test_the_strongest_lock_is_the_one_that_is_felt():
    weak, short = Lock("table:a", "SHARE"), Lock("index:i", "ACCESS EXCLUSIVE")
    long = Lock("table:b", "ACCESS EXCLUSIVE", rewrites=True)
    step = Step("x", "one", (), (), (), "exact", locks=(weak, short, long))
    assert step.strongest == long
    assert Step("x", "one", (), (), (), "exact").strongest is None
