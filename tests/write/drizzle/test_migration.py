from dataclasses import replace

import psycopg
import pytest
from write.drizzle import schema_corpus as corpus
from write.drizzle import schema_project as project

from dbarchitect.engines.fingerprint import difference
from dbarchitect.engines.toolchain import journal
from dbarchitect.errors import RefusedError
from dbarchitect.model.column import Column, Generated
from dbarchitect.model.constraint import Check, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.policy import Policy
from dbarchitect.model.routine import Function, Trigger
from dbarchitect.model.schema import Enum, Schema, View
from dbarchitect.model.table import Table
from dbarchitect.settings import LINES, Settings
from dbarchitect.write.drizzle.migration import empty_snapshot, migration_entries
from dbarchitect.write.drizzle.migration_additive import additive_entries
from dbarchitect.write.drizzle.naming_foreign_keys import with_line_names
from dbarchitect.write.sql.create import create

T = corpus.T
HOUSE = Settings()


@pytest.mark.parametrize("line", LINES)
def test_drizzle_kit_accepts_the_folder_and_sees_no_change(line, tmp_path):
    schema = with_line_names(corpus.shop(), line)
    made = project.make(tmp_path, schema, line)
    with made.link():
        snapshots = {"schema": made.kit_snapshot().snapshot, "nothing": empty_snapshot(line), "as before": None}
        entries = migration_entries(schema, Settings(drizzle=line))
        moments = journal.moments(len(entries))
        folder = journal.folder(
            line,
            [
                journal.Entry(entry.tag, journal.script(entry.up_sql), snapshots[entry.sees], when)
                for entry, when in zip(entries, moments, strict=True)
            ],
        )
        project.write(tmp_path / "drizzle", folder)
        assert made.kit_check().problems == ()
        assert made.kit_generate_changes() == []


@pytest.mark.parametrize("line", LINES)
def test_the_empty_snapshot_is_drizzle_kits_own(line, tmp_path):
    made = project.make(tmp_path, Schema(), line)
    with made.link():
        snapshot = made.kit_snapshot().snapshot
    rest = {key: value for key, value in snapshot.items() if key not in ("id", "prevId", "prevIds")}
    assert rest == empty_snapshot(line)


def changed(schema, name, **parts):
    """The schema with some parts of one table in another form; a function gets the old part."""
    tables = tuple(
        replace(t, **{key: part(getattr(t, key)) if callable(part) else part for key, part in parts.items()})
        if t.name == name
        else t
        for t in schema.tables
    )
    return replace(schema, tables=tables)


def plus(*more):
    return lambda before: (*before, *more)


def shop():
    """The shop, with everything that hangs on an enum's column."""
    schema = changed(
        corpus.shop(), "org_orders",
        indexes=plus(Index("org_orders_open", (IndexPart("number"),), where="status = 'draft'", comment="open ones")),
        checks=plus(Check("org_orders_placed", "status <> 'placed' or total > 0")),
        policies=plus(Policy("drafts", "select", using="status = 'draft'")),
        triggers=plus(Trigger("watched", "after", ("update",), "public", "touch", update_columns=("status",))),
    )  # fmt: skip
    drafts = View("public", "drafts", "SELECT id FROM org_orders WHERE status = 'draft'", ("id",), comment="Drafts")
    over = View("public", "over_drafts", "SELECT id FROM drafts", ("id",))
    return replace(schema, views=(*schema.views, drafts, over))


def grown():
    """The shop after a year."""
    schema = changed(
        shop(), "org_orders",
        columns=lambda before: (
            *before[:3], Column("note", T("text")), Column("rank", T("integer"), False, "0"),
            Column("coupon_id", T("uuid")), Column("loud", T("text"), generated=Generated("upper(number)")),
            *before[3:],
        ),
        checks=plus(Check("org_orders_rank_check", "rank >= 0")),
        indexes=plus(
            Index("org_orders_number_idx", (IndexPart("number"),)),
            Index("org_orders_note_key", (IndexPart("note"),), unique=True),
        ),
        foreign_keys=plus(
            corpus.within_tenant("org_orders", "coupon_id", "org_coupons", "set null", set_columns=("coupon_id",))
        ),
        comment="Now with a comment",
    )  # fmt: skip
    schema = changed(schema, "org_bookings", comment=None)
    coupons = corpus.tenants("org_coupons", Column("kind", corpus.own("coupon_kind"), False, "'a'"))
    enums = (
        Enum("public", "order_status", ("draft", "placed", "it's", "shipped", "lost")),
        Enum("public", "coupon_kind", ("a", "b")),
    )
    return replace(schema, tables=(*schema.tables, coupons), enums=enums)


