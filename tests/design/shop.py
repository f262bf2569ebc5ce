"""A small multi-tenant shop, as the tests of the architect want it: a bit of everything."""

from psycopg import Connection

from dbarchitect.design.architect import design
from dbarchitect.design.brief.requirements import (
    AccessNeed,
    Attribute,
    Entity,
    Enumeration,
    Relationship,
    Requirements,
    Rule,
)  # fmt: skip
from dbarchitect.design.result import Draft
from dbarchitect.model.table import Table
from dbarchitect.settings import Settings
from dbarchitect.write.sql.create import create

A, E, R = Attribute, Entity, Relationship

SHOP = Requirements(
    title="Shop",
    tenant="organization",
    entities=(
        E("organization", attributes=(A("name"), A("slug", unique="global"))),
        E("user", attributes=(A("email", unique="global"), A("full name"), A("password"))),
        E("category", attributes=(A("name", unique="tenant"),)),
        E("product", attributes=(
            A("name", search=True), A("sku", unique="tenant"), A("price"), A("description", search=True), A("tags"),
            A("status", values=("draft", "active", "archived"))),
          access=(AccessNeed(by=("status",), order=("-created at",)), AccessNeed(by=("tags",)))),
        E("customer", attributes=(A("name"), A("email", unique="tenant"), A("phone"), A("country"))),
        E("order", attributes=(A("number", unique="tenant"), A("status", enumeration="order status"), A("total"),
                               A("channel", enumeration="sales channel")),
          rules=(Rule("never deleted", reason="Tax law wants ten years."),)),
        E("order item", attributes=(A("quantity"), A("unit price"))),
        E("booking", attributes=(A("starts at"), A("ends at"), A("status", values=("confirmed", "cancelled")),
                                 A("guests", type="number"), A("deposit"), A("paid", type="money")),
          rules=(Rule("no overlap", ("room", "starts at", "ends at")), Rule("at most per", ("customer",), limit=2),
                 Rule("between", ("guests",), low="1", high="12"), Rule("check", expression="paid <= deposit * 4"))),
        E("room", attributes=(A("name"),)),
        E("comment", attributes=(A("text", required=True), A("from", type="moment", required=False),
                                 A("until", type="moment", required=False)),
          rules=(Rule("exactly one of", ("product", "order")), Rule("required together", ("from", "until")))),
        E("audit log", attributes=(A("action"), A("details")), rules=(Rule("append only"),)),
    ),
    relationships=(
        R("product", "organization"),
        R("product", "category", cardinality="many-to-many"),
        R("category", "category"),
        R("order", "customer"),
        R("order", "user", role="approver"),
        R("order item", "order"),
        R("order item", "product"),
        R("booking", "room"),
        R("booking", "customer"),
        R("comment", "product"),
        R("comment", "order"),
        R("audit log", "user", role="actor", required=False),
        R("organization", "user", cardinality="many-to-many", name="membership",
          attributes=(A("role", values=("owner", "member")),)),
    ),
    enumerations=(
        Enumeration("order status", ("pending", "paid", "shipped", "cancelled")),
        Enumeration("sales channel", ("web", "shop"), "often"),
    ),
)  # fmt: skip


def draft(requirements: Requirements, **settings: object) -> Draft:
    """The design of requirements that have no problem."""
    made = design(requirements, Settings(**settings))  # type: ignore[arg-type]
    assert [problem.message for problem in made.problems] == []
    return made


def table(made: Draft, name: str) -> Table:
    """One table of a draft."""
    return next(table for table in made.schema.tables if table.name == name)


def build(connection: Connection, made: Draft) -> None:
    """Create the schema of a draft."""
    for statement in create(made.schema):
        connection.execute(statement.sql.encode())
