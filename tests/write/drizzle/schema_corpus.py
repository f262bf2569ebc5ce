"""Schemas for the tests of the Drizzle writer: a shop in the house style, all that the model can say, odd names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dbarchitect.model.column import Column, Generated, Identity, SequenceOptions
from dbarchitect.model.constraint import Action, Check, Exclusion, ExclusionElement, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import ColumnIntent, Intent, TableIntent, Tenancy
from dbarchitect.model.policy import Grant, Policy
from dbarchitect.model.routine import Function, Trigger
from dbarchitect.model.schema import (
    Composite,
    Domain,
    Enum,
    ExtendedStatistics,
    Extension,
    Namespace,
    RangeType,
    Schema,
    Sequence,
    View,
)
from dbarchitect.model.table import Partitioning, PartitionOf, Table
from dbarchitect.model.types import SqlType, parse_type

T = parse_type
P = IndexPart
STAMPS = (
    Column("created_at", T("timestamptz"), False, "now()"),
    Column("updated_at", T("timestamptz"), False, "now()"),
    Column("deleted_at", T("timestamptz")),
)
ID = Column("id", T("uuid"), False)
TENANT = Column("organization_id", T("uuid"), False)
RULE = "organization_id = nullif(current_setting('app.organization_id', true), '')::uuid"
MANAGED = ("id", "created_at", "updated_at", "deleted_at")
TOUCH = Function(
    "public", "touch", "",
    "CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql"
    " AS $$begin new.updated_at := now(); return new; end$$",
)  # fmt: skip


def own(name: str, schema: str = "public") -> SqlType:
    """A type of the user's own."""
    return SqlType(name, schema=schema)


def table(name: str, *columns: Column, schema: str = "public", **parts: object) -> Table:
    """A table with a uuid as its key."""
    return Table(schema, name, (ID, *columns), PrimaryKey(f"{name}_pkey", ("id",)), **parts)  # type: ignore[arg-type]


def reference(name: str, *columns: str, to: str, keys: tuple[str, ...] = ("id",), **rest: object) -> ForeignKey:
    """A foreign key within public."""
    return ForeignKey(name, columns, "public", to, keys, **rest)  # type: ignore[arg-type]


def within_tenant(table: str, column: str, to: str, on_delete: Action = "cascade", **rest: object) -> ForeignKey:
    """A foreign key that takes the tenant along."""
    name, keys = f"{table}_{column}_fkey", ("organization_id", "id")
    return reference(name, "organization_id", column, to=to, keys=keys, on_delete=on_delete, **rest)


def tenants(name: str, *columns: Column, **parts: Iterable[object]) -> Table:
    """A table whose rows belong to one organization each, in the house style."""
    made = Table("public", name, (ID, TENANT, *columns, *STAMPS), PrimaryKey(f"{name}_pkey", ("id",)), **parts)  # type: ignore[arg-type]
    recent = (P("organization_id"), P("created_at", descending=True), P("id", descending=True))
    return replace(
        made,
        uniques=(*made.uniques, Unique(f"{name}_organization_id_id_key", ("organization_id", "id"))),
        foreign_keys=(
            *made.foreign_keys,
            reference(f"{name}_organization_id_fkey", "organization_id", to="organizations", on_delete="cascade"),
        ),
        indexes=(*made.indexes, Index(f"{name}_created_at_idx", recent)),
        policies=(*made.policies, Policy(f"{name}_tenant_isolation", using=RULE, check=RULE)),
        row_security=True,
        force_row_security=True,
    )


def shop() -> Schema:
    """A small shop for many organizations."""
    tables = (*_outside(), *_catalogue(), *_sales())
    intents = {
        t.address: TableIntent(description=f"What {t.name} is for.", tenant_scoped=t.name.startswith("org_"))
        for t in tables
    }
    columns = {
        t.column_address(name): ColumnIntent(managed=name)  # type: ignore[arg-type]
        for t in tables
        for name in MANAGED
        if t.has(name)
    }
    columns |= {
        t.column_address("organization_id"): ColumnIntent(managed="tenant") for t in tables if t.has("organization_id")
    }
    columns["column:public.org_products.sku"] = ColumnIntent(description="Stock keeping unit.")
    columns["column:public.org_products.search_vector"] = ColumnIntent(managed="search")
    reasons = {"constraint:public.org_orders.org_orders_customer_id_fkey": "Orders are business records."}
    return Schema(
        tables=tables,
        enums=(Enum("public", "order_status", ("draft", "placed", "it's")),),
        functions=(TOUCH,),
        extensions=(Extension("btree_gist"),),
        views=(
            View(
                "public", "live_users", "SELECT id, email FROM users WHERE deleted_at IS NULL", ("id", "email"),
                column_types=(T("uuid"), T("varchar(320)")),
            ),
        ),
        intent=Intent(
            tenancy=Tenancy("table:public.organizations"), tables=intents, columns=columns, reasons=reasons
        ),
    )  # fmt: skip