def created(schema):
    return [statement.sql for statement in create(schema)]


def test_an_unchanged_brief_needs_no_migration():
    assert additive_entries(shop(), shop(), HOUSE) == ()


def test_a_grown_shop_gets_there_in_one_transaction_and_back(server):
    entries = additive_entries(shop(), grown(), HOUSE)
    assert [entry.tag for entry in entries] == ["add_values", "add_org_coupons"]
    assert [entry.sees for entry in entries] == ["as before", "schema"]
    with server.database() as one, server.database() as other:
        wanted = project.apply(one, created(grown()))
        before = project.apply(other, created(shop()))
        with other.connect() as connection, connection.transaction():
            for entry in entries:
                for sql in entry.up_sql:
                    connection.execute(sql.encode())
        after = project.apply(other, [])
        assert [str(change) for change in difference(wanted, after, "no-column-order")] == []
        for entry in reversed(entries):
            back = project.apply(other, [statement.sql for statement in entry.down])
        assert [str(change) for change in difference(before, back)] == []


def test_a_value_that_a_row_holds_is_not_taken_away(server):
    mood = Column("mood", corpus.own("mood"), False, "'sad'")
    days = corpus.table("days", mood, Column("all", corpus.own("mood").array()))
    old = Schema(enums=(Enum("public", "mood", ("sad",)),), tables=(days,))
    (entry,) = additive_entries(old, replace(old, enums=(Enum("public", "mood", ("sad", "it's fine")),)), HOUSE)
    assert entry.sees == "schema"
    with server.database() as database:
        before = project.apply(database, created(old))
        project.apply(database, entry.up_sql)
        row = "insert into days (id, mood, \"all\") values (gen_random_uuid(), 'sad', array['it''s fine'::mood])"
        project.apply(database, [row])
        with database.connect() as connection, pytest.raises(psycopg.errors.RestrictViolation, match="it's fine"):
            connection.execute(entry.down_sql.encode())
        project.apply(database, ['update days set "all" = null'])
        after = project.apply(database, [statement.sql for statement in entry.down])
        assert [str(change) for change in difference(before, after)] == []


def test_drizzle_need_not_see_what_only_sql_can_say():
    (entry,) = additive_entries(shop(), changed(shop(), "users", comment="People"), HOUSE)
    assert (entry.tag, entry.sees) == ("comments", "as before")
    assert entry.up_sql == ('COMMENT ON TABLE "public"."users" IS \'People\';',)
    assert entry.down_sql == 'COMMENT ON TABLE "public"."users" IS NULL;\n'


def without(schema, name):
    return replace(schema, tables=tuple(t for t in schema.tables if t.name != name))


def renamed(columns):
    return tuple(replace(column, name="title") if column.name == "name" else column for column in columns)


