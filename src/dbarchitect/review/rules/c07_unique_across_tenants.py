"""A name is unique across all tenants.

Why
    A name, title or article number belongs to one tenant. When it is unique in the whole table, the first tenant to use
    it takes it from all others, and the refusal tells a stranger that somebody has it.

    Found are unique rules over nothing but such names, in a table whose rows belong to tenants. Slugs, addresses of
    mail and the web, codes that are handed out, and rules with a reference to another table of the tenant are left
    alone: they may well be meant to be unique everywhere.

Fix
    Make the tenant's column the first one of the rule. Unsafe only for code that names the old columns, such as
    `onConflictDoUpdate({ target: … })`; rows cannot stand in its way.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS
    Seed: "Composite unique constraint: SKU is unique per organization".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.facts.uniqueness import UniqueRule, unique_rules
from dbarchitect.facts.values import is_text, parts
from dbarchitect.model.constraint import Unique
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C07", "unique-across-tenants", "fact", "warning")

NAMES = frozenset("name title label sku".split())
GLOBAL = frozenset("user domain host file bucket schema database legal display".split())


def check(subject: Subject) -> Iterator[Finding]:
    """Each unique rule of a tenant's table over names alone."""
    tenant = subject.roles.tenant_column
    for table in subject.schema.tables if tenant else ():
        if table.partition_of or not subject.roles.is_tenant_scoped(table) or not table.has(tenant or ""):
            continue
        referring = {name for key in table.foreign_keys for name in key.columns}
        for rule in unique_rules(table):
            columns = rule.concerns(table)
            if tenant in columns or not columns or referring & set(columns):
                continue
            if all(_is_name(table, name) or name == subject.roles.deleted_column(table) for name in columns):
                said = ", ".join(columns)
                message = (
                    f"{table.name}.{said} is unique across all tenants: the first one to use a value takes it from all"
                )
                yield RULE.finding(subject, rule.address, message, fixes=_fix(subject, table, rule, tenant or ""))


def _is_name(table: Table, name: str) -> bool:
    spelled = parts(name)
    return is_text(table.column(name)) and spelled[-1] in NAMES and not GLOBAL & set(spelled)


def _fix(subject: Subject, table: Table, rule: UniqueRule, tenant: str) -> list[Fix]:
    made = rule.made_by
    new: Unique | Index
    if isinstance(made, Index):
        new = replace(made, parts=(IndexPart(column=tenant), *made.parts))
    else:
        new = replace(made, columns=(tenant, *made.columns))
    return [fixes.replace_constraint(subject, table, made, new, title=f"make {rule.name} unique within a tenant")]


TENANTS = "create table organizations (id bigint primary key);\n"
OWNED = "organization_id bigint not null references organizations (id)"
OTHER = f"create table members (id bigint primary key, {OWNED});\n"

EXAMPLES = (
    sql(
        TENANTS + OTHER + f"create table products (id bigint primary key, {OWNED}, sku text not null unique);\n",
        "constraint:public.products.products_sku_key",
    ),
    sql(
        TENANTS + OTHER + f"create table products (id bigint primary key, {OWNED}, sku text not null,\n"
        "  share_token text unique, slug text unique, unique (organization_id, sku));\n",
        title="within a tenant, and values that are unique everywhere by their nature",
    ),
    sql(
        TENANTS + OTHER + f"create table products (id bigint primary key, {OWNED});\n"
        f"create table versions (id bigint primary key, {OWNED}, product_id bigint references products (id),\n"
        "  name text, unique (product_id, name));\ncreate table brands (id bigint primary key, name text unique);\n",
        title="within something of the tenant's, and outside of tenants",
    ),
    drizzle(
        "import { integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'\n"
        "export const teams = pgTable('teams', { id: integer('id').primaryKey() })\n"
        "export const lists = pgTable('lists', {\n  id: integer('id').primaryKey(),\n  name: text('name').notNull(),\n"
        "  teamId: integer('team_id').notNull().references(() => teams.id),\n"
        "}, (t) => [uniqueIndex('one_name').on(t.name)])\n"
        "export const notes = pgTable('notes', { teamId: integer('team_id').notNull().references(() => teams.id) })\n",
        "index:public.one_name",
        fixed="import { integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'\n"
        "export const teams = pgTable('teams', { id: integer('id').primaryKey() })\n"
        "export const lists = pgTable('lists', {\n  id: integer('id').primaryKey(),\n  name: text('name').notNull(),\n"
        "  teamId: integer('team_id').notNull().references(() => teams.id),\n"
        "}, (t) => [uniqueIndex('one_name').on(t.teamId, t.name)])\n"
        "export const notes = pgTable('notes', { teamId: integer('team_id').notNull().references(() => teams.id) })\n",
    ),
)
DEMONSTRATION = (
    Do("create table products (organization_id int not null, sku text not null unique)"),
    Do("insert into products values (1, 'TEA-1')"),
    Refuses("insert into products values (2, 'TEA-1')", "23505", "the second tenant cannot have an article TEA-1"),
)
