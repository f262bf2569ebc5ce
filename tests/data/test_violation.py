"""Constraints of hostile tables, broken one by one on a real server."""

from __future__ import annotations

import pytest

from dbarchitect.data.copy import copy_row, makes_own_keys
from dbarchitect.data.unlikely import absent, spoken
from dbarchitect.data.violation import Breaker, literal
from dbarchitect.engines import postgres
from dbarchitect.model.table import Table
from dbarchitect.model.types import parse_type
from dbarchitect.read.database import read

TABLES = r"""
create extension btree_gist;
create type mood as enum ('sad', 'ok');
create table "par""ent" (org int, id uuid default gen_random_uuid(), primary key (org, id));
create table "select" (
  org int not null,
  "i'd" bigint generated always as identity primary key,
  parent uuid not null,
  code char(2) not null,
  "E-Mail" text not null,
  feeling mood not null default 'ok',
  paid_at date,
  lo int not null,
  hi int not null,
  during tstzrange not null,
  deleted_at timestamptz,
  constraint "a check" check (lo < hi),
  constraint lo_too check (hi > lo),
  constraint mood_paid check (feeling <> 'ok' or paid_at is not null),
  constraint short check (char_length("E-Mail") <= 40),
  constraint code_key unique (org, code) deferrable initially deferred,
  constraint parent_fk foreign key (org, parent) references "par""ent" (org, id) deferrable initially deferred,
  constraint apart exclude using gist (org with =, during with &&) where (deleted_at is null)
);
create unique index "mail key" on "select" (org, lower("E-Mail")) where deleted_at is null;
create table code_of (code char(2) primary key);
create table uses_code (code char(2) references code_of, n serial primary key);
insert into "par""ent" select 1, gen_random_uuid();
insert into "select" (org, parent, code, "E-Mail", paid_at, lo, hi, during)
select 1, (select id from "par""ent"), chr(65 + n) || 'x', 'm' || n || '@x', '2025-01-01', n, n + 1,
       tstzrange('2025-01-01'::timestamptz + n * interval '1 day', '2025-01-02'::timestamptz + n * interval '1 day')
  from generate_series(1, 3) n;
insert into code_of values ('ab'), ('cd');
insert into uses_code values ('ab');
"""


@pytest.fixture(scope="module")
def filled(server: postgres.Server) -> postgres.Database:
    database = server.database()
    with database.connect() as connection:
        connection.execute(TABLES)
    return database


def _table(database: postgres.Database, name: str) -> Table:
    with database.connect() as connection:
        return next(table for table in read(connection).schema.tables if table.name == name)


def _attempts(database: postgres.Database) -> dict[str, str]:
    table = _table(database, "select")
    with database.connect() as connection:
        breaker = Breaker(connection, table, "org")
        found = {"parent_fk": breaker.foreign_key(table.foreign_keys[0]).outcome}
        for check in table.checks:
            columns = {
                "a check": ["lo", "hi"],
                "lo_too": ["lo", "hi"],
                "mood_paid": ["feeling", "paid_at"],
                "short": ["E-Mail"],
            }[check.name]
            found[check.name] = breaker.check(check, columns).outcome
        found["code_key"] = breaker.same_key("code_key", ["org", "code"], None).outcome
        found["apart"] = breaker.same_key("apart", ["org", "during"], "deleted_at is null").outcome
        found["mail key"] = breaker.same_key("mail key", ["org", "E-Mail"], "deleted_at is null").outcome
        found["org"] = breaker.not_null("org").outcome
        return found


def test_each_constraint_is_the_one_that_refuses(filled: postgres.Database) -> None:
    assert set(_attempts(filled).values()) == {"rejected"}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("parent_fk", 'alter table "select" drop constraint parent_fk'),
        ("a check", 'alter table "select" drop constraint "a check"'),
        ("mood_paid", 'alter table "select" drop constraint mood_paid'),
        ("short", 'alter table "select" drop constraint short'),
        ("code_key", 'alter table "select" drop constraint code_key'),
        ("apart", 'alter table "select" drop constraint apart'),
        ("mail key", 'drop index "mail key"'),
    ],
)
def test_a_constraint_that_is_gone_is_missed(
    name: str, change: str, filled: postgres.Database, server: postgres.Server
) -> None:
    table = _table(filled, "select")
    with server.database(template=filled) as database, database.connect() as connection:
        connection.execute(change.encode())
        connection.execute(b'alter table "select" drop constraint lo_too')
        breaker = Breaker(connection, table, "org")
        checks = {check.name: check for check in table.checks}
        columns = {"a check": ["lo", "hi"], "mood_paid": ["feeling", "paid_at"], "short": ["E-Mail"]}
        if name in checks:
            attempt = breaker.check(checks[name], columns[name])
        elif name == "parent_fk":
            attempt = breaker.foreign_key(table.foreign_keys[0])
        else:
            keys = {"code_key": ["org", "code"], "apart": ["org", "during"], "mail key": ["org", "E-Mail"]}[name]
            attempt = breaker.same_key(name, keys, None if name == "code_key" else "deleted_at is null")
        assert attempt.outcome == "accepted"
        assert attempt.sql.startswith("update ")


def test_nothing_stays_changed(filled: postgres.Database) -> None:
    with filled.connect() as connection:
        before = connection.execute('select array_agg(s order by "i\'d") from "select" s').fetchone()
    _attempts(filled)
    with filled.connect() as connection:
        assert connection.execute('select array_agg(s order by "i\'d") from "select" s').fetchone() == before


def test_copies_get_keys_that_nobody_has(filled: postgres.Database) -> None:
    table = _table(filled, "select")
    assert makes_own_keys(table)
    assert not makes_own_keys(_table(filled, "code_of"))
    assert not makes_own_keys(_table(filled, 'par"ent'))
    with filled.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute("update \"select\" set deleted_at = now() where code = 'Bx'")
        connection.execute(b'alter table "select" drop constraint code_key')
        connection.execute(copy_row(table, "r.code = 'Bx'", {"deleted_at": "null"}).encode())
        assert connection.execute("select count(*) from \"select\" where code = 'Bx'").fetchone() == (2,)


def test_values_follow_from_types_and_rules() -> None:
    assert absent(parse_type("char(2)")) == "'~~'"
    assert absent(parse_type("mood", schema="public")) is None
    assert "repeat('x', 41)" in spoken('char_length("E-Mail") <= 40')
    assert {"'ok'", "4", "6"} <= set(spoken("a = 'ok' or b < 5"))
    assert literal("a'b\\c") == "E'a''b\\\\c'"
