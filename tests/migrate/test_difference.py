"""The difference of two schemas leads from one to the other and back, on a real PostgreSQL."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from migrate.ways import LEVEL, print_of, proved, schema
from strategies import schemas

from dbarchitect.engines.canonical import build, canonical
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.migrate.compare import compare
from dbarchitect.migrate.context import Context
from dbarchitect.migrate.order import ordered
from dbarchitect.migrate.plan import plan
from dbarchitect.migrate.script import reverse, script
from dbarchitect.write.sql.create import create

BENCH = Path(__file__).resolve().parents[2] / "bench" / "migrate.py"
SHARE = (8, 40, 65, 94, 134, 163, 185)
"""Cases of the bench that take part in every run of the tests: one or two of each kind, those with a history first."""


def statements(old, new):
    """(up, down) between two canonical schemas."""
    found = compare(old, new)
    operations = ordered(found)
    up = [sql for said in script(operations, found.context, found.needed_before) for sql in said.statements]
    back = script(reverse(operations), Context(new, old), found.needed_after)
    down = [sql for said in back for sql in said.statements]
    return up, down


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(old=schemas(), new=schemas())
def test_any_schema_leads_to_any_other_and_back(server, old, new):
    old, new = canonical(old, server), canonical(new, server)
    up, down = statements(old, new)
    assert statements(new, new) == ([], [])
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(old))
        first = fingerprint(connection)
        for sql in up:
            connection.execute(sql.encode())
        assert difference(fingerprint(connection), print_of(server, new), LEVEL) == ()
        for sql in down:
            connection.execute(sql.encode())
        assert difference(fingerprint(connection), first, LEVEL) == ()


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    old=schemas(),
    new=schemas(),
    runner=st.sampled_from(["drizzle", "dbarchitect"]),
    postgres=st.sampled_from([14, 18]),
)
def test_each_file_of_any_plan_goes_back_to_what_was_before_it(server, old, new, runner, postgres):
    old, new = canonical(old, server), canonical(new, server)
    made = plan(old, new, server=server, runner=runner, postgres=postgres)
    assert made == plan(old, new, server=server, runner=runner, postgres=postgres)
    proved(made, old, new, server, times=1)


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("bench_migrate", BENCH)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if not module.cases():
        pytest.skip("the cases do not lie beside this clone (../shared/cases/migrations)")
    return module


@pytest.mark.parametrize("number", SHARE)
def test_cases_of_another_tool_converge_and_go_back(server, bench, number):
    outcome = bench.tried(server, number, bench.cases()[number])
    assert outcome.right, outcome


PARTED = """
create table t (a int primary key, b int);
alter table t add constraint again foreign key (b) references t (a);
create table n (x int);
create policy p on n using (x > 0);
create sequence s owned by n.x;
comment on table n is 'c';
"""


def test_what_goes_with_another_piece_says_so_where_that_one_goes_in_another_file(server):
    old, new = (schema(sql, server) for sql in ("create table t (a int not null, b int);", PARTED))
    made = plan(old, new, server=server, runner="dbarchitect")
    assert len(made.steps) > 2
    proved(made, old, new, server, times=1)


ODD_BEFORE = """
create type e as enum ('a', 'b');
create table t ("order" int, kinds e[], one int, many text[]);
create policy p on t using ("order" is not null);
create view v as select "order" from t;
create materialized view "order" as select count(*) as n from v;
"""
ODD_AFTER = """
create type pair as (a text);
create table t ("order" int, kinds pair, one int[], many text);
alter table t add constraint c check ("order" > 0);
comment on constraint c on t is 'kept on the way back, too';
"""


@pytest.mark.parametrize("runner", ["drizzle", "dbarchitect"])
def test_odd_neighbours(server, runner):
    """A policy on a column called like a view, casts that PostgreSQL has none for, a comment on what is validated."""
    old, new = schema(ODD_BEFORE, server), schema(ODD_AFTER, server)
    proved(plan(old, new, server=server, runner=runner), old, new, server, times=1)
    proved(plan(new, old, server=server, runner=runner), new, old, server, times=1)
