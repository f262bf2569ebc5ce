"""The committed truth table is what PostgreSQL does: a share of it here, the whole by `make truth`."""

from __future__ import annotations

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
