"""A unique e-mail address, login or web name takes two spellings of one.

Why
    To a unique rule over text `Ada@example.org` and `ada@example.org` are two addresses; to every mail server in use
    they are one. The person signs up twice, or signs in and finds no account.

    Where the application lower-cases each value before it writes, the rule holds by custom; the check makes it hold for
    scripts and imports too. Web names, and logins outside of tables of people, are information. `citext`, an index on
    `lower(…)`, a check and a collation of its own are taken as settled.

Fix
    Add a check that the value is lower case. Unsafe: it fails while a row is spelled otherwise, and writes of mixed
    case begin to fail; the application lower-cases before it writes and looks up. A unique index on `lower(email)` does
    without that, but every query must then say `lower(email)` too.

Sources
    https://www.postgresql.org/docs/current/citext.html
    Seed: "Implement check constraints for business rules".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.conditions import checks_of
from dbarchitect.facts.uniqueness import unique_rules
from dbarchitect.facts.values import is_email, is_login, is_slug, parts
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check
from dbarchitect.model.finding import Finding, Severity
from dbarchitect.model.names import fit, quote
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C09", "case-sensitive-unique", "fact", "warning")
FOLDED = frozenset(("normalized", "normalised", "canonical", "lower", "lowercase"))


def check(subject: Subject) -> Iterator[Finding]:
    """Each unique text that is one thing in any case."""
    for table in subject.schema.tables:
        rules = [] if table.partition_of else list(unique_rules(table))
        folded = {
            name for rule in rules if rule.expressions for name in rule.concerns(table) if name not in rule.columns
        }
        beside = {frozenset(parts(name)) - FOLDED for rule in rules for name in rule.columns if FOLDED & {*parts(name)}}
        seen: set[str] = set()
        for rule in rules:
            for name in rule.columns:
                column = table.column(name)
                if name in seen | folded or not _one_in_any_case(column) or _settled(table, column):
                    continue
                if frozenset(parts(name)) in beside:
                    continue  # `normalized_email` is the one that keeps them apart
                seen.add(name)
                message = f"{table.name}.{name} is unique by its exact spelling: two that differ in case both get in"
                condition = f"{quote(name)} = lower({quote(name)})"
                new = Check(fit(f"{table.name}_{name}_lower_check"), condition)
                mend = fixes.add_check(subject, table, new, title=f"keep {name} lower case")
                weight: Severity = "warning" if is_email(column) or _of_people(table) else "info"
                yield RULE.finding(subject, rule.address, message, severity=weight, fixes=[mend])


def _one_in_any_case(column: Column) -> bool:
    return FOLDED.isdisjoint(parts(column.name)) and (is_email(column) or is_login(column) or is_slug(column))


PEOPLE = frozenset("user users account accounts member members profile profiles".split())


def _of_people(table: Table) -> bool:
    """Whether people are found by a name in this table."""
    return parts(table.name)[-1] in PEOPLE


def _settled(table: Table, column: Column) -> bool:
    if column.collation or column.generated:
        return True
    return any("lower" in text or "~ '" in text for text in checks_of(table, column.name))


EXAMPLES = (
    sql("create table users (id bigint primary key, email text not null unique);\n",
        "constraint:public.users.users_email_key"),
    sql(
        "create table users (id bigint primary key, email text not null unique check (email = lower(email)));\n"
        "create table people (id bigint primary key, email text not null, contact_email text);\n"
        "create unique index on people (lower(email));\n",
        title="lower case by a check or by the index, or not unique at all",
    ),
    sql("create table shops (id bigint primary key, slug text unique);\n",
        "constraint:public.shops.shops_slug_key", title="a slug: information"),
    drizzle(
        "import { integer, pgTable, text } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  email: text('email').notNull().unique(),\n"
        "})\n",
        "constraint:public.things.things_email_unique",
    ),
    sql(
        "create table users (id bigint primary key, email text not null unique, normalized_email text unique);\n",
        title="a column beside it holds the normal form",
    ),
)  # fmt: skip
DEMONSTRATION = (
    Do("create table users (id int primary key, email text not null unique); insert into users values (1, 'Ada@b.c')"),
    Accepts("insert into users values (2, 'ada@b.c')", "the same mailbox a second time"),
    Do(
        "delete from users; alter table users add check (email = lower(email)); insert into users values (1, 'ada@b.c')"
    ),
    Refuses("insert into users values (2, 'Ada@b.c')", "23514", "with a check there is one spelling"),
)
