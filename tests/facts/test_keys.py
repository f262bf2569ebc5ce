"""What identifies rows, what serves a foreign key, what follows from what."""

from dataclasses import replace

import pytest

from dbarchitect.facts import keys
from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.column import Column, Identity
from dbarchitect.model.constraint import ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import parse_type

BIGINT = parse_type("bigint")
PROJECTS = Table(
    "public",
    "projects",
    (Column("org", BIGINT, nullable=False), Column("id", BIGINT, nullable=False)),
    primary_key=PrimaryKey("projects_pkey", ("id",)),
    uniques=(Unique("projects_org_id_key", ("org", "id")),),
)
TASKS = Table(
    "public",
    "tasks",
    (Column("id", BIGINT), Column("org", BIGINT, nullable=False), Column("project_id", BIGINT)),
    primary_key=PrimaryKey("tasks_pkey", ("id",)),
    foreign_keys=(ForeignKey("fk", ("org", "project_id"), "public", "projects", ("org", "id")),),
)


def index(*columns, **more):
    return Index("an_index", tuple(IndexPart(column=name) for name in columns), **more)


def finder_with(*indexes):
    facts = Lookup(Schema(tables=(PROJECTS, replace(TASKS, indexes=indexes))))
    (reference,) = facts.references
    return keys.finder(facts, reference)


@pytest.mark.parametrize(
    ("added", "serves"),
    [
        (index("org", "project_id"), True),
        (index("project_id", "org", "id"), True),
        (index("project_id"), True),  # identifies the project by itself
        (index("org"), False),  # a part that identifies nothing
        (index("org", "id", "project_id"), False),
        (index("project_id", where="(project_id IS NOT NULL)"), True),
        (index("project_id", where="id IS NOT NULL"), False),
        (index("project_id", where="project_id IS NOT NULL OR id > 7"), False),
        (index("project_id", method="hash"), True),
        (index("org", "project_id", method="hash"), False),
        (index("project_id", method="gin"), False),
    ],
)
def test_what_finds_the_rows_that_refer(added, serves):
    assert (finder_with(added) is not None) == serves


def test_a_partial_unique_index_identifies_nothing():
    table = replace(PROJECTS, uniques=(), indexes=(index("org", unique=True, where="id > 7"),))
    facts = Lookup(Schema(tables=(table,)))
    assert keys.unique_sets(facts, table) == (frozenset({"id"}),)
    assert keys.identifies(facts, table, ("id", "org"))
    assert not keys.identifies(facts, table, ("org",))


def test_a_key_is_never_null():
    assert not keys.is_nullable(TASKS, "id")
    assert keys.is_nullable(TASKS, "project_id")


@pytest.mark.parametrize(
    ("column", "made"),
    [
        (Column("id", BIGINT, identity=Identity()), "identity"),
        (Column("id", BIGINT, default="nextval('tasks_id_seq'::regclass)"), "serial"),
        (Column("id", parse_type("uuid"), default="gen_random_uuid()"), "uuid4"),
        (Column("id", parse_type("uuid"), default="uuidv7()"), "uuid7"),
        (Column("id", BIGINT, default="7"), "other"),
        (Column("id", BIGINT), None),
    ],
)
def test_what_makes_ids(column, made):
    assert keys.generator(column) == made


def test_closure():
    dependencies = [(frozenset("ab"), frozenset("c")), (frozenset("c"), frozenset("d"))]
    assert keys.closure("ab", dependencies) == frozenset("abcd")
    assert keys.closure("a", dependencies) == frozenset("a")
