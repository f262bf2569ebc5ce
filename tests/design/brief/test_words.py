"""The grammar of plain words: what each kind of sentence becomes, and what it does not touch."""

import pytest

from dbarchitect.design.brief.reader import read
from dbarchitect.errors import InputError


def said(text):
    return read(text, name="the words", form="words")


def entity(found, name):
    return next(each for each in found.entities if each.name == name)


def names(found):
    return [each.name for each in found.entities]


def ties(found):
    return [(each.child, each.cardinality, each.parent) for each in found.relationships]


def attributes(found, name):
    return [each.name for each in entity(found, name).attributes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("each organization has many products", [("product", "many-to-one", "organization")]),
        ("an order belongs to a customer and has many items",
         [("order", "many-to-one", "customer"), ("item", "many-to-one", "order")]),
        ("An author can have many books and a book can have many authors", [("author", "many-to-many", "book")]),
        ("Courses have many students. Students have many courses.", [("course", "many-to-many", "student")]),
        ("Every user has one profile.", [("profile", "one-to-one", "user")]),
        ("customers place orders", [("order", "many-to-one", "customer")]),
        ("Orders are placed by customers.", [("order", "many-to-one", "customer")]),
        ("students enroll in courses", [("student", "many-to-many", "course")]),
        ("members borrow books", [("loan", "many-to-one", "member"), ("loan", "many-to-one", "book")]),
        ("A post has many tags.", [("post", "many-to-many", "tag")]),
        ("each employee belongs to one or more departments", [("employee", "many-to-many", "department")]),
        ("each organization has many projects, and each project has many tasks",
         [("project", "many-to-one", "organization"), ("task", "many-to-one", "project")]),
        ("users write comments on posts", [("comment", "many-to-one", "user"), ("comment", "many-to-one", "post")]),
        ("customers are linked to many agents", [("customer", "many-to-many", "agent")]),
    ],
)  # fmt: skip
def test_who_belongs_to_whom(text, expected):
    found = said(text)
    assert [each for each in ties(found) if each in expected] == expected
    assert found.unread == ()


@pytest.mark.parametrize(
    ("text", "required"),
    [
        ("a task may belong to a project", False),
        ("a task must belong to a project", True),
        ("each task belongs to exactly one project", True),
        ("each task belongs to at most one project", False),
        ("a task belongs to an optional project", False),
        ("a task belongs to a project", None),
    ],
)
def test_whether_it_must(text, required):
    assert said(text).relationships[0].required is required


def test_properties_in_a_definition():
    found = said("product: name, sku unique, price, description")
    assert attributes(found, "product") == ["name", "sku", "price", "description"]
    assert entity(found, "product").attributes[1].unique == "tenant"
    assert {each.origin.kind for each in entity(found, "product").attributes} == {"brief"}
    assert found.assumptions == ()


def test_properties_in_a_sentence():
    user = entity(said("users have an email (unique), a name and a role (admin, member, guest)"), "user")
    email, name, role = user.attributes
    assert (email.name, email.unique) == ("email", "tenant")
    assert (name.name, name.values) == ("name", ())
    assert role.values == ("admin", "member", "guest")


def test_properties_in_bullets():
    found = said(
        "Product:\n- name (required)\n- price >= 0\n- an optional description\n\nEach product has many reviews."
    )
    name, price, description = entity(found, "product").attributes
    assert (name.required, price.minimum, description.required) == (True, "0", False)
    assert ("review", "many-to-one", "product") in ties(found)


def test_properties_of_a_table():
    found = said("The users table should have columns for username and email. Create a roles table with role_name.")
    assert attributes(found, "user") == ["username", "email"]
    assert attributes(found, "role") == ["role_name"]