def _outside() -> tuple[Table, ...]:
    slug, email = Column("slug", T("varchar(63)"), False), Column("email", T("varchar(320)"), False)
    name = Column("name", T("varchar(255)"), False)
    live = "deleted_at is null"
    return (
        Table(
            "public", "organizations", (ID, name, slug, *STAMPS), PrimaryKey("organizations_pkey", ("id",)),
            checks=(Check("organizations_slug_check", "slug ~ '^[a-z0-9-]+$'"),),
            indexes=(Index("organizations_slug_key", (P("slug"),), unique=True, where=live),),
        ),
        Table(
            "public", "users", (ID, email, name, *STAMPS), PrimaryKey("users_pkey", ("id",)),
            indexes=(Index("users_email_key", (P(expression="lower(email)"),), unique=True, where=live),),
        ),
    )  # fmt: skip


def _catalogue() -> tuple[Table, ...]:
    document = "to_tsvector('english', coalesce(name, '') || ' ' || coalesce(description, ''))"
    products = tenants(
        "org_products",
        Column("name", T("varchar(255)"), False),
        Column("sku", T("varchar(100)"), False),
        Column("description", T("text")),
        Column("price", T("numeric(12,2)"), False, "'0'"),
        Column("tags", T("text[]"), False, "'{}'"),
        Column("attributes", T("jsonb"), False, "'{}'::jsonb"),
        Column("search_vector", T("tsvector"), generated=Generated(document)),
        checks=(Check("org_products_price_check", "price >= 0"),),
        indexes=(
            Index("org_products_sku_key", (P("organization_id"), P("sku")), unique=True, where="deleted_at is null"),
            Index("org_products_search_idx", (P("search_vector"),), method="gin"),
            Index("org_products_name_idx", (P("organization_id"), P("name")), include=("price",)),
        ),
    )
    categories = tenants(
        "org_categories",
        Column("parent_id", T("uuid")),
        Column("name", T("varchar(255)"), False),
        foreign_keys=(
            within_tenant("org_categories", "parent_id", "org_categories", "set null", set_columns=("parent_id",)),
        ),
        indexes=(Index("org_categories_parent_id_idx", (P("organization_id"), P("parent_id"))),),
    )
    name = "org_product_categories"
    links = Table(
        "public", name,
        (TENANT, Column("product_id", T("uuid"), False), Column("category_id", T("uuid"), False), *STAMPS),
        PrimaryKey(f"{name}_pkey", ("organization_id", "product_id", "category_id")),
        foreign_keys=(
            within_tenant(name, "product_id", "org_products"),
            within_tenant(name, "category_id", "org_categories"),
            reference(f"{name}_organization_id_fkey", "organization_id", to="organizations", on_delete="cascade"),
        ),
        indexes=(Index(f"{name}_category_id_idx", (P("organization_id"), P("category_id"))),),
        policies=(Policy(f"{name}_tenant_isolation", using=RULE, check=RULE),),
        row_security=True,
        force_row_security=True,
    )  # fmt: skip
    return products, categories, links


def _sales() -> tuple[Table, ...]:
    orders = tenants(
        "org_orders",
        Column("customer_id", T("uuid"), False),
        Column("number", T("varchar(40)"), False),
        Column("status", own("order_status"), False, "'draft'"),
        Column("total", T("numeric(12,2)"), False, "'0'"),
        foreign_keys=(reference("org_orders_customer_id_fkey", "customer_id", to="users", on_delete="restrict"),),
        checks=(Check("org_orders_total_check", "total >= 0"),),
        triggers=(Trigger("org_orders_touch", "before", ("update",), "public", "touch"),),
        indexes=(Index("org_orders_customer_id_idx", (P("customer_id"),)),),
    )
    bookings = tenants(
        "org_bookings",
        Column("room", T("integer"), False),
        Column("during", T("tstzrange"), False),
        exclusions=(
            Exclusion("org_bookings_no_overlap", (ExclusionElement("=", "room"), ExclusionElement("&&", "during"))),
        ),
    )
    return orders, replace(bookings, comment="Who is where, 'when'")


