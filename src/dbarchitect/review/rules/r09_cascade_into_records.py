"""Deleting a person deletes records that must outlive them.

Why
    `on delete cascade` from users to invoices means that closing an account takes invoices, payments or the audit
    trail with it, in one statement and without a trace. Books must be kept for years, and an audit trail is worth
    nothing when those whom it speaks of can delete it.

Fix
    `restrict` keeps the person while there are records, `set null` keeps the records without the person; or mark the
    person as deleted. Unsafe: a delete that worked may be refused then.

Sources
    Seed: "Document the business logic behind cascade decisions".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import is_required
from dbarchitect.model.constraint import Action
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import singular, words
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R09", "cascade-into-records", "house", "warning")
RECORDS = frozenset("invoice payment order transaction receipt refund payout ledger purchase bill contract".split())
"""Words of tables that a business must keep."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each cascade from people into records, except where the project's own design says that the record is a part."""
    for reference in subject.facts.references:
        parent, child = reference.parent, reference.child
        if parent is None or reference.foreign_key.on_delete != "cascade" or child.partition_of:
            continue
        if (
            not subject.naming.is_person(parent)
            or not _is_record(child)
            or child.address in subject.schema.intent.tables
        ):
            continue
        message = (
            f"deleting a row of {parent.name} deletes its rows of {child.name} with it: records are lost in silence"
        )
        action: Action = "restrict" if is_required(reference) else "set null"
        mended = fixes.set_on_delete(subject, child, reference.foreign_key, action, safety="unsafe")
        yield RULE.finding(subject, reference.address, message, fixes=(mended,))


def _last(table: Table) -> str:
    parts = words(table.name)
    return singular(parts[-1]) if parts else ""


def _is_record(table: Table) -> bool:
    parts = {singular(word) for word in words(table.name)}
    if "audit" in parts:
        return True
    return _last(table) in RECORDS


EXAMPLES = (
    sql(
        "create table users (id bigint primary key);\n"
        "create table invoices (id bigint primary key, user_id bigint not null references users on delete cascade);\n",
        "constraint:public.invoices.invoices_user_id_fkey",
    ),
    sql(
        "create table users (id bigint primary key);\n"
        "create table invoices (id bigint primary key, user_id bigint not null references users on delete restrict);\n"
    ),
    sql(
        "create table users (id bigint primary key);\n"
        "create table sessions (id bigint primary key, user_id bigint not null references users on delete cascade);\n",
        title="a session dies with its user",
    ),
    sql(
        "create table invoices (id bigint primary key);\n"
        "create table invoice_lines (id bigint primary key,\n"
        "  invoice_id bigint not null references invoices on delete cascade);\n",
        title="a line is part of its invoice",
    ),
)
DEMONSTRATION = (
    Do("create table users (id int primary key);"
       "create table invoices (id int primary key, user_id int not null references users on delete cascade);"
       "insert into users values (1); insert into invoices values (1, 1);"
       "delete from users where id = 1"),
    Shows("select count(*) from invoices", "0", "who closes the account has lost the invoice"),
)  # fmt: skip
