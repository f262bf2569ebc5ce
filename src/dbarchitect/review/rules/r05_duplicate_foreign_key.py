"""Two foreign keys say the same.

Why
    PostgreSQL checks each of them on every write and runs both actions on every delete; where the actions differ, one
    of them wins by the order of names. A key over (`organization_id`, `project_id`) makes the one over `project_id`
    alone superfluous, unless a part of it may be null.

Fix
    Drop the one that says less. Unsafe where they act differently on deletion: the remaining one decides.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from dbarchitect.facts.keys import is_nullable
from dbarchitect.facts.lookup import Reference
from dbarchitect.model.finding import Finding
from dbarchitect.review.demonstration import Do, Refuses, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R05", "duplicate-foreign-key", "fact", "info")


def check(subject: Subject) -> Iterator[Finding]:
    """Each foreign key that another one of the same table implies; of two equal ones, the later by name."""
    for table in subject.schema.tables:
        implied: set[str] = set()
        for more, less in permutations(subject.facts.references_from(table), 2):
            kept, spare = more.foreign_key, less.foreign_key
            if spare.name in implied or kept.name in implied or not _implies(more, less):
                continue
            implied.add(spare.name)
            acts = (spare.on_delete, spare.on_update) != (kept.on_delete, kept.on_update)
            message = (
                f"{spare.name} says nothing that {kept.name} does not say: {table.name} is checked twice on each write"
            )
            if acts:
                message += f", and a delete means {spare.on_delete} to one and {kept.on_delete} to the other"
            mended = fixes.drop_constraint(subject, table, spare, safety="unsafe")
            yield RULE.finding(subject, less.address, message, severity="warning" if acts else "info", fixes=(mended,))


def _implies(more: Reference, less: Reference) -> bool:
    kept, spare = more.foreign_key, less.foreign_key
    if (kept.target_schema, kept.target_table) != (spare.target_schema, spare.target_table):
        return False
    pairs = dict(zip(kept.columns, kept.target_columns, strict=False))
    if not all(pairs.get(own) == target for own, target in zip(spare.columns, spare.target_columns, strict=False)):
        return False
    if not (kept.validated and kept.enforced) or kept.period != spare.period:
        return False
    if len(kept.columns) == len(spare.columns):
        return kept.name < spare.name
    extra = set(kept.columns) - set(spare.columns)
    return not any(is_nullable(more.child, name) for name in extra)


EXAMPLES = (
    sql(
        "create table projects (id bigint primary key);\n"
        "create table tasks (id bigint primary key, project_id bigint,\n"
        "  constraint a foreign key (project_id) references projects (id),\n"
        "  constraint b foreign key (project_id) references projects (id));\n",
        "constraint:public.tasks.b",
    ),
    sql(
        "create table projects (id bigint primary key, org bigint not null, unique (org, id));\n"
        "create table tasks (id bigint primary key, org bigint not null, project_id bigint,\n"
        "  constraint a foreign key (project_id) references projects (id),\n"
        "  constraint b foreign key (org, project_id) references projects (org, id));\n",
        "constraint:public.tasks.a",
        title="the wider one implies the other",
    ),
    sql(
        "create table projects (id bigint primary key, org bigint, unique (org, id));\n"
        "create table tasks (id bigint primary key, org bigint, project_id bigint,\n"
        "  constraint a foreign key (project_id) references projects (id),\n"
        "  constraint b foreign key (org, project_id) references projects (org, id));\n",
        title="where org is null, only the narrow one checks",
    ),
    sql(
        "create table users (id bigint primary key);\n"
        "create table tasks (id bigint primary key, author_id bigint references users (id),\n"
        "  owner_id bigint references users (id));\n",
        title="two roles",
    ),
)
DEMONSTRATION = (
    Do("create table projects (id int primary key);"
       "create table tasks (id int primary key, project_id int,"
       " constraint a foreign key (project_id) references projects (id) on delete cascade,"
       " constraint b foreign key (project_id) references projects (id));"),
    Shows("select count(*) from pg_trigger where tgrelid = 'tasks'::regclass", "4",
          "four triggers check each task where two would do"),
    Do("create table notes (id int primary key, project_id int,"
       " constraint a foreign key (project_id) references projects (id) on delete restrict,"
       " constraint b foreign key (project_id) references projects (id) on delete cascade);"
       "insert into projects values (1); insert into notes values (1, 1)"),
    Refuses("delete from projects where id = 1", "23001", "one key says cascade, the other forbids it"),
)  # fmt: skip