TYPES = """
text; varchar; varchar(10); char(3); char; citext; smallint; integer; bigint; numeric; numeric(10); numeric(10,2);
numeric(3,-2); money; real; double precision; boolean; uuid; timestamptz; timestamp; timestamp(3);
timestamp(3) with time zone; date; time; time(2); timetz; interval; interval(3); interval day to second; json; jsonb;
jsonpath; xml; hstore; ltree; bytea; inet; cidr; macaddr; macaddr8; bit; bit(5); varbit; varbit(8); point; line; lseg;
box; path; polygon; circle; int4range; int8range; numrange; tsrange; tstzrange; daterange; int4multirange;
tstzmultirange; tsvector; tsquery; oid; name; vector(3); halfvec(3); sparsevec(5); vector; text[]; integer[];
varchar(10)[]; numeric(10,2)[]; uuid[]; timestamptz[]; jsonb[]; integer[][]; bytea[]; tstzrange[]; bit(3)[]; point[]
"""


def types() -> Schema:
    """A column of every type."""
    names = [name.strip() for name in TYPES.replace("\n", " ").split(";")]
    columns = [Column(f"c{place}", T(name), place % 2 == 0) for place, name in enumerate(names)]
    extensions = ("citext", "hstore", "ltree", "vector", "btree_gist", "pg_trgm")
    return Schema(tables=(table("every_type", *columns),), extensions=tuple(Extension(name) for name in extensions))


DEFAULTS: tuple[tuple[str, str], ...] = (
    ("text", "'it''s'"), ("text", r"'a\b`c'"), ("text", "''"), ("varchar(20)", "'x'::character varying"),
    ("varchar(20)", "'x'"), ("text", "'x'::text"), ("text", "upper('a')"), ("text", "'a' || 'b'"), ("integer", "0"),
    ("integer", "-1"), ("integer", "1 + 2"), ("bigint", "9007199254740993"), ("bigint", "42"), ("numeric(10,2)", "0"),
    ("numeric(10,2)", "'0'"), ("numeric(10,2)", "0.10"), ("numeric", "'1.50'"), ("real", "1.50"), ("real", "1.5"),
    ("boolean", "true"), ("boolean", "NOT true"), ("timestamptz", "now()"), ("timestamptz", "CURRENT_TIMESTAMP"),
    ("timestamptz", "now() + interval '1 day'"), ("timestamptz", "'2020-01-01 00:00:00+00'"),
    ("date", "CURRENT_DATE"), ("date", "'2020-01-01'"), ("date", "(now() AT TIME ZONE 'utc')::date"),
    ("date", "now()::date - 30"), ("uuid", "gen_random_uuid()"), ("uuid", "uuidv7()"), ("jsonb", "'{}'"),
    ("jsonb", "'{}'::jsonb"), ("jsonb", "'[]'::jsonb"), ("jsonb", """'{"a": "it''s"}'::jsonb"""), ("json", "'{}'"),
    ("text[]", "'{}'"), ("text[]", "'{}'::text[]"), ("text[]", "ARRAY[]::text[]"), ("text[]", "ARRAY['a','b']"),
    ("integer[]", "'{1,2}'"), ("varchar(10)[]", "'{}'"), ("inet", "'127.0.0.1'"), ("interval", "'1 day'"),
    ("interval", "'01:00:00'::interval"), ("time", "'10:00'"), ("bytea", r"'\x00'"), ("tstzrange", "'empty'"),
    ("integer", "nextval('counter')"), ("text", "current_setting('app.x', true)"),
    ("uuid", "nullif(current_setting('app.x', true), '')::uuid"), ("point", "'(1,2)'"), ("bit(3)", "B'101'"),
    ("integer[][]", "'{}'"),
)  # fmt: skip
MOODS: tuple[tuple[int, str], ...] = ((0, "'happy'"), (0, "'happy'::mood"), (1, "'{}'"), (1, "ARRAY['sad'::mood]"))


