"""What must exist before what: read from types and from the names that SQL texts mention.

A text may mention a name that only looks like an object (a column called like a view). Such a false edge costs
nothing but an order that could have been another one; cycles that it closes are cut in `order`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Ordered
from dataclasses import field
from functools import cached_property
from itertools import pairwise

from dbarchitect.errors import InputError
from dbarchitect.model.routine import Function
from dbarchitect.model.schema import Composite, Domain, Enum, RangeType, Schema, Sequence, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.records import dataclass
from dbarchitect.sql.keywords import RESERVED
from dbarchitect.sql.tokens import Token, scan

Object = Enum | RangeType | Domain | Composite | Sequence | Function | Table | View
RANK: dict[type, int] = {
    kind: rank for rank, kind in enumerate((Enum, RangeType, Domain, Composite, Sequence, Function, Table, View))
}
NodeKey = tuple[int, str, str, str]
"""(rank of the kind, schema, name, arguments of a function): unique and sortable."""

_BEFORE_COLUMNS = (
    "as", "select", "distinct", "by", "on", "and", "or", "not", "where", "having", "when", "then", "else",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Needs:
    """What an object needs: `hard` to be created at all, `soft` when the order allows it."""

    hard: frozenset[NodeKey] = frozenset()
    soft: frozenset[NodeKey] = frozenset()


@dataclass(frozen=True)
class Names:
    """The objects of a schema by the names that may mention them."""

    schema: Schema
    nodes: dict[NodeKey, Object] = field(default_factory=dict)

    @cached_property
    def _by_name(self) -> dict[tuple[type, str], list[NodeKey]]:
        found: dict[tuple[type, str], list[NodeKey]] = {}
        for key, item in self.nodes.items():
            found.setdefault((type(item), item.name), []).append(key)
        return found

    def of(self, kinds: Iterable[type], schema: str | None, name: str) -> Iterator[NodeKey]:
        """Objects of these kinds with this name, in this schema or in any."""
        for kind in kinds:
            for key in self._by_name.get((kind, name), ()):
                if schema is None or key[1] == schema:
                    yield key

    def type_keys(self, type_: SqlType) -> Iterator[NodeKey]:
        """The user's own type that a column has; a table's row type too."""
        if type_.schema is not None:
            yield from self.of((Enum, RangeType, Domain, Composite, Table, View), type_.schema, type_.name)
            for range_ in self.schema.ranges:
                if range_.multirange == type_.name and range_.schema == type_.schema:
                    yield node_key(range_)

    @cached_property
    def _partitions(self) -> dict[tuple[str, str], list[Table]]:
        found: dict[tuple[str, str], list[Table]] = {}
        for table in self.schema.tables:
            if table.partition_of:
                found.setdefault((table.partition_of.schema, table.partition_of.table), []).append(table)
        return found

    def partitions(self, schema: str, name: str) -> Iterator[NodeKey]:
        """The partitions of a table, and theirs."""
        for table in self._partitions.get((schema, name), ()):
            yield node_key(table)
            yield from self.partitions(*table.key)

    def mentioned(self, tokens: Iterable[Token], *, calls_only: bool = False) -> set[NodeKey]:
        """Objects whose names stand in a text.

        Args:
            tokens: the text.
            calls_only: functions only where a bracket follows, tables and views not at all.
        """
        listed = [token for token in tokens if token.kind != "comment"]
        found: set[NodeKey] = set()
        for place, token in enumerate(listed):
            after = listed[place + 1].text if place + 1 < len(listed) else ""
            if token.name is None or after == "." or token.is_word(*RESERVED):
                continue
            qualifier = listed[place - 2].name if place > 1 and listed[place - 1].text == "." else None
            called = list(self.of((Function,), qualifier, token.name)) if after == "(" else []
            found.update(called)
            found.update(self.of((Enum, RangeType, Domain, Composite), qualifier, token.name))
            before = listed[place - 1] if place else None
            names_column = (
                qualifier is None and before and (before.is_word(*_BEFORE_COLUMNS) or before.kind == "operator")
            )
            if not calls_only and not names_column and not (called and qualifier):
                found.update(self.of((Table, View), qualifier, token.name))
        return found


def node_key(item: Object) -> NodeKey:
    """The key of an object."""
    return RANK[type(item)], item.schema, item.name, item.arguments if isinstance(item, Function) else ""


def names_of(schema: Schema) -> Names:
    """The objects of a schema that need an order."""
    items: list[Object] = [
        *schema.enums, *schema.ranges, *schema.domains, *schema.composites, *schema.sequences,
        *schema.functions, *schema.tables, *schema.views,
    ]  # fmt: skip
    return Names(schema, {node_key(item): item for item in items})


def needs(item: Object, names: Names) -> Needs:
    """What `item` needs."""
    if isinstance(item, Table):
        hard, soft = _table(item, names), _foreign(item, names)
    elif isinstance(item, Function):
        hard, soft = _function(item, names)
    elif isinstance(item, View):
        hard, soft = names.mentioned(scan(item.definition)), set()
    else:
        hard, soft = set(_type(item, names)), set()
    own = {node_key(item)}
    return Needs(frozenset(hard - own), frozenset(soft - hard - own))


def _type(item: Object, names: Names) -> Iterator[NodeKey]:
    if isinstance(item, Domain):
        yield from names.type_keys(item.base)
        for text in (item.default, *(check.expression for check in item.checks)):
            if text is not None:
                yield from names.mentioned(scan(text), calls_only=True)
    elif isinstance(item, Composite):
        for _, type_ in item.attributes:
            yield from names.type_keys(type_)
    elif isinstance(item, RangeType):
        yield from names.type_keys(item.subtype)


def _table(table: Table, names: Names) -> set[NodeKey]:
    found: set[NodeKey] = set()
    for parent in table.inherits:
        found.update(names.of((Table,), *parent))
    if table.partition_of:
        found.update(names.of((Table,), table.partition_of.schema, table.partition_of.table))
    for column in table.columns:
        found.update(names.type_keys(column.type))
    for text in _table_texts(table):
        found |= names.mentioned(scan(text), calls_only=True)
    return found


def _table_texts(table: Table) -> Iterator[str]:
    for column in table.columns:
        if column.default is not None:
            yield column.default
        if column.generated:
            yield column.generated.expression
    yield from (check.expression for check in table.checks)
    for exclusion in table.exclusions:
        yield from (element.expression for element in exclusion.elements if element.expression)
        yield exclusion.where or ""
    if table.partitioning:
        yield from table.partitioning.keys


def _foreign(table: Table, names: Names) -> set[NodeKey]:
    """The tables that foreign keys point at, with their partitions: none can be dropped while the key is there."""
    found: set[NodeKey] = set()
    for key in table.foreign_keys:
        found.update(names.of((Table,), key.target_schema, key.target_table))
        found.update(names.partitions(key.target_schema, key.target_table))
    return found


def _function(function: Function, names: Names) -> tuple[set[NodeKey], set[NodeKey]]:
    """What stands outside of a quoted body is needed; a body in SQL had better find what it mentions."""
    tokens = scan(function.definition)
    hard, soft = names.mentioned(tokens), set[NodeKey]()
    if body_is_checked(tokens):
        for token in tokens:
            if token.kind == "body":
                tag = token.text.index("$", 1) + 1
                soft |= names.mentioned(_lenient(token.text[tag:-tag]))
            elif token.kind == "string":
                soft |= names.mentioned(_lenient(token.text.strip("eE")[1:-1].replace("''", "'")))
    return hard, soft


def _lenient(text: str) -> tuple[Token, ...]:
    """A string that may be SQL; nothing when it is not."""
    try:
        return scan(text)
    except InputError:
        return ()


def body_is_checked(tokens: Ordered[Token]) -> bool:
    """Whether PostgreSQL looks up the names in a quoted body when it creates the function: LANGUAGE sql only."""
    return any(word.is_word("language") and name.text.lower().strip("'\"") == "sql" for word, name in pairwise(tokens))
