"""Renames are declared or asked about, never guessed; what only changes its name is renamed; all of it goes back."""

from __future__ import annotations

import json

import pytest
from migrate.ways import planned, proved, schema

from dbarchitect.errors import InputError
from dbarchitect.migrate.plan import plan, unaccepted

OLD = """
create schema app;
create type mood as enum ('good', 'bad');
create table users (id int generated always as identity primary key, name text not null unique, m mood default 'bad',
  born date check (born > '1900-01-01'), up text generated always as (upper(name)) stored, total serial);
create table posts (id int primary key, author int references users, body text);
create view names as select name, m from users where m = 'bad';
create index posts_author on posts (author) where body is not null;
create policy own on users using (name = current_user);
create table app.log (at timestamptz);
"""
NEW = """
create schema app;
create type mood as enum ('good', 'poor');
create table people (id int generated always as identity primary key, full_name text not null unique,
  m mood default 'poor', born date check (born > '1900-01-01'),
  up text generated always as (upper(full_name)) stored, total serial);
create table posts (id int primary key, author_id int references people, body text);
create view names as select full_name as name, m from people where m = 'poor';
create index posts_by_author on posts (author_id) where body is not null;
create policy own on people using (full_name = current_user);
create table app.log (at timestamptz);
"""
RENAMES = {
    "users.name": "full_name",
    "table:public.users": "table:public.people",
    "public.posts.author": "author_id",
    "label:public.mood.bad": "poor",
}
ROWS = [
    "insert into users (name, born) select 'n' || n, '2000-01-01' from generate_series(1, 9) n",
    "insert into posts select n, n, 'b' from generate_series(1, 9) n",
]


def test_renames_keep_everything_and_go_back(server):
    old, new = schema(OLD, server), schema(NEW, server)
    made = plan(old, new, server=server, renames=RENAMES)
    proved(made, old, new, server, rows=ROWS)
    (step,) = made.steps
    renamed = [f"{kind} {place}" for action, kind, place in step.operations if action == "rename"]
    assert "sequence sequence:public.users_id_seq" in renamed
    assert "sequence sequence:public.users_total_seq" in renamed
    assert "constraint constraint:public.people.users_pkey" in renamed
    assert "index index:public.posts_author" in renamed
    assert {action for action, _, _ in step.operations} <= {"rename", "drop", "create"}
    assert not [kind for action, kind, _ in step.operations if action == "drop" and kind not in ("view", "comment")]
    assert step.reversible == "exact"
    assert made.renames["column:public.users.name"] == "column:public.people.full_name"
    assert {hazard.name for hazard in unaccepted(made)} == {"rename"}
    assert made.questions == ()


def test_what_looks_like_a_rename_is_a_question(server):
    made = planned(
        "create table users (id int primary key, name text, age int); create table old (a int, b text);",
        "create table users (id int primary key, full_name text, age text); create table new (a int, b text, c int);",
        server,
    )
    assert [(question.id, question.default) for question in made.questions] == [
        ("rename:table:public.old", "no"),
        ("rename:column:public.users.name", "no"),
    ]
    assert made.questions[1].options[0].consequence.startswith("--rename public.users.name=full_name")
    assert {hazard.name for hazard in unaccepted(made)} >= {"drop-table", "drop-column"}


def test_no_question_where_nothing_looks_like_a_rename(server):
    made = planned("create table t (a int, b text);", "create table t (a int, c date);", server)
    assert made.questions == ()


@pytest.mark.parametrize(
    ("renames", "message"),
    [
        ({"users.nam": "x"}, "there is no column:public.users.nam before"),
        ({"users.name": "y"}, "there is no column:public.users.y afterwards"),
        ({"users.name": "age"}, "there is a column:public.users.age before, too"),
        ({"users.name": ""}, "has no new name"),
    ],
)
def test_renames_that_cannot_be(server, renames, message):
    old = "create table users (name text, age int);"
    with pytest.raises(InputError, match=message):
        planned(old, old, server, renames=renames)


def test_the_same_plan_each_time(server):
    first, second = (planned(OLD, NEW, server, renames=RENAMES) for _ in range(2))
    assert json.dumps(first.to_json()) == json.dumps(second.to_json())
    assert len(first.id) == 64
    assert planned(OLD, NEW, server, renames=RENAMES, postgres=17).id != first.id