def defaults() -> Schema:
    """Defaults of every kind."""
    columns = [Column(f"c{place}", T(kind), place % 2 == 0, text) for place, (kind, text) in enumerate(DEFAULTS)]
    columns += [Column(f"m{n}", own("mood").array(dims), False, text) for n, (dims, text) in enumerate(MOODS)]
    return Schema(
        tables=(table("every_default", *columns),),
        enums=(Enum("public", "mood", ("happy", "sad", 'it\'s "x" `y` \\n')),),
        sequences=(Sequence("public", "counter"),),
    )


def counted() -> Schema:
    """Identities, computed columns, sequences, and names that PostgreSQL cuts."""
    odd = SequenceOptions(10, 2, 1, 100, 5, True)
    long = "a" * 60
    return Schema(
        tables=(
            Table(
                "public", "counted",
                (
                    Column("id", T("bigint"), False, identity=Identity()),
                    Column("n", T("integer"), False, identity=Identity(False, odd)),
                    Column("s", T("smallint"), False, identity=Identity()),
                ),
                PrimaryKey("counted_pkey", ("id",)),
            ),
            Table(
                "public", "computed",
                (
                    Column("id", T("integer"), False, identity=Identity(sequence="numbers_of_computed")),
                    Column("x", T("integer"), False),
                    Column("y", T("integer"), generated=Generated("x * 2")),
                    Column("z", T("text"), False, generated=Generated("'a' || x::text")),
                ),
                PrimaryKey("computed_primary", ("id",)),
            ),
            Table(
                "public", long, (Column("b" * 60, T("integer"), False, identity=Identity()),),
                PrimaryKey(f"{'a' * 58}_pkey", ("b" * 60,)),
            ),
        ),
        sequences=(
            Sequence("public", "plain_numbers"),
            Sequence("public", "odd_numbers", options=SequenceOptions(5, -1, -100, 100, 3, True)),
            Sequence("public", "small_numbers", SqlType("integer")),
            Sequence("public", "owned_numbers", owned_by=("public", "computed", "x"), comment="Numbers"),
        ),
    )  # fmt: skip


def places() -> Schema:
    """Several PostgreSQL schemas."""
    kind = own("kind", "billing")
    return Schema(
        namespaces=(Namespace("billing", "Money"), Namespace("empty"), Namespace("Odd Name")),
        enums=(
            Enum("billing", "kind", ("a", "b")),
            Enum("public", "kind", ("c",)),
            Enum("Odd Name", "Kind Of", ("d",)),
        ),
        sequences=(Sequence("billing", "numbers"),),
        tables=(
            table(
                "invoices",
                Column("kind", kind, False, "'a'"),
                Column("kinds", kind.array(), False, "'{}'"),
                Column("other", own("kind")),
                Column("person_id", T("uuid")),
                Column("n", T("integer"), False, identity=Identity()),
                schema="billing",
                foreign_keys=(reference("invoices_person_id_fkey", "person_id", to="people", on_delete="set null"),),
                indexes=(Index("invoices_person_id_idx", (P("person_id"),), where="kind = 'a'"),),
                checks=(Check("invoices_check", "n > 0"),),
                policies=(Policy("p", using="n > 1"),),
                row_security=True,
                comment="Bills",
            ),
            table(
                "people",
                Column("invoice_id", T("uuid")),
                foreign_keys=(
                    ForeignKey("people_invoice_id_fkey", ("invoice_id",), "billing", "invoices", ("id",), "restrict"),
                ),
            ),
            table("people", Column("kind of", own("Kind Of", "Odd Name")), schema="Odd Name"),
        ),
        views=(
            View(
                "billing", "open", "SELECT id, kind FROM billing.invoices WHERE n > 1", ("id", "kind"),
                column_types=(T("uuid"), kind),
            ),
        ),
    )  # fmt: skip


