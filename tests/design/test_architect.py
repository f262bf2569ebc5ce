"""What the architect decides, asks and refuses."""

import time
from dataclasses import replace

import pytest
from design.shop import SHOP, draft, table

from dbarchitect.design.architect import design
from dbarchitect.design.brief.everyday import EVERYDAY
from dbarchitect.design.brief.requirements import (
    AccessNeed,
    Attribute,
    Entity,
    Enumeration,
    Relationship,
    Requirements,
    Rule,
)  # fmt: skip
from dbarchitect.design.meanings import MEANINGS
from dbarchitect.design.nouns import guess
from dbarchitect.errors import InputError
from dbarchitect.settings import Settings

A, E, R = Attribute, Entity, Relationship


def problems(*entities: Entity, relationships: tuple[Relationship, ...] = (), tenant: str = "") -> str:
    """The messages of the errors of a design."""
    made = design(Requirements(entities=entities, relationships=relationships, tenant=tenant), Settings())
    return "\n".join(problem.message for problem in made.problems if problem.severity == "error")


def columns(made, name: str) -> list[str]:
    return [column.name for column in table(made, name).columns]


# keys and names


def test_the_house_has_uuid_keys_without_default_and_three_timestamps_everywhere():
    for each in draft(SHOP).schema.tables:
        names = [column.name for column in each.columns]
        assert names[-3:] == ["created_at", "updated_at", "deleted_at"]
        assert all(each.column(name).type.sql() == "timestamptz" for name in names[-3:])
        if each.has("id"):
            key = each.column("id")
            assert (key.type.sql(), key.nullable, key.default) == ("uuid", False, None)
            assert each.primary_key.name == f"{each.name}_pkey"


def test_modern_counts_keys_writes_text_and_soft_deletes_nothing_unasked():
    made = draft(SHOP, profile="modern")
    product = table(made, "org_products")
    assert product.column("id").identity.always
    assert product.column("organization_id").type.sql() == "bigint"
    assert product.column("name").type.sql() == "text"
    assert not any(each.has("deleted_at") for each in made.schema.tables)
    assert all("::bigint" in policy.using for each in made.schema.tables for policy in each.policies)


def test_a_tenants_tables_have_prefix_column_forced_policies_and_composite_references():
    order = table(draft(SHOP), "org_orders")
    policy = order.policies[0]
    assert policy.roles == ("public",)
    assert policy.command == "all"
    assert policy.using == policy.check
    assert policy.using == "organization_id = nullif(current_setting('app.organization_id', true), '')::uuid"
    customer = next(key for key in order.foreign_keys if key.target_table == "org_customers")
    assert customer.columns == ("organization_id", "customer_id")
    assert customer.target_columns == ("organization_id", "id")


def test_what_a_tenant_has_one_of_is_unique_by_the_tenant():
    entities = (E("org", attributes=(A("name"),)), E("setting"), E("note"))
    links = (R("setting", "org", "one-to-one"), R("note", "org"))
    made = design(Requirements(entities=entities, relationships=links, tenant="org"), Settings())
    keys = {each.name: [index.columns for index in each.indexes if index.unique] for each in made.schema.tables}
    assert keys["org_settings"] == [("organization_id",)]
    assert keys["org_notes"] == []


def test_set_null_leaves_the_tenant_alone():
    parent = next(key for key in table(draft(SHOP), "org_categories").foreign_keys if "parent_id" in key.columns)
    assert (parent.on_delete, parent.set_columns) == ("set null", ("parent_id",))


def test_a_junction_has_a_composite_key_timestamps_and_an_index_for_the_way_back():
    link = table(draft(SHOP), "org_products_to_categories")
    assert link.primary_key.columns == ("organization_id", "product_id", "category_id")
    assert [index.columns for index in link.indexes] == [("organization_id", "category_id", "product_id")]


def test_long_names_keep_their_suffix_within_63_bytes():
    made = draft(Requirements(entities=(E("a" * 80, attributes=(A("b" * 80, unique="global"),)),)))
    index = table(made, made.schema.tables[0].name).indexes[-1]
    assert all(each.name.endswith(("_idx", "_unique")) for each in made.schema.tables[0].indexes)
    assert len(index.name.encode()) <= 63


