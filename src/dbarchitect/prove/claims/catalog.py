"""Three roads lead to one catalog: our migrations, drizzle-kit's SQL with the companion, and the declared schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dbarchitect.engines.fingerprint import Change, Level, difference, fingerprint
from dbarchitect.errors import EngineError
from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context, first_line
from dbarchitect.prove.verdict import failed, proved

if TYPE_CHECKING:
    import psycopg

KIND = "catalog"
RANK = 4
AUTOMATIC_NOT_NULL = re.compile(r'.*_not_null\d*"? on ')
STATEMENT = "Migrations, schema files and the declared schema give one catalog."


def check(context: Context) -> Iterator[Claim]:
    """Build the schema by each road in a database of its own and compare fingerprints."""
    from dbarchitect.write.drizzle.migration import migration_entries
    from dbarchitect.write.sql.create import create

    ours = {entry.tag: entry.up_sql for entry in migration_entries(context.schema, context.settings)}
    declared = "The schema that the brief declares gives the migrations' catalog."
    yield _compare(context, "project:declared", declared, [statement.sql for statement in create(context.schema)])
    files = "The SQL that drizzle-kit makes of the schema files, with the companion, gives the migrations' catalog."
    try:
        kit = context.kit.statements
    except EngineError as error:
        yield failed(KIND, "project:drizzle-kit", files, error.message)
        return
    script = [*ours.get("before", ()), *kit, *ours.get("companion", ())]
    yield _compare(context, "project:drizzle-kit", files, script)


def _invented(row: Change) -> bool:
    """Whether only a name differs that PostgreSQL 18 made up for a NOT NULL: long columns that begin alike take theirs
    in an order that the SQL does not decide, and nothing refers to such a name.
    """
    return row.catalog == "pg_constraint" and AUTOMATIC_NOT_NULL.match(row.name) is not None


def _names_in_indexes(context: Context) -> frozenset[str]:
    """The indexes of the schema, those of keys included, as the catalog names them."""
    found = set()
    for table in context.schema.tables:
        keys = (*((table.primary_key,) if table.primary_key else ()), *table.uniques, *table.exclusions)
        found |= {f"{table.schema}.{item.name}" for item in (*table.indexes, *keys)}
    return frozenset(found)


def _of_index(row: Change, indexes: frozenset[str]) -> bool:
    """Whether only the inner name of an index's column differs: it stays what it was when a column is renamed."""
    if row.catalog != "pg_attribute":
        return False
    return "«" in row.name or row.name.rpartition(".")[0].replace('"', "") in indexes


def _compare(context: Context, place: str, statement: str, script: Sequence[str]) -> Claim:
    import psycopg

    database = context.new_database()
    with database.connect(context.owner) as connection:
        for part in script:
            try:
                connection.execute(part.encode())
            except psycopg.Error as error:
                return failed(KIND, place, statement, f"{first_line(error)} in: {part[:200]}")
    level: Level = "strict" if len(context.history.migrations) <= len(_first_tags(context)) else "no-column-order"
    with database.connect() as connection:
        other = fingerprint(connection)
        rows = difference(context.fingerprint, other, level=level)
        kept = _names_in_indexes(context)
        if rows and all(_invented(row) or _of_index(row, kept) for row in rows):
            level = "no-automatic-names"
            left = difference(context.fingerprint, other, level=level)
            rows = tuple(row for row in left if not _of_index(row, kept))
        types = _types(context, connection) if rows else {}
    if rows:
        reason = f"the catalogs differ (left: the migrations): {types.get(rows[0].name) or rows[0]}"
        return failed(KIND, place, statement, reason, differences=[str(row) for row in rows[:10]])
    return proved(KIND, place, statement, statements=len(script), level=level)


def _first_tags(context: Context) -> tuple[str, ...]:
    """The migrations of the first run; later ones add columns at the end, wherever the schema files list them."""
    stems = ("before", "init", "companion")
    return tuple(m.name for m in context.history.migrations if m.tag in stems)


COLUMN_TYPES = """
    select format('%s.%s.%s', n.nspname, c.relname, a.attname), format_type(a.atttypid, a.atttypmod)
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where a.attnum > 0 and not a.attisdropped
       and c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema)'"""


def _types(context: Context, other: psycopg.Connection[Any]) -> dict[str, str]:
    """Columns that have one type on the one side and another on the other, in words; the catalog keeps numbers."""
    query = COLUMN_TYPES.encode()
    with context.mirror.connect() as connection:
        mine = dict(connection.execute(query).fetchall())
    theirs = dict(other.execute(query).fetchall())
    shared = sorted(mine.keys() & theirs.keys())
    return {name: f"column {name} {mine[name]} -> {theirs[name]}" for name in shared if mine[name] != theirs[name]}
