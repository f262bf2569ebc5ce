"""Rows that refer to each other, or to their own kind, cannot be made or deleted in a plain way.

Why
    A tree whose parents are guarded by NO ACTION cannot be pruned: deleting a node that has children is refused, and
    nobody has said what should become of them. Two tables that each require a row of the other cannot be filled at
    all by plain inserts: the first one refers to a row that is not there yet.

Fix
    Say what a deletion means: `set null` makes roots of the children, `cascade` takes the branch, `restrict` says
    that the refusal is meant. Unsafe: it changes what a delete does. A cycle of required references is opened by one
    column that may be null, or by a deferrable constraint.

Sources
    https://www.postgresql.org/docs/current/sql-createtable.html (REFERENCES, DEFERRABLE)
    Seed: "Choose appropriate cascade options".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from dbarchitect.facts.keys import is_required
from dbarchitect.facts.lookup import Key, Reference
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.review.demonstration import Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R07", "reference-cycle", "fact", "info")


def check(subject: Subject) -> Iterator[Finding]:
    """Each reference of a table to itself without a rule for deletion, each cycle of required references."""
    for reference in subject.facts.references:
        key = reference.foreign_key
        if reference.parent is None or reference.child.partition_of:
            continue
        if reference.parent.key == reference.child.key and key.on_delete == "no action" and not key.deferrable:
            yield _undecided(subject, reference)
    yield from _cycles(subject)


def _undecided(subject: Subject, reference: Reference) -> Finding:
    table, key = reference.child, reference.foreign_key
    message = (
        f"a row of {table.name} that others name in {', '.join(key.columns)} cannot be deleted: "
        "nothing says what becomes of them"
    )
    found: tuple[Fix, ...] = ()
    if not is_required(reference) and len(key.columns) == 1:
        found = (fixes.set_on_delete(subject, table, key, "set null", safety="unsafe"),)
    return RULE.finding(subject, reference.address, message, fixes=found)


def _cycles(subject: Subject) -> Iterator[Finding]:
    """One finding a cycle of references that must all be filled and checked at once, at its first table."""
    edges: dict[Key, list[Reference]] = {}
    for item in subject.facts.references:
        if item.parent and item.parent.key != item.child.key and is_required(item) and not item.foreign_key.deferrable:
            edges.setdefault(item.child.key, []).append(item)
    if not _has_cycle(edges):
        return
    done: set[Key] = set()
    for start in sorted(edges):
        path = _back(start, edges) if start not in done else None
        if path:
            done |= {item.child.key for item in path}
            names = " → ".join([*(item.child.name for item in path), path[0].child.name])
            message = f"no plain insert can fill {names}: each row requires one that is not there yet"
            related = tuple(span for item in path[1:] if (span := subject.span(item.address)))
            yield RULE.finding(subject, path[0].address, message, severity="warning", related=related)


def _has_cycle(edges: Mapping[Key, list[Reference]]) -> bool:
    parents = {child: [item.parent.key for item in items if item.parent] for child, items in edges.items()}
    try:
        TopologicalSorter(parents).prepare()
    except CycleError:
        return True
    return False


def _back(start: Key, edges: dict[Key, list[Reference]]) -> tuple[Reference, ...] | None:
    """The shortest way from a table back to itself."""
    ways: list[tuple[Reference, ...]] = [(item,) for item in edges.get(start, ())]
    seen: set[Key] = set()
    for way in ways:
        end = way[-1].parent
        if end is None:
            continue
        if end.key == start:
            return way
        if end.key not in seen:
            seen.add(end.key)
            ways += [(*way, item) for item in edges.get(end.key, ())]
    return None


TREE = "create table categories (id bigint primary key, parent_id bigint references categories (id){});\n"
LOOP = (
    "create table teams (id int primary key, captain_id int not null);\n"
    "create table players (id int primary key, team_id int not null references teams (id));\n"
    "alter table teams add constraint captain foreign key (captain_id) references players (id){};\n"
)
CATEGORIES = """import {{ type AnyPgColumn, integer, pgTable }} from "drizzle-orm/pg-core";
export const categories = pgTable("categories", {{
  id: integer("id").primaryKey(),
  parentId: integer("parent_id").references((): AnyPgColumn => categories.id{}),
}});
"""
EXAMPLES = (
    sql(TREE.format(""), "constraint:public.categories.categories_parent_id_fkey"),
    sql(TREE.format(" on delete set null")),
    drizzle(
        CATEGORIES.format(""),
        "constraint:public.categories.categories_parent_id_categories_id_fk",
        fixed=CATEGORIES.format(', { onDelete: "set null" }'),
        title="in TypeScript",
    ),
    sql(TREE.format(" on delete restrict"), title="the refusal is meant"),
    sql(LOOP.format(""), "constraint:public.players.players_team_id_fkey"),
    sql(LOOP.format(" deferrable initially deferred"), title="checked at the end of the transaction"),
    sql(LOOP.format("").replace("captain_id int not null", "captain_id int"), title="filled in a second step"),
)
DEMONSTRATION = (
    Do(TREE.format("") + "insert into categories values (1, null), (2, 1)"),
    Refuses("delete from categories where id = 1", "23503", "the category above another one cannot be deleted"),
    Do(LOOP.format("")),
    Refuses("insert into teams values (1, 1)", "23503", "no team without a player"),
    Refuses("insert into players values (1, 1)", "23503", "no player without a team"),
)  # fmt: skip