# types


def test_every_type_of_a_brief_has_a_meaning():
    assert {kind.name for kind in EVERYDAY} <= set(MEANINGS)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [("unit price", "money"), ("Email Address", "email"), ("birth date", "birth date"), ("first name", "person name"),
     ("is active", "yes/no"), ("shipped at", "moment"), ("tags", "tags"), ("country", "country"), ("sku", "code"),
     ("phone number", "phone"), ("tax rate", "percent"), ("quantity", "quantity"), ("zip code", "postal code"),
     ("profile picture", "image"), ("ip", "ip address"), ("xyzzy", "")],
)  # fmt: skip
def test_names_speak_of_types(name, meaning):
    assert guess(name) == meaning


def test_a_length_of_the_brief_wins_and_a_timestamp_has_a_zone():
    made = draft(
        Requirements(entities=(E("t", attributes=(A("x", type="varchar", length=7), A("y", type="timestamp"))),))
    )
    assert table(made, "ts").column("x").type.sql() == "varchar(7)"
    assert table(made, "ts").column("y").type.sql() == "timestamptz"
    assert any("became timestamp with time zone" in decision.choice for decision in made.decisions)


def test_a_password_is_a_hash_and_a_file_a_key_with_size_and_type():
    made = draft(
        Requirements(entities=(E("t", attributes=(A("password"), A("contract", type="file", required=False))),))
    )
    assert columns(made, "ts")[1:5] == ["password_hash", "contract_key", "contract_mime_type", "contract_size"]
    assert "num_nulls(contract_key, contract_mime_type, contract_size) in (0, 3)" in [
        check.expression for check in table(made, "ts").checks
    ]


def test_lists_become_enums_tables_or_checks_by_how_they_change_and_are_used():
    made = draft(SHOP)
    assert table(made, "org_orders").column("status").type.name == "order_status"
    assert made.schema.intent.tables["table:public.sales_channels"].values == ("web", "shop")
    status = table(made, "org_products").column("status")
    assert status.type.name == "varchar", "looked up under row level security"
    assert made.schema.intent.columns["column:public.org_products.status"].values == ("draft", "active", "archived")


# relationships


def on_delete(made, child: str, column: str) -> str:
    return next(key.on_delete for key in table(made, child).foreign_keys if column in key.columns[-1:])


def test_deletion_follows_ownership():
    made = draft(SHOP)
    assert on_delete(made, "org_order_items", "order_id") == "cascade"
    assert on_delete(made, "org_order_items", "product_id") == "restrict"
    assert on_delete(made, "org_orders", "approver_id") == "set null"
    assert on_delete(made, "org_audit_logs", "actor_id") == "restrict", "append only: set null would be an update"
    assert made.schema.intent.tables["table:public.org_order_items"].owner == "table:public.org_orders"


def test_a_circle_of_required_references_can_be_filled():
    made = draft(Requirements(entities=(E("a"), E("b")), relationships=(R("a", "b"), R("b", "a"))))
    waiting = [key for each in made.schema.tables for key in each.foreign_keys if key.initially_deferred]
    assert len(waiting) == 1


def test_a_reference_to_a_person_in_a_business_record_restricts():
    made = draft(Requirements(entities=(E("user"), E("invoice", attributes=(A("total"),))),
                              relationships=(R("invoice", "user"),)))  # fmt: skip
    assert on_delete(made, "invoices", "user_id") == "restrict"


def test_an_attribute_that_names_an_entity_is_a_reference():
    made = draft(Requirements(entities=(E("order", attributes=(A("customer"), A("total"))), E("customer"))))
    assert "customer_id" in columns(made, "orders")
    assert "customer" not in columns(made, "orders")


def test_a_link_that_others_refer_to_gets_a_key_of_its_own():
    made = draft(Requirements(
        entities=(E("student"), E("course"), E("grade", attributes=(A("value", type="rating"),))),
        relationships=(R("student", "course", cardinality="many-to-many", name="enrollment"), R("grade", "enrollment")),
    ))  # fmt: skip
    enrollment = table(made, "enrollments")
    assert enrollment.primary_key.columns == ("id",)
    assert any(index.unique and index.columns == ("student_id", "course_id") for index in enrollment.indexes)


