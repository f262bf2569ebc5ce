"""What is wrong in a brief is said with its place, the nearest right word and the next step."""

import pytest

from dbarchitect.design.brief.reader import read
from dbarchitect.errors import InputError

HEAD = "entities:\n  user: name\n  post:\n    title: text\n"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("entitties:\n  a: b\n", "b.yaml:1:1", "unknown key 'entitties'", "'entities'"),
        ("entities:\n  a:\n    rulez: [x]\n", "b.yaml:3:5", "unknown key 'rulez'", "'rules'"),
        ("entities:\n  a:\n    mail: emial required\n", "b.yaml:3:11", "unknown type 'emial'", "'email'"),
        ("entities:\n  a:\n    mail: email requird\n", "b.yaml:3:11", "unknown type 'email requird'", None),
        ("entities:\n  a:\n    n: required requird\n", "b.yaml:3:17", "'requird' is not understood", "'required'"),
        ("entities:\n  a:\n    n: varchar(x)\n", "b.yaml:3:16", "'x' is no argument of varchar", "length"),
        ("entities:\n  a:\n    n: {typ: text}\n", "b.yaml:3:9", "unknown key 'typ'", "'type'"),
        ("entities:\n  a:\n    n: 'one of a, a'\n", "b.yaml:3:8", "'a' stands twice", None),
        ("entities:\n  a:\n    b: text\n    b: text\n", "b.yaml:4:5", "'b' stands twice, first in line 3", None),
        ("entities:\n  a:\n    first name: text\n    firstName: text\n", "b.yaml:4:5", "the same column", None),
        ("entities:\n  order item: x\n  OrderItems: x\n", "b.yaml:3:3", "would be one table, order_items", "Rename"),
        ("entities:\n  '!!!': x\n", "b.yaml:2:3", "is no name for an entity", None),
        ("entities:\n  a: &x b\n", "b.yaml:2:6", "anchors and aliases", "quote"),
        ("entities:\n  a: *x\n", "b.yaml:2:6", "anchors and aliases", None),
        ("entities:\n  a: !!python/object:os.system b\n", "b.yaml:2:6", "tag", "plain text"),
        ("entities: [" + "[" * 30, "b.yaml:1:", "nested deeper", None),
        ("entities:\n\ta: b\n", "b.yaml:2:1", "not YAML", "tabs"),
        ("a: b\n---\na: b\n", "b.yaml:2:1", "one YAML document", "---"),
        ("- a\n", "b.yaml:1:1", "starts with keys", "entities"),
        ("entities:\n  a:\n    rows: many\n", "b.yaml:3:11", "must be a whole number", "5000"),
        ("entities:\n  a:\n    tenant: perhaps\n", "b.yaml:3:13", "must be yes or no", None),
        (HEAD + "relationships:\n  - post belongs to usr\n", "b.yaml:6:21", "there is no entity 'usr'", "'user'"),
        (HEAD + "relationships:\n  - post likes user\n", "b.yaml:6:5", "", None),
        (HEAD + "relationships:\n  - post belongs to user (restrit)\n", "b.yaml:6:27", "'restrit'", "'restrict'"),
        (HEAD + "relationships:\n  - post belongs to user (required, optional)\n", "b.yaml:6:", "contradicts", None),
        (HEAD + "relationships:\n  - post belongs to user\n  - user has one post\n",
         "b.yaml:7:5", "contradiction", "role"),
        (HEAD + "relationships:\n  - post belongs to user (required)\n  - user has many posts (optional)\n",
         "b.yaml:7:5", "contradiction", "Keep one"),
        (HEAD + "tenant: organisation\n", None, "the tenant 'organisation' is no entity", "Declare it"),
        (HEAD + "    rules: [unique titel]\n", "b.yaml:5:13", "no attribute or reference 'titel'", "'title'"),
        (HEAD + "    rules: [uniqe title]\n", "b.yaml:5:13", "this is no rule", "'unique'"),
        (HEAD + "    access: [by autor]\n", "b.yaml:5:14", "no attribute or reference 'autor'", "Known: title"),
        (HEAD + "    dependencies: [title - x]\n", "b.yaml:5:", "expected '->'", None),
        (HEAD + "    status: {enumeration: stat}\nenumerations:\n  state: [a, b]\n", "b.yaml:5:5",
         "there is no enumeration 'stat'", "'state'"),
        (HEAD + "    user id: uuid\nrelationships:\n  - post belongs to user\n", "b.yaml:5:5", "same column", "Remove"),
        ("enumerations:\n  a b: [x]\n  a_b: [y]\nentities: {c: x}\n", "b.yaml:3:3", "would be one type", "Rename"),
        ("entities:\n  a:\n    b: \"c\u0007", "b.yaml:3:", "YAML", None),
    ],
)  # fmt: skip
def test_files(text, place, message, hint):
    with pytest.raises(InputError) as caught:
        read(text, name="b.yaml")
    error = caught.value
    assert message in error.message
    assert place is None or (error.place or "").startswith(place), error.place
    assert hint is None or hint in (error.hint or ""), error.hint
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("user(name", "w:1:1", "not closed"),
        ("user(name, name)", "w:1:12", "stands twice"),
        ("user(name) 1-n post 1-n", "w:1:", "name of an entity is missing"),
        ("user 1-n post through x", "w:1:", "many-to-many"),
        ("a 1-n b; b 1-1 a", None, None),
        ("a 1-n b; a 1-1 b", "w:1:", "contradiction"),
        ("user(age >= )", "w:1:", "ends too early"),
    ],
)
def test_compact(text, place, message):
    if message is None:
        assert read(text, name="w", form="compact").entities
        return
    with pytest.raises(InputError, match=message) as caught:
        read(text, name="w", form="compact")
    assert (caught.value.place or "").startswith(place)