def cycles() -> Schema:
    """Tables that refer to themselves and to each other, in every form of foreign key."""
    pair = ("t", "id")
    return Schema(
        tables=(
            table(
                "ring_a", Column("b_id", T("uuid")), Column("self_id", T("uuid")),
                foreign_keys=(
                    reference("ring_a_b_id_fkey", "b_id", to="ring_b", on_delete="set null"),
                    reference("ring_a_self", "self_id", to="ring_a", on_delete="cascade", on_update="cascade"),
                ),
            ),
            table(
                "ring_b", Column("c_id", T("uuid")), Column("t", T("uuid"), False),
                uniques=(Unique("ring_b_t_id_key", pair),),
                foreign_keys=(
                    reference("ring_b_c_id_fkey", "c_id", to="ring_c", on_delete="restrict"),
                    reference("ring_b_custom", "t", "c_id", to="ring_d", keys=pair, on_delete="cascade"),
                ),
            ),
            table(
                "ring_c", Column("a_id", T("uuid")),
                foreign_keys=(reference("ring_c_a_id_fkey", "a_id", to="ring_a"),),
            ),
            table(
                "ring_d", Column("t", T("uuid"), False), Column("b_id", T("uuid")), Column("d_id", T("uuid")),
                uniques=(Unique("ring_d_t_id_key", pair),),
                foreign_keys=(
                    reference(
                        "ring_d_b", "t", "b_id", to="ring_b", keys=pair, on_delete="set null", set_columns=("b_id",)
                    ),
                    reference(
                        "ring_d_d", "t", "d_id", to="ring_d", keys=pair, on_delete="set default",
                        deferrable=True, initially_deferred=True,
                    ),
                ),
            ),
        )
    )  # fmt: skip


def indexes() -> Schema:
    """Indexes of every form."""
    keys = (
        (P("a"), P("b", descending=True)), (P("a", nulls_first=True), P("b", descending=True, nulls_first=False)),
        (P("b", opclass="text_pattern_ops"),),
        (P("b", opclass="text_pattern_ops", descending=True), P("a", descending=True)),
        (P(expression="(c ->> 'x'::text)", descending=True), P("a")), (P(expression="COALESCE(b, 'x,,y--z'::text)"),),
        (P(expression="a + 1"),), (P(expression="lower(b) || upper(b)"),), (P("b", collation="C"),),
        (P("b", nulls_first=True), P(expression="upper(b)", descending=True, nulls_first=False,
                                     opclass="text_pattern_ops")),
    )  # fmt: skip
    more = (
        Index("j1", (P(expression="lower(b)"),), unique=True, where="a > 0 AND b <> ';'"),
        Index("j2", (P("c", opclass="jsonb_path_ops"),), method="gin"),
        Index("j3", (P("d"),), method="gin", options=(("fastupdate", "off"),)),
        Index(
            "j4", (P("e", opclass="vector_cosine_ops"),), method="hnsw",
            options=(("ef_construction", "64"), ("m", "16")),
        ),
        Index("j5", (P("a"),), options=(("fillfactor", "70"),)),
        Index("j6", (P("a"),), include=("b",)),
        Index("j7", (P("a"),), unique=True, nulls_not_distinct=True),
        Index("j8", (P("a"),), method="brin"),
        Index("j9", (P("b", opclass="gist_trgm_ops", opclass_options=("siglen=32",)),), method="gist"),
        Index(
            "j10", (P("date"), P("order")),
            where="date > '2020-01-01'::date and \"order\" is not null and value > 0",
        ),
        Index("j11", (P("f"),), method="gin", where="f <> '{}'::text[]"),
    )  # fmt: skip
    columns = (
        Column("a", T("integer"), False), Column("b", T("text"), False), Column("c", T("jsonb")),
        Column("d", T("tsvector")), Column("e", T("vector(3)")), Column("date", T("date")),
        Column("order", T("integer")), Column("value", T("integer")), Column("f", T("text[]")),
    )  # fmt: skip
    numbered = tuple(Index(f"i{n}", parts) for n, parts in enumerate(keys))
    return Schema(tables=(table("indexed", *columns, indexes=(*numbered, *more)),))


CHECKS = (
    "a > 0", "a between 1 and 10", "b ~ '^[a-z]+$'", r"b like 'a\%'", "length(b) <= 10 and b <> ''",
    "date <= CURRENT_DATE", "extract(year from date) > 2000", "b in ('a', 'b', 'it''s')",
    '"order" is null or a = 1', "(a > 0) = (b is not null)", "date::text > b", "cast(a as text) <> b", "b <> ';'",
    "case when a > 1 then b is not null else true end", r"b ~ '`${x}\n'", r"b !~ E'[\\s]' and b <> 'it''s; -- x'",
    "num_nonnulls(a, b) = 1", "b is distinct from upper(b)", "position('a' in b) > 0", "b <> $$x'y`${z}$$",
    "/* note */ a > 1",
)  # fmt: skip


