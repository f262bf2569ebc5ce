"""Columns repeat each other with a number.

Why
    `phone1`, `phone2` and `phone3` are a list in disguise. Each search must ask all of them, nothing keeps a value
    from standing twice, gaps have no meaning, and the fourth needs a migration.

Fix
    A table of its own with one row for each value, and a position where the order matters. There is no edit: the data
    must move. Two columns of a fixed pair (two players, two lines of an address) may stay.

Sources
    Bill Karwin, SQL Antipatterns: "Multicolumn Attributes".
    Seed: "Normalize to 3NF by default".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.naming import listed
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import snake, words
from dbarchitect.model.table import Table
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("N01", "repeating-columns", "house", "warning")
NUMBER = re.compile(r"\d+")
PLAIN = frozenset("address addr street line sha md md5 base utf ipv oauth web p x y s ec r w q top last past".split())
"""Words after which a number names one thing, or an established pair."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each run of columns that differ in a number only, counted from 0 or 1: a warning from three on."""
    for table in subject.schema.tables:
        if table.partition_of:
            continue
        for shape, numbered in sorted(_runs(table).items()):
            numbers = sorted(numbered)
            counted = numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            if not counted or len(numbers) < 2:
                continue
            columns = [numbered[number] for number in numbers]
            names = listed(column.name for column in columns)
            message = f"{table.name} repeats a column {len(columns)} times ({names}): one more value needs a migration"
            yield RULE.finding(
                subject,
                table.column_address(columns[0].name),
                message,
                severity="warning" if len(columns) > 2 and shape else "info",
            )


def _runs(table: Table) -> dict[str, dict[int, Column]]:
    """Columns of one type by their name without its number; the number that counts is the first in the name."""
    found: dict[str, dict[int, Column]] = {}
    for column in table.columns:
        match = NUMBER.search(column.name)
        if not match or column.generated:
            continue
        before = words(column.name[: match.start()])
        if not before or before[-1] in PLAIN or len(before[-1]) == 1 or "address" in before:
            continue
        shape = f"{snake(column.name[: match.start()])}#{column.name[match.end() :].lower()}:{column.type.sql()}"
        found.setdefault(shape, {})[int(match[0])] = column
    return found


EXAMPLES = (
    sql("create table people (id bigint primary key, phone1 text, phone2 text, phone3 text);",
        "column:public.people.phone1"),
    sql("create table people (id bigint primary key);\n"
        "create table phones (person_id bigint references people, position int, number text,\n"
        "  primary key (person_id, position));"),
    sql("create table people (id bigint primary key, address_line1 text, address_line2 text);",
        title="the lines of one address"),
    sql("create table files (id bigint primary key, sha1 text, sha256 text, p50 int, p95 int, ipv4 inet, ipv6 inet);",
        title="names that end in a number"),
    sql("create table boxes (id bigint primary key, x1 int, y1 int, x2 int, y2 int);", title="corners"),
    sql("create table games (id bigint primary key, player1 text not null, player2 text not null);",
        "column:public.games.player1", title="a pair: information"),
)  # fmt: skip
