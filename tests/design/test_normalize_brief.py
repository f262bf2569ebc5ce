"""Declared dependencies: what breaks 3NF is split, what the brief insists on is kept and said, the rest is checked."""

import pytest
from design.shop import draft

from dbarchitect.design.architect import design
from dbarchitect.design.brief.requirements import (
    AccessNeed,
    Attribute,
    Dependency,
    Entity,
    Relationship,
    Requirements,
    Rule,
)  # fmt: skip
from dbarchitect.model.intent import FunctionalDependency
from dbarchitect.settings import Settings

A, D, E, R = Attribute, Dependency, Entity, Relationship
MANAGED = ("created_at", "updated_at", "deleted_at")


def shape(made) -> dict[str, list[str]]:
    return {t.name: [c.name for c in t.columns if c.name not in MANAGED] for t in made.schema.tables}


def unique(made, name: str) -> list[tuple[str, ...]]:
    found = next(t for t in made.schema.tables if t.name == name)
    return [index.columns for index in found.indexes if index.unique]


def test_a_chain_of_dependencies_becomes_a_chain_of_tables():
    made = draft(Requirements(entities=(E(
        "customer", attributes=(A("name"), A("zip code"), A("city"), A("state"), A("state tax rate")),
        dependencies=(D(("zip code",), ("city", "state")), D(("state",), ("state tax rate",)))),)))  # fmt: skip
    assert shape(made) == {
        "customers": ["id", "zip_id", "name"],
        "states": ["id", "state", "state_tax_rate"],
        "zips": ["id", "state_id", "zip_code", "city"],
    }
    assert unique(made, "zips") == [("zip_code",)]
    assert (
        FunctionalDependency("table:public.zips", ("zip_code",), ("city", "state_id"))
        in made.schema.intent.dependencies
    )
    told = [d for d in made.decisions if d.topic == "normalization"]
    assert any("zip code → city" in d.because and "two truths" in d.because for d in told)


def test_a_fact_about_a_parent_moves_to_the_parent():
    made = draft(Requirements(
        entities=(E("order", attributes=(A("total"), A("customer name"), A("customer city")),
                    dependencies=(D(("customer",), ("customer name", "customer city")),)),
                  E("customer", attributes=(A("name"),))),
        relationships=(R("order", "customer"),)))  # fmt: skip
    assert shape(made) == {"customers": ["id", "name", "city"], "orders": ["id", "customer_id", "total"]}


def test_a_partial_dependency_of_a_composite_key_is_split():
    made = draft(
        Requirements(
            entities=(
                E(
                    "stock",
                    attributes=(A("bin"), A("quantity"), A("warehouse code"), A("warehouse city"), A("product code")),
                    dependencies=(
                        D(("warehouse code",), ("warehouse city",)),
                        D(("warehouse code", "product code"), ("bin",)),
                    ),
                ),
            )
        )
    )
    assert shape(made) == {
        "stock": ["id", "warehouse_product_id", "quantity"],
        "warehouse_products": ["id", "warehouse_id", "product_code", "bin"],
        "warehouses": ["id", "warehouse_code", "warehouse_city"],
    }
    assert unique(made, "warehouse_products") == [("warehouse_id", "product_code")]


def test_what_the_brief_insists_on_stays_and_is_said():
    made = draft(Requirements(entities=(E(
        "sale", attributes=(A("zip code"), A("city"), A("total")),
        dependencies=(D(("zip code",), ("city",), keep="Reports group by city all day."),)),)))  # fmt: skip
    assert shape(made)["sales"] == ["id", "zip_code", "city", "total"]
    said = next(d for d in made.decisions if d.topic == "normalization")
    assert "Reports group by city all day" in said.because
    assert "3NF" in said.choice
    assert made.schema.intent.dependencies[0].kept == "Reports group by city all day."


def test_a_dependency_on_a_key_is_checked_and_nothing_moves():
    made = draft(Requirements(entities=(E(
        "product", attributes=(A("sku", unique="tenant"), A("name"), A("price")),
        dependencies=(D(("sku",), ("name", "price")),)),)))  # fmt: skip
    assert shape(made) == {"products": ["id", "sku", "name", "price"]}
    assert any(d.choice == "Product is in third normal form" for d in made.decisions)


def test_an_entity_that_exists_takes_what_its_key_determines():
    made = draft(Requirements(entities=(
        E("order line", attributes=(A("product code"), A("product weight"), A("quantity")),
          dependencies=(D(("product code",), ("product weight",)),)),
        E("product", attributes=(A("name"),)))))  # fmt: skip
    assert shape(made)["products"] == ["id", "name", "product_code", "weight"]
    assert shape(made)["order_lines"] == ["id", "product_id", "quantity"]


def test_rules_and_lookups_follow_the_split_or_are_named():
    made = design(Requirements(entities=(E(
        "stay", attributes=(A("zip code"), A("city"), A("night", type="date")),
        rules=(Rule("unique", ("zip code", "night")), Rule("at least", ("city",), low="2")),
        access=(AccessNeed(by=("zip code",), order=("-night",)),),
        dependencies=(D(("zip code",), ("city",)),)),)), Settings())  # fmt: skip
    assert ("zip_id", "night") in unique(made, "stays")
    stays = next(t for t in made.schema.tables if t.name == "stays")
    assert ("zip_id", "night", "id") in [index.columns for index in stays.indexes]
    assert [p.severity for p in made.problems] == ["warning"]
    assert "rule 'at least' on city" in made.problems[0].message


@pytest.mark.parametrize(
    ("dependency", "said"),
    [(D(("zip",), ("city",)), "names 'zip'"), (D(("city",), ("mayor",)), "names 'mayor'")],
)
def test_a_dependency_between_unknown_attributes_is_named(dependency, said):
    made = design(Requirements(entities=(E("a", attributes=(A("city"),), dependencies=(dependency,)),)), Settings())
    assert said in made.problems[0].message


def test_a_link_states_facts_about_the_pair_only():
    link = R("student", "course", cardinality="many-to-many", name="enrollment", attributes=(A("grade"), A("room")))
    entities = (E("student"), E("course"), E("enrollment", dependencies=(D(("course",), ("room",)),)))
    made = design(Requirements(entities=entities, relationships=(link,)), Settings())
    assert "is no fact about the pair" in made.problems[0].message
