"""Every pack can be read, settles, and says where each element comes from."""

import pytest

from dbarchitect.design.brief import packs
from dbarchitect.design.brief.reader import settle
from dbarchitect.design.brief.requirements import Entity, Relationship, Requirements
from dbarchitect.design.brief.validate import check


@pytest.mark.parametrize("name", packs.names())
def test_a_pack_is_a_brief_that_holds(name):
    pack = packs.pack(name)
    check(settle(pack.requirements))
    assert pack.about.endswith(".")
    known = {entity.name.replace(" ", "_") for entity in pack.requirements.entities}
    assert set(pack.synonyms.values()) <= known
    assert not set(pack.synonyms) & known
    assert set(pack.core) | {key for keys in pack.core.values() for key in keys} <= known
    assert all(entity.description for entity in pack.requirements.entities)
    assert all(each.reason for each in pack.requirements.relationships if each.on_delete)


def test_all_of_a_pack_is_labelled():
    found = packs.whole(packs.pack("blog"), None)
    origins = [entity.origin for entity in found.entities] + [each.origin for each in found.relationships]
    origins += [
        each.origin for entity in found.entities for each in (*entity.attributes, *entity.access, *entity.rules)
    ]
    assert {origin.kind for origin in origins} == {"pattern"}
    assert [entity.pattern for entity in found.entities] == ["identity", "blog", "blog", "blog"]


def test_what_the_brief_says_stands():
    mine = Requirements(
        entities=(Entity("customer"), Entity("order"), Entity("item")),
        relationships=(Relationship("order", "customer", required=False),),
    )
    found = packs.complete(mine)
    assert [entity.name for entity in found.entities] == ["customer", "order", "item"]
    assert found.relationships[0] == mine.relationships[0]
    assert [(each.child, each.parent) for each in found.relationships[1:]] == [("item", "order")]
    assert [each.name for each in found.entities[2].attributes] == ["quantity", "unit price"]
    assert [each.name for each in found.enumerations] == ["order status"]


def test_an_item_alone_is_nobodys_order_item():
    assert packs.complete(Requirements(entities=(Entity("item"), Entity("author")))).entities == (
        Entity("item"),
        Entity("author"),
    )


def test_what_ties_two_things_comes_with_them():
    found = packs.complete(Requirements(entities=(Entity("user"), Entity("organization"))))
    assert [entity.name for entity in found.entities] == ["user", "organization", "membership"]
    assert found.assumptions == ("organization and user are tied by membership, as in the pack commerce.",)


def test_a_shop_for_one_has_no_tenants():
    found = packs.single(packs.pack("commerce").requirements)
    assert found.tenant == ""
    names = [entity.name for entity in found.entities]
    assert "organization" not in names
    assert "membership" not in names
    check(settle(found))