REFUSED = {
    "table:public.org_bookings goes away": lambda s: without(s, "org_bookings"),
    "column:public.users.name goes away": lambda s: changed(s, "users", columns=renamed),
    "column:public.users.title is required and has no default": lambda s: changed(s, "users", columns=renamed),
    "column:public.users.email changes": lambda s: changed(
        s, "users", columns=lambda c: (c[0], replace(c[1], type=T("text")), *c[2:])
    ),
    "enum:public.order_status changes or loses values": lambda s: replace(
        s, enums=(Enum("public", "order_status", ("new", "draft", "placed", "it's")),)
    ),
    "constraint:public.org_orders.org_orders_total_check goes away": lambda s: changed(s, "org_orders", checks=()),
    "constraint:public.org_orders.org_orders_total_check changes": lambda s: changed(
        s, "org_orders", checks=lambda c: tuple(replace(x, expression="total > 9") for x in c)
    ),
    "constraint:public.users.positive judges rows that are there": lambda s: changed(
        s, "users", checks=(Check("positive", "name <> ''"),)
    ),
    "constraint:public.users.named is unique over rows": lambda s: changed(
        s, "users", uniques=(Unique("named", ("name",)),)
    ),
    "index:public.named is unique over rows": lambda s: changed(
        s, "users", indexes=plus(Index("named", (IndexPart("name"),), unique=True))
    ),
    "index:public.organizations_slug_key changes": lambda s: changed(
        s, "organizations", indexes=lambda i: tuple(replace(x, where=None) for x in i)
    ),
    "constraint:public.org_bookings.org_bookings_room_fkey ties rows that are there": lambda s: changed(
        s, "org_bookings",
        foreign_keys=plus(corpus.reference("org_bookings_room_fkey", "organization_id", to="users")),
    ),
    "a policy is added to a table that exists": lambda s: changed(
        s, "org_orders", policies=plus(Policy("more", using="true"))
    ),
    "a trigger is added to a table that exists": lambda s: changed(
        s, "users", triggers=(Trigger("t", "before", ("update",), "public", "touch"),)
    ),
    "row security is added to a table that exists": lambda s: changed(s, "users", row_security=True),
    "the primary key of table:public.users changes": lambda s: changed(s, "users", primary_key=None),
    "view:public.drafts goes away": lambda s: replace(s, views=s.views[1:]),
    "function:public.touch changes": lambda s: replace(
        s, functions=(replace(corpus.TOUCH, definition=corpus.TOUCH.definition.replace("now()", "now() ")),)
    ),
    "value 'shipped' of enum order_status is added and used in the same step": lambda s: replace(
        changed(s, "org_orders", indexes=plus(Index("n", (IndexPart("number"),), where="status = 'shipped'"))),
        enums=(Enum("public", "order_status", ("draft", "placed", "it's", "shipped")),),
    ),
    "storage": lambda s: changed(s, "users", options=(("fillfactor", "50"),)),
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_no_addition_is_refused_by_name(reason):
    with pytest.raises(RefusedError) as refused:
        additive_entries(shop(), REFUSED[reason](shop()), HOUSE)
    assert reason in refused.value.message
    assert "migrate plan" in str(refused.value)


def test_a_value_that_could_never_be_taken_away_is_refused():
    takes = Function(
        "public", "takes", "order_status",
        "CREATE FUNCTION public.takes(s order_status) RETURNS int LANGUAGE sql AS $$select 1$$",
    )  # fmt: skip
    old = replace(shop(), functions=(*shop().functions, takes))
    new = replace(old, enums=(Enum("public", "order_status", ("draft", "placed", "it's", "x")),))
    with pytest.raises(RefusedError, match="function takes takes or gives it"):
        additive_entries(old, new, HOUSE)


def test_every_refused_change_is_listed_at_once():
    new = changed(without(shop(), "org_bookings"), "users", primary_key=None)
    with pytest.raises(RefusedError) as refused:
        additive_entries(shop(), new, HOUSE)
    assert refused.value.message.count("\n  - ") == 2


def test_drizzles_mark_inside_a_statement_cuts_nothing(server):
    """In a condition and in a function's body, on the way up and on the way down."""
    mark = journal.BREAKPOINT.strip()
    body = f"CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$ select '{mark}' $$"
    table = Table("public", "notes", (Column("id", T("text")),), checks=(Check("notes_check", f"id <> '{mark}'"),))
    schema = Schema((table,), functions=(Function("public", "f", "", body),))
    entries = migration_entries(schema, HOUSE)
    pieces = [piece for entry in entries for piece in journal.script(entry.up_sql).split(mark)]
    assert len(pieces) == sum(len(entry.up) for entry in entries)
    assert not any(mark in entry.down_sql for entry in entries)
    with server.database() as database, database.connect() as connection:
        for piece in pieces:
            connection.execute(piece.encode())
        assert connection.execute("select public.f()").fetchone() == (mark,)
