"""The shop on a real PostgreSQL: every rule refuses a row that breaks it, and tenants do not meet."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from design.shop import SHOP, build, draft
from psycopg import Connection, errors

from dbarchitect.engines import postgres

A = "00000000-0000-7000-8000-00000000000a"
B = "00000000-0000-7000-8000-00000000000b"


@pytest.fixture(scope="module")
def shop(server: postgres.Server) -> Iterator[postgres.Database]:
    with server.database() as made:
        with made.connect() as connection:
            build(connection, draft(SHOP))
            connection.execute(
                """
                insert into organizations (id, name, slug) values (%(a)s, 'A', 'a'), (%(b)s, 'B', 'b');
                insert into users (id, email, full_name, password_hash) values (%(a)s, 'ada@x.org', 'Ada', 'h');
                insert into sales_channels (id, code, label) values (%(a)s, 'web', 'Web');
                insert into org_customers (id, organization_id, name, email, country)
                  values (%(a)s, %(a)s, 'C', 'c@x.org', 'PT'), (%(b)s, %(b)s, 'C', 'c@x.org', 'PT');
                insert into org_products (id, organization_id, name, sku, price) values
                  (%(a)s, %(a)s, 'Red chair', 'S1', 5), (%(b)s, %(b)s, 'Blue chair', 'S1', 5);
                insert into org_categories (id, organization_id, name) values (%(a)s, %(a)s, 'top');
                insert into org_rooms (id, organization_id, name) values (%(a)s, %(a)s, 'R');
                insert into org_orders (id, organization_id, customer_id, channel_id, number, total)
                  values (%(a)s, %(a)s, %(a)s, %(a)s, '1', 5);
                insert into org_audit_logs (id, organization_id, action) values (%(a)s, %(a)s, 'made');
                """.replace("%(a)s", f"'{A}'")
                .replace("%(b)s", f"'{B}'")
                .encode()
            )
        yield made


@pytest.fixture
def db(shop: postgres.Database) -> Iterator[Connection]:
    """A connection of the owner whose work is undone."""
    with shop.connect() as connection:
        connection.autocommit = False
        yield connection
        connection.rollback()


BOOKING = """
insert into org_bookings
  (id, organization_id, room_id, customer_id, starts_at, ends_at, status, guests, deposit, paid)
