"""A column that is made to identify a row is not unique.

Why
    A surrogate id keeps nothing from being there twice. A slug that two pages share, a user name that two people have
    or a SKU of two products makes every lookup by it a guess; duplicates creep in by retries and races, whatever the
    application checks before it inserts.

Fix
    Add a unique rule, within the tenant where there is one, and only over rows that are not deleted where rows are
    kept after deletion. Unsafe: duplicates that are already there stand against it.

Sources
    Bill Karwin, SQL Antipatterns: "ID Required".
    Seed: "Add `unique()` constraints where appropriate".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.naming import is_trail
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import words
from dbarchitect.model.table import Table
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("K03", "business-key-not-unique", "house", "info")

ALWAYS = frozenset(("slug", "sku", "isbn", "barcode", "ean"))
"""Words that say by themselves that a value stands for one row."""
PEOPLE = frozenset(("user", "admin", "employee", "student", "teacher"))
"""Tables in which an e-mail address or a user name stands for one row; customers may share an address."""
COPIES = frozenset(
    "version revision draft item line snapshot request application invitation invite import check".split()
)
"""Last words of tables that repeat the keys of others."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each column that its name makes a key, where no unique rule of any kind has it."""
    for table in subject.schema.tables:
        if not _is_entity(subject, table):
            continue
        keys = [column for column in table.columns if _names_a_row(subject, table, column)]
        covered = _covered(subject, table) if keys else set()
        for column in keys:
            if column.name not in covered:
                scope = subject.roles.tenant_column if subject.roles.is_tenant_scoped(table) else None
                within = f" with the same {scope}" if scope and scope != column.name else ""
                message = f"two rows of {table.name}{within} can have the same {column.name}: no unique rule has it"
                yield RULE.finding(subject, table.column_address(column.name), message)


def _is_entity(subject: Subject, table: Table) -> bool:
    parts = {part for name in subject.naming.names(table) for part in name[-1:]}
    kind = subject.facts.intent(table).kind
    return (
        not (table.partition_of or table.inherits or is_trail(table))
        and subject.is_whole(table)
        and parts.isdisjoint(COPIES)
        and kind == "entity"
        and table.address not in subject.schema.intent.tables
    )


def _covered(subject: Subject, table: Table) -> set[str]:
    """Columns that stand in any unique rule, be it partial or on an expression."""
    found: set[str] = set()
    for facts, version in subject.versions(table):
        found |= {name for access in facts.accesses(version) if access.unique for name in access.columns}
        for index in version.indexes:
            if index.unique:
                text = " ".join(part.expression or part.column or "" for part in index.parts)
                found |= {column.name for column in table.columns if column.name in text}
        found |= {element.column for rule in version.exclusions for element in rule.elements if element.column}
    return found


def _names_a_row(subject: Subject, table: Table, column: Column) -> bool:
    if column.nullable or column.type.dimensions or column.type.category != "text":
        return False
    parts = words(column.name)
    names = {name[-1] for name in subject.naming.names(table) if name}
    singles = {name[0] for name in subject.naming.names(table) if len(name) == 1}
    if parts in (["email"], ["username"]):
        return not singles.isdisjoint(PEOPLE)
    own = len(parts) == 1 or (len(parts) == 2 and parts[0] in names)
    return own and parts[-1] in ALWAYS


EXAMPLES = (
    sql("create table posts (id bigint primary key, slug text not null);", "column:public.posts.slug"),
    sql("create table users (id bigint primary key, email text not null);", "column:public.users.email"),
    sql("create table posts (id bigint primary key, slug text not null unique);"),
    sql(
        "create table posts (id bigint primary key, site text not null, slug text not null);\n"
        "create unique index on posts (site, lower(slug));",
        title="unique within something, or without case",
    ),
    sql("create table servers (id bigint primary key, username text not null);", title="to log in somewhere else"),
    sql("create table invitations (id bigint primary key, email text not null);", title="may be sent twice"),
    sql("create table post_versions (id bigint primary key, slug text not null);", title="a copy"),
)
