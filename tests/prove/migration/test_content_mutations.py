"""Mutation test of the picture of the data: which single change does it see, and where?

What it does not see is declared with its reason. The schema has its own: tests/engines/test_fingerprint_mutations.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbarchitect.engines import postgres
from dbarchitect.prove.migration.content import Content, content
from dbarchitect.prove.migration.losses import losses

VALUES = {
    # column: its type, a value, another one that a careless eye takes for the same
    "small": ("smallint", "1", "2"),
    "whole": ("int", "7", "8"),
    "big": ("bigint", "9007199254740993", "9007199254740992"),
    "price": ("numeric(12,4)", "1.0011", "1.0010"),
    "free": ("numeric", "1.10", "1.1"),
    "ratio": ("double precision", "0.1", "0.10000000000000002"),
    "single": ("real", "0.1", "0.10000001"),
    "flag": ("boolean", "true", "false"),
    "label": ("text", "'Anna'", "'anna'"),
    "spaced": ("text", "'a'", "'a '"),
    "empty": ("text", "null", "''"),
    "marked": ("text", "null", "'='"),
    "word": ("text", "null", "'null'"),
    "composed": ("text", "U&'\\00e9'", "U&'e\\0301'"),
    "lines": ("text", "E'a\\nb'", "E'a\\r\\nb'"),
    "long": ("text", "repeat('x', 5000)", "repeat('x', 4999) || 'y'"),
    "short": ("varchar(20)", "'abc'", "'abd'"),
    "fixed": ("char(4)", "'ab'", "'ba'"),
    "moment": ("timestamptz", "'2026-01-01 00:00:00.000001Z'", "'2026-01-01 00:00:00Z'"),
    "naive": ("timestamp", "'2026-01-01 02:00'", "'2026-01-01 03:00'"),
    "ever": ("timestamptz", "'infinity'", "'9999-12-31'"),
    "day": ("date", "'2026-02-28'", "'2026-03-01'"),
    "clock": ("time", "'24:00'", "'00:00'"),
    "span": ("interval", "'1 month'", "'30 days'"),
    "id": ("uuid", "'01920000-0000-7000-8000-000000000001'", "'01920000-0000-7000-8000-000000000002'"),
    "plain": ("json", """'{"a": 1,  "a": 2}'""", """'{"a": 2}'"""),
    "packed": ("jsonb", """'{"a": null}'""", "'{}'"),
    "nothing": ("jsonb", "null", "'null'"),
    "bytes": ("bytea", r"'\x00ff'", r"'\x00fe'"),
    "tags": ("text[]", "'{a,b}'", "'{b,a}'"),
    "hole": ("text[]", "'{a,NULL}'", "'{a,\"NULL\"}'"),
    "grid": ("int[]", "'{{1,2},{3,4}}'", "'{1,2,3,4}'"),
    "bounds": ("int[]", "'[0:1]={1,2}'", "'{1,2}'"),
    "place": ("inet", "'10.0.0.1/24'", "'10.0.0.1'"),
    "net": ("cidr", "'10.0.0.0/8'", "'10.0.0.0/9'"),
    "mac": ("macaddr", "'08:00:2b:01:02:03'", "'08:00:2b:01:02:04'"),
    "mask": ("bit(3)", "'101'", "'100'"),
    "dot": ("point", "'(1,2)'", "'(2,1)'"),
    "during": ("int4range", "'[1,5)'", "'[1,5]'"),
    "void": ("int4range", "null", "'empty'"),
    "many": ("int4multirange", "'{[1,3),[5,7)}'", "'{[1,7)}'"),
    "lexemes": ("tsvector", "'a:1 b:2'", "'a:2 b:1'"),
    "state": ("mood", "'sad'", "'ok'"),
    "pair": ("couple", "'(1,)'", "'(1,\"\")'"),
    "money": ("money", "1.01", "1.02"),
}
SETUP = f"""
create type mood as enum ('sad', 'ok');
create type couple as (a int, b text);
create table wide (key int primary key, {", ".join(f"{name} {value[0]}" for name, value in VALUES.items())});
insert into wide values (1, {", ".join(value[1] for value in VALUES.values())});
insert into wide (key) values (2);
create table t (id int primary key, name text, qty int, twice int generated always as (qty * 2) stored);
insert into t select g, 'n' || g, g from generate_series(1, 10) g;
create table two (a int, b int, note text, primary key (a, b));
insert into two select g % 3, g, 'x' || g from generate_series(1, 9) g;
create table loose (a int, b text); insert into loose values (1, 'x'), (2, 'y'), (2, 'y');
create table parted (id int, k text) partition by list (k);
create table parted_a partition of parted for values in ('a'); create table parted_b partition of parted default;
insert into parted values (1, 'a'), (2, 'b');
create table heir (extra int) inherits (t); insert into heir (id, name, qty, extra) values (99, 'h', 1, 5);
create sequence s; select setval('s', 50); create sequence down increment -1; select setval('down', -50);
create materialized view mv as select count(*) as n from t
"""

SEEN = {
    # change: where it is seen
    **{f"update wide set {name} = {v[2]} where key = 1": [f"column:public.wide.{name}"] for name, v in VALUES.items()},
    "update t set name = null where id = 3": ["column:public.t.name"],
    "update t set name = case id when 1 then 'n2' else 'n1' end where id in (1, 2)": ["column:public.t.name"],
    "update t set qty = 11 - qty where id <= 10": ["column:public.t.qty"],
    "update t set id = id + 100": ["column:public.heir.id", "column:public.t.id"],
    "delete from t where id = 4": ["table:public.t"],
    "delete from only t": ["table:public.t"],
    "truncate loose": ["table:public.loose"],
    "insert into t values (50, 'n', 1)": ["table:public.t"],
    "delete from t where id = 4; insert into t values (44, 'n4', 4)":
        ["column:public.t.id"],
    "update two set note = case b when 1 then 'x4' else 'x1' end where b in (1, 4)": ["column:public.two.note"],
    "update two set b = b + 100": ["column:public.two.b"],
    "delete from loose where ctid = (select max(ctid) from loose)": ["table:public.loose"],
    "update loose set b = 'z' where a = 1": ["column:public.loose.b"],
    "update loose set a = 3 - a": ["column:public.loose.a"],
    "update loose set b = case a when 1 then 'y' else b end where a = 1; update loose set b = 'x' where ctid ="
    " (select max(ctid) from loose where a = 2)": ["table:public.loose"],
    "update parted set id = 9 where k = 'b'": ["column:public.parted.id"],
    "update parted set k = 'c' where k = 'b'": ["column:public.parted.k"],
    "delete from parted_a": ["table:public.parted"],
    "alter table parted detach partition parted_a": ["table:public.parted"],
    "update heir set extra = 6": ["column:public.heir.extra"],
    "update heir set name = 'i'": ["column:public.heir.name", "column:public.t.name"],
    "drop table heir": ["table:public.heir", "table:public.t"],
    "alter table t drop column name cascade": ["column:public.heir.name", "column:public.t.name"],
    "alter table t drop column name; alter table t add column name text":
        ["column:public.heir.name", "column:public.t.name"],
    "alter table two drop column note": ["column:public.two.note"],
    "alter table two alter note type int using length(note)": ["column:public.two.note"],
    "alter table wide alter price type numeric(12,2)": ["column:public.wide.price"],
    "alter table wide alter label type varchar(2) using left(label, 2)": ["column:public.wide.label"],
    "alter table wide alter moment type timestamptz(3)": ["column:public.wide.moment"],
    "alter table wide alter plain type jsonb": ["column:public.wide.plain"],
    "alter table wide alter day type timestamp": ["column:public.wide.day"],
    "drop table loose": ["table:public.loose"],
    "drop table loose; create table loose (a int, b text)": ["table:public.loose"],
    "drop sequence s": ["sequence:public.s"],
    "drop sequence s; create sequence s": ["sequence:public.s"],
    "alter sequence s restart": ["sequence:public.s"],
    "alter sequence down restart": ["sequence:public.down"],
}  # fmt: skip

UNSEEN = {
    "a row written again": "update t set name = name",
    "the order of rows": "create table copy as select * from loose order by b desc; delete from loose;"
    " insert into loose select * from copy; drop table copy",
    "a column renamed": "alter table t rename column name to label",
    "a table renamed": "alter table t rename to u",
    "a table moved": "create schema app; alter table t set schema app",
    "a type that holds the same texts": "alter table two alter b type bigint, alter note type varchar",
    "a column moved to the end": "alter table two add column n text; update two set n = note;"
    " alter table two drop column note; alter table two rename column n to note",
    "what is computed": "alter table t alter column twice drop expression; update t set twice = 0",
    "a sequence that goes on": "alter sequence s restart with 60",
    "a sequence that counts down and goes on": "alter sequence down restart with -60",
    "a view that is not refreshed": "refresh materialized view mv with no data",
    "a new table": "create table more as select 1 as x",
    "settings of the session": "set datestyle = 'German'; set intervalstyle = 'iso_8601'; set timezone = 'Asia/Tokyo';"
    " set extra_float_digits = 0; set bytea_output = 'escape'",
}


class Original:
    def __init__(self, database: postgres.Database) -> None:
        self.connection = database.connect()
        for statement in SETUP.split(";\n"):
            self.connection.execute(statement.encode())
        self.content = content(self.connection)

    def after(self, change: str) -> tuple[list[str], Content]:
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(change.encode())
            now = content(self.connection, self.content)
        found, _ = losses(self.content, now)
        return [loss.address for loss in found], now


@pytest.fixture(scope="module")
def original(server: postgres.Server) -> Iterator[Original]:
    with server.database() as database:
        made = Original(database)
        yield made
        made.connection.close()


@pytest.mark.parametrize("change", SEEN)
def test_seen_where_it_is(original: Original, change: str) -> None:
    found, now = original.after(change)
    assert found == SEEN[change]
    assert now != original.content


@pytest.mark.parametrize("change", UNSEEN.values(), ids=list(UNSEEN))
def test_declared_as_no_loss(original: Original, change: str) -> None:
    assert original.after(change)[0] == []


def test_nothing_changed(original: Original) -> None:
    assert original.after("select 1") == ([], original.content)


def test_there_are_enough_mutations() -> None:
    assert len(SEEN) >= 80
