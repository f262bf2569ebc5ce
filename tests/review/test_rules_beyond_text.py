"""Rules that need what a text alone cannot say: declared dependencies and tenancy, and what migrations add by hand."""

from dataclasses import replace

import pytest

from dbarchitect.model.intent import FunctionalDependency, Intent, TableIntent, Tenancy
from dbarchitect.review import catalogue
from dbarchitect.review.subject import Subject
from dbarchitect.review.subjects import of_texts

PAGES = {page.rule.code: page for page in catalogue.pages()}


def found_after(code, sql, migration):
    """What is found in a schema whose migrations add something by hand."""
    schema = of_texts({"schema.sql": sql}).schema
    migrations = of_texts({"schema.sql": sql + migration}).schema
    return [finding.address for finding in PAGES[code].check(Subject(schema, migrations=migrations))]


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


FOLDERS = "create table folders (id bigint primary key);"
NOTES = "create table notes (id bigint primary key, folder_id bigint references folders);"
POSTS = "create table posts (id bigint primary key, slug text not null);"
BARE = "create table notes (id bigint not null, folder_id bigint not null);"


@pytest.mark.parametrize(
    ("code", "sql", "migration"),
    [
        ("R01", FOLDERS + NOTES, "create index on notes (folder_id);"),
        ("R02", FOLDERS + BARE, "alter table notes add foreign key (folder_id) references folders;"),
        ("K01", FOLDERS + BARE, "alter table notes add primary key (id);"),
        (
            "K03",
            "create table posts (id bigint primary key, slug text not null);",
            "create unique index on posts (slug);",
        ),
    ],
)
def test_what_a_migration_adds_by_hand_is_there(code, sql, migration):
    assert len(found_after(code, sql, "")) == 1
    assert found_after(code, sql, migration) == []
