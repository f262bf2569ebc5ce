"""The schema and the migrations folder do not say the same.

Why
    The database is what the migrations made of it; queries are typed by the schema. What is only in the schema fails
    at run time (42P01, 42703), what is only in the migrations is invisible to the code, and the next generated
    migration brings it all at once. drizzle-kit 0.31 gives up at a question about renames with exit code 0, so that a
    pipeline does not notice.

    Indexes with INCLUDE or NULLS NOT DISTINCT, for which Drizzle has no words, belong into migrations. Tables of a
    PostgreSQL schema in which no migration makes any, such as Supabase's `auth`, are somebody else's.

Fix
    Generate the migration, read it, and commit it with the schema.

Sources
    https://orm.drizzle.team/docs/migrations
    https://github.com/drizzle-team/drizzle-orm/issues/4651
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbarchitect.facts.naming import listed
from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding
from dbarchitect.model.schema import Schema
from dbarchitect.model.source import Span
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("Z04", "schema-ahead-of-migrations", "fact", "warning", "drizzle")
_FIX = fixes.display("generate the migration that is missing: drizzle-kit generate")


def check(subject: Subject) -> Iterator[Finding]:
    """Each table, column, index, foreign key and enum that one side has and the other has not."""
    before = subject.migrations
    if before is None or not before.tables or subject.declared is None:
        return
    known = {table.key: table for table in before.tables}
    ours = {table.schema for table in before.tables} | {"public"}
    whole = {(table.schema, table.name): table.complete for table in subject.declared.tables}
    for table in subject.schema.tables:
        if table.schema not in ours:
            continue
        if table.key not in known:
            message = f"no migration creates {table.name}"
            yield RULE.finding(subject, table.address, message, severity="error", fixes=[_FIX])
        elif whole.get(table.key):
            yield from _table(subject, table, known[table.key])
    written = {table.key for table in subject.schema.tables} | whole.keys()
    gone = sorted(
        key for key in known.keys() - written if not (key[1].startswith("__drizzle") or known[key].partition_of)
    )
    if gone and all(whole.values()):
        message = f"the migrations create {listed(name for _, name in gone)}, the schema does not know them"
        place = address("table", *gone[0])
        spans = before.annotations.spans.get(place)
        yield RULE.finding(subject, place, message, span=spans[0] if spans else _anywhere(subject), severity="info")
    yield from _enums(subject, before)


def _table(subject: Subject, table: Table, before: Table) -> Iterator[Finding]:
    differences = [
        *_said("column", {column.name for column in table.columns}, {column.name for column in before.columns}),
        *_said("index", _indexes(table), _indexes(before) - _unspeakable(before)),
        *_said("foreign key", _keys(table), _keys(before)),
    ]
    if differences:
        message = f"{table.name} differs from what the migrations made: {', '.join(differences)}"
        ahead = any("in no migration" in difference for difference in differences)
        # What only the migrations have may be written by hand, where Drizzle has no words for it.
        yield RULE.finding(subject, table.address, message, severity=None if ahead else "info", fixes=[_FIX] * ahead)


def _said(kind: str, now: Iterable[str], before: Iterable[str]) -> Iterator[str]:
    new, gone = sorted(set(now) - set(before)), sorted(set(before) - set(now))
    if new:
        yield f"{kind} {listed(new)} in no migration"
    if gone:
        yield f"{kind} {listed(gone)} only in the migrations"


def _indexes(table: Table) -> set[str]:
    return {_cut(index.name) for index in table.indexes}


def _unspeakable(table: Table) -> set[str]:
    """The indexes that Drizzle has no words for, so that a migration must make them by hand."""
    return {_cut(index.name) for index in table.indexes if index.include or (index.unique and index.nulls_not_distinct)}


def _keys(table: Table) -> set[str]:
    return {f"({', '.join(key.columns)}) to {key.target_table}" for key in table.foreign_keys}


def _cut(name: str) -> str:
    return name.encode()[:63].decode(errors="ignore")


def _enums(subject: Subject, before: Schema) -> Iterator[Finding]:
    known = {(enum.schema, enum.name): enum.labels for enum in before.enums}
    for enum in subject.schema.enums:
        place = address("enum", enum.schema, enum.name)
        labels = known.get((enum.schema, enum.name))
        if labels is None:
            message = f"no migration creates the enum {enum.name}"
            yield RULE.finding(subject, place, message, span=subject.span(place) or _anywhere(subject), fixes=[_FIX])
        elif enum.labels and set(labels) != set(enum.labels):
            said = ", ".join(_said("label", enum.labels, labels))
            message = f"the enum {enum.name} differs from what the migrations made: {said}"
            yield RULE.finding(subject, place, message, span=subject.span(place) or _anywhere(subject), fixes=[_FIX])


def _anywhere(subject: Subject) -> Span | None:
    tables = subject.declared.tables if subject.declared else ()
    return tables[0].name_span if tables else None


SCHEMA = """import { index, pgEnum, pgTable, text, uuid } from 'drizzle-orm/pg-core'

export const role = pgEnum('role', ['admin', 'user'])
export const users = pgTable(
  'users',
  { id: uuid('id').primaryKey(), name: text('name'), role: role('role') },
  (table) => [index('users_name_idx').on(table.name)],
)
"""
MIGRATION = """CREATE TYPE "public"."role" AS ENUM('admin', 'user');
CREATE TABLE "users" ("id" uuid PRIMARY KEY NOT NULL, "name" text, "role" "role");
CREATE INDEX "users_name_idx" ON "users" USING btree ("name");
"""
EXAMPLES = (
    Example(
        {
            "schema.ts": SCHEMA,
            "drizzle/0000_first.sql": MIGRATION.replace(', "name" text', "").split("CREATE INDEX")[0],
        },
        ("table:public.users",),
    ),
    Example({"schema.ts": SCHEMA, "drizzle/0000_first.sql": MIGRATION}),
    Example(
        {
            "schema.ts": SCHEMA,
            "drizzle/0000_first.sql": MIGRATION + 'CREATE INDEX "by_role" ON "users" ("role") INCLUDE ("name");\n',
        },
        title="an index that Drizzle has no words for",
    ),
    Example(
        {"schema.ts": SCHEMA, "drizzle/0000_first.sql": MIGRATION.replace("'admin', ", "")},
        ("enum:public.role",),
        title="a label that the database does not know",
    ),
    Example(
        {
            "schema.ts": SCHEMA + "export const teams = pgTable('teams', { id: uuid('id').primaryKey() })\n",
            "drizzle/0000_first.sql": MIGRATION,
        },
        ("table:public.teams",),
    ),
    Example(
        {
            "schema.ts": SCHEMA.replace("pgEnum, ", "pgEnum, pgSchema, ")
            + "export const owners = pgSchema('auth').table('users', { id: uuid('id').primaryKey() })\n",
            "drizzle/0000_first.sql": MIGRATION,
        },
        title="a table of somebody else's",
    ),
)
DEMONSTRATION = (
    Do("create table users (id int primary key)"),
    Refuses("select id, name from users", "42703", "a query that the schema allows asks for what is not there"),
)
