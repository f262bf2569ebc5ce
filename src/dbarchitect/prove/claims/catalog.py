"""Three roads lead to one catalog: our migrations, drizzle-kit's SQL with the companion, and the declared schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context, first_line
from dbarchitect.prove.verdict import failed, proved

KIND = "catalog"
STATEMENT = "The migrations, the Drizzle schema files and the declared schema give one catalog."


def check(context: Context) -> Iterator[Claim]:
    """Build the schema by each road in a database of its own and compare fingerprints."""
    from dbarchitect.write.drizzle.migration import migration_entries
    from dbarchitect.write.sql.create import create

    ours = {entry.tag: entry.up_sql for entry in migration_entries(context.schema, context.settings)}
    roads = {
        "drizzle-kit": (
            "The SQL that drizzle-kit makes of the schema files, with the companion, gives the migrations' catalog.",
            [*ours.get("before", ()), *context.kit.statements, *ours.get("companion", ())],
        ),
        "declared": (
            "The schema that the brief declares gives the migrations' catalog.",
            [statement.sql for statement in create(context.schema)],
        ),
    }
    for name, (statement, sql) in roads.items():
        yield _compare(context, f"project:{name}", statement, sql)


def _compare(context: Context, place: str, statement: str, script: Sequence[str]) -> Claim:
    import psycopg

    database = context.new_database()
    with database.connect(context.owner) as connection:
        for part in script:
            try:
                connection.execute(part.encode())
            except psycopg.Error as error:
                return failed(KIND, place, statement, f"{first_line(error)} in: {part[:200]}")
    level = "strict" if len(context.history.migrations) <= len(_first_tags(context)) else "no-column-order"
    with database.connect() as connection, context.migrated.connect() as migrated:
        rows = difference(fingerprint(migrated), fingerprint(connection), level=level)
    if rows:
        reason = f"the catalogs differ: {rows[0]}"
        return failed(KIND, place, statement, reason, differences=[str(row) for row in rows[:10]])
    return proved(KIND, place, statement, statements=len(script), level=level)


def _first_tags(context: Context) -> tuple[str, ...]:
    """The migrations of the first run; later ones add columns at the end, wherever the schema files list them."""
    stems = ("before", "init", "companion")
    return tuple(m.tag for m in context.history.migrations if m.tag.split("_", 1)[-1] in stems)
