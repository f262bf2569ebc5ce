"""Names in TypeScript for what a schema holds: files, variables, types, properties (DESIGN section 5, seed: naming).

Every name is decided once for a whole project, so that no two things share one, whatever the names in the database are.
The most natural bearer of a name keeps it; the others get their prefix, their schema or a hash of their full name.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from dbarchitect.model.address import address
from dbarchitect.model.names import camel, fit, singular, snake, words
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass
from dbarchitect.write.drizzle.typescript import RESERVED, identifier

TENANT_PREFIX = "org_"
"""What the seed puts before the name of a table whose rows belong to one organization."""

_OWN_FILES = frozenset({"index", "enums", "relations", "types", "views", "sequences", "namespaces", "roles"})
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_LONGEST_FILE = 80
# Properties that every JavaScript object or Drizzle's table object keeps for itself; one called `then` makes an object
# look like a promise.
_TAKEN_PROPERTY_WORDS = """
__proto__ constructor prototype then toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable
__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ _ $inferSelect $inferInsert getSQL enableRLS
"""
_TAKEN_PROPERTIES = frozenset(_TAKEN_PROPERTY_WORDS.split())


@dataclass(frozen=True, slots=True)
class TableNames:
    """Everything that one table is called in TypeScript.

    Args:
        logical: the snake_case name without the tenant prefix: `order_items`.
        file: the file's name without its ending; ASCII, unique without regard to case.
        variable: `orderItemsSchema`.
        select_type: `OrderItemsSelectSchema`.
        insert_type: `OrderItemsInsertSchema`.
        relations: `orderItemsRelations`.
        many: `orderItems`, the stem for names that speak of several rows.
        one: `orderItem`, the stem for names that speak of one row; never another table's `many` or `one`.
        many_type: `OrderItems`.
        one_type: `OrderItem`.
        columns: property names by column name.
    """

    logical: str
    file: str
    variable: str
    select_type: str
    insert_type: str
    relations: str
    many: str
    one: str
    many_type: str
    one_type: str
    columns: Mapping[str, str]


class Names:
    """The names of one project; build it once a schema and pass it on.

    Args:
        schema: the schema; its intent says which tables are the tenants'.
    """

    def __init__(self, schema: Schema) -> None:
        self._taken: set[str] = set()
        self._files: set[str] = set(_OWN_FILES)
        self._tables = self._name_tables(schema)
        kinds: tuple[tuple[str, Iterable[tuple[str, str]], str], ...] = (
            ("enum", ((enum.schema, enum.name) for enum in schema.enums), "Enum"),
            ("view", ((view.schema, view.name) for view in schema.views), "View"),
            ("sequence", ((sequence.schema, sequence.name) for sequence in schema.sequences), "Sequence"),
            ("namespace", (("public", name) for name in _namespaces(schema)), "Namespace"),
        )
        self._others: dict[tuple[str, str, str], str] = {}
        for kind, keys, suffix in kinds:
            for (place, name), variable in self._name_variables(keys, suffix).items():
                self._others[kind, place, name] = variable

    def table(self, table: Table | tuple[str, str]) -> TableNames:
        """The names of a table, given the table or its (schema, name).

        Raises:
            KeyError: when the schema has no such table.
        """
        return self._tables[table if isinstance(table, tuple) else table.key]

    def column(self, table: Table | tuple[str, str], name: str) -> str:
        """The property of a column: `organization_id` -> `organizationId`."""
        return self.table(table).columns[name]

    def enum(self, place: str, name: str) -> str:
        """The variable of an enum, given its schema and name: `orderStatusEnum`."""
        return self._others["enum", place, name]

    def view(self, place: str, name: str) -> str:
        """The variable of a view, given its schema and name: `activeUsersView`."""
        return self._others["view", place, name]

    def sequence(self, place: str, name: str) -> str:
        """The variable of a sequence, given its schema and name: `invoiceNumberSequence`."""
        return self._others["sequence", place, name]

    def namespace(self, name: str) -> str:
        """The variable of a PostgreSQL schema beside public: `billingNamespace`."""
        return self._others["namespace", "public", name]

    def _name_tables(self, schema: Schema) -> dict[tuple[str, str], TableNames]:
        named: dict[tuple[str, str], TableNames] = {}
        scoped = {table.key for table in schema.tables if is_tenant_scoped(schema, table)}
        for table in sorted(schema.tables, key=lambda t: (_rank(t.schema, t.name), t.key in scoped, t.key)):
            for candidate in _table_candidates(table, table.key in scoped):
                names = _table_names(candidate, table)
                claimed = {
                    names.variable, names.select_type, names.insert_type, names.relations,
                    names.many, names.one, names.many_type, names.one_type,
                }  # fmt: skip
                if names.file in self._files or claimed & self._taken:
                    continue
                self._files.add(names.file)
                self._taken |= claimed
                named[table.key] = names
                break
        return named

    def _name_variables(self, keys: Iterable[tuple[str, str]], suffix: str) -> dict[tuple[str, str], str]:
        named: dict[tuple[str, str], str] = {}
        for place, name in sorted(keys, key=lambda key: (_rank(*key), key)):
            for candidate in _candidates(place, name):
                variable = identifier(_camel(candidate) + suffix)
                if variable not in self._taken:
                    self._taken.add(variable)
                    named[place, name] = variable
                    break
        return named


def is_tenant_scoped(schema: Schema, table: Table) -> bool:
    """Whether the intent says that the rows of the table belong to one tenant each."""
    intent = schema.intent.tables.get(address("table", *table.key))
    return intent is not None and intent.tenant_scoped


def column_names(columns: Iterable[str]) -> dict[str, str]:
    """Property names by column name: camelCase, each once.

    A column whose name is camelCase's own snake_case keeps the plain property; others that would share it get a hash.
    """
    return unique_names(columns, lambda name: identifier_key(_camel(snake(name) or "column")), _TAKEN_PROPERTIES)


def unique_names(names: Iterable[str], spell: Callable[[str], str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A different spelling for each name, in the order of `names`.

    Args:
        names: different names.
        spell: the natural spelling of a name.
        taken: spellings that nobody may have.
    """
    used = set(taken)
    listed = list(names)
    spelled: dict[str, str] = {}
    for name in sorted(listed, key=lambda name: (_rank("public", name), name)):
        plain = spell(name)
        for candidate in (plain, *(f"{plain}_{digest}" for digest in _digests(name))):
            if candidate not in used:
                used.add(candidate)
                spelled[name] = candidate
                break
    return {name: spelled[name] for name in listed}


