"""Renames that keep both names alive until no program says the old one: expand, then contract.

A column that is renamed, or a table, breaks every program that still says the old name (BR01). With a runner that can
leave transactions both names work for a while: a copy of the column that a trigger keeps equal and that is filled in
batches, a view with the table's old name. A last file, marked as `contract`, takes the old name away; `migrate apply`
stops before it until it is told that the programs are deployed. Until then there is a way back that loses nothing.

All renames of a plan are done in this way or none, so that nobody accepts the hazard of one and gets another's as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbarchitect.migrate.compare import Difference
from dbarchitect.migrate.element import elements
from dbarchitect.migrate.kinds.column import retyped
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.overlap_column import ColumnOverlap, doubled
from dbarchitect.migrate.overlap_table import TableOverlap
from dbarchitect.migrate.recipe import hastily, is_partitioned
from dbarchitect.migrate.renames import Rename
from dbarchitect.migrate.steps import timed
from dbarchitect.migrate.surroundings import of_schema
from dbarchitect.model.address import address, parse
from dbarchitect.model.column import Column
from dbarchitect.model.index import Index
from dbarchitect.model.plan import Phase, Step, Transaction
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.sql.acts import Expression
from dbarchitect.sql.classify_parts import expression
from dbarchitect.sql.parser import parse_expression
from dbarchitect.write.sql.index import drop_index_sql, index_sql

_RELATIONS = ("table", "view", "index", "sequence", "enum", "domain", "composite", "range")


@dataclass(frozen=True)
class Change:
    """What is renamed, and what else a plan does.

    Args:
        given: the renames that were declared.
        old: the canonical schema before.
        moved: the same with the renames done.
        found: the difference that is left then.
        postgres: the major version.
    """

    given: Sequence[Rename]
    old: Schema
    moved: Schema
    found: Difference
    postgres: int


def overlap(change: Change) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The files that come before everything else, and those that come last.

    Args:
        change: renames that `obstacle` has nothing against.
    """
    columns, tables = _columns(change), _tables(change)
    said = ", ".join(rename.old.partition(":")[2] for rename in change.given)
    kinds = [(rename.kind, rename.old) for rename in change.given]
    up = [statement for item in columns for statement in item.expanded()]
    down = [statement for item in reversed(columns) for statement in item.undone()]
    first = [_step("expand", "one", columns, up, down)]
    fill = [statement for item in columns for statement in item.filled()]
    first.append(_step("backfill", "none", columns, fill, []))
    down = [statement for item in reversed(columns) for statement in item.unvalidated()]
    up = [statement for item in columns for statement in item.validated()]
    first.append(_step("validate", "one", columns, up, down))
    copies = _copies(columns)
    up = [index_sql(table, index, concurrently=True) for table, _, (_, index) in copies]
    down = [drop_index_sql(table, index, concurrently=True) for table, _, (_, index) in reversed(copies)]
    first.append(_step("indexes", "none", columns, up, down))
    first = [step for step in first if step.up]
    if tables:
        up = [statement for item in tables for statement in item.renamed()]
        down = [statement for item in reversed(tables) for statement in item.undone()]
        kept = "-- dbarchitect: ignore-file BR01: the old name stays, as a view"
        first.append(_renamed("both_names", [kind for kind in kinds if kind[0] == "table"], up, down, kept))
    up = [statement for item in tables for statement in item.hidden()]
    up += [statement for item in columns for statement in item.contracted()]
    down = _reopened(columns, tables, copies)
    notes = (
        f"-- Run it when no program says {said} any more: dbarchitect migrate apply --contract",
        "-- dbarchitect: ignore-file BR01, DL, IX09: nothing is lost that is not under the new name, too",
    )
    return tuple(first), (_renamed("contract", kinds, up, down, *notes, phase="contract", alone=bool(columns)),)


_Copies = list[tuple[Table, Table, tuple[Index, Index]]]


def _copies(columns: Sequence[ColumnOverlap]) -> _Copies:
    """Each index that is needed twice, in the words of before and of after, with its table before and after."""
    tables = {item.table.key: (item.table, item.later) for item in columns}
    return [(table, later, both) for table, later in tables.values() for both in doubled(table, later)]


def _reopened(columns: Sequence[ColumnOverlap], tables: Sequence[TableOverlap], copies: _Copies) -> list[str]:
    """What gives the old names back while people work: copies under the old names, which then change places."""
    found = [statement for item in columns for statement in item.reopened()]
    found += [index_sql(later, index, concurrently=True) for _, later, (index, _) in copies]
    last = [statement for item in columns for statement in item.exchanged()]
    last += [statement for item in columns for statement in item.privileged()]
    last += [statement for item in tables for statement in item.seen()]
    if not columns:
        return last
    found[0] = f"-- dbarchitect: ignore-file RB05: every value is under the other name, too\n{found[0]}"
    body = "".join(f"  {statement};\n" for statement in last)
    return [*found, *hastily(f"DO $names$\nbegin\n{body}end\n$names$")]


def _step(
    file: str, transaction: Transaction, columns: Sequence[ColumnOverlap], up: Sequence[str], down: Sequence[str]
) -> Step:
    slow = file == "validate"
    forced = sorted({item.table.name for item in columns if file == "backfill" and item.table.force_row_security})
    return Step(
        file=file,
        transaction=transaction,
        operations=tuple((file, "column", item.place) for item in columns),
        up=timed(up, transaction, slow),
        down=timed(down, transaction, slow),
        reversible="exact",
        notes=tuple(f"-- {name} forces row level security: each batch locks it for a moment." for name in forced),
    )


