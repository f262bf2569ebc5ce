"""The same text replayed by us and run by PostgreSQL: both end at the same schema, and refuse the same statements."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from dbarchitect.engines.canonical import canonical
from dbarchitect.read.database import read as read_database
from dbarchitect.read.sql.reader import read
from dbarchitect.sql.statements import split

HERE = Path(__file__).parent
ROLES = ("grantee", "other")


@pytest.fixture(scope="module")
def roles(server):
    with server.admin() as connection:
        for role in ROLES:
            connection.execute(f"create role {role}")
    yield
    with server.admin() as connection:
        for role in ROLES:
            connection.execute(f"drop role {role}")


def run(server, sql: str):
    """(what the catalog says after every statement ran by itself, the statements that PostgreSQL refuses)."""
    refused = []
    with server.database() as database, database.connect() as connection:
        for piece in split(sql):
            try:
                connection.execute(piece.text)
            except psycopg.Error as error:
                refused.append(f"{piece.text}: {error.diag.message_primary}")
        return read_database(connection).schema, refused


def without_toast_options(schema):
    """PostgreSQL keeps them only where the table had a place for large values when they were set."""
    tables = (
        replace(table, options=tuple(pair for pair in table.options if not pair[0].startswith("toast.")))
        for table in schema.tables
    )
    return replace(schema, tables=tuple(tables))


@pytest.mark.parametrize("path", [HERE.parent / "corpus.sql", HERE / "changes.sql"], ids=lambda path: path.stem)
def test_replaying_is_running(server, roles, path):
    sql = path.read_text(encoding="utf-8")
    expected, refused = run(server, sql)
    assert refused == []
    result = read({path.name: sql})
    assert [str(problem) for problem in result.problems] == []
    assert without_toast_options(canonical(result.schema, server)) == without_toast_options(expected)


PRELUDE = (
    "create type e as enum ('a');"
    "create table t (id int primary key, a int, b text unique, constraint c check (a > 0));"
    "create index i on t (a); create table u (id int references t, x int); create view v as select 1 as one;"
    "create sequence s; create function f() returns trigger language plpgsql as 'begin return new; end';"
    "create policy p on t; create trigger g before insert on t for each row execute function f();"
    "create domain d as int constraint k check (value > 0);"
    "create table heir () inherits (u);"
)


REFUSED = """
create table t (x int)
create table x (a int, a int)
create table x (a int primary key, primary key (a))
create table x (a int, unique (b))
create table x (a int references nowhere)
create table x (a int references v)
create table x (a int references t (nope))
create table x (like nowhere)
create table x () inherits (nowhere)
alter table heir inherit u
alter table u inherit heir
alter table u inherit u
alter table nowhere add x int
alter table t add a int
alter table t drop column nope
alter table t alter nope set not null
alter table t alter nope type int
alter table t alter nope set default 1
alter table t drop constraint no
alter table t add constraint c check (true)
alter table t add primary key (a)
alter table t add foreign key (nope) references t
alter table t validate constraint nope
alter table t alter constraint nope deferrable
alter table t alter a drop identity
alter table t alter id drop not null
alter table t add constraint i unique (a)
alter table t add unique using index nope
alter table t enable trigger nope
create index i on t (a)
create index on t (nope)
create index on nowhere (a)
create type e as enum ('b')
alter type e add value 'a'
alter type e add value 'x' before 'nope'
alter type e rename value 'nope' to 'x'
alter type nope add value 'x'
drop table nowhere
drop index nope
drop type nope
drop view nope
drop sequence nope
drop function nope()
drop policy nope on t
drop trigger nope on t
drop schema nope
drop extension nope
drop index t_pkey
alter table t rename a to b
alter table t rename nope to x
alter table t rename to u
alter table nowhere rename to x
alter index nope rename to x
alter table t rename constraint no to x
alter policy nope on t rename to x
alter trigger nope on t rename to x
alter type nope rename to x
alter function nope() rename to x
alter schema nope rename to x
alter table nowhere set schema public
create sequence s
alter sequence nope increment 2
create view v as select 2
create view t as select 2
create function f() returns trigger language plpgsql as 'begin return new; end'
create trigger g before insert on t for each row execute function f()
create trigger h before insert on nowhere for each row execute function f()
create policy p on t
create policy q on nowhere
alter policy nope on t using (true)
create domain d as int
alter domain nope set not null
alter domain d drop constraint nope
comment on table nowhere is 'x'
comment on column t.nope is 'x'
comment on constraint nope on t is 'x'
grant select on nowhere to public
grant execute on function nope() to public
create statistics st on a, b from nowhere
create table x partition of nowhere default
"""


@pytest.fixture(scope="module")
def prepared(server):
    """A connection to a database in which PRELUDE ran."""
    with server.database() as database, database.connect() as connection:
        connection.execute(PRELUDE)
        yield connection


@pytest.mark.parametrize("sql", REFUSED.strip().splitlines())
def test_what_postgresql_refuses_is_a_problem(prepared, sql):
    with pytest.raises(psycopg.Error), prepared.transaction(force_rollback=True):
        prepared.execute(sql)
    problems = read({"a.sql": f"{PRELUDE}\n{sql}"}).problems
    assert [problem.span.start.line for problem in problems] == [2]
