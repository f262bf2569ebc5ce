"""Hypothesis strategies for valid schemas, names and texts as hostile as PostgreSQL admits."""

from __future__ import annotations

from hypothesis import strategies as st

from dbarchitect.model.address import address
from dbarchitect.model.column import Column, Generated, Identity, SequenceOptions
from dbarchitect.model.constraint import Action, Check, Exclusion, ExclusionElement, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.policy import Grant, Policy
from dbarchitect.model.routine import Function, Trigger
from dbarchitect.model.schema import Composite, Domain, Enum, Namespace, Schema, Sequence, View
from dbarchitect.model.table import Partitioning, PartitionOf, Table
from dbarchitect.model.types import SqlType

NASTY = (
    "order", "select", "user", "Table", 'say "hi"', "o'clock", "back\\slash", "new\nline", "tab\tbed", "$$", "$x$",
    ";--",
    "/* no */", "*/", "名前", "שם", "اسم", "🐘", "é", "é", " lead", "trail ", "a.b", "%s", "%(x)s", "{x}", "--> x",
    "x" * 63, "ü" * 31, "a b", "0", "_", "E'", "U&", "public", "null", "a--b", ":x", "?", "\u202e", "\\", '"', "'",
)  # fmt: skip
SYSTEM_COLUMNS = {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"}

_letters = st.characters(exclude_categories=("Cs",), exclude_characters="\0")


def _fits(name: str) -> bool:
    return 0 < len(name.encode()) <= 63 and name not in SYSTEM_COLUMNS and not name.startswith("pg_")


names = st.one_of(st.sampled_from(NASTY), st.text(_letters, min_size=1, max_size=12)).filter(_fits)
"""Identifiers that PostgreSQL accepts, 1 to 63 bytes."""

texts = st.one_of(st.sampled_from(NASTY), st.text(_letters, max_size=30))
"""Texts that PostgreSQL stores."""

comments = st.none() | texts.filter(bool)

TYPES: dict[str, tuple[SqlType, tuple[str, ...]]] = {
    "integer": (SqlType("integer"), ("0", "-1", "1 + 2", "length('abc')")),
    "bigint": (SqlType("bigint"), ("42", "(2 ^ 3)::bigint")),
    "text": (SqlType("text"), ("'x''y'", "''", "lower('A') || 'b'", "'$$'", r"E'\\'")),
    "varchar": (SqlType("varchar", ("40",)), ("'v'", "upper('v')")),
    "numeric": (SqlType("numeric", ("10", "2")), ("0", "1.50")),
    "boolean": (SqlType("boolean"), ("true", "false", "not true")),
    "uuid": (SqlType("uuid"), ("gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'")),
    "timestamptz": (SqlType("timestamptz"), ("now()", "now() + interval '1 day'", "CURRENT_TIMESTAMP")),
    "timestamptz(3)": (SqlType("timestamptz", ("3",)), ("now()",)),
    "date": (SqlType("date"), ("CURRENT_DATE", "'2020-02-02'")),
    "interval": (SqlType("interval", ("day to second",)), ("'1 day'",)),
    "jsonb": (SqlType("jsonb"), ("'{}'", "jsonb_build_object('a', 1)")),
    "text[]": (SqlType("text").array(), ("'{}'", "array['a', 'b''c']")),
    "tstzrange": (SqlType("tstzrange"), ("tstzrange(now(), null)",)),
    "bytea": (SqlType("bytea"), ()),
    "tsvector": (SqlType("tsvector"), ("to_tsvector('simple', 'a')",)),
    "char": (SqlType("char", ("2",)), ("'ab'",)),
    "double precision": (SqlType("double precision"), ("1.5", "'NaN'")),
}
"""Types with defaults that fit them."""
KEYS = ("integer", "bigint", "text", "uuid", "date", "varchar")
ACTIONS: tuple[Action, ...] = ("no action", "restrict", "cascade", "set null", "set default")


class Naming:
    """Draws names that are unique in one namespace of PostgreSQL."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._taken: set[str] = set()

    def __call__(self) -> str:
        name = self._draw(names.filter(lambda name: name not in self._taken))
        self._taken.add(name)
        return name


@st.composite
def columns(draw: st.DrawFn, fresh: Naming, own_types: tuple[SqlType, ...] = ()) -> tuple[Column, ...]:
    """One to five columns; the first is an integer that is never null."""
    found = [Column(fresh(), SqlType("integer"), nullable=False, identity=draw(_identities), comment=draw(comments))]
    for _ in range(draw(st.integers(0, 4))):
        if own_types and draw(st.integers(0, 3)) == 0:
            type_, default = draw(st.sampled_from(own_types)), None
        else:
            type_, defaults = TYPES[draw(st.sampled_from(sorted(TYPES)))]
            default = draw(st.none() | st.sampled_from(defaults)) if defaults else None
        found.append(Column(fresh(), type_, draw(st.booleans()), default, comment=draw(comments)))
    if draw(st.integers(0, 3)) == 0:
        generated = Generated(f"{quote(found[0].name)} + 1", draw(st.booleans()))
        found.append(Column(fresh(), SqlType("integer"), generated=generated))
    return tuple(found)


_options = st.builds(
    SequenceOptions,
    increment=st.none() | st.integers(1, 5),
    cache=st.none() | st.integers(2, 5),
    cycle=st.booleans(),
)
_identities = st.none() | st.builds(Identity, st.booleans(), _options)


@st.composite
def tables(
    draw: st.DrawFn, schema: str, relation: Naming, earlier: tuple[Table, ...], own_types: tuple[SqlType, ...]
) -> Table:
    """A table with constraints, indexes and policies; foreign keys point at `earlier` tables and at itself."""
    name, inner, constraint = relation(), Naming(draw), relation  # a key's name is its index's too
    found = draw(columns(inner, own_types))
    first = found[0].name
    key = PrimaryKey(relation(), (first,), comment=draw(comments)) if draw(st.booleans()) else None
    plain = [column for column in found if column.type.sql() in KEYS and not column.generated]
    uniques = tuple(
        Unique(relation(), (column.name,), nulls_not_distinct=draw(st.booleans()), deferrable=draw(st.booleans()))
        for column in plain[1:2]
    )
    table = Table(
        schema, name, found, key, uniques,
        checks=tuple(draw(_checks(constraint, first)) for _ in range(draw(st.integers(0, 2)))),
        exclusions=tuple(draw(_exclusions(relation, found))),
        indexes=tuple(draw(_indexes(relation, found)) for _ in range(draw(st.integers(0, 3)))),
        policies=tuple(draw(_policies(first)) for _ in range(draw(st.integers(0, 1)))),
        row_security=draw(st.booleans()),
        force_row_security=draw(st.booleans()),
        unlogged=False,
        options=draw(st.sampled_from(((), (("fillfactor", "70"),)))),
        comment=draw(comments),
    )  # fmt: skip
    return Table(**{**_fields(table), "foreign_keys": tuple(draw(_foreign_keys(constraint, table, (*earlier, table))))})


def _fields(table: Table) -> dict[str, object]:
    return {name: getattr(table, name) for name in Table.__slots__}


@st.composite
def _checks(draw: st.DrawFn, constraint: Naming, column: str) -> Check:
    name = quote(column)
    expression = draw(
        st.sampled_from((f"{name} > 0", f"({name} >= 0) and ({name} < 100 or {name} is null)", f"{name} in (1, 2)"))
    )
    return Check(constraint(), expression, draw(st.booleans()), draw(st.booleans()), comment=draw(comments))


@st.composite
def _exclusions(draw: st.DrawFn, relation: Naming, found: tuple[Column, ...]) -> tuple[Exclusion, ...]:
    ranges = [column.name for column in found if column.type.name == "tstzrange"]
    if not ranges or draw(st.booleans()):
        return ()
    where = f"{quote(found[0].name)} > 0" if draw(st.booleans()) else None
    return (Exclusion(relation(), (ExclusionElement("&&", ranges[0]),), where=where, deferrable=draw(st.booleans())),)


@st.composite
def _indexes(draw: st.DrawFn, relation: Naming, found: tuple[Column, ...]) -> Index:
    sortable = [column for column in found if column.type.sql() in KEYS and not _is_virtual(column)]
    chosen = draw(st.lists(st.sampled_from(sortable), min_size=1, max_size=2, unique_by=lambda column: column.name))
    parts = [
        IndexPart(
            column.name,
            opclass="text_pattern_ops" if column.type.name == "text" and draw(st.booleans()) else None,
            collation="C" if column.type.name in ("text", "varchar") and draw(st.booleans()) else None,
            descending=draw(st.booleans()),
            nulls_first=draw(st.none() | st.booleans()),
        )
        for column in chosen
    ]
    if draw(st.booleans()):
        parts.append(IndexPart(expression=f"{quote(found[0].name)} * 2"))
    return Index(
        relation(),
        tuple(parts),
        unique=draw(st.booleans()),
        where=f"{quote(found[0].name)} is not null" if draw(st.booleans()) else None,
        options=draw(st.sampled_from(((), (("fillfactor", "60"),)))),
        comment=draw(comments),
    )


def _is_virtual(column: Column) -> bool:
    return column.generated is not None and not column.generated.stored


@st.composite
def _policies(draw: st.DrawFn, column: str) -> Policy:
    using = f"{quote(column)} = nullif(current_setting('app.id', true), '')::integer"
    return Policy(draw(names), permissive=draw(st.booleans()), using=using, check="true", comment=draw(comments))


@st.composite
def _foreign_keys(draw: st.DrawFn, constraint: Naming, table: Table, parents: tuple[Table, ...]) -> list[ForeignKey]:
    targets = [parent for parent in parents if parent.primary_key and not parent.partitioning]
    if not targets or draw(st.booleans()):
        return []
    parent = draw(st.sampled_from(targets))
    own = draw(st.sampled_from([column for column in table.columns if column.type.sql() == "integer"]))
    generated = own.generated is not None
    if _is_virtual(own):
        return []
    deferrable = draw(st.booleans())
    return [
        ForeignKey(
            constraint(), (own.name,), parent.schema, parent.name, parent.primary_key.columns,
            on_delete=draw(st.sampled_from(ACTIONS[:3] if generated else ACTIONS)),
            on_update=draw(st.sampled_from(ACTIONS[:2])),
            deferrable=deferrable,
            initially_deferred=deferrable and draw(st.booleans()),
            validated=draw(st.booleans()),
            comment=draw(comments),
        )
    ]  # fmt: skip


@st.composite
def _partitioned(draw: st.DrawFn, schema: str, relation: Naming) -> tuple[Table, ...]:
    inner = Naming(draw)
    column, other, parent = inner(), inner(), relation()
    found = (Column(column, SqlType("integer"), nullable=False), Column(other, SqlType("text"), default="'x'"))
    whole = Table(
        schema, parent, found, PrimaryKey(relation(), (column,)), partitioning=Partitioning("list", (quote(column),))
    )
    part = Table(schema, relation(), partition_of=PartitionOf(schema, parent, "FOR VALUES IN (1, 2)"))
    rest = Table(schema, relation(), found[::-1], partition_of=PartitionOf(schema, parent, "DEFAULT"))
    return whole, part, rest


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Schemas that PostgreSQL builds, with nearly everything that the model can say, under hostile names.

    They name no role but `public` and no extension.
    """
    namespace = draw(st.sampled_from(("public", "app", 'a "b'))) if draw(st.booleans()) else "public"
    relation = Naming(draw)  # tables, indexes, sequences and types share their names
    enums, domains, composites = (), (), ()
    if draw(st.booleans()):
        labels = draw(st.lists(texts.filter(lambda text: 0 < len(text.encode()) < 64), min_size=1, unique=True))
        enums = (Enum(namespace, relation(), tuple(labels), draw(comments)),)
    if draw(st.booleans()):
        check = Check(draw(names), "length(value) < 9", comment=draw(comments))
        domains = (Domain(namespace, relation(), SqlType("text"), checks=(check,), comment=draw(comments)),)
    if draw(st.booleans()):
        attribute = Naming(draw)
        composites = (Composite(namespace, relation(), ((attribute(), SqlType("text")),), draw(comments)),)
    own = tuple(SqlType(item.name, schema=namespace) for item in (*enums, *domains, *composites))
    made: list[Table] = []
    for _ in range(draw(st.integers(0, 3))):
        made.append(draw(tables(namespace, relation, tuple(made), (*own, *(type_.array() for type_ in own)))))
    if draw(st.integers(0, 3)) == 0:
        made += draw(_partitioned(namespace, relation))
    functions, made = draw(_with_triggers(namespace, made))
    views = draw(_views(namespace, relation, made))
    sequences = draw(_sequences(namespace, relation, made))
    grants = tuple(Grant(address("table", *table.key), "public", ("insert", "select")) for table in made[:1])
    return Schema(
        tables=tuple(made), enums=enums, domains=domains, composites=composites, sequences=sequences, views=views,
        functions=functions, grants=grants,
        namespaces=() if namespace == "public" else (Namespace(namespace, draw(comments)),),
    )  # fmt: skip


@st.composite
def _with_triggers(draw: st.DrawFn, namespace: str, made: list[Table]) -> tuple[tuple[Function, ...], list[Table]]:
    if not made or draw(st.booleans()):
        return (), made
    name = draw(names)
    function = Function(
        namespace, name, "",
        f"CREATE FUNCTION {qualified(namespace, name)}() RETURNS trigger LANGUAGE plpgsql"
        " AS $body$ begin return new; end $body$",
        comment=draw(comments),
    )  # fmt: skip
    trigger = Trigger(
        draw(names),
        draw(st.sampled_from(("before", "after"))),
        ("insert", "update"),
        namespace,
        name,
        arguments=tuple(draw(st.lists(texts, max_size=2))),
        when="pg_trigger_depth() < 9" if draw(st.booleans()) else None,
        enabled=draw(st.sampled_from(("origin", "always", "disabled"))),
        comment=draw(comments),
    )
    return (function,), [Table(**{**_fields(made[0]), "triggers": (trigger,)}), *made[1:]]


@st.composite
def _views(draw: st.DrawFn, namespace: str, relation: Naming, made: list[Table]) -> tuple[View, ...]:
    usable = [table for table in made if table.columns]
    if not usable or draw(st.booleans()):
        return ()
    table, alias = usable[0], draw(names)
    first = View(
        namespace,
        relation(),
        f"SELECT t.{quote(table.columns[0].name)} FROM {qualified(*table.key)} t",
        (alias,),
        options=draw(st.sampled_from(((), (("security_invoker", "true"),)))),
        comment=draw(comments),
    )
    second = View(
        namespace,
        relation(),
        f"SELECT count(*) AS n FROM {qualified(namespace, first.name)}",
        materialized=draw(st.booleans()),
    )
    return first, second


@st.composite
def _sequences(draw: st.DrawFn, namespace: str, relation: Naming, made: list[Table]) -> tuple[Sequence, ...]:
    if draw(st.booleans()):
        return ()
    owner = None
    if made and made[0].columns and made[0].columns[0].identity is None and draw(st.booleans()):
        owner = (*made[0].key, made[0].columns[0].name)
    return (Sequence(namespace, relation(), options=draw(_options), owned_by=owner, comment=draw(comments)),)
