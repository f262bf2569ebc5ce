"""What names tell, and what they do not."""

import pytest

from dbarchitect.facts import naming
from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.column import Column
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import parse_type


def table(name, schema="public", *columns):
    return Table(schema, name, tuple(Column(column, parse_type("text")) for column in columns))


def names(*tables):
    return naming.Naming(Lookup(Schema(tables=tables)))


@pytest.mark.parametrize(
    ("column", "stem"),
    [
        ("project_id", ("project",)),
        ("createdByUserId", ("created", "by", "user")),
        ("order_uuid", ("order",)),
        ("id", None),
        ("paid", None),
        ("tag_ids", None),
    ],
)
def test_stems(column, stem):
    assert naming.stem(column) == stem


def test_stems_of_many():
    assert naming.stem("tag_ids", many=True) == ("tag",)
    assert naming.stem("tag_id", many=True) is None


def test_a_table_is_found_by_its_words():
    orders, items = table("orders"), table("order_items")
    found = names(orders, items)
    assert found.named(("order",), items) == orders
    assert found.named(("order", "item"), orders) == items
    assert found.named(("item",), orders) is None


def test_a_shared_prefix_is_no_part_of_the_name():
    tables = [table(f"app_{name}") for name in ("users", "posts", "comments", "tags")]
    found = names(*tables)
    assert found.prefix == "app"
    assert found.named(("post",), tables[0]) == tables[1]


def test_the_nearest_schema_decides():
    here, there, other = table("users"), table("users", "auth"), table("posts")
    assert names(here, there, other).named(("user",), other) == here
    assert names(there, table("users", "crm"), other).named(("user",), other) is None


@pytest.mark.parametrize(
    ("name", "trail"),
    [("audit_log", True), ("page_views", True), ("user_history_entries", True), ("users", False), ("catalogs", False)],
)
def test_trails(name, trail):
    assert naming.is_trail(table(name)) == trail


def test_ids_that_others_gave():
    assert naming.is_foreign("stripe_customer_id")
    assert naming.is_foreign("external_id")
    assert not naming.is_foreign("customer_id")


def test_supabase_users_are_a_sketch():
    assert naming.is_sketch(table("users", "auth", "id", "email", "raw_user_meta_data"))
    assert not naming.is_sketch(table("users", "auth", "id", "password_hash"))
    assert not naming.is_sketch(table("users", "public", "id", "email"))


def test_lists_for_messages():
    assert naming.listed(["a"]) == "a"
    assert naming.listed(["a", "b", "c"]) == "a, b and c"
    assert naming.listed("abcde") == "a, b, c and 2 more"
