"""Each recipe gives what the plain statement gives, at every file there and back, and takes the locks that it says."""

from __future__ import annotations

from contextlib import closing

import pytest
from migrate.ways import print_of, proved, run, schema

from dbarchitect import api
from dbarchitect.engines.canonical import build
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.migrate.checking import check
from dbarchitect.migrate.files import files
from dbarchitect.migrate.plan import plan, unaccepted
from dbarchitect.migrate.recipe import recipes
from dbarchitect.migrate.walk import Options
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.text import text

ITEMS = "create table item (id int primary key, name text, price int, code varchar(9));"
ROWS = ["insert into item select n, 'n' || n, n, n::text from generate_series(1, 2500) n"]
SHOP = "create table shop (id int primary key);"
WHOLE = "create table whole (k int, v text) partition by range (k);"
PARTS = (
    WHOLE + "create table low partition of whole for values from (1) to (9);"
    "create table high partition of whole for values from (9) to (99) partition by list (k);"
    "create table nine partition of high for values in (9);"
)
CASES = {
    "set-not-null": (ITEMS, ITEMS.replace("name text", "name text not null")),
    "add-check": (ITEMS, ITEMS.replace("price int", "price int constraint dear check (price > 0)")),
    "add-foreign-key": (SHOP + ITEMS, SHOP + ITEMS.replace("price int", "price int references shop on delete cascade")),
    "create-index": (ITEMS, ITEMS + "create index item_price on item (price desc) where price > 3;"),
    "drop-index": (ITEMS + "create unique index item_price on item (price);", ITEMS),
    "replace-index": (
        ITEMS + "create index item_price on item (price); comment on index item_price is 'fast';",
        ITEMS + "create unique index item_price on item (price, id); comment on index item_price is 'fast';",
    ),
    "add-unique": (
        ITEMS.replace(" primary key", ""),
        ITEMS.replace("price int", "price int unique nulls not distinct deferrable"),
    ),
    "change-type": (
        ITEMS.replace("price int", "price int not null") + "comment on column item.price is 'cents';",
        ITEMS.replace("price int", "price bigint not null") + "comment on column item.price is 'cents';",
    ),
    "attach-partition": (
        WHOLE + "create index on whole (v); alter table whole add unique (k, v); create table part (k int, v text);",
        WHOLE + "create index on whole (v); alter table whole add unique (k, v);"
        "create table part partition of whole for values from (1) to (9);",
    ),
    "partitioned-index": (PARTS, PARTS + "create index on whole (v, k desc);"),
    "detach-partition": (
        WHOLE + "create index on whole (v); create table part partition of whole for values from (1) to (9);"
        "create table rest partition of whole for values from (9) to (99);",
        WHOLE + "create index on whole (v); create table part (k int, v text);"
        "create table rest partition of whole for values from (9) to (99);",
    ),
    "use-new-label": (
        "create type mood as enum ('good', 'bad'); create table item (id int primary key, m mood default 'bad');",
        "create type mood as enum ('good', 'so so', 'bad');"
        "create table item (id int primary key, m mood default 'so so');",
    ),
}  # fmt: skip
NOBODY_WAITS = {"add-check", "add-foreign-key", "set-not-null", "attach-partition"}
"""What leaves writers alone while all rows are read, in a transaction."""


def test_every_recipe_has_a_case_and_a_page():
    assert sorted(CASES) == sorted(recipe.NAME for recipe in recipes())
    for recipe in recipes():
        assert recipe.CODE in recipe.__doc__
        assert "When:" in recipe.__doc__


@pytest.mark.parametrize(("name", "postgres"), [*((name, 18) for name in sorted(CASES)), ("set-not-null", 14)])
def test_a_recipe_gives_what_the_plain_way_gives(server, name, postgres):
    old, new = (schema(sql, server) for sql in CASES[name])
    made = plan(old, new, server=server, runner="dbarchitect", postgres=postgres)
    codes = {hazard.name for step in made.steps for hazard in step.hazards}
    assert name not in codes
    rows = ROWS if "item (id int" in CASES[name][0] and "name" in CASES[name][0] else []
    if name == "add-foreign-key":
        rows = ["insert into shop select generate_series(1, 2500)", *ROWS]
    proved(made, old, new, server, rows=rows, times=1)
    plain = plan(old, new, server=server, runner="dbarchitect", postgres=postgres, allow=[name])
    if name != "use-new-label":
        assert [step.file for step in plain.steps] != [step.file for step in made.steps] or plain.steps != made.steps
        assert name == "replace-index" or name in {item.name for step in plain.steps for item in step.hazards}
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(old))
        for step in plain.steps:
            run(connection, step.up, step.transaction)
        assert difference(fingerprint(connection), print_of(server, new), "no-automatic-names") == ()


