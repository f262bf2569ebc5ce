"""Rules that need what only people know: dependencies, tenancy, aggregates. Texts cannot say that."""

from dataclasses import replace

import pytest

from dbarchitect.model.intent import FunctionalDependency, Intent, TableIntent, Tenancy
from dbarchitect.review import catalogue
from dbarchitect.review.subject import Subject
from dbarchitect.review.subjects import of_texts

PAGES = {page.rule.code: page for page in catalogue.pages()}


def found(code, sql, **intent):
    schema = replace(of_texts({"schema.sql": sql}).schema, intent=Intent(**intent))
    return [finding.address for finding in PAGES[code].check(Subject(schema))]


PLACES = "create table places (id bigint primary key, zip text not null, city text not null, region text not null);"
ZIP = FunctionalDependency("table:public.places", ("zip",), ("city",))


@pytest.mark.parametrize(
    ("sql", "dependencies", "addresses"),
    [
        (PLACES, (), []),
        (PLACES, (ZIP,), ["column:public.places.city"]),
        (PLACES, (replace(ZIP, kept="shown in every list"),), []),
        (PLACES + "create unique index on places (zip);", (ZIP,), []),
        (PLACES + "alter table places add unique (zip, city);", (ZIP,), []),
        (PLACES, (replace(ZIP, table="table:public.others"),), []),
    ],
    ids=["none", "declared", "kept", "from a key", "part of a key", "of another table"],
)
def test_a_declared_dependency(sql, dependencies, addresses):
    assert found("N03", sql, dependencies=dependencies) == addresses


ITEMS = (
    "create table users (id bigint primary key, deleted_at timestamptz);"
    "create table orders (id bigint primary key, deleted_at timestamptz);"
    "create table invoices (id bigint primary key, user_id bigint not null references users on delete cascade);"
    "create table lines (id bigint primary key, order_id bigint not null references orders on delete cascade);"
)


def test_an_aggregate_that_was_designed_deletes_as_it_was_designed():
    designed = {f"table:public.{name}": TableIntent() for name in ("orders", "invoices")}
    assert found("R09", ITEMS) == ["constraint:public.invoices.invoices_user_id_fkey"]
    assert found("R10", ITEMS) == ["table:public.orders"]
    assert found("R09", ITEMS, tables=designed) == []
    assert found("R10", ITEMS, tables=designed) == []


CLUBS = (
    "create table clubs (id bigint primary key);"
    "create table courts (id bigint primary key, club bigint not null references clubs);"
    "create table games (id bigint primary key, club bigint not null, court_id bigint references courts);"
)


def test_tenants_by_any_name_when_they_are_declared():
    scoped = {f"table:public.{name}": TableIntent(tenant_scoped=True) for name in ("courts", "games")}
    tenancy = Tenancy("table:public.clubs", "club")
    assert found("M01", CLUBS) == []
    assert found("M01", CLUBS, tenancy=tenancy, tables=scoped) == ["table:public.games"]
    assert found("M02", CLUBS, tenancy=tenancy, tables=scoped) == ["constraint:public.games.games_court_id_fkey"]
