"""The dependencies that the brief declares hold in third normal form, by a key that the database enforces."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.claim import Claim
from dbarchitect.model.intent import FunctionalDependency
from dbarchitect.model.table import Table
from dbarchitect.prove.context import Context
from dbarchitect.prove.verdict import failed, proved

KIND = "normal_form"
RANK = 9
STATEMENT = "Every declared dependency holds by a key (third normal form)."


def check(context: Context) -> Iterator[Claim]:
    """X -> A is harmless when X contains a key or A is part of one (3NF); keys are read from the migrated catalog."""
    lookup = Lookup(context.actual)
    tables = {table.address: table for table in lookup.schema.tables}
    for dependency in context.schema.intent.dependencies:
        table = tables.get(dependency.table)
        yield _holds(table, dependency)


def _holds(table: Table | None, dependency: FunctionalDependency) -> Claim:
    left, right = ", ".join(dependency.determinant), ", ".join(dependency.dependent)
    place = f"{dependency.table}({left} -> {right})"
    statement = f"{left} determines {right} in {dependency.table.partition(':')[2]}, and the database sees to it."
    if table is None:
        return failed(KIND, place, statement, f"the database has no {dependency.table}")
    keys = _keys(table)
    prime: frozenset[str] = frozenset().union(*keys)
    if any(key <= set(dependency.determinant) for key in keys):
        return proved(KIND, place, statement, keys=sorted(sorted(key) for key in keys))
    if set(dependency.dependent) <= prime:
        return proved(KIND, place, statement, prime=sorted(prime))
    if dependency.kept:
        kept = f"{right} repeats with {left} in {table.name} by decision: {dependency.kept}"
        return proved(KIND, place, kept, decision=dependency.kept)
    reason = f"{left} is no key of {table.name}, so that {right} is stored once for each row that repeats {left}"
    return failed(KIND, place, statement, reason, keys=sorted(sorted(key) for key in keys))


def _keys(table: Table) -> list[frozenset[str]]:
    """Columns that tell rows apart; an index over expressions says nothing about the columns in them."""
    found = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    found += [index.columns for index in table.indexes if index.unique and len(index.columns) == len(index.parts)]
    return [frozenset(columns) for columns in found]
