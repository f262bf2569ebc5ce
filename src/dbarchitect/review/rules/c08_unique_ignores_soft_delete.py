"""A unique rule counts rows that are marked as deleted.

Why
    A row with `deleted_at` set is gone for people, not for a unique rule: whoever deletes "Summer sale" and makes it
    anew is told that it is there already, though no list shows it.

    Not found are keys that nobody types again: ids, tokens, hashes, numbers of documents, keys of other systems, rules
    that hold the primary key, rules that are partial already, and rules that a foreign key refers to, for which a
    partial index cannot stand in; links of two rows, which are revived where they would be made again; and values that
    an update changes as it marks the row (`set({ deletedAt: now, email: … })`).

Fix
    Put a partial unique index `where deleted_at is null` in its place. Unsafe for code that names the columns in `on
    conflict`: it must then repeat the condition (`targetWhere` in Drizzle).

Sources
    https://www.postgresql.org/docs/current/indexes-partial.html
    Seed: "Filter out soft-deleted records in queries", "Consider partial indexes for filtered queries".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.facts.uniqueness import UniqueRule, unique_rules
from dbarchitect.facts.values import is_secret, parts
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import quote
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.query import objects
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.query_facts import key_of
from dbarchitect.review.rule import Rule, drizzle, queries, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C08", "unique-ignores-soft-delete", "fact", "warning")

LASTING = frozenset(
    "id uid uuid guid key token hash secret number no nonce fingerprint checksum etag ref reference".split()
)
SECRET = frozenset(("token", "hash", "secret"))


def check(subject: Subject) -> Iterator[Finding]:
    """Each unique rule of a soft-deleted table that holds for deleted rows too."""
    for table in subject.schema.tables:
        deleted = subject.roles.deleted_column(table)
        if not deleted or table.partition_of:
            continue
        key = set(table.primary_key.columns) if table.primary_key else set()
        for rule in unique_rules(table):
            columns = set(rule.concerns(table))
            if deleted in columns or rule.where or (key and key <= columns):
                continue
            if _referred(subject, table, rule) or _lasting(table, rule) or _is_link(subject, table, columns):
                continue
            if _freed(subject, table, deleted, columns):
                continue
            said = ", ".join(rule.concerns(table))
            message = f"{table.name} ({said}) is unique among deleted rows too: what was deleted cannot be made anew"
            yield RULE.finding(subject, rule.address, message, fixes=[_fix(subject, table, rule, deleted)])


def _referred(subject: Subject, table: Table, rule: UniqueRule) -> bool:
    targets = (reference.foreign_key.target_columns for reference in subject.facts.references_to(table))
    return any(set(columns) == set(rule.columns) for columns in targets)


def _is_link(subject: Subject, table: Table, columns: set[str]) -> bool:
    """Whether the columns name nothing but the two or more rows that a row ties together, and their tenant."""
    ends = {name for link in subject.roles.links(table) for name in link.foreign_key.columns}
    many = len([link for link in subject.roles.links(table) if set(link.foreign_key.columns) <= columns]) > 1
    return many and columns <= ends | {subject.roles.tenant_column}


def _freed(subject: Subject, table: Table, deleted: str, columns: set[str]) -> bool:
    """Whether an update that marks rows as deleted gives one of the columns another value."""
    for query in subject.queries or ():
        call = query.link("set") if query.verb == "update" and query.address == table.address else None
        if call and call.arguments and call.arguments[0].type == "object":
            changed = objects.pairs(query.file, call.arguments[0])[0].keys()
            if key_of(query.table, deleted) in changed and {key_of(query.table, name) for name in columns} & changed:
                return True
    return False


def _lasting(table: Table, rule: UniqueRule) -> bool:
    """Whether one of the columns holds a value that is given once and never typed again."""
    referring = {name for key in table.foreign_keys for name in key.columns}
    return any(
        parts(name)[-1] in LASTING
        or SECRET & set(parts(name))
        or table.column(name).type.name == "uuid"
        or is_secret(table.column(name))
        for name in rule.concerns(table)
        if name not in referring
    )


def _fix(subject: Subject, table: Table, rule: UniqueRule, deleted: str) -> Fix:
    live = f"{quote(deleted)} is null"
    if isinstance(rule.made_by, Index):
        new = replace(rule.made_by, where=live)
    else:
        parts_ = tuple(IndexPart(column=name) for name in rule.columns)
        new = Index(rule.name, parts_, unique=True, where=live, nulls_not_distinct=rule.nulls_equal)
    title = f"keep {rule.name} to rows that are not deleted"
    return fixes.replace_constraint(subject, table, rule.made_by, new, title=title)


THINGS = """import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

export const things = pgTable('things', {
  id: integer('id').primaryKey(),
  name: text('name').notNull().unique(),
  deletedAt: timestamp('deleted_at'),
})
"""
EXAMPLES = (
    sql(
        "create table campaigns (id bigint primary key, name text not null unique, deleted_at timestamptz);\n",
        "constraint:public.campaigns.campaigns_name_key",
    ),
    sql(
        "create table campaigns (id bigint primary key, name text, token text unique, invoice_number text unique,\n"
        "  deleted_at timestamptz);\n"
        "create unique index on campaigns (name) where deleted_at is null;\n",
        title="partial, and values that are given once",
    ),
    sql(
        "create table campaigns (id bigint primary key, tenant int not null, name text, deleted_at timestamptz,\n"
        "  unique (tenant, id));\ncreate table plain (id bigint primary key, name text unique);\n",
        title="a rule that holds the primary key, and a table without soft delete",
    ),
    drizzle(THINGS, "constraint:public.things.things_name_unique"),
    queries(
        THINGS,
        "import { eq } from 'drizzle-orm'\nimport { things } from './schema'\n"
        "export const remove = (db: Db, id: number) =>\n"
        "  db.update(things).set({ deletedAt: new Date(), name: `deleted ${id}` }).where(eq(things.id, id))\n",
        title="who deletes frees the name",
    ),
    sql(
        "create table rooms (id bigint primary key);\ncreate table people (id bigint primary key);\n"
        "create table visits (id bigint primary key, room_id bigint not null references rooms (id),\n"
        "  person_id bigint not null references people (id), deleted_at timestamptz, unique (room_id, person_id));\n",
        title="a link is revived",
    ),
)
DEMONSTRATION = (
    Do("create table campaigns (id int primary key, name text not null unique, deleted_at timestamptz);"
       "insert into campaigns values (1, 'Summer sale'); update campaigns set deleted_at = now()"),
    Refuses("insert into campaigns values (2, 'Summer sale')", "23505", "the deleted campaign keeps its name"),
    Do("alter table campaigns drop constraint campaigns_name_key;"
       "create unique index on campaigns (name) where deleted_at is null"),
    Accepts("insert into campaigns values (2, 'Summer sale')", "with a partial index it can be made anew"),
    Refuses("insert into campaigns values (3, 'Summer sale')", "23505", "and two live ones are still refused"),
)  # fmt: skip
