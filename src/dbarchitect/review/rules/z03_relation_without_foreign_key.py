"""What relations() says and what the database holds are not the same.

Why
    `relations()` only tells queries how to join; it creates nothing. A `one` relation over columns without a foreign
    key lets rows point at parents that do not exist, and deleting a parent leaves its children behind. Two relations
    between the same tables without a name for each pair are ambiguous: every query that uses them throws.

Fix
    Add the foreign key; unsafe, because rows may already point at nothing. Where tables are tied twice, give both
    sides of each pair the same `relationName` (`alias` on line 1).

Sources
    https://orm.drizzle.team/docs/relations
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.names import fit
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.declared import Declared, DeclaredRelation, DeclaredTable
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

_SPOKEN = re.compile(r"(?://|\*).*\b(?:fks?|foreign[ -]keys?)\b", re.IGNORECASE)
RULE = Rule("Z03", "relation-without-foreign-key", "fact", "warning", "drizzle")


def check(subject: Subject) -> Iterator[Finding]:
    """Each `one` with columns that no foreign key holds together, and each relation that Drizzle cannot tell apart."""
    declared = subject.declared
    if declared is None:
        return
    counts = Counter(table.variable for table in declared.tables if table.variable)
    variables = {table.variable: table for table in declared.tables if counts[table.variable] == 1}
    for relation in declared.relations:
        own, other = variables.get(relation.table), variables.get(relation.target)
        if own is None or other is None:
            continue
        if relation.kind == "one" and relation.fields and len(relation.fields) == len(relation.references):
            yield from _unheld(subject, relation, own, other)
        elif subject.line != "1" and not relation.fields and _ambiguous(declared, relation):
            message = (
                f"{relation.table}.{relation.name} could be several relations of {relation.target}: "
                "Drizzle throws when a query uses it, until both sides have a relationName"
            )
            table = subject.facts.tables.get((own.schema, own.name))
            if table is not None:
                yield RULE.finding(subject, table.address, message, span=relation.span, severity="error")


def _unheld(
    subject: Subject, relation: DeclaredRelation, own: DeclaredTable, other: DeclaredTable
) -> Iterator[Finding]:
    table = subject.facts.tables.get((own.schema, own.name))
    target = subject.facts.tables.get((other.schema, other.name))
    fields, references = _names(own, relation.fields), _names(other, relation.references)
    if table is None or target is None or fields is None or references is None:
        return
    pairs = set(zip(fields, references, strict=True))
    if _held(table, target, pairs) or _held(target, table, {(there, here) for here, there in pairs}):
        return
    if _held_over_others(subject, table, target, dict(zip(fields, references, strict=True))):
        return
    if not _is_key(subject, target, references) and not table.primary_key:
        return
    if _is_key(subject, table, fields) and not _is_key(subject, target, references):
        return  # the other side refers to this one
    if _explained(subject, own, fields):
        return
    message = (
        f"relations() joins {table.name} ({', '.join(fields)}) to {target.name} ({', '.join(references)}), "
        "but no foreign key holds them together"
    )
    yield RULE.finding(
        subject, table.address, message, span=relation.span, fixes=_fixes(subject, table, target, fields, references)
    )


def _held_over_others(subject: Subject, table: Table, target: Table, wanted: dict[str, str]) -> bool:
    """Whether foreign keys that each carry all the fields lead to the target over other tables."""
    pending = [(table, {name: name for name in wanted})]
    seen = {table.key}
    while pending:
        here, names = pending.pop()
        for key in here.foreign_keys:
            carried = dict(zip(key.columns, key.target_columns, strict=False))
            there = subject.facts.tables.get((key.target_schema, key.target_table))
            if there is None or not set(names.values()) <= carried.keys():
                continue
            led = {field: carried[name] for field, name in names.items()}
            if there.key == target.key and led == wanted:
                return True
            if there.key not in seen:
                seen.add(there.key)
                pending.append((there, led))
    return False


def _explained(subject: Subject, table: DeclaredTable, fields: tuple[str, ...]) -> bool:
    """Whether the comment before a column, or behind it, speaks of its foreign key: somebody left it out on purpose."""
    for name in fields:
        column = table.column(name)
        source = subject.declared.sources.get(column.span.file) if subject.declared and column else None
        if source is None or column is None:
            continue
        lines = source.text.splitlines()
        first = column.span.start.line - 1
        above = []
        for line in reversed(lines[:first]):
            if not line.strip().startswith(("//", "*", "/*")):
                break
            above.append(line)
        if any(
            _SPOKEN.search(line)
            for line in [*above, *lines[first : column.span.end.line]]
            if "//" in line or "*" in line
        ):
            return True
    return False


def _names(table: DeclaredTable, keys: tuple[str, ...]) -> tuple[str, ...] | None:
    known = {column.key: column.name for column in table.columns}
    return tuple(known[key] for key in keys) if all(key in known for key in keys) else None


def _held(child: Table, parent: Table, pairs: set[tuple[str, str]]) -> bool:
    return any(
        (
            (key.target_schema, key.target_table) == parent.key
            and pairs <= set(zip(key.columns, key.target_columns, strict=False))
        )
        or (
            (key.target_schema, key.target_table) == parent.key
            and set(zip(key.columns, key.target_columns, strict=False)) <= pairs
        )
        for key in child.foreign_keys
    )


def _is_key(subject: Subject, table: Table, columns: tuple[str, ...]) -> bool:
    return subject.roles.is_unique(table, frozenset(columns))


def _fixes(
    subject: Subject, table: Table, target: Table, fields: tuple[str, ...], references: tuple[str, ...]
) -> list[Fix]:
    if not _is_key(subject, target, references):
        return []
    if any(
        table.column(own).type.element != target.column(there).type.element
        for own, there in zip(fields, references, strict=True)
    ):
        return []
    name = fit("_".join((table.name, *fields, target.name, *references, "fk")))
    return [fixes.add_foreign_key(subject, table, ForeignKey(name, fields, target.schema, target.name, references))]


def _ambiguous(declared: Declared, relation: DeclaredRelation) -> bool:
    """Whether Drizzle 0.45 finds more than one partner for a relation that names no columns."""
    if relation.relation_name:
        partners = {
            other.name
            for other in declared.relations
            if other is not relation
            and other.table == relation.target
            and other.relation_name == relation.relation_name
            and other.target == relation.table
        }
        return len(partners) > 1 and relation.table != relation.target
    partners = {
        other.name for other in declared.relations if other.table == relation.target and other.target == relation.table
    }
    return len(partners) > 1 and relation.table != relation.target


HEAD = """import { relations } from 'drizzle-orm'
import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey() })
"""
ENDING = """
export const postsRelations = relations(posts, ({ one }) => ({
  author: one(users, { fields: [posts.authorId], references: [users.id] }),
}))
"""
BAD = (
    HEAD
    + "export const posts = pgTable('posts', { id: uuid('id').primaryKey(), authorId: uuid('author_id') })\n"
    + ENDING
)
GOOD = BAD.replace("uuid('author_id')", "uuid('author_id').references(() => users.id)")
TWICE = (
    HEAD
    + """export const posts = pgTable('posts', {
  id: uuid('id').primaryKey(),
  authorId: uuid('author_id').references(() => users.id),
  editorId: uuid('editor_id').references(() => users.id),
})
export const usersRelations = relations(users, ({ many }) => ({ posts: many(posts) }))
export const postsRelations = relations(posts, ({ one }) => ({
  author: one(users, { fields: [posts.authorId], references: [users.id] }),
  editor: one(users, { fields: [posts.editorId], references: [users.id] }),
}))
"""
)
CHAIN = """import { relations } from 'drizzle-orm'
import { foreignKey, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

export const shops = pgTable('shops', { org: text('org').primaryKey(), name: text('name').notNull().unique() })
export const orders = pgTable('orders', { org: text('org').notNull(), id: text('id').notNull() }, (table) => [
  primaryKey({ columns: [table.org, table.id] }),
  foreignKey({ columns: [table.org], foreignColumns: [shops.org] }),
])
export const items = pgTable('items', { id: text('id').primaryKey(), org: text('org'), order: text('order') }, (t) => [
  foreignKey({ columns: [t.org, t.order], foreignColumns: [orders.org, orders.id] }),
])
export const itemsRelations = relations(items, ({ one }) => ({
  shop: one(shops, { fields: [items.org], references: [shops.org] }),
}))
"""
EXAMPLES = (
    drizzle(BAD, "table:public.posts", fixed=GOOD),
    drizzle(GOOD),
    drizzle(
        BAD.replace(
            "authorId: uuid", "\n  // no foreign key: authors live longer than their rows here\n  authorId: uuid"
        ),
        title="left out on purpose, as the comment says",
    ),
    drizzle(TWICE, "table:public.users", title="tied twice, and nothing says which is which"),
    drizzle(
        TWICE.replace("many(posts)", "many(posts, { relationName: 'author' })").replace(
            "references: [users.id] }),\n  editor", "references: [users.id], relationName: 'author' }),\n  editor"
        ),
        title="named on both sides",
    ),
    drizzle(CHAIN, title="held over the table between them"),
    drizzle(
        CHAIN.replace("foreignColumns: [shops.org]", "foreignColumns: [shops.name]"),
        "table:public.items",
        title="the table between them is held by something else",
    ),
)
DEMONSTRATION = (
    Do("create table users (id int primary key); create table posts (id int primary key, author_id int);"
       "insert into users values (1);"),
    Accepts("insert into posts values (1, 99)", "a post of an author who does not exist"),
    Do("delete from posts; alter table posts add foreign key (author_id) references users (id)"),
    Refuses("insert into posts values (1, 99)", "23503", "the foreign key refuses it"),
)  # fmt: skip
