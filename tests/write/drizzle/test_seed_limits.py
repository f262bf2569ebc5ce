"""How many rows a seeded value can tell apart, read from the TypeScript itself."""

import pytest

from dbarchitect.facts.order import insert_order
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey, PrimaryKey
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.write.drizzle.seed_limits import distinct


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ("`person${n + 1}@example.com`", None),
        ("id('orders', n)", None),
        ("at(n)", None),
        ("'application/pdf'", 1),
        ("organizationOf(n)", 1),
        ("id('orders', peer(n))", 1),
        ("pick(['EUR', 'it\\'s', 'a, b'], n)", 3),
        ("pick(['EUR', 'USD'], Math.floor(n / TENANTS))", 2),
        ("`${pick(['Ada', 'Grace'], n)} Example ${n + 1}`", None),
        ("n % 2 === 0", 2),
        ("(n % 5) + 1", 5),
        ("code(n % 100_000, 5)", 100_000),
        ("code(n, 2)", 100),
        ("clock(n, 1)", 12),
        ("decimal(0, 100, 2, n)", 500),
        ("id('countries', n % 51)", 51),
        ("id('labels', (n % TENANTS) + TENANTS * (Math.floor(n / TENANTS) % 4))", 4),
    ],
)
def test_distinct(value: str, rows: int | None) -> None:
    assert distinct(value) == rows


def test_what_a_cycle_holds_up_comes_after_it() -> None:
    def table(name: str, *parents: str, late: str = "") -> Table:
        columns = [Column("id", SqlType("uuid"), nullable=False)]
        columns += [Column(f"{parent}_id", SqlType("uuid"), nullable=False) for parent in parents]
        keys = [
            ForeignKey(f"{name}_{parent}_fk", (f"{parent}_id",), "public", parent, ("id",), deferrable=parent == late)
            for parent in parents
        ]
        return Table(
            "public", name, tuple(columns), primary_key=PrimaryKey(f"{name}_pkey", ("id",)), foreign_keys=tuple(keys)
        )

    tables = [table("a_link", "org", "site"), table("org", "site", late="site"), table("site", "org")]
    assert [t.name for t in insert_order(tables)] == ["org", "site", "a_link"]
    undecided = [table("a_link", "x", "y"), table("x", "y"), table("y", "x")]
    assert [t.name for t in insert_order(undecided)] == ["x", "y", "a_link"]
