"""Statistics of a live database: what is read, and that nothing of the rows is."""

from contextlib import closing

import pytest

from dbarchitect.model.codec import decode, encode
from dbarchitect.model.statistics import Statistics
from dbarchitect.read.catalog import queries
from dbarchitect.read.statistics import FILE, index_bytes, read, table_bytes

SETUP = """
create table orders (id bigint primary key, status text not null, note text, secret text default 'hunter2');
insert into orders (id, status) select n, case when n % 100 = 0 then 'open' else 'done' end
  from generate_series(1, 20000) n;
create index orders_status_idx on orders (status);
create index orders_lower_idx on orders (lower(status)) where note is null;
create table idle (id int);
create schema other;
create table other.part (id int, at date) partition by range (at);
create table other.part_2026 partition of other.part for values from ('2026-01-01') to ('2027-01-01');
"""


@pytest.fixture(scope="module")
def measured(server):
    """Statistics of a small database before and after half of its rows are deleted."""
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        connection.execute(SETUP)
        connection.execute("vacuum analyze orders")
        connection.execute("select pg_stat_force_next_flush()")
        before = read(connection)
        connection.execute("delete from orders where id % 10 <> 0")
        connection.execute("vacuum analyze orders")
        connection.execute("select pg_stat_force_next_flush()")
        yield before, read(connection)


def test_sizes_and_spread(measured):
    statistics, _ = measured
    orders = statistics.tables["table:public.orders"]
    assert orders.rows == 20000
    assert orders.analyzed
    assert orders.vacuumed
    assert orders.dead == 0
    assert orders.columns["status"].distinct == 2
    assert orders.columns["status"].common == pytest.approx(0.99, abs=0.01)
    assert orders.columns["note"].null_fraction == 1
    assert orders.columns["id"].values(20000) == 20000
    assert orders.columns["id"].correlation == 1
    assert statistics.tables["table:other.part"].bytes == 0
    assert statistics.version >= 180000
    assert not statistics.replica
    assert statistics.days is not None


def test_a_table_that_was_never_analysed_has_no_rows_to_tell(measured):
    idle = measured[0].tables["table:public.idle"]
    assert (idle.rows, idle.analyzed, idle.wasted) == (None, False, None)


def test_indexes(measured):
    indexes = measured[0].indexes
    assert set(indexes) == {f"index:public.orders_{name}" for name in ("pkey", "status_idx", "lower_idx")}
    key = indexes["index:public.orders_pkey"]
    assert key.table == "table:public.orders"
    assert key.valid
    assert key.ready
    assert key.bytes > 100_000
    assert indexes["index:public.orders_lower_idx"].wasted is None


def test_wasted_space_is_estimated(measured):
    before, after = measured
    share = {place: found.tables["table:public.orders"].wasted for place, found in enumerate((before, after))}
    size = after.tables["table:public.orders"].bytes
    assert share[0] < 0.1 * size
    assert share[1] > 0.8 * size
    assert before.indexes["index:public.orders_pkey"].wasted < 0.2 * before.indexes["index:public.orders_pkey"].bytes
    assert after.indexes["index:public.orders_pkey"].wasted > 0.8 * after.indexes["index:public.orders_pkey"].bytes


def test_no_value_of_a_row_is_in_it(measured):
    text = str(encode(measured[0]))
    assert "hunter2" not in text
    assert "done" not in text
    assert decode(Statistics, encode(measured[0])) == measured[0]
    for major in range(13, 19):
        for query in queries(major, FILE).values():
            assert "most_common_vals" not in query
            assert "histogram" not in query


def test_a_role_without_rights_reads_what_it_may(server):
    with server.database() as database:
        with database.connect() as connection:
            connection.execute("create table hidden (id int primary key); insert into hidden values (1)")
        with closing(database.connect()) as connection:
            connection.autocommit = True
            connection.execute("analyze hidden")
        with database.connect(server.guest) as connection:
            hidden = read(connection).tables["table:public.hidden"]
    assert hidden.rows == 1
    assert not hidden.columns
    assert hidden.wasted is None


def test_a_table_that_somebody_holds_alone_is_not_waited_for(server):
    with server.database() as database, closing(database.connect()) as holder, closing(database.connect()) as reader:
        holder.execute("create table held as select n from generate_series(1, 5000) n; create index on held (n)")
        holder.execute("vacuum analyze held")
        free = read(reader).tables["table:public.held"]
        with holder.transaction():
            holder.execute("lock table held in access exclusive mode")
            held = read(reader).tables["table:public.held"]
    assert held.rows == free.rows == 5000
    assert 0 < held.bytes <= free.bytes


def test_packed_sizes():
    assert table_bytes(0, {}) == 0
    assert index_bytes(0, []) == 8192