# tenancy


def test_people_are_global_and_tied_by_memberships_unless_the_answer_is_one():
    brief = Requirements(tenant="organization", entities=(E("user", attributes=(A("email"),)), E("task")))
    made = draft(brief)
    assert {"users", "org_memberships", "org_tasks"} <= {each.name for each in made.schema.tables}
    one = draft(Requirements(tenant="organization", entities=brief.entities, answers={"membership": "one"}))
    assert "org_users" in {each.name for each in one.schema.tables}


def test_a_satellite_of_a_person_is_global_and_what_points_at_a_tenants_row_is_not():
    brief = Requirements(
        tenant="organization",
        entities=(E("user", attributes=(A("email"),)), E("session"), E("post"), E("plan", lookup=True)),
        relationships=(R("session", "user"), R("post", "user"), R("post", "plan")),
    )
    assert {each.name for each in draft(brief).schema.tables} >= {"sessions", "org_posts", "plans"}


# questions


def test_unknown_answers_are_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'currency'") as refused:
        design(Requirements(entities=SHOP.entities, answers={"currencies": "one"}), Settings())
    assert "email-case" in refused.value.hint
    with pytest.raises(InputError, match="did you mean 'several'"):
        design(Requirements(entities=SHOP.entities, answers={"currency": "severl"}), Settings())


def test_answers_change_the_schema():
    made = draft(replace(SHOP, answers={"currency": "several", "email-case": "preserve", "overlap.bookings": "no",
                                        "search-index": "no"}))  # fmt: skip
    assert "currency" in columns(made, "org_products")
    assert "currency" not in columns(made, "organizations")
    keyed = next(i for i in table(made, "users").indexes if i.unique)
    assert keyed.parts[0].expression == "lower(email)"
    assert "'[]'" in table(made, "org_bookings").exclusions[0].elements[-1].expression
    assert not any(
        index.method == "gin" and index.columns == ("search",) for index in table(made, "org_products").indexes
    )


def test_every_question_has_its_default_among_its_options():
    for question in draft(SHOP).questions:
        assert question.default in [option.value for option in question.options]


def test_organizations_without_tenancy_raise_the_question():
    brief = Requirements(relationships=(R("project", "organization"),))
    assert [question.id for question in draft(brief).questions] == ["tenancy"]
    yes = draft(Requirements(relationships=brief.relationships, answers={"tenancy": "yes"}))
    assert table(yes, "org_projects").row_security


# access


def test_access_is_equality_then_order_then_what_is_returned():
    attributes = (A("kind", type="code"), A("at", type="moment"), A("n", type="number"))
    need = AccessNeed(by=("kind",), order=("-at",), returning=("n",))
    made = draft(Requirements(entities=(E("event", attributes=attributes, access=(need,)),)))
    index = next(each for each in table(made, "events").indexes if "kind" in each.columns)
    assert [(part.column, part.descending, part.nulls_first) for part in index.parts] == [
        ("kind", False, None), ("at", True, True), ("id", True, True)]  # fmt: skip
    assert index.include == ("n",)
    assert index.where == "deleted_at is null"


def test_a_search_has_weights_and_a_gin_index():
    product = table(draft(SHOP), "org_products")
    expression = product.column("search").generated.expression
    assert "coalesce(name, '')), 'A'" in expression
    assert "coalesce(description, '')), 'B'" in expression


def test_jsonb_and_arrays_are_found_by_gin():
    made = draft(Requirements(entities=(E("thing", attributes=(A("tags"), A("payload")),
                              access=(AccessNeed(by=("tags",)), AccessNeed(by=("payload",)))),)))  # fmt: skip
    gin = {index.columns[0]: index.parts[0].opclass for index in table(made, "things").indexes if index.method == "gin"}
    assert gin == {"tags": None, "payload": "jsonb_path_ops"}


