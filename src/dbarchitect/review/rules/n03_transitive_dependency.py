"""A column follows from others that are no key.

Why
    Where a ZIP code determines a city, a table with both says the city once for each row of that ZIP code. An update
    that misses one leaves two cities for one code, and a code without rows has no city at all.

Fix
    A table with what determines as its key and what follows beside it; the first table keeps the key only. There is
    no edit: the rows must be split. A redundancy that is wanted is recorded as such in the brief (`kept`), or held by
    an exclusion constraint, which is reported as information.

Sources
    E. F. Codd: Further Normalization of the Data Base Relational Model (1971).
    Seed: "Normalize to 3NF by default", "Denormalize strategically for performance (document why)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dbarchitect.facts.keys import Dependency, closure, unique_sets
from dbarchitect.facts.naming import listed
from dbarchitect.model.finding import Evidence, Finding
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("N03", "transitive-dependency", "house", "warning")
STATISTICS = re.compile(
    r"statistics\s+(?:if\s+not\s+exists\s+)?\S+\s*\(([^)]*)\)\s+on\s+(.+?)\s+from\s+(\S+)", re.IGNORECASE | re.DOTALL
)


class Told(NamedTuple):
    """A dependency of a table, and who told it."""

    determinant: frozenset[str]
    dependent: frozenset[str]
    by: str
    held: bool


def check(subject: Subject) -> Iterator[Finding]:
    """Each dependency that the schema or its brief declares and no key of the table carries."""
    for table in subject.schema.tables:
        told = [*_from_brief(subject, table), *_from_exclusions(table)]
        if not told and not subject.schema.statistics:
            continue
        keys = unique_sets(subject.facts, table)
        every = frozenset(column.name for column in table.columns)
        known: list[Dependency] = [(item.determinant, item.dependent) for item in told]
        known += [(key, every) for key in keys]
        prime = frozenset[str]().union(*keys)
        for item in told:
            follows = item.dependent - item.determinant - prime
            if not follows or closure(item.determinant, known) >= every:
                continue
            message = (
                f"{listed(_ordered(table, follows))} of {table.name} "
                f"{'follow' if len(follows) > 1 else 'follows'} from {listed(_ordered(table, item.determinant))}, "
                "which is no key: the same fact stands in many rows"
            )
            yield RULE.finding(
                subject,
                table.column_address(_ordered(table, follows)[0]),
                message,
                severity="info" if item.held else "warning",
                evidence=Evidence("declared", result=item.by),
            )
        yield from _from_statistics(subject, table, keys)


def _from_brief(subject: Subject, table: Table) -> Iterator[Told]:
    for item in subject.schema.intent.dependencies:
        if item.table == table.address and not item.kept:
            yield Told(frozenset(item.determinant), frozenset(item.dependent), "the brief", False)


def _from_exclusions(table: Table) -> Iterator[Told]:
    """`exclude (zip with =, city with <>)` lets no two rows of one ZIP code differ in their city."""
    for rule in table.exclusions:
        operators = {element.operator for element in rule.elements}
        if operators != {"=", "<>"} or rule.where or not all(element.column for element in rule.elements):
            continue
        equal = frozenset(item.column for item in rule.elements if item.operator == "=" and item.column)
        other = frozenset(item.column for item in rule.elements if item.operator == "<>" and item.column)
        if len(other) == 1:
            yield Told(equal, other, f"the exclusion constraint {rule.name}", True)


def _from_statistics(subject: Subject, table: Table, keys: tuple[frozenset[str], ...]) -> Iterator[Finding]:
    """Statistics about dependencies say that the columns depend on each other, though not which way."""
    for item in subject.schema.statistics:
        match = STATISTICS.search(item.definition)
        if not match or match[3].replace('"', "").rpartition(".")[2] != table.name or item.schema != table.schema:
            continue
        columns = [name.strip().strip('"') for name in match[2].split(",")]
        real = all(table.has(name) for name in columns)
        if "dependencies" not in match[1].lower() or not real or any(key <= frozenset(columns) for key in keys):
            continue
        message = (
            f"{listed(columns)} of {table.name} depend on each other and on no key: the same fact stands in many rows"
        )
        yield RULE.finding(
            subject,
            table.column_address(columns[0]),
            message,
            severity="info",
            evidence=Evidence("declared", result=f"the statistics {item.name}"),
        )


def _ordered(table: Table, names: frozenset[str]) -> list[str]:
    return [column.name for column in table.columns if column.name in names]


PLACES = "create table places (id bigint primary key, zip text not null, city text not null{});\n"
EXAMPLES = (
    sql(
        PLACES.format(", exclude using gist (zip with =, city with <>)"),
        "column:public.places.city",
        title="a constraint declares it",
    ),
    sql(
        PLACES.format("") + "create statistics zip_and_city (dependencies) on zip, city from places;\n",
        "column:public.places.zip",
        title="statistics declare it: information",
    ),
    sql(PLACES.format("")),
    sql(PLACES.format(", unique (zip), exclude using gist (zip with =, city with <>)"), title="from a key"),
)
DEMONSTRATION = (
    Do(PLACES.format("") + "insert into places values (1, '8001', 'Zurich'), (2, '8001', 'Zurich')"),
    Accepts("update places set city = 'Zürich' where id = 1", "an update corrects one of two rows"),
    Shows("select count(distinct city) from places where zip = '8001'", "2", "one ZIP code has two cities now"),
)  # fmt: skip