def identifier_key(text: str) -> str:
    """A property name that needs no quotes; reserved words may stand as properties and are kept."""
    return text if text in RESERVED else identifier(text)


def file_stem(name: str) -> str:
    """A file name of ASCII letters, digits and underscores that every file system takes: 'Größe' -> 'grosse'."""
    parts = []
    for word in words(name):
        folded = unicodedata.normalize("NFKD", word.casefold())
        spelled = ("" if unicodedata.combining(c) else c if c.isascii() else f"u{ord(c):x}_" for c in folded)
        parts.append("".join(c for c in "".join(spelled) if c.isalnum() or c == "_").strip("_"))
    stem = fit("_".join(part for part in parts if part) or "table", _LONGEST_FILE)
    return f"{stem}_" if stem in _DEVICES else stem


def _table_names(logical: str, table: Table) -> TableNames:
    many, row = _camel(logical), _camel(singular(logical))
    return TableNames(
        logical=logical,
        file=file_stem(logical),
        variable=identifier(f"{many}Schema"),
        select_type=identifier(f"{_upper(many)}SelectSchema"),
        insert_type=identifier(f"{_upper(many)}InsertSchema"),
        relations=identifier(f"{many}Relations"),
        many=many,
        one=row,
        many_type=_upper(many),
        one_type=_upper(row),
        columns=column_names(column.name for column in table.columns),
    )


def _table_candidates(table: Table, scoped: bool) -> Iterator[str]:
    bare = table.name.removeprefix(TENANT_PREFIX)
    if scoped and snake(bare):
        yield snake(bare)
    yield from _candidates(table.schema, table.name)


def _candidates(place: str, name: str) -> Iterator[str]:
    plain = snake(name) or "unnamed"
    yield plain
    if place != "public":
        yield f"{snake(place) or 'unnamed'}_{plain}"
    for digest in _digests(f"{place}.{name}"):
        yield f"{plain}_{digest}"


def _digests(text: str) -> Iterator[str]:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    for length in range(6, len(digest) + 1):
        yield digest[:length]


def _rank(place: str, name: str) -> tuple[bool, bool]:
    return place != "public", snake(name) != name


def _camel(text: str) -> str:
    name = camel(text)
    return name if name.isidentifier() else identifier(name)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _namespaces(schema: Schema) -> list[str]:
    placed: list[tuple[str, str]] = []
    for group in (schema.tables, schema.enums, schema.views, schema.sequences):
        placed += [(item.schema, item.name) for item in group]
    declared = {namespace.name for namespace in schema.namespaces}
    return sorted((declared | {place for place, _ in placed}) - {"public"})
