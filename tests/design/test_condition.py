"""Conditions over attribute names: what is understood, what is refused, and that nothing escapes."""

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbarchitect.design.blueprint import TableDraft
from dbarchitect.design.brief.requirements import Entity
from dbarchitect.design.condition import ConditionError, translate
from dbarchitect.engines import postgres
from dbarchitect.model.types import SqlType


@pytest.fixture(scope="module")
def order() -> TableDraft:
    table = TableDraft(Entity("order"), "orders")
    for name, kind in [("paid_amount", "numeric"), ("total_amount", "numeric"), ("status", "text"), ("end", "date"),
                       ("check_in", "date"), ("note", "text")]:  # fmt: skip
        table.add(name, SqlType(kind))
    return table


@pytest.mark.parametrize(
    ("text", "sql", "columns"),
    [
        ("paid amount <= total amount", "paid_amount <= total_amount", ["paid_amount", "total_amount"]),
        ("Paid Amount == 0 OR not (status != 'it''s')", "paid_amount = 0 or not (status <> 'it''s')",
         ["paid_amount", "status"]),
        ("check in < end", 'check_in < "end"', ["check_in", "end"]),
        ("check in in (date '2030-01-01', end)", "check_in in (date '2030-01-01', \"end\")", ["check_in", "end"]),
        ("total_amount between 1 and -paid_amount * 2 + 3", "total_amount between 1 and -paid_amount * 2 + 3",
         ["total_amount", "paid_amount"]),
        ("status is not null and length(note) > 3", "status is not null and char_length(note) > 3", ["status", "note"]),
        ("status not in ('a', 'b')", "status not in ('a', 'b')", ["status"]),
        ("\"end\" is null", '"end" is null', ["end"]),
        ("note ilike '%x%'", "note ilike '%x%'", ["note"]),
        ("not not status = 'a'", "status = 'a'", ["status"]),
        ("coalesce(note, '') <> ''", "coalesce(note, '') <> ''", ["note"]),
    ],
)  # fmt: skip
def test_conditions_become_sql(order, text, sql, columns):
    assert translate(text, order) == (sql, columns)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paid ammount < 3", "did you mean 'paid amount'"),
        ("status = 'a'; drop table orders", "is not understood"),
        ("status = pg_sleep(9)", "no attribute 'pg_sleep'"),
        ("end > now()", "changes by itself"),
        ("(status = 'a'", "')' is missing"),
        ("status = 'a' status", "was not expected"),
        ("1 = 1", "names no attribute"),
        ("status = 'open", "is not understood"),
        ("status is maybe", "needs null, true or false"),
        ("status between 1 or 2", "needs 'and'"),
        ("", "ends too early"),
        ("(" * 200 + "status" + ")" * 200, "nested too deeply"),
    ],
)
def test_anything_else_is_refused_and_named(order, text, said):
    with pytest.raises(ConditionError) as refused:
        translate(text, order)
    assert said in str(refused.value)


PIECES = st.sampled_from(
    ["paid amount", "status", "end", "'", "''", "--", "/*", "*/", ";", "$$", "(", ")", "and", "or", "not", "in", "<",
     "=", "1", "'a'", '"', "\\", "E'\\''", "drop table x", "between", "is null", ",", "::text", "select", "lower("]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=40))
def test_what_is_accepted_is_one_expression_of_postgresql(order, pg, text):
    """Either a refusal, or SQL that PostgreSQL reads as one check and nothing behind it."""
    try:
        sql, _ = translate(text, order)
    except ConditionError:
        return
    with pg.transaction(force_rollback=True):
        columns = ", ".join(f'"{name}" text' for name in order.columns)
        pg.execute(f"create temp table t ({columns}) on commit drop".encode())
        refused = ""
        try:
            with pg.transaction():
                pg.execute(f"alter table t add constraint c check ({sql})".encode(), prepare=True)
        except psycopg.Error as error:
            refused = error.sqlstate or "?"
        assert refused[:2] in ("", "22", "42"), "types may not fit"
        assert refused != "42601", "but the syntax is right"


@pytest.fixture(scope="module")
def pg(server: postgres.Server):
    with server.database() as made, made.connect() as connection:
        yield connection