def test_information():
    found = said("The company records customers' personal information, including name, phone number and birth date.")
    assert names(found) == ["customer"]
    assert attributes(found, "customer") == ["name", "phone number", "birth date"]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("The email of a member is unique.", "unique", "tenant"),
        ("A member's email must be unique.", "unique", "tenant"),
        ("The member email is required.", "required", True),
        ("A member has an email. The email is optional.", "required", False),
        ("Each member has an email. Emails are unique globally.", "unique", "global"),
    ],
)
def test_predicates(text, field, value):
    found = said("Each member has a name. " + text)
    email = next(each for each in entity(found, "member").attributes if each.name == "email")
    assert getattr(email, field) == value
    assert found.unread == ()


def test_states_in_a_sentence():
    found = said("A task has a title and a status. The status can be todo, doing or done.")
    assert entity(found, "task").attributes[1].values == ("todo", "doing", "done")


def rules(found, name):
    return [(rule.kind, rule.fields, rule.limit) for rule in entity(found, name).rules]


@pytest.mark.parametrize(
    ("text", "name", "rule"),
    [
        ("Invoices have a number. Invoices are never deleted.", "invoice", ("never deleted", (), None)),
        ("Invoices have a number. Never delete invoices.", "invoice", ("never deleted", (), None)),
        ("Log entries have a text. Log entries are append-only.", "log entry", ("append only", (), None)),
        ("A project has many tasks. A task has a title. Titles are unique per project.", "task",
         ("unique", ("title", "project"), None)),
        ("Bookings of a room must not overlap.", "booking", ("no overlap", ("room", "starts at", "ends at"), None)),
        ("Guests make reservations. Each reservation is for one room. No overlapping reservations per room.",
         "reservation", ("no overlap", ("room", "starts at", "ends at"), None)),
        ("A team has at most 5 players.", "player", ("at most per", ("team",), 5)),
        ("A team has many players. At most 5 players per team.", "player", ("at most per", ("team",), 5)),
    ],
)  # fmt: skip
def test_rules(text, name, rule):
    found = said(text)
    assert rule in rules(found, name)
    assert found.unread == ()


def test_searching():
    found = said("A recipe has a title, a text and a country. Users can search recipes by title and text. "
                 "List recipes by country, newest first.")  # fmt: skip
    recipe = entity(found, "recipe")
    assert [each.search for each in recipe.attributes] == [True, True, False]
    assert [(need.by, need.order) for need in recipe.access] == [(("country",), ("-created at",))]


@pytest.mark.parametrize(
    ("text", "tenant", "soft_delete"),
    [
        ("Multi-tenant. Each project has a name.", "organization", None),
        ("A multi-tenant app with projects and tasks. Use soft deletes.", "organization", True),
        ("Companies have many projects. It is multi-tenant.", "company", None),
        ("Each project has a name. Tenants are companies. No soft delete.", "company", False),
        ("Each project has a name.", "", None),
    ],
)
def test_tenancy_and_soft_delete(text, tenant, soft_delete):
    found = said(text)
    assert (found.tenant, found.soft_delete) == (tenant, soft_delete)


def test_a_schema_for_users_is_the_core_of_identity():
    found = said("design a database schema for users")
    assert names(found) == ["user", "account", "session", "verification token"]
    assert found.assumptions
    assert {each.origin.kind for each in entity(found, "user").attributes} == {"pattern"}
    assert entity(found, "user").origin.text == "users"
    assert found.unread == ()


def test_a_table_for_products_is_one_table():
    found = said("create a Drizzle table for products")
    assert names(found) == ["product"]
    assert found.relationships == ()
    assert "Nothing was said about the properties of product" in found.assumptions[0]


@pytest.mark.parametrize(
    "text", ["design database for multi-tenant app", "an online shop", "We need an e-commerce store."]
)
def test_a_shop(text):
    found = said(text)
    assert (len(found.entities), found.tenant) == (11, "organization")
    assert {each.pattern for each in found.entities} == {"commerce", "identity"}


def test_a_shop_for_one():
    found = said("a single-tenant online shop")
    assert found.tenant == ""
    assert "organization" not in names(found)