def constraints() -> Schema:
    """Checks and unique constraints of every form."""
    checks = [Check(f"c{n}", text) for n, text in enumerate(CHECKS)]
    checks += [
        Check("later", "a > -5", validated=False),
        Check("never", "a > -6", enforced=False),
        Check("alone", "a > -7", no_inherit=True),
    ]
    uniques = (
        Unique("one", ("a",)),
        Unique("two", ("a", "b"), nulls_not_distinct=True),
        Unique("three", ("b",), nulls_not_distinct=True),
    )
    kinds = {"a": "integer", "b": "text", "date": "date", "order": "integer"}
    columns = [Column(name, T(kind)) for name, kind in kinds.items()]
    return Schema(tables=(table("checked", *columns, checks=tuple(checks), uniques=uniques),))


def policies() -> Schema:
    """Row level security of every form."""
    rules = (
        Policy("one", using="owner = current_user"),
        Policy("two", "insert", check="owner = current_user"),
        Policy("three", "select", False, ("pg_monitor", "pg_read_all_data"), "true"),
        Policy("f'our `x` ${y}", "update", using="owner <> '--'", check="true", comment="why"),
        Policy("five", "delete", using="exists (select 1 from guarded x where x.owner = guarded.owner)"),
        Policy("six", "select", True, ("pg_read_all_data", "pg_monitor"), "true"),
    )
    columns = (Column("owner", T("text")), Column("select", T("text")))
    return Schema(
        tables=(
            table("guarded", *columns, policies=rules, row_security=True),
            table("quiet", row_security=True),
            table("unguarded", policies=(Policy("p", using="true"),)),
            table("forced", force_row_security=True),
        ),
        grants=(
            Grant("table:public.guarded", "pg_monitor", ("select",)),
            Grant("column:public.guarded.owner", "pg_monitor", ("update",)),
        ),
    )


def odd() -> Schema:
    """What only SQL can say: domains, virtual columns, collations, partitions, functions that read tables."""
    return Schema(
        tables=(*_odd_tables(), *_partitions()),
        functions=_functions(),
        domains=(
            Domain("public", "email", T("citext"), checks=(Check("email_check", "VALUE ~ '@'"),), comment="Mail"),
            Domain("public", "Odd Type", T("varchar(10)"), default="'x'"),
        ),
        composites=(Composite("public", "pair", (("a", T("integer")), ("b", T("text")))),),
        ranges=(RangeType("public", "textrange", T("text")),),
        enums=(Enum("public", "weather", ("sun", "rain"), comment="How it is"),),
        views=_views(),
        statistics=(ExtendedStatistics("public", "st", "CREATE STATISTICS public.st ON email, n FROM public.plain"),),
    )


def _functions() -> tuple[Function, ...]:
    bodies = (
        ("nothing", "", "trigger LANGUAGE plpgsql", "begin return new; end"),
        ("is_ok", "text", "boolean LANGUAGE sql IMMUTABLE", "select $1 <> ''"),
        ("count_special", "", "bigint LANGUAGE sql STABLE", "select count(*) from special"),
        ("rows_special", "", "SETOF special LANGUAGE sql STABLE", "select * from special"),
        ("is_rain", "weather", "boolean LANGUAGE sql IMMUTABLE", "select $1 = 'rain'"),
    )
    return tuple(
        Function(
            "public", name, arguments,
            f"CREATE OR REPLACE FUNCTION public.{name}({arguments}) RETURNS {returns} AS $${body}$$",
            comment="Explained",
        )
        for name, arguments, returns, body in bodies
    )  # fmt: skip


