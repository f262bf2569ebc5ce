"""What policies let through."""

import pytest

from dbarchitect.facts import row_security
from dbarchitect.model.policy import Policy
from dbarchitect.model.schema import Schema, View
from dbarchitect.model.table import Table


@pytest.mark.parametrize(
    ("policy", "is_open"),
    [
        (Policy("p", using="true"), True),
        (Policy("p", using="(true)", roles=("authenticated",)), True),
        (Policy("p", using="true", roles=("service_role",)), False),
        (Policy("p", using="owner = 'ann'"), False),
        (Policy("p", using="owner = 'ann'", check="true"), True),
        (Policy("p", "insert", check="true"), True),
        (Policy("p", "select", using="a = 'true'"), False),
        (Policy("p", permissive=False, using="true"), False),
        (Policy("p", "select"), False),
    ],
)
def test_open_policies(policy, is_open):
    assert row_security.is_open(policy) == is_open


def test_policies_without_a_condition_say_nothing():
    assert row_security.is_empty(Policy("p", "select"))
    assert not row_security.is_empty(Policy("p", "insert", check="true"))
    assert list(row_security.overlapping([Policy("a", using="x"), Policy("b")])) == []


def test_calls_for_each_row():
    assert row_security.unwrapped_calls(Policy("p", using="auth.uid() = owner")) == ("auth.uid()",)
    assert row_security.unwrapped_calls(Policy("p", using="( SELECT auth.uid() AS uid) = owner")) == ()
    assert row_security.unwrapped_calls(Policy("p", using="myauth.uid() = owner")) == ()


def test_overlaps_need_a_common_role_and_command():
    reads, all_of_it = Policy("a", "select", using="x"), Policy("b", using="y")
    assert list(row_security.overlapping([reads, all_of_it])) == [(reads, all_of_it)]
    assert list(row_security.overlapping([reads, Policy("b", "insert", check="y")])) == []
    assert list(row_security.overlapping([reads, Policy("b", using="y", roles=("admin",))])) == []
    assert list(row_security.overlapping([reads, Policy("b", using="y", permissive=False)])) == []


def test_tables_of_a_view():
    notes, users = Table("public", "notes"), Table("public", "users")
    view = View("public", "v", 'SELECT notes FROM "public"."users" JOIN x ON true')
    assert row_security.tables_of(Schema(tables=(notes, users)), view) == (users,)


def test_whose_rights_a_view_has():
    assert row_security.reads_with_owners_rights(View("public", "v", "select 1"))
    assert not row_security.reads_with_owners_rights(
        View("public", "v", "select 1", options=(("security_invoker", "true"),))
    )
    assert row_security.reads_with_owners_rights(
        View("public", "v", "select 1", materialized=True, options=(("security_invoker", "true"),))
    )