values
  (gen_random_uuid(), %(a)s, %(a)s, %(a)s, %(start)s, %(end)s, %(status)s, %(guests)s, 10, %(paid)s)"""


def book(db: Connection, start: str, end: str, status: str = "confirmed", guests: int = 2, paid: int = 0) -> None:
    db.execute(BOOKING, {"a": A, "start": start, "end": end, "status": status, "guests": guests, "paid": paid})


def test_bookings_of_a_room_do_not_overlap_and_may_touch(db):
    book(db, "2030-01-01 10:00Z", "2030-01-01 11:00Z")
    book(db, "2030-01-01 11:00Z", "2030-01-01 12:00Z")
    with pytest.raises(errors.ExclusionViolation, match="org_bookings_room_id_starts_at_ends_at_excl"):
        book(db, "2030-01-01 10:30Z", "2030-01-01 10:40Z")


def test_what_was_cancelled_or_deleted_frees_the_slot(db):
    book(db, "2030-01-01 10:00Z", "2030-01-01 11:00Z", status="cancelled")
    book(db, "2030-01-01 10:00Z", "2030-01-01 11:00Z")
    db.execute("update org_bookings set deleted_at = now() where status = 'confirmed'")
    book(db, "2030-01-01 10:00Z", "2030-01-01 11:00Z", status="confirmed")


@pytest.mark.parametrize(
    ("start", "end", "guests", "paid", "name"),
    [
        ("2030-01-02", "2030-01-01", 2, 0, "org_bookings_starts_at_ends_at_check"),
        ("2030-01-01", "2030-01-02", 13, 0, "org_bookings_guests_check"),
        ("2030-01-01", "2030-01-02", 2, 41, "org_bookings_paid_deposit_check"),
    ],
)
def test_checks_refuse_by_name(db, start, end, guests, paid, name):
    with pytest.raises(errors.CheckViolation) as refused:
        book(db, start, end, guests=guests, paid=paid)
    assert refused.value.diag.constraint_name == name


def test_at_most_two_bookings_a_customer(db):
    for day in (1, 2):
        book(db, f"2030-01-0{day} 10:00Z", f"2030-01-0{day} 11:00Z")
    with pytest.raises(errors.CheckViolation, match="at most 2 rows of org_bookings") as refused:
        book(db, "2030-01-03 10:00Z", "2030-01-03 11:00Z")
    assert refused.value.diag.constraint_name == "org_bookings_customer_id_limit"


def test_a_deleted_booking_makes_room_and_reviving_it_is_counted(db):
    for day in (1, 2):
        book(db, f"2030-01-0{day} 10:00Z", f"2030-01-0{day} 11:00Z")
    db.execute("update org_bookings set deleted_at = now() where starts_at < '2030-01-02'")
    book(db, "2030-01-03 10:00Z", "2030-01-03 11:00Z")
    with pytest.raises(errors.CheckViolation, match="at most 2"):
        db.execute("update org_bookings set deleted_at = null")


def test_two_bookings_at_once_cannot_both_be_the_last(shop):
    with shop.connect() as first, shop.connect() as second:
        first.autocommit = second.autocommit = False
        book(first, "2031-01-01 10:00Z", "2031-01-01 11:00Z")
        book(first, "2031-01-02 10:00Z", "2031-01-02 11:00Z")
        outcome: list[object] = []

        def late() -> None:
            try:
                book(second, "2031-01-03 10:00Z", "2031-01-03 11:00Z")
                outcome.append("in")
            except psycopg.Error as error:
                outcome.append(error.sqlstate)

        waiter = threading.Thread(target=late)
        waiter.start()
        waiter.join(0.3)
        assert waiter.is_alive(), "the second writer of a group waits for the first"
        first.commit()
        waiter.join(10)
        assert outcome == ["23514"]
        second.rollback()
        first.execute("delete from org_bookings")
        first.commit()


def test_counting_refuses_a_snapshot_that_may_be_stale(shop):
    with shop.connect() as connection:
        connection.autocommit = False
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(errors.FeatureNotSupported, match="read committed or serializable"):
            book(connection, "2030-01-01 10:00Z", "2030-01-01 11:00Z")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("delete from org_orders", "org_orders_never_deleted"),
        ("truncate org_orders cascade", "org_orders_never_deleted"),
        ("delete from org_audit_logs", "org_audit_logs_append_only"),
        ("update org_audit_logs set action = 'x'", "org_audit_logs_append_only"),
        ("truncate org_audit_logs", "org_audit_logs_append_only"),
    ],
)
def test_records_stay(db, statement, name):
    with pytest.raises(errors.RestrictViolation) as refused:
        db.execute(statement.encode())
    assert refused.value.diag.constraint_name == name


def test_an_order_may_still_be_marked_and_changed(db):
    db.execute("update org_orders set deleted_at = now(), total = 6")


def test_a_comment_has_exactly_one_subject_and_its_period_is_whole(db):
    insert = 'insert into org_comments (id, organization_id, product_id, order_id, text, "from") values ({})'
    good = f"gen_random_uuid(), '{A}', '{A}', null, 't', null"
    db.execute(insert.format(good).encode())
    for rest in (f"'{A}', '{A}', 't', null", "null, null, 't', null", f"'{A}', null, 't', now()"):
        bad = f"gen_random_uuid(), '{A}', {rest}"
        with pytest.raises(errors.CheckViolation), db.transaction():
            db.execute(insert.format(bad).encode())


def test_a_child_cannot_point_at_another_tenants_parent(db):
    with pytest.raises(errors.ForeignKeyViolation, match="org_orders_customer_id_fk"):
        db.execute(
            "insert into org_orders (id, organization_id, customer_id, channel_id, number, total) "
            "values (gen_random_uuid(), %s, %s, %s, '9', 1)", (A, B, A),
        )  # fmt: skip


def test_a_deleted_parent_leaves_the_tenant_of_its_child(db):
    insert = "insert into org_categories (id, organization_id, parent_id, name) values (%s, %s, %s, 'sub')"
    db.execute(insert, (B, A, A))
    db.execute("delete from org_categories where id = %s", (A,))
    assert db.execute("select parent_id, organization_id::text from org_categories").fetchall() == [(None, A)]


def test_a_key_may_be_used_again_after_a_soft_delete_and_by_another_tenant(db):
    values = "(gen_random_uuid(), %s, 'x', 'S1', 1)"
    insert = f"insert into org_products (id, organization_id, name, sku, price) values {values}".encode()
    with pytest.raises(errors.UniqueViolation), db.transaction():
        db.execute(insert, (A,))
    db.execute("update org_products set deleted_at = now() where organization_id = %s", (A,))
    db.execute(insert, (A,))


@pytest.mark.parametrize(
    ("column", "value"),
    [("email", "Ada@x.org"), ("email", "no address"), ("country", "pt"), ("phone", "0171"), ("phone", "12345678")],
)
def test_meanings_are_held_by_checks(db, column, value):
    with pytest.raises(errors.CheckViolation) as refused:
        db.execute(f"update org_customers set {column} = %s where id = %s".encode(), (value, A))
    assert refused.value.diag.constraint_name == f"org_customers_{column}_check"


def test_a_tenant_with_business_records_is_not_deleted_by_one_statement(db):
    with pytest.raises((errors.RestrictViolation, errors.ForeignKeyViolation)):
        db.execute("delete from organizations where id = %s", (A,))


@pytest.fixture
def app(shop: postgres.Database) -> Iterator[Connection]:
    """The application's role inside tenant A; it may do everything that policies allow."""
    with shop.connect() as connection:
        connection.autocommit = False
        connection.execute("create role architect_app nologin")
        connection.execute("grant all on all tables in schema public to architect_app")
        connection.execute("set local role architect_app")
        connection.execute(f"set local app.organization_id = '{A}'".encode())
        yield connection
        connection.rollback()


