import re

from hypothesis import given
from hypothesis import strategies as st

from dbarchitect.model.column import Column
from dbarchitect.model.intent import Intent, TableIntent
from dbarchitect.model.schema import Enum, Schema, Sequence, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.write.drizzle.naming import Names, column_names, file_stem
from dbarchitect.write.drizzle.typescript import is_identifier

TEXT = SqlType("text")


def table(name: str, *columns: str, schema: str = "public") -> Table:
    return Table(schema, name, tuple(Column(column, TEXT) for column in columns))


def scoped(*tables: Table) -> Schema:
    intents = {t.address: TableIntent(tenant_scoped=t.name.startswith("org_")) for t in tables}
    return Schema(tables=tables, intent=Intent(tables=intents))


def test_a_tenants_table_drops_its_prefix_as_in_the_seed() -> None:
    products = table("org_products", "id", "organization_id")
    names = Names(scoped(products)).table(products)
    assert (names.file, names.variable) == ("products", "productsSchema")
    assert (names.select_type, names.insert_type) == ("ProductsSelectSchema", "ProductsInsertSchema")
    assert names.columns == {"id": "id", "organization_id": "organizationId"}


def test_a_prefix_that_is_no_tenancy_stays() -> None:
    chart = table("org_charts")
    names = Names(Schema(tables=(chart,)))
    assert names.table(chart).variable == "orgChartsSchema"


def test_the_prefix_stays_where_the_bare_name_is_taken() -> None:
    bare, prefixed = table("products"), table("org_products")
    names = Names(scoped(bare, prefixed))
    assert names.table(bare).file == "products"
    assert names.table(prefixed).file == "org_products"


def test_stems_speak_of_one_and_of_many() -> None:
    names = Names(Schema(tables=(table("order_items"),))).table(("public", "order_items"))
    assert (names.many, names.one, names.many_type, names.one_type) == (
        "orderItems", "orderItem", "OrderItems", "OrderItem",
    )  # fmt: skip


def test_the_stem_of_one_row_is_never_another_tables_stem() -> None:
    names = Names(Schema(tables=(table("person"), table("people"))))
    stems = [{names.table(("public", name)).many, names.table(("public", name)).one} for name in ("person", "people")]
    assert not stems[0] & stems[1]


def test_the_same_name_in_another_schema_takes_the_schema_along() -> None:
    names = Names(Schema(tables=(table("users"), table("users", schema="auth"))))
    assert names.table(("public", "users")).file == "users"
    assert names.table(("auth", "users")).file == "auth_users"
    assert names.namespace("auth") == "authNamespace"


def test_files_of_ours_and_devices_of_windows_are_avoided() -> None:
    names = Names(Schema(tables=tuple(table(name) for name in ("index", "enums", "con", "Relations"))))
    files = [names.table(("public", name)).file for name in ("index", "enums", "con", "Relations")]
    assert not {"index", "enums", "con", "relations"} & {file.casefold() for file in files}


def test_files_are_ascii_and_keep_what_can_be_read() -> None:
    assert file_stem("Größe") == "grosse"
    assert file_stem("café_orders") == "cafe_orders"
    assert file_stem("用户") == "u7528_u6237"
    assert file_stem("🍕") == "u1f355"


def test_columns_that_collide_after_casing_stay_apart() -> None:
    spelled = column_names(["userId", "user_id", "user id", "class", "2fa", "constructor", "🍕"])
    assert spelled["user_id"] == "userId"
    assert spelled["class"] == "class"
    assert len(set(spelled.values())) == 7
    assert "constructor" not in spelled.values()


def test_adding_a_table_renames_no_other() -> None:
    first = Names(Schema(tables=(table("a_b"), table("orders"))))
    second = Names(Schema(tables=(table("a_b"), table("orders"), table("aB"), table("A-B"))))
    for key in (("public", "a_b"), ("public", "orders")):
        assert first.table(key) == second.table(key)


hostile = st.text(min_size=1, max_size=40).filter(lambda text: "\0" not in text)


@given(
    tables=st.sets(st.tuples(st.sampled_from(["public", "a", "ä b"]), hostile), max_size=12),
    others=st.sets(hostile, max_size=6),
)
def test_no_two_things_of_a_project_share_a_name(tables: set[tuple[str, str]], others: set[str]) -> None:
    schema = Schema(
        tables=tuple(table(name, schema=place) for place, name in tables),
        enums=tuple(Enum("public", name, ("a",)) for name in others),
        views=tuple(View("public", name, "select 1") for name in others),
        sequences=tuple(Sequence("public", name) for name in others),
    )
    names = Names(schema)
    bound = [names.table(key) for key in tables]
    exported = [name for n in bound for name in (n.variable, n.select_type, n.insert_type, n.relations)]
    exported += [names.enum("public", name) for name in others]
    exported += [names.view("public", name) for name in others]
    exported += [names.sequence("public", name) for name in others]
    assert len(exported) == len(set(exported))
    assert all(is_identifier(name) for name in exported)
    files = [n.file for n in bound]
    assert len({file.casefold() for file in files}) == len(files)
    assert all(re.fullmatch(r"[A-Za-z0-9_]{1,100}", file) for file in files)


@given(st.lists(hostile, unique=True, max_size=20))
def test_no_two_columns_share_a_property(columns: list[str]) -> None:
    spelled = column_names(columns)
    assert list(spelled) == columns
    assert len(set(spelled.values())) == len(columns)
    assert all(is_identifier(name) for name in spelled.values())