def _odd_tables() -> tuple[Table, ...]:
    special = table(
        "special",
        Column("email", own("email"), False), Column("odd", own("Odd Type")), Column("comp", own("pair")),
        Column("c", T("text"), collation="C"), Column("v", T("integer")),
        Column("w", T("integer"), generated=Generated("v + 1", stored=False)),
        checks=(Check("ok", "is_ok(c)"),),
        exclusions=(Exclusion("ex", (ExclusionElement("=", column="v"),)),),
        triggers=(
            Trigger("tr", "before", ("insert", "update"), "public", "nothing", when="new.v > 0"),
            Trigger(
                "tr2", "after", ("update",), "public", "nothing", update_columns=("v",), enabled="always",
                comment="second",
            ),
        ),
        uniques=(
            Unique("special_v_key", ("v",), deferrable=True, initially_deferred=True),
            Unique("special_c_key", ("c",), include=("v",)),
        ),
        options=(("fillfactor", "80"),), replica_identity="full", comment="Odd",
        row_security=True, force_row_security=True, policies=(Policy("p", using="v > 0"),),
    )  # fmt: skip
    plain = table(
        "plain",
        Column("email", own("email"), False, "'a@b.c'"), Column("comp", own("pair")), Column("r", own("textrange")),
        Column("weather", own("weather")), Column("seasons", own("weather").array(2)),
        Column("n", T("bigint"), False, "count_special()"), Column("during", T("tstzrange"), False),
        checks=(Check("p_ok", "is_ok(email)"), Check("not_rain", "not is_rain(weather)")),
        exclusions=(Exclusion("plain_ex", (ExclusionElement("&&", column="during"),), where="weather = 'sun'"),),
        options=(("autovacuum_enabled", "false"), ("fillfactor", "80")), unlogged=True, comment="Plain",
    )  # fmt: skip
    child = table(
        "child", Column("c", T("text")),
        foreign_keys=(
            reference("child_c_fkey", "c", to="special", keys=("c",), on_delete="cascade"),
            reference("child_id_fkey", "id", to="special", on_delete="cascade", validated=False),
        ),
    )  # fmt: skip
    return special, plain, child


def _partitions() -> tuple[Table, ...]:
    bound = "FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2021-01-01 00:00:00+00')"
    whole = Table(
        "public", "measures",
        (Column("at", T("timestamptz"), False), Column("v", T("integer"), comment="value")),
        PrimaryKey("measures_pkey", ("at",)),
        partitioning=Partitioning("range", ("at",)),
        indexes=(Index("measures_v_idx", (P("v"),)),),
        comment="In parts",
    )  # fmt: skip
    return whole, Table("public", "measures_2020", partition_of=PartitionOf("public", "measures", bound))


def _views() -> tuple[View, ...]:
    return (
        View("public", "v1", "SELECT id, email FROM plain", ("id", "email")),
        View("public", "v2", "SELECT id FROM v1", ("id",), comment="over"),
        View("public", "v3", "SELECT count_special() AS n", ("n",)),
        View("public", "v4", "SELECT id, v FROM special", ("id", "v")),
        View(
            "public", "mv", "SELECT id, n FROM plain", ("id", "n"), True, False,
            indexes=(Index("mv_idx", (P("id"),), unique=True),),
        ),
        View(
            "public", "v5", "SELECT id FROM child", ("id",),
            options=(("security_barrier", "true"), ("security_invoker", "true")),
        ),
        View("public", "v6", "SELECT id FROM child WHERE c = 'x'", ("id",), check_option="local"),
        View("public", "v7", "SELECT id FROM child", ("other",)),
    )  # fmt: skip


NAMES = (
    "select", "class", "用户", "🍕", "müde Straße", "עברית", "a b", "x-y", "ORDER", "order", "constructor", "then",
    "it's", "back`tick", "a\\b", "*/ evil /*", "// d", "a" * 63, "con", "1st",
)  # fmt: skip


def named() -> Schema:
    """Names that TypeScript, file systems and comments trip over, in every place that has a name."""
    columns = (ID, *(Column(name, T("text")) for name in NAMES))
    text = 'length("用户") > 0 and "back`tick" <> \'`\' and "a\\b" is not null'
    tables = tuple(
        Table(
            "public", name, columns, PrimaryKey(f"{name}_pkey" if len(name) < 50 else "long_pkey", ("id",)),
            checks=(Check(f"check {place}", text),), comment=f"{name} */ ` ' \" \\",
        )
        for place, name in enumerate(NAMES)
    )  # fmt: skip
    return Schema(tables=tables, enums=(Enum("public", "用户类型", NAMES), Enum("public", "class_kind", ("a",))))


def everything() -> Schema:
    """All of the above in one database, so that one run of the toolchain serves them all."""
    parts = (types(), defaults(), counted(), places(), cycles(), indexes(), constraints(), policies(), odd())
    groups = (
        "tables", "enums", "domains", "composites", "ranges", "sequences", "views", "functions", "statistics",
        "extensions", "namespaces", "grants",
    )  # fmt: skip
    return Schema(**{group: tuple(item for part in parts for item in getattr(part, group)) for group in groups})