def test_a_tenant_sees_and_writes_its_own_rows_only(app):
    assert app.execute("select count(*) from organizations").fetchone() == (1,)
    assert app.execute("select count(*) from org_products").fetchone() == (1,)
    assert app.execute("update org_customers set name = 'x'").rowcount == 1
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        app.execute("insert into org_rooms (id, organization_id, name) values (gen_random_uuid(), %s, 'x')", (B,))


def test_without_a_tenant_there_are_no_rows_and_no_error(app):
    app.execute("set local app.organization_id = ''")
    assert app.execute("select count(*) from org_products").fetchone() == (0,)


def plan(app: Connection, query: str) -> str:
    app.execute("set local enable_seqscan = off")
    return "\n".join(row[0] for row in app.execute(f"explain (costs off) {query}".encode()).fetchall())


def test_the_application_uses_the_indexes_that_were_designed_for_it(app):
    status = plan(app, "select * from org_products where status = 'draft' and deleted_at is null "
                       "order by created_at desc, id desc limit 5")  # fmt: skip
    assert "org_products_organization_id_status_created_at_id_idx" in status
    assert "status" in status.partition("Index Cond")[2]
    email = plan(app, "select * from org_customers where email = 'c@x.org' and deleted_at is null")
    assert "org_customers_organization_id_email_unique" in email
    assert "email" in email.partition("Index Cond")[2]


def test_under_row_level_security_neither_enums_nor_searches_may_use_an_index(app):
    """The measured fact behind two decisions: operators that are not leakproof wait for the policy."""
    search = plan(app, "select * from org_products where search @@ websearch_to_tsquery('english', 'chair')")
    assert "org_products_search_idx" not in search
    leakproof = app.execute("select bool_or(proleakproof) from pg_proc where proname in ('enum_eq', 'ts_match_vq')")
    assert leakproof.fetchone() == (False,)


def test_search_finds_words_in_any_form(db):
    found = db.execute("select name from org_products where search @@ websearch_to_tsquery('english', 'chairs')")
    assert len(found.fetchall()) == 2
