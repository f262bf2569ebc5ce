"""A live database's findings: each fault is said once, with its size where that is known."""

from __future__ import annotations

from contextlib import closing

import pytest

from dbarchitect.model.statistics import Statistics
from dbarchitect.read import database as catalog
from dbarchitect.read import statistics
from dbarchitect.review import catalogue, measured
from dbarchitect.review.subject import Subject

SETUP = """
create table parents (id int primary key);
insert into parents values (1);
create table large (id int primary key, parent_id int not null references parents, done boolean not null, at int);
create table small (id int primary key, parent_id int not null references parents);
insert into large select n, 1, n % 50 = 0, n from generate_series(1, 12000) n;
insert into small values (1, 1);
create index large_at_idx on large (at);
create index large_at_2_idx on large (at);
create index large_done_idx on large (done);
"""


@pytest.fixture(scope="module")
def live(server):
    """(a subject with statistics, the same without)."""
    with server.database() as made, closing(made.connect()) as connection:
        connection.execute(SETUP)
        connection.execute("analyze")
        schema = catalog.read(connection).schema
        yield Subject(schema, statistics=statistics.read(connection)), Subject(schema)


def found(subject: Subject, *codes: str) -> list[tuple[str, str]]:
    """What rules find, as (code, address)."""
    pages = [page for page in catalogue.pages() if page.rule.code in codes]
    return [(finding.code, finding.address) for page in pages for finding in page.check(subject)]


@pytest.mark.parametrize(("schema_rule", "measured_rule"), [("R01", "S01"), ("I01", "S03"), ("I02", "S07")])
def test_a_fault_is_said_once(live, schema_rule, measured_rule):
    with_sizes, without = live
    said = found(with_sizes, schema_rule, measured_rule)
    addresses = [address for _, address in said]
    assert sorted(set(addresses)) == sorted(addresses)
    assert {address for _, address in found(without, schema_rule)} <= set(addresses)
    assert measured_rule in {code for code, _ in said}
    assert {code for code, _ in found(without, schema_rule)} == {schema_rule}


def test_a_small_table_keeps_the_rule_without_sizes(live):
    assert found(live[0], "R01", "S01") == [
        ("R01", "constraint:public.small.small_parent_id_fkey"),
        ("S01", "constraint:public.large.large_parent_id_fkey"),
    ]


def test_every_rule_bears_a_database_without_figures(live):
    bare = Subject(live[1].schema, statistics=Statistics())
    for page in catalogue.pages():
        if page.rule.needs == "statistics":
            assert list(page.check(bare)) == []


def test_sizes_are_said_as_people_say_them():
    assert [measured.size(count) for count in (12, 20_480, 356_515_840, 5 << 40)] == [
        "12 bytes",
        "20 kB",
        "340 MB",
        "5.0 TB",
    ]
