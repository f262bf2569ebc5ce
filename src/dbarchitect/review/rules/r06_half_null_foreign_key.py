"""A foreign key of several columns is not checked when one of them is null.

Why
    With MATCH SIMPLE, the default, a row whose key is null in part refers to nothing and is not checked, whatever
    stands in the other columns. That is right where one optional column decides (the tenant is always there, the
    project may be missing). Where several columns may be null by themselves, half a key is accepted and names nobody.

Fix
    Make the columns NOT NULL, use MATCH FULL, or add a check that all are null or none: `check (num_nulls(a, b) in
    (0, 2))`. Unsafe: rows with half a key stand against it.

Sources
    https://www.postgresql.org/docs/current/sql-createtable.html (MATCH)
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import is_nullable
from dbarchitect.facts.lookup import Reference
from dbarchitect.facts.naming import listed
from dbarchitect.model.constraint import Check
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import fit, quote
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R06", "half-null-foreign-key", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each composite foreign key of which half may be null, unless a check keeps the halves together."""
    for reference in subject.facts.references:
        key, table = reference.foreign_key, reference.child
        nullable = tuple(name for name in key.columns if is_nullable(table, name))
        if len(key.columns) < 2 or key.match_full or len(nullable) < 2 or table.partition_of:
            continue
        if _kept_together(reference, nullable):
            continue
        message = (
            f"{key.name} of {table.name} is not checked when only one of {listed(nullable)} is null: "
            f"the rest may name a row of {key.target_table} that does not exist"
        )
        columns = ", ".join(quote(name) for name in nullable)
        together = Check(fit(f"{key.name}_whole"), f"num_nulls({columns}) in (0, {len(nullable)})")
        mended = fixes.add_check(subject, table, together, safety="unsafe")
        yield RULE.finding(subject, reference.address, message, fixes=(mended,))


def _kept_together(reference: Reference, columns: tuple[str, ...]) -> bool:
    """Whether some check speaks of all these columns and of nulls."""
    return any(
        "null" in check.expression.lower() and all(name in check.expression for name in columns)
        for check in reference.child.checks
    )


PARENT = "create table seats (room int, place int, primary key (room, place));\n"
EXAMPLES = (
    sql(
        PARENT + "create table tickets (id int primary key, room int, place int,\n"
        "  foreign key (room, place) references seats (room, place));\n",
        "constraint:public.tickets.tickets_room_place_fkey",
    ),
    sql(
        PARENT + "create table tickets (id int primary key, room int not null, place int not null,\n"
        "  foreign key (room, place) references seats (room, place));\n"
    ),
    sql(
        PARENT + "create table tickets (id int primary key, room int not null, place int,\n"
        "  foreign key (room, place) references seats (room, place));\n",
        title="one optional column decides",
    ),
    sql(
        PARENT + "create table tickets (id int primary key, room int, place int, check (num_nulls(room, place) <> 1),\n"
        "  foreign key (room, place) references seats (room, place));\n",
        title="a check keeps them together",
    ),
    sql(
        PARENT + "create table tickets (id int primary key, room int, place int,\n"
        "  foreign key (room, place) references seats (room, place) match full);\n",
        title="match full",
    ),
)
DEMONSTRATION = (
    Do(PARENT + "create table tickets (id int primary key, room int, place int,"
       " foreign key (room, place) references seats (room, place));"
       "create table full_tickets (id int primary key, room int, place int,"
       " foreign key (room, place) references seats (room, place) match full)"),
    Accepts("insert into tickets values (1, 99, null)", "a ticket for room 99, which does not exist, is taken"),
    Refuses("insert into full_tickets values (1, 99, null)", "23503", "MATCH FULL refuses half a key"),
)  # fmt: skip