def test_a_blog_with_its_authors():
    found = said("a blog with posts, comments and tags")
    assert names(found) == ["post", "comment", "tag", "user"]
    assert ("post", "many-to-one", "user") in ties(found)


def test_relationships_between():
    found = said("help with database relationships between authors and books")
    assert ties(found) == [("author", "many-to-many", "book")]
    assert any("many-to-many" in note for note in found.assumptions)


def test_what_ties_two_things():
    found = said("help me design tables for students, courses and enrollments")
    assert ties(found) == [("enrollment", "many-to-one", "student"), ("enrollment", "many-to-one", "course")]


def test_roles_of_people():
    found = said("Users have a name. A post has a title and belongs to an author.")
    assert names(found) == ["user", "post"]
    assert [(each.parent, each.role) for each in found.relationships] == [("user", "author")]


def test_an_id_of_another_thing_is_a_relationship():
    found = said("customer: name. order: id, number, customer_id")
    assert attributes(found, "order") == ["number"]
    assert ties(found) == [("order", "many-to-one", "customer")]


def test_what_is_not_understood_is_listed():
    found = said("Each product has a name. Marketing loves purple elephants!")
    assert found.unread == ("Marketing loves purple elephants",)


def test_words_have_places():
    found = said("Each product has a name.\nA review belongs to a product.")
    review = entity(found, "review")
    assert (review.origin.text, str(review.origin.span)) == ("review", "the words:2:3")


@pytest.mark.parametrize(
    "text", ["hello world", "?", "12 monkeys", "make it pop", "Design a database for a library system."]
)
def test_words_that_say_nothing(text):
    with pytest.raises(InputError) as caught:
        said(text)
    message = str(caught.value)
    assert "nothing in these words names a thing to store" in message
    assert message.count("`") >= 6
    assert "blog, commerce, identity" in message


def test_what_was_read_is_written_and_read_again():
    from dbarchitect.design.brief.writer import write

    found = said("Multi-tenant. Users place orders for products; tasks are never deleted. X has many 項目 and a 価格.")
    assert read(write(found), name="brief.yaml") == found


def test_a_page_of_requirements():
    found = said(
        "Design a schema for a CRM: companies have contacts, contacts have a name, email and phone. Deals belong to a "
        "company and have an amount, a stage (lead, qualified, won, lost) and an expected close date. Each deal has "
        "one owner, who is a user. Users log calls with contacts. An event takes place at a venue."
    )
    assert names(found) == ["company", "contact", "deal", "user", "call", "event", "venue"]
    assert attributes(found, "deal") == ["amount", "stage", "expected close date"]
    assert ties(found) == [
        ("contact", "many-to-one", "company"),
        ("deal", "many-to-one", "company"),
        ("deal", "many-to-one", "user"),
        ("call", "many-to-one", "user"),
        ("call", "many-to-one", "contact"),
        ("event", "many-to-one", "venue"),
    ]
    assert [each.role for each in found.relationships if each.parent == "user"] == ["owner", ""]
    assert found.unread == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("todo list with tasks", ["task"]),
        ("posts", ["post"]),
        ("create tables users, posts and comments", ["user", "post", "comment"]),
        ("I need a database with customers, invoices and payments", ["customer", "invoice", "payment"]),
        ("Manage books and their authors.", ["book", "author"]),
    ],
)
def test_lists_of_things(text, expected):
    assert names(said(text)) == expected


@pytest.mark.parametrize(
    "words",
    [
        "optimize this query",
        "add indexes to improve performance",
        "Please review the slow queries",
        "can you write a migration for this",
    ],
)
def test_work_on_a_database_that_is_there_is_no_thing_to_store(words):
    with pytest.raises(InputError, match="nothing in these words"):
        read(words, name="the words")


@pytest.mark.parametrize("words", ["create a queries table with text and duration", "add products and orders"])
def test_things_that_sound_like_it_are_stored(words):
    assert read(words, name="the words").entities
