"""A one-to-one relation is not unique.

Why
    `relations()` says that a user has one profile, or the name of the table does; nothing in the database keeps a
    second one away. Two requests at the same time both find none and insert one each, and from then on every query
    takes whichever comes first.

Fix
    Make the foreign key unique; the unique index serves it too. Unsafe: rows that are twice there stand against it.

Sources
    https://orm.drizzle.team/docs/relations
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import identifies, is_required, unique_sets
from dbarchitect.facts.lookup import Reference
from dbarchitect.facts.naming import is_trail
from dbarchitect.model.constraint import Unique
from dbarchitect.model.finding import Finding, Severity
from dbarchitect.model.names import fit, singular, words
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R11", "one-to-one-not-unique", "fact", "warning")
SINGLES = frozenset("profile setting preference config configuration detail wallet quota balance stat".split())
"""Last words of tables of which somebody has one row."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each foreign key that is one-to-one by a declared relation (a warning) or by name (information) only."""
    for reference in subject.facts.references:
        child, parent, key = reference.child, reference.parent, reference.foreign_key
        if parent is None or parent.key == child.key or child.partition_of or not subject.is_whole(child):
            continue
        if any(identifies(facts, version, key.columns) for facts, version in subject.versions(child)):
            continue
        if _in_partial_unique(reference):
            continue
        severity: Severity = "warning"
        if _declared_one(subject, reference):
            says = f"relations() says that a row of {parent.name} has one of {child.name}"
        elif _named_one(subject, reference):
            says, severity = f"{child.name} reads as if each row of {parent.name} had one", "info"
        else:
            continue
        message = f"{says}, but {', '.join(key.columns)} is not unique: there may be two"
        unique = Unique(fit(f"{child.name}_{'_'.join(key.columns)}_key"), key.columns)
        mended = fixes.add_unique(subject, child, unique, safety="unsafe")
        yield RULE.finding(subject, reference.address, message, severity=severity, fixes=(mended,))


def _in_partial_unique(reference: Reference) -> bool:
    """Whether a unique index with a condition has just these columns: one row at a time is meant, and held."""
    wanted = frozenset(reference.foreign_key.columns)
    return any(index.unique and frozenset(index.columns) <= wanted for index in reference.child.indexes)


def _declared_one(subject: Subject, reference: Reference) -> bool:
    """Whether the parent's side of the relation is `one` and tells no columns, so that it relies on the child's key.

    Where several foreign keys tie the two tables, only a relation name could tell which is meant; then nothing is said.
    """
    if subject.declared is None or reference.parent is None:
        return False
    child = subject.declared_table(reference.child.key)
    parent = subject.declared_table(reference.parent.key)
    ties = [item for item in subject.facts.references_from(reference.child) if item.parent == reference.parent]
    if child is None or parent is None or len(ties) != 1:
        return False
    return any(
        item.kind == "one" and item.table == parent.variable and item.target == child.variable and not item.fields
        for item in subject.declared.relations
    )


def _named_one(subject: Subject, reference: Reference) -> bool:
    """Whether the child is called `<parent>_profile` or the like and keeps no list by some other key."""
    child, parent = reference.child, reference.parent
    if parent is None or is_trail(child) or not is_required(reference):
        return False
    parts = words(child.name)
    if len(parts) < 2 or singular(parts[-1]) not in SINGLES:
        return False
    if tuple(parts[:-1]) not in {tuple(name) for name in subject.naming.names(parent)}:
        return False
    lists = any(set(reference.foreign_key.columns) & unique for unique in unique_sets(subject.facts, child))
    others = [item for item in subject.facts.references_from(child) if item.parent != parent]
    keyed = {"key", "name", "type", "kind", "category", "version", "provider", "code"}
    return not lists and not others and keyed.isdisjoint(words(column.name)[-1] for column in child.columns)


USERS = "create table users (id bigint primary key);\n"
PROFILES = "create table user_profiles (id bigint primary key, bio text, user_id bigint not null{} references users);\n"
TYPESCRIPT = """import {{ relations }} from "drizzle-orm";
import {{ bigint, pgTable }} from "drizzle-orm/pg-core";
export const users = pgTable("users", {{ id: bigint("id", {{ mode: "number" }}).primaryKey() }});
export const cards = pgTable("cards", {{
  id: bigint("id", {{ mode: "number" }}).primaryKey(),
  userId: bigint("user_id", {{ mode: "number" }}).notNull(){unique}.references(() => users.id),
}});
export const usersRelations = relations(users, ({{ one }}) => ({{ card: one(cards) }}));
export const cardsRelations = relations(cards, ({{ one }}) => ({{
  user: one(users, {{ fields: [cards.userId], references: [users.id] }}),
}}));
"""
EXAMPLES = (
    drizzle(
        TYPESCRIPT.format(unique=""),
        "constraint:public.cards.cards_user_id_users_id_fk",
    ),
    drizzle(TYPESCRIPT.format(unique=".unique()")),
    sql(
        USERS + PROFILES.format(""),
        "constraint:public.user_profiles.user_profiles_user_id_fkey",
        title="by name: information",
    ),
    sql(USERS + PROFILES.format(" unique")),
    sql(
        USERS + "create table user_settings (user_id bigint not null references users, key text not null,\n"
        "  value text, primary key (user_id, key));\n",
        title="a row for each setting",
    ),
)
DEMONSTRATION = (
    Do(USERS + PROFILES.format("") + "insert into users values (1); insert into user_profiles values (1, 'first', 1)"),
    Accepts("insert into user_profiles values (2, 'second', 1)", "the user has a second profile"),
    Do("delete from user_profiles where id = 2; alter table user_profiles add unique (user_id)"),
    Refuses("insert into user_profiles values (2, 'second', 1)", "23505", "a unique rule keeps it away"),
)  # fmt: skip