@pytest.mark.parametrize("value", ["no", "NO", "on", "off", "yes", "1.10", "2024-01-01", "0x1F", "1e3", "null?", "~x"])
def test_yaml_1_1_changes_nothing(value):
    found = read(
        f"entities:\n  a:\n    b: {{type: text, default: {value}}}\n    c: text default {value}\n", name="b.yaml"
    )
    assert [each.default for each in found.entities[0].attributes] == [value, value]


def test_norway():
    found = read("enumerations:\n  country: [NO, SE, DK]\nentities:\n  a:\n    b: one of NO, yes, off\n", name="b.yaml")
    assert found.enumerations[0].values == ("NO", "SE", "DK")
    assert found.entities[0].attributes[0].values == ("NO", "yes", "off")


@pytest.mark.parametrize(
    "name", ["order", "user", "select", 'a "b"', "🎉 party", "مستخدم", "項目", "x" * 90, "constructor"]
)
def test_names_that_only_look_dangerous(name):
    found = read(
        f"entities:\n  ? {name!r}\n  : name\n  other:\nrelationships:\n  - child: other\n    parent: {name!r}\n",
        name="b.yaml",
    )
    assert found.relationships[0].parent == name


def test_self_and_cyclic_references():
    text = "entities: {a: x, b: y}\nrelationships: [a belongs to a as parent, a belongs to b, b belongs to a]\n"
    assert len(read(text, name="b.yaml").relationships) == 3


def test_both_sides_of_a_relationship_are_one():
    text = HEAD + "relationships:\n  - post belongs to user (required)\n  - user has many posts — what they wrote\n"
    (found,) = read(text, name="b.yaml").relationships
    assert (found.required, found.reason) == (True, "what they wrote")


def test_many_from_both_sides_is_many_to_many():
    (found,) = read(
        HEAD + "relationships:\n  - post has many users\n  - user has many posts\n", name="b.yaml"
    ).relationships
    assert found.cardinality == "many-to-many"


def test_a_link_that_is_an_entity_belongs_to_both():
    text = HEAD + "  like:\nrelationships:\n  - user has many posts through like\n"
    found = read(text, name="b.yaml").relationships
    assert [(each.child, each.parent) for each in found] == [("like", "user"), ("like", "post")]


def test_columns_of_every_table_are_not_added_twice():
    found = read("entities:\n  a:\n    id: uuid\n    createdAt: timestamp\n    b: text\n", name="b.yaml")
    assert [each.name for each in found.entities[0].attributes] == ["b"]
    assert "a's id" in found.assumptions[0]
