"""What columns stand for: what is told, and what must not be taken for it."""

import pytest

from dbarchitect.facts import values
from dbarchitect.model.column import Column
from dbarchitect.model.table import Table
from dbarchitect.model.types import parse_type


def column(name, kind="text"):
    return Column(name, parse_type(kind))


@pytest.mark.parametrize(
    ("question", "kind", "yes", "no"),
    [
        (values.is_money, "numeric", ("price", "totalCost", "unit_price"), ("cost_weight", "price_count", "tax_rate")),
        (values.is_percent, "numeric", ("discount_percent", "pct"), ("percentile",)),
        (values.is_rating, "integer", ("rating", "stars"), ("rating_count", "ratings_enabled")),
        (values.is_quantity, "integer", ("quantity", "serversQuantity"), ("quantity_unit_id",)),
        (values.is_counter, "integer", ("retry_count", "total_requests", "views"), ("timeout", "position")),
        (values.is_email, "text", ("email", "contactEmail", "email_address"), ("email_verified", "email_template")),
        (values.is_login, "text", ("username", "user_name"), ("name", "login_url")),
        (values.is_secret, "text", ("password", "api_key", "accessToken", "client_secret"),
         ("password_hash", "token_prefix", "token_type", "public_key", "sync_lock_token", "max_tokens", "key")),
    ],
)  # fmt: skip
def test_meanings(question, kind, yes, no):
    assert [name for name in yes if not question(column(name, kind))] == []
    assert [name for name in no if question(column(name, kind))] == []


def test_types_count():
    assert not values.is_money(column("price", "text"))
    assert not values.is_secret(column("tokens", "integer"))
    assert not values.is_email(column("email", "citext"))


def test_the_state_of_an_address_is_no_status():
    order, place = column("state"), (column("state"), column("city"))
    assert values.is_status(Table("public", "orders", (order,)), order)
    assert not values.is_status(Table("public", "places", place), place[0])


def test_clock_names():
    assert values.is_clock_name("createdAt")
    assert values.is_clock_name("last_used_at")
    assert not values.is_clock_name("look_at")
    assert not values.is_clock_name("at")


@pytest.mark.parametrize(
    ("first", "second", "spans"),
    [
        ("starts_at", "ends_at", True), ("valid_from", "valid_to", True), ("min_age", "max_age", True),
        ("check_in", "check_out", True), ("tokens_in", "tokens_out", False), ("started_at", "finished_at", False),
        ("start_date", "end_time", False), ("from_index", "to_index", False), ("from_list_id", "to_list_id", False),
    ],
)  # fmt: skip
def test_spans(first, second, spans):
    table = Table("public", "t", (column(second, "integer"), column(first, "integer")))
    found = [(opening.name, closing.name) for opening, closing in values.spans_of(table)]
    assert found == ([(first, second)] if spans else [])
