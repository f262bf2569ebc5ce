"""Drizzle's mark inside of names, strings, bodies and comments: hidden, and PostgreSQL sees the same."""

import pytest

from dbarchitect.sql.breakpoint import without_breakpoint
from dbarchitect.sql.quote import BREAKPOINT


@pytest.mark.parametrize(
    "sql",
    [
        f"select 'it''s \\ {BREAKPOINT}' as \"a\"",
        f"select E'tab\\t{BREAKPOINT}' as a",
        f"select U&'\\0041{BREAKPOINT}' as a",
        f'select 1 as "a\\""{BREAKPOINT}"',
        f'select 1 as U&"\\0041{BREAKPOINT}"',
        f"select $x$ ' \\ {BREAKPOINT} $$ $x$ as a",
        f"select 1 /* {BREAKPOINT} */ as a {BREAKPOINT}\n",
        f"select '{BREAKPOINT}{BREAKPOINT}' as a, 2 as b",
    ],
)
def test_hidden_and_the_same(database, sql):
    hidden = without_breakpoint(sql)
    assert BREAKPOINT not in hidden
    with database.connect() as connection:
        before, after = connection.execute(sql), connection.execute(hidden)
        assert before.fetchall() == after.fetchall()
        assert [column.name for column in before.description] == [column.name for column in after.description]


def test_others_stay_as_they_are():
    assert without_breakpoint("select ' open") == "select ' open"
