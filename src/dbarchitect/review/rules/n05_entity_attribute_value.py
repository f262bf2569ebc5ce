"""A table keeps attributes as rows: entity, attribute, value.

Why
    PostgreSQL cannot give the values types, require one of them, keep them within limits or point them at other
    tables. To see one entity takes a join for each attribute, and a misspelled attribute is simply a new one.

Fix
    Columns for what every entity has; a jsonb column with checks for what few of them have. There is no edit. Fields
    that users define themselves are what the pattern is for.

Sources
    Bill Karwin, SQL Antipatterns: "Entity-Attribute-Value".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.naming import listed
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import words
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("N05", "entity-attribute-value", "house", "info")
ATTRIBUTES = frozenset(("attribute", "property", "field", "meta", "param", "parameter", "characteristic"))
ENDINGS = frozenset(("name", "key", "id", "code", "slug", "attribute", "property", "field"))
TYPED = frozenset(
    "text string int integer number numeric decimal float bool boolean date datetime timestamp json".split()
)
WIDE = 10
"""Columns that such a table has at most; more, and it is about something."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each narrow table that ties an attribute and a value to a row of another table.

    A warning where values of several types stand side by side; a list of settings by key is something else.
    """
    for table in subject.schema.tables:
        if table.partition_of or len(table.columns) > WIDE or not subject.facts.references_from(table):
            continue
        attribute = next((column.name for column in table.columns if _is_attribute(column.name)), None)
        values = _values(table) if attribute else []
        if not values:
            continue
        typed = len(values) > 1
        message = (
            f"{table.name} keeps attributes as rows ({attribute}, {listed(values)}): PostgreSQL cannot check the values"
        )
        yield RULE.finding(subject, table.address, message, severity="warning" if typed else "info")


def _is_attribute(name: str) -> bool:
    parts = words(name)
    if len(parts) < 2:
        return "".join(parts) in ATTRIBUTES - {"meta", "param"}
    return parts[-1] in ENDINGS and parts[-2] in ATTRIBUTES


def _values(table: Table) -> list[str]:
    return [column.name for column in table.columns if _is_value(words(column.name))]


def _is_value(parts: list[str]) -> bool:
    if parts[-1:] == ["value"]:
        return len(parts) <= 3 and parts[0] not in ("min", "max")
    return len(parts) == 2 and parts[0] == "value" and parts[1] in TYPED


PRODUCTS = "create table products (id bigint primary key);\n"
EXAMPLES = (
    sql(
        PRODUCTS + "create table product_attributes (product_id bigint references products, attribute text,\n"
        "  value_text text, value_number numeric, primary key (product_id, attribute));\n",
        "table:public.product_attributes",
    ),
    sql(
        PRODUCTS + "create table product_fields (id bigint primary key, product_id bigint references products,\n"
        "  field_id bigint, value text);\n",
        "table:public.product_fields",
        title="one type of value: information",
    ),
    sql("create table products (id bigint primary key, weight numeric check (weight > 0), colour text);\n"),
    sql(
        "create table users (id bigint primary key);\n"
        "create table user_settings (user_id bigint references users, key text, value text,\n"
        "  primary key (user_id, key));\n",
        title="settings by key",
    ),
)
DEMONSTRATION = (
    Do(PRODUCTS + "create table product_attributes (product_id bigint references products, attribute text, value text,"
       " primary key (product_id, attribute)); insert into products values (1)"),
    Accepts("insert into product_attributes values (1, 'weight', 'blue')", "a weight may be a colour"),
    Accepts("insert into product_attributes values (1, 'wieght', '2')", "and is spelled as anybody likes"),
    Shows("select count(*) from product_attributes where attribute = 'weight' and value ~ '^[0-9]+$'", "0",
          "no product of two kilograms is found"),
)  # fmt: skip
