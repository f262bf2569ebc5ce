"""The files of a plan: a shop that has grown in every way, there in one transaction and back."""

from dataclasses import replace

from write.drizzle import schema_corpus as corpus

from dbarchitect.engines.canonical import canonical
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.engines.toolchain_journal import BREAKPOINT
from dbarchitect.migrate.files import down_text, up_text
from dbarchitect.migrate.folder.entries import migrations
from dbarchitect.migrate.marks import NO_TRANSACTION
from dbarchitect.migrate.plan import plan
from dbarchitect.model.column import Column, Generated
from dbarchitect.model.constraint import Check
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.plan import Step
from dbarchitect.model.policy import Policy
from dbarchitect.model.routine import Trigger
from dbarchitect.model.schema import Enum, View
from dbarchitect.write.sql.create import create

T = corpus.T


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


def test_a_grown_shop_gets_there_in_one_transaction_and_back(server):
    old, new = canonical(shop(), server), canonical(grown(), server)
    files = migrations(plan(old, new, server=server), {"version": "7"})
    assert [file.snapshot is not None for file in files] == [False] * (len(files) - 1) + [True]
    with server.database() as one, server.database() as other, one.connect() as left, other.connect() as right:
        for statement in create(grown()):
            left.execute(statement.sql.encode())
        for statement in create(shop()):
            right.execute(statement.sql.encode())
        before = fingerprint(right)
        with right.transaction():
            for file in files:
                for part in file.sql.split(BREAKPOINT.strip()):
                    right.execute(part.encode())
        found = difference(fingerprint(left), fingerprint(right), "no-automatic-names")
        assert [str(row) for row in found] == []
        for file in reversed(files):
            with right.transaction():
                right.execute(file.down.encode())
        assert [str(row) for row in difference(before, fingerprint(right), "no-automatic-names")] == []


def test_drizzles_mark_inside_a_statement_cuts_nothing():
    mark = BREAKPOINT.strip()
    step = Step("x", "one", (), (f"SELECT '{mark}'", "SELECT 2"), (f"SELECT '{mark}'",), "exact")
    assert len(up_text(step, breakpoints=True).split(mark)) == 2
    assert mark not in down_text(step, breakpoints=True)


def test_what_cannot_be_taken_back_says_so():
    irreversible = Step("x", "one", (), ("SELECT 1",), None, "no")
    assert down_text(irreversible).startswith("-- irreversible")
    alone = Step("x", "none", (), ("SELECT 1", "SELECT 2"), ("SELECT 3", "SELECT 4"), "exact")
    assert up_text(alone, breakpoints=True).startswith(NO_TRANSACTION)
    assert len(down_text(alone, breakpoints=True).split(BREAKPOINT.strip())) == 2