@pytest.mark.parametrize("name", sorted(set(CASES) - {"use-new-label"}))
def test_a_check_of_the_files_says_the_same(server, name):
    """The hazard that a recipe avoids is found in the plain files, and not in the recipe's."""
    code = next(recipe.CODE for recipe in recipes() if name == recipe.NAME)
    old, new = (schema(sql, server) for sql in CASES[name])
    assert code in checked(plan(old, new, server=server, runner="dbarchitect", allow=[name, "IX01", "IX05"]), old)
    assert code not in checked(plan(old, new, server=server, runner="dbarchitect"), old)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_check_of_a_recipes_files_warns_of_nothing(server, name, tmp_path, monkeypatch):
    """There and back; what is left of danger is answered in the file."""
    monkeypatch.chdir(tmp_path)
    old, new = (schema(sql, server) for sql in CASES[name])
    first = {"0000_old.sql": text(create(old)), "0000_old.down.sql": "-- irreversible: the beginning\n"}
    for path, said in {**first, **files(plan(old, new, server=server, runner="dbarchitect"), first)}.items():
        (tmp_path / path).write_text(said, encoding="utf-8")
    found = [item for item in api.check_migrations(".").review.findings if item.severity != "info"]
    assert [(item.code, item.message) for item in found if item.span.file[:4] != "0000" and item.code != "DZ05"] == []


def checked(made, old):
    """The codes that a check of a plan's files finds."""
    texts = {name: said for name, said in files(made, ["0000_old.sql"]).items() if not name.endswith(".down.sql")}
    history = {"0000_old.sql": text(create(old)), **texts}
    return {hazard.code for hazard in check(history, Options(only=frozenset(texts), certain=True)).hazards}


@pytest.mark.parametrize("name", sorted(NOBODY_WAITS))
def test_writers_pass_while_rows_are_read(server, name):
    """The plain statement keeps writers out; the one that reads all rows in the recipe does not."""
    old, new = (schema(sql, server) for sql in CASES[name])
    blocked = {}
    for way, allow in (("plain", [name]), ("recipe", [])):
        made = plan(old, new, server=server, allow=allow)
        with server.database() as database, closing(database.connect()) as connection:
            connection.autocommit = True
            build(connection, create(old))
            for step in made.steps:
                run(connection, () if step == _scanning(made) else step.up, step.transaction)
                if step == _scanning(made):
                    blocked[way] = _modes(connection, step)
    assert blocked["plain"] & {"AccessExclusiveLock", "ShareRowExclusiveLock"}
    assert not blocked["recipe"] & {"AccessExclusiveLock", "ShareRowExclusiveLock", "ShareLock", "ExclusiveLock"}


def _scanning(made):
    """The step that reads all rows."""
    return next((step for step in made.steps if step.file == "validate"), made.steps[0])


def _modes(connection, step):
    """The modes of the locks on tables that a step holds at its end."""
    with connection.transaction():
        for sql in step.up:
            connection.execute(sql.encode())
        rows = connection.execute(
            "select mode from pg_locks join pg_class on pg_class.oid = relation"
            " where pid = pg_backend_pid() and relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
        ).fetchall()
    return {mode for (mode,) in rows}


def test_types_change_in_batches_with_writers_beside(server):
    """Rows that are written between the files have the new value too."""
    old, new = (schema(text, server) for text in CASES["change-type"])
    made = plan(old, new, server=server, runner="dbarchitect")
    assert [step.file for step in made.steps] == ["expand", "backfill", "validate", "finish"]
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(old))
        connection.execute(ROWS[0].encode())
        for number, step in enumerate(made.steps):
            run(connection, step.up, step.transaction)
            connection.execute(f"insert into item (id, name, price) values ({9000 + number}, 'x', {number})".encode())
            connection.execute(f"update item set price = price + 1 where id = {number + 1}".encode())
        found = connection.execute("select count(*), sum(price), pg_typeof(min(price))::text from item").fetchone()
    assert found == (2504, 2500 * 2501 // 2 + 6 + 4, "bigint")


@pytest.mark.parametrize("recipe", [item for item in recipes() if item.RUNNER == "dbarchitect"], ids=lambda it: it.NAME)
def test_what_needs_no_transaction_is_refused_for_drizzle_with_both_ways_out(server, recipe):
    old, new = (schema(sql, server) for sql in CASES[recipe.NAME])
    made = plan(old, new, server=server)
    assert {step.transaction for step in made.steps} == {"one"}
    found = unaccepted(made)
    assert found
    for hazard in found:
        assert "--runner dbarchitect" in hazard.safe, hazard
        assert f"--allow {hazard.name}" in hazard.safe, hazard
