"""A tree that is read whole knows only its parents.

Why
    With `parent_id` alone PostgreSQL walks a branch level by level, one join for each, and cannot count or sort a
    branch before it has walked it. Where whole branches are read all the time, a path or a table of ancestors answers
    in one index scan.

Fix
    Add a path (`ltree`, or a text of ids with `text_pattern_ops`) or a table of ancestors that a trigger keeps. It is
    a trade: moving a branch writes every row of it. There is no edit.

Sources
    Bill Karwin, SQL Antipatterns: "Naive Trees".
    https://www.postgresql.org/docs/current/ltree.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.lookup import Reference
from dbarchitect.model.finding import Evidence, Finding
from dbarchitect.model.names import words
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("N08", "tree-read-by-recursion", "house", "info")
RECURSION = re.compile(r"\bwith\s+recursive\b(.{0,2000})", re.IGNORECASE | re.DOTALL)
PATHS = frozenset(("path", "ltree", "ancestors", "lineage", "lft", "rgt", "materialized"))


def check(subject: Subject) -> Iterator[Finding]:
    """Each reference of a table to itself that a recursive query of the project follows, where no path helps it."""
    walks = _walks(subject)
    for reference in subject.facts.references:
        table, key = reference.child, reference.foreign_key
        if not walks or reference.parent is None or reference.parent.key != table.key or len(key.columns) != 1:
            continue
        if any(column.type.name == "ltree" or not PATHS.isdisjoint(words(column.name)) for column in table.columns):
            continue
        where = _read_by(walks, subject, reference)
        if where and not _has_ancestors(subject, reference):
            message = (
                f"{where} reads branches of {table.name} by recursion over {key.columns[0]}: "
                "a path or a table of ancestors would find them at once"
            )
            yield RULE.finding(subject, reference.address, message, evidence=Evidence("declared", result=where))


def _walks(subject: Subject) -> list[tuple[str, str]]:
    """What recursive queries say, each with the view, function or file that holds it."""
    bodies = [(f"the view {view.name}", view.definition) for view in subject.schema.views]
    bodies += [(f"the function {function.name}", function.definition) for function in subject.schema.functions]
    bodies += [(file, text) for file, text in sorted(subject.texts.items()) if not file.endswith(".sql")]
    recursive = [(where, text) for where, text in bodies if "recursive" in text.lower()]
    return [(where, match[1]) for where, text in recursive for match in RECURSION.finditer(text)]


def _read_by(walks: list[tuple[str, str]], subject: Subject, reference: Reference) -> str | None:
    """The view, function or file that walks the tree."""
    names = {reference.child.name, getattr(subject.declared_table(reference.child.key), "variable", "")} - {""}
    name = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(each) for each in sorted(names))})(?!\w)")
    return next((where for where, text in walks if name.search(text)), None)


def _has_ancestors(subject: Subject, reference: Reference) -> bool:
    """Whether some table ties rows of the tree to each other: a table of ancestors."""
    ties: dict[str, int] = {}
    for item in subject.facts.references_to(reference.child):
        if item.child.key != reference.child.key:
            ties[item.child.address] = ties.get(item.child.address, 0) + 1
    return any(count > 1 for count in ties.values())


TREE = (
    "create table folders (id bigint primary key, name text,\n"
    "  parent_id bigint references folders on delete cascade{});\n"
)
WALK = (
    "create view folder_contents as with recursive inside as (\n"
    "  select id as root, id from folders union all\n"
    "  select inside.root, folders.id from folders join inside on folders.parent_id = inside.id)\n"
    "  select root, id from inside;\n"
)
EXAMPLES = (
    sql(TREE.format("") + WALK, "constraint:public.folders.folders_parent_id_fkey"),
    sql(TREE.format("")),
    sql(TREE.format(", path text not null") + WALK, title="a path is there"),
)