def test_under_row_level_security_no_index_is_made_that_could_not_be_used():
    made = draft(Requirements(tenant="organization", entities=(E("offer", attributes=(A("price"),),
                              access=(AccessNeed(by=("price",), ranges=("price",)),)),)))  # fmt: skip
    assert not any("price" in index.columns for index in table(made, "org_offers").indexes)
    assert any("leakproof" in decision.because for decision in made.decisions)


# problems


@pytest.mark.parametrize(
    ("entity", "said"),
    [
        (E("t", attributes=(A("a", type="integer", default="x"),)), "'x' is no value of type integer"),
        (E("t", attributes=(A("a", values=("x", "y"), default="z"),)), "the default 'z' is none of x, y"),
        (E("t", attributes=(A("a", type="integer", minimum="9", maximum="2"),)), "cannot both hold"),
        (E("t", attributes=(A("a", enumeration="colour"),)), "no enumeration 'colour'"),
        (E("t", attributes=(A("price"),), rules=(Rule("at least", ("prise",), low="1"),)), "did you mean 'price'"),
        (E("t", attributes=(A("price"),), rules=(Rule("between", ("price",), low="9", high="2"),)), "cannot both hold"),
        (E("t", attributes=(A("price"),), rules=(Rule("at least", ("price",), low="cheap"),)), "'cheap' is neither"),
        (E("t", attributes=(A("a"), A("b")), rules=(Rule("no overlap", ("a", "b")),)), "needs a start and an end"),
        (E("t", attributes=(A("a"),), rules=(Rule("at most per", ("a",)),)), "needs a limit"),
        (E("t", attributes=(A("a"),), rules=(Rule("check", expression="b > 1"),)), "has no attribute 'b'"),
        (E("t", attributes=(A("a"),), access=(AccessNeed(by=("c",)),)), "access by c"),
        (E("t", attributes=(A("a", required=True), A("b")), rules=(Rule("exactly one of", ("a", "b")),)), "required"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_named(entity, said):
    assert said in problems(entity)


@pytest.mark.parametrize(
    ("relationships", "entities", "said"),
    [
        ((R("a", "b", required=True, on_delete="set null"),), (E("a"), E("b")), "`set null` contradicts"),
        ((R("a", "b"), R("a", "b", "one-to-one")), (E("a"), E("b")), "both many-to-one and one-to-one"),
        ((R("a", "b", required=True), R("a", "b", required=False)), (E("a"), E("b")), "both needs and may lack"),
        ((R("a", "b", on_delete="cascade"),), (E("a", rules=(Rule("never deleted"),)), E("b")), "cannot cascade"),
    ],
)
def test_contradictions_of_relationships_are_named(relationships, entities, said):
    assert said in problems(*entities, relationships=relationships)


def test_a_global_row_cannot_point_at_a_tenants_row():
    said = problems(E("a", tenant=False), E("b"), relationships=(R("a", "b"),), tenant="organization")
    assert "belong to no tenant but refers to b" in said


def test_a_shared_list_is_one_type():
    entities = (E("a", attributes=(A("x", enumeration="mood"),)), E("b", attributes=(A("y", enumeration="mood"),)))
    made = draft(Requirements(entities=entities, enumerations=(Enumeration("mood", ("good", "bad")),)))
    assert [enum.name for enum in made.schema.enums] == ["mood"]


def test_300_entities_take_less_than_a_second_and_decisions_do_not_repeat_themselves():
    entities = [E("organization")] + [
        E(f"thing {n}", attributes=(A("name"), A("price"), A("email", unique="tenant"), A("status", values=("a", "b"))))
        for n in range(300)
    ]
    links = tuple(R(f"thing {n}", f"thing {n // 2}", role="source") for n in range(1, 300))
    brief = Requirements(tenant="organization", entities=tuple(entities), relationships=links)
    best = 9.0
    for _ in range(3):
        start = time.perf_counter()
        made = design(brief, Settings())
        best = min(best, time.perf_counter() - start)
    assert len(made.schema.tables) == 301
    assert best < 1
    general = [decision.choice for decision in made.decisions if not decision.address.startswith("constraint:")]
    assert len(general) == len(set(general)) < 60