def _renamed(
    file: str,
    kinds: Sequence[tuple[str, str]],
    up: Sequence[str],
    down: Sequence[str],
    *notes: str,
    phase: Phase = "expand",
    alone: bool = False,
) -> Step:
    return Step(
        file=file,
        transaction="one",
        operations=tuple(("contract" if phase == "contract" else "rename", kind, place) for kind, place in kinds),
        up=timed(up, "one", slow=False),
        down=timed(down, "none" if alone else "one", slow=False),
        reversible="exact",
        phase=phase,
        notes=notes,
        down_alone=alone,
    )


def obstacle(change: Change) -> str | None:
    """Why both names cannot live side by side in this plan, in a clause; None when they can."""
    return next(_obstacles(change), None)


def _obstacles(change: Change) -> Iterator[str]:
    names = elements(change.found.context.after)
    for rename in change.given:
        if rename.kind == "column":
            yield from _against_column(rename, change)
        elif rename.kind == "table":
            parts = parse(rename.old)[1]
            if any(address(kind, *parts) in names for kind in _RELATIONS):
                yield f"{rename.old} is the name of something else afterwards"
            yield from _against_table(rename, change)
        else:
            yield f"{rename.old} has no way to have two names"


def _against_column(rename: Rename, change: Change) -> Iterator[str]:
    table, column = _column(change.old, rename.old)
    later = rename.new
    parts = parse(later)[1]
    if is_partitioned(table):
        yield f"{table.address} is partitioned or inherits"
    if table.triggers:
        yield f"the triggers of {table.address} would fire for every row that is filled"
    if column.generated:
        yield f"{rename.old} is computed"
    if _is_domain(column, change.old):
        yield f"the type of {rename.old} is a domain"
    if column.nullable and column.default is not None and _default(column, change.old) == "null":
        yield f"nobody can tell a NULL that is given for {rename.old} from its default"
    if table.has(parts[-1]):
        yield f"{table.address} has a column {parts[-1]} already"
    reused = address("column", *parts[:2], column.name)
    for operation in change.found.operations:
        if operation.address == reused or _touches(operation, later, change.found):
            yield f"{operation.address} changes in the same plan; plan the rename by itself"


def _touches(operation: Operation, column: str, found: Difference) -> bool:
    """Whether what an operation makes would hang on the copy of a column, and go with it."""
    if operation.kind == "function" and "begin atomic" not in operation.element.value.definition.lower():
        return False  # a body that is a text is looked at when it runs
    if column in (operation.address, operation.element.above):
        return True
    return any(column in needed.get(operation.address, ()) for needed in (found.needed_before, found.needed_after))


def _against_table(rename: Rename, change: Change) -> Iterator[str]:
    table = next(item for item in change.old.tables if item.address == rename.old)
    if table.row_security and change.postgres < 15:
        yield f"a view would show rows of {rename.old} that row level security hides, before PostgreSQL 15"
    for operation in change.found.operations:
        own = operation.kind == "column" and operation.element.above == rename.new
        if operation.address == rename.new and operation.action != "alter":
            yield f"{rename.new} is made anew"
        if own and (operation.action == "drop" or (operation.action == "alter" and retyped(*operation.both))):
            yield f"{operation.address} changes under a view; plan the rename by itself"


def _columns(change: Change) -> list[ColumnOverlap]:
    found = []
    later = {table.key: table for table in change.moved.tables}
    for rename in change.given:
        if rename.kind != "column":
            continue
        table, column = _column(change.old, rename.old)
        schema, name, last = parse(rename.new)[1]
        grants = tuple(grant for grant in change.old.grants if grant.address == rename.old)
        found.append(ColumnOverlap(table, later[schema, name], column, last, _default(column, change.old), grants))
    return found


def _tables(change: Change) -> list[TableOverlap]:
    before = {table.address: table for table in change.old.tables}
    later = {table.address: table for table in change.moved.tables}
    found = []
    for rename in change.given:
        if rename.kind != "table":
            continue
        table = before[rename.old]
        copies = [parse(item.new)[1][-1] for item in change.given if _lies_in(item, table)]
        columns = (*(column.name for column in table.columns), *copies)
        places = {table.address, *(table.column_address(name) for name in columns)}
        grants = tuple(grant for grant in change.old.grants if grant.address in places)
        up, down = rename.up, rename.down
        found.append(TableOverlap(table, later[rename.new], up, down, columns, grants, change.postgres))
    return found


def _lies_in(rename: Rename, table: Table) -> bool:
    return rename.kind == "column" and parse(rename.old)[1][:2] == table.key


def _column(schema: Schema, place: str) -> tuple[Table, Column]:
    own, name, last = parse(place)[1]
    table = next(table for table in schema.tables if table.key == (own, name))
    return table, table.column(last)


def _is_domain(column: Column, schema: Schema) -> bool:
    return any((item.schema, item.name) == (column.type.schema, column.type.name) for item in schema.domains)


def _default(column: Column, schema: Schema) -> str:
    """The default, unless it may be another one for each row."""
    if column.default is None:
        return "null"
    found: Expression | None = expression(parse_expression(column.default))
    around = of_schema(schema)
    volatile = found is None or any(around.volatility(name) == "volatile" for name in found.functions)
    return "null" if volatile else column.default
