"""Each declared constraint rejects a row that breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbarchitect.data.violation import Attempt, Breaker
from dbarchitect.model.claim import Claim
from dbarchitect.model.index import Index
from dbarchitect.model.table import Table
from dbarchitect.prove.context import Context
from dbarchitect.prove.verdict import failed, proved, unproved

if TYPE_CHECKING:
    import psycopg

KIND = "constraint"
STATEMENT = "Each declared constraint rejects a row that breaks it."

USED_COLUMNS = """
    select array_agg(distinct a.attname::text)
      from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
     where d.classid = %s::regclass and d.objid = %s and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0"""


def check(context: Context) -> Iterator[Claim]:
    """Break every constraint of every table on seeded rows (seed: let the database enforce data integrity)."""
    tenancy = context.lookup.tenancy
    with context.new_database(context.seeded) as database, database.connect() as connection:
        for table in context.schema.tables:
            tenant = tenancy.column if tenancy and context.lookup.intent(table).tenant_scoped else None
            yield from _table(connection, table, Breaker(connection, table, tenant))


def _table(connection: psycopg.Connection[Any], table: Table, breaker: Breaker) -> Iterator[Claim]:
    yield _not_null(table, breaker)
    for key in table.foreign_keys:
        statement = f"{table.name} refuses a row whose {', '.join(key.columns)} points at nothing."
        yield _claim(table.constraint_address(key.name), statement, breaker.foreign_key(key))
    keys = [*([table.primary_key] if table.primary_key else []), *table.uniques]
    for unique in keys:
        stronger = next((key.name for key in keys if set(key.columns) < set(unique.columns)), None)
        if stronger:
            yield _implied(connection, table, unique.name, stronger)
            continue
        statement = f"{table.name} refuses a second row with the same {', '.join(unique.columns)}."
        attempt = breaker.same_key(unique.name, unique.columns, None)
        yield _claim(table.constraint_address(unique.name), statement, attempt)
    for index in table.indexes:
        if index.unique:
            yield _unique_index(connection, table, index, breaker)
    for rule in table.checks:
        statement = f"{table.name} refuses a row that breaks {rule.expression}."
        columns = _columns(connection, "pg_constraint", _constraint_oid(table, rule.name))
        yield _claim(table.constraint_address(rule.name), statement, breaker.check(rule, columns))
    for exclusion in table.exclusions:
        statement = f"{table.name} refuses a row that clashes under {exclusion.name}."
        columns = _columns(connection, "pg_constraint", _constraint_oid(table, exclusion.name))
        attempt = breaker.same_key(exclusion.name, columns, exclusion.where)
        yield _claim(table.constraint_address(exclusion.name), statement, attempt)


def _not_null(table: Table, breaker: Breaker) -> Claim:
    columns = [column.name for column in table.columns if not column.nullable and column.generated is None]
    statement = f"{table.name} refuses NULL in {len(columns)} required columns."
    for name in columns:
        attempt = breaker.not_null(name)
        if attempt.outcome != "rejected":
            return _claim(table.address, statement, attempt, column=name)
    return proved(KIND, table.address, statement, columns=columns, sqlstate="23502")


def _implied(connection: psycopg.Connection[Any], table: Table, name: str, stronger: str) -> Claim:
    """A key that contains another key can never speak first; what counts is that foreign keys can point at it."""
    statement = (
        f"{name} of {table.name} is there for foreign keys to point at; {stronger} already keeps its rows apart."
    )
    query = f"select count(*) from pg_constraint where oid = ({_constraint_oid(table, name)})"
    row = connection.execute(query.encode()).fetchone()
    address = table.constraint_address(name)
    if row and row[0]:
        return proved(KIND, address, statement, implied_by=stronger)
    return failed(KIND, address, statement, f"{table.name} has no constraint {name}")


def _unique_index(connection: psycopg.Connection[Any], table: Table, index: Index, breaker: Breaker) -> Claim:
    from dbarchitect.model.names import qualified

    statement = f"{table.name} refuses a second row with the same key in {index.name}."
    columns = _columns(connection, "pg_class", f"{_literal(qualified(table.schema, index.name))}::regclass")
    key = [name for name in columns if name in _key_columns(index)] or columns
    return _claim(table.index_address(index.name), statement, breaker.same_key(index.name, key, index.where))


def _key_columns(index: Index) -> set[str]:
    text = " ".join(part.expression or "" for part in index.parts)
    named = {part.column for part in index.parts if part.column}
    return named | {word for word in text.replace("(", " ").replace(")", " ").replace('"', " ").split() if word}


def _columns(connection: psycopg.Connection[Any], catalog: str, oid: str) -> list[str]:
    """The columns that an index or constraint is made of, in table order; none when it is not there."""
    query = USED_COLUMNS.replace("%s", f"'{catalog}'", 1).replace("%s", f"({oid})", 1)
    import psycopg

    try:
        row = connection.execute(query.encode()).fetchone()
    except psycopg.errors.UndefinedTable:
        return []
    return sorted(row[0]) if row and row[0] else []


def _constraint_oid(table: Table, name: str) -> str:
    from dbarchitect.model.names import qualified

    relation = _literal(qualified(table.schema, table.name))
    return f"select oid from pg_constraint where conrelid = {relation}::regclass and conname = {_literal(name)}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _claim(address: str, statement: str, attempt: Attempt, **evidence: object) -> Claim:
    seen: dict[str, object] = {"sql": attempt.sql, "sqlstate": attempt.sqlstate, **evidence}
    if attempt.outcome == "rejected":
        return proved(KIND, address, statement, **seen)
    if attempt.outcome == "accepted":
        return failed(KIND, address, statement, f"PostgreSQL accepted it: {attempt.sql}", **seen)
    return unproved(KIND, address, statement, attempt.why, **seen)
