"""What Drizzle's schema files can hold as it is, and why not for the rest: one answer for writer and companion.

Sources: reference/drizzle.md section 1 (missing in both lines), and drizzle-kit 0.31.11's snapshots, which join parts
of an object with `;`, `,,` and `--` and split them again, so that a part which holds the separator comes out broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from dbarchitect.model.column import Column, Generated
from dbarchitect.model.constraint import Check, ForeignKey
from dbarchitect.model.index import Index
from dbarchitect.model.policy import Policy
from dbarchitect.model.routine import Function
from dbarchitect.model.schema import Composite, Domain, Enum, RangeType, Schema, Sequence, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import REGISTRY, SqlType
from dbarchitect.sql.keywords import RESERVED
from dbarchitect.sql.tokens import Token, scan
from dbarchitect.write.sql.dependencies import Names, NodeKey, Object, names_of, needs, node_key

VIEW_OPTIONS = {"security_barrier": "securityBarrier", "security_invoker": "securityInvoker"}
_PLAIN_TYPE = re.compile(r"[a-z_][a-z0-9_]*\Z")
# Words that are no type without quotes, beside the reserved ones (manual, appendix C: "cannot be function or type").
_NO_TYPE_NAMES = """
between coalesce exists extract greatest grouping inout least merge_action national nchar none normalize nullif out
overlay position precision row setof substring treat trim values xmlattributes xmlconcat xmlelement xmlexists xmlforest
xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""
_TAKEN_TYPES = (
    RESERVED
    | frozenset(_NO_TYPE_NAMES.split())
    | {spelling for info in REGISTRY.values() for spelling in (info.name, *info.spellings)}
)
_SEPARATOR = "text that drizzle-kit 0.31 takes for a separator of its snapshot"

Key = tuple[str, str]


class Held:
    """Answers about one schema; every `…_reason` is None when the schema file holds the thing as it is."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._enums = {(enum.schema, enum.name) for enum in self.enums}
        self._tables = {table.key: table for table in schema.tables}

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables that get a file: all but partitions, which the companion makes and nobody queries by name."""
        return tuple(table for table in self.schema.tables if table.partition_of is None)

    @cached_property
    def enums(self) -> tuple[Enum, ...]:
        """The enums of the schema files: one without labels cannot be one."""
        return tuple(enum for enum in self.schema.enums if enum.labels)

    @cached_property
    def sequences(self) -> tuple[Sequence, ...]:
        """The sequences of the schema files: Drizzle knows none but bigint ones."""
        return tuple(sequence for sequence in self.schema.sequences if sequence.type.name == "bigint")

    @cached_property
    def namespaces(self) -> tuple[str, ...]:
        """The PostgreSQL schemas that the schema files name: those with something in them."""
        groups: Iterable[Iterable[Table | Enum | View | Sequence]] = (
            self.tables, self.enums, self.schema.views, self.sequences,
        )  # fmt: skip
        return tuple(sorted({item.schema for group in groups for item in group} - {"public"}))

    @cached_property
    def _names(self) -> Names:
        return names_of(self.schema)

    @cached_property
    def first(self) -> frozenset[NodeKey]:
        """Types and functions that must and can exist before Drizzle's tables: they need none of Drizzle's objects."""
        early: set[NodeKey] = set()
        movable = {
            key: needs(item, self._names).hard
            for key, item in self._names.nodes.items()
            if item.schema not in self.namespaces and self._movable(item)
        }
        grown = True
        while grown:
            ready = {key for key, wanted in movable.items() if key not in early and wanted <= early}
            early |= ready
            grown = bool(ready)
        wanted = {key for key in early if not isinstance(self._names.nodes[key], Function)}
        waiting = {key for table in self.tables for key in self._mentioned(_texts(table))} & early
        while waiting:
            key = waiting.pop()
            if key not in wanted or isinstance(self._names.nodes[key], Function):
                wanted.add(key)
            waiting |= needs(self._names.nodes[key], self._names).hard - wanted
        for key in list(wanted):
            wanted |= needs(self._names.nodes[key], self._names).hard
        return frozenset(wanted)

    def _movable(self, item: Object) -> bool:
        """Whether Drizzle makes nothing of the object, so that it may come before; a table's schema must not."""
        if isinstance(item, Sequence):
            return item not in self.sequences
        return isinstance(item, Domain | Composite | RangeType | Function) or (
            isinstance(item, Enum) and not item.labels
        )

    def _mentioned(self, texts: Iterable[str | None]) -> set[NodeKey]:
        return {key for text in texts if text for key in self._names.mentioned(scan(text), calls_only=True)}

    def _too_late(self, *texts: str | None) -> bool:
        """Whether a text needs a function or type that only the companion can make."""
        for sequence in self.schema.sequences:
            made_late = sequence not in self.sequences and node_key(sequence) not in self.first
            if made_late and any(sequence.name in (text or "") for text in texts):
                return True
        late = self._mentioned(texts) - self.first
        return any(not isinstance(self._names.nodes[key], Enum) for key in late)

    @cached_property
    def replaced(self) -> Mapping[Key, str]:
        """The tables that the companion makes anew instead of altering what Drizzle made, with the reason."""
        found = {table.key: self._replaced(table) for table in self.tables}
        return {key: reason for key, reason in found.items() if reason}

    def _replaced(self, table: Table) -> str | None:
        if table.partitioning is not None:
            return "it is partitioned"
        if table.inherits or any(table.key in other.inherits for other in self.schema.tables):
            return "it takes part in inheritance"
        for column in table.columns:
            if reason := self._column(column):
                return f"its column {column.name} {reason}"
        key = table.primary_key
        if key is not None and (key.include or key.deferrable or key.without_overlaps):
            return "its primary key has INCLUDE, DEFERRABLE or WITHOUT OVERLAPS"
        if any(unique.include or unique.deferrable or unique.without_overlaps for unique in table.uniques):
            return "one of its unique constraints has INCLUDE, DEFERRABLE or WITHOUT OVERLAPS"
        return None

    def _column(self, column: Column) -> str | None:
        if column.collation is not None:
            return "has a collation of its own"
        if column.generated is not None and not column.generated.stored:
            return "is computed when it is read"
        if self.type_reason(column.type):
            return "has a type whose name drizzle-kit cannot write"
        if self._too_late(column.default, column.generated.expression if column.generated else None):
            return "needs a function that needs tables itself"
        return None

    def type_reason(self, kind: SqlType) -> str | None:
        """Why a user's own type is not named in a schema file; what it is made of stands there instead."""
        if kind.schema is None:
            return None
        if (kind.schema, kind.name) in self._enums:
            simple = kind.schema == "public" and _PLAIN_TYPE.match(kind.name)
            return None if kind.dimensions <= 1 or simple else "an array of arrays of an enum with a special name"
        plain = _PLAIN_TYPE.match(kind.name) is not None and kind.name not in _TAKEN_TYPES
        if kind.schema == "pg_catalog" and plain:
            return None
        if kind.schema != "public" or not plain:
            return "drizzle-kit 0.31 puts the whole name of a custom type in one pair of quotes"
        keys = set(self._names.type_keys(kind))
        return None if keys <= self.first else "it needs a type of Drizzle's"

    def column(self, column: Column) -> Column:
        """The column as Drizzle holds it: a base type for a type that it cannot name, nothing virtual, no collation."""
        default, generated = column.default, column.generated
        if default is not None and self._too_late(default):
            default = "null"  # keeps the value optional for inserts; PostgreSQL stores no such default
        if generated is not None:
            generated = Generated("null" if self._too_late(generated.expression) else generated.expression)
        return replace(
            column, type=self._base(column.type), default=default, generated=generated, collation=None, comment=None
        )

    def _base(self, kind: SqlType) -> SqlType:
        if self.type_reason(kind) is None:
            return kind
        domain = next((d for d in self.schema.domains if (d.schema, d.name) == (kind.schema, kind.name)), None)
        base = self._base(domain.base) if domain else SqlType("text")
        return base.array(kind.dimensions)

    def index_reason(self, index: Index) -> str | None:
        """Why an index is made by the companion."""
        if index.include:
            return "INCLUDE"
        if index.nulls_not_distinct:
            return "NULLS NOT DISTINCT"
        if index.only:
            return "ON ONLY"
        if any(part.opclass_options or part.collation for part in index.parts):
            return "COLLATE or the options of an operator class"
        expressions = [part.expression for part in index.parts if part.expression is not None]
        if self._too_late(index.where, *expressions):
            return "a function that needs tables itself"
        columns = [part.column or "" for part in index.parts]
        splits = _has(";", index.name, index.where or "", *expressions, *columns)
        splits = splits or _has(",,", *expressions, *columns) or _has("--", *expressions, *columns)
        return _SEPARATOR if splits else None

    def check_reason(self, check: Check) -> str | None:
        """Why a check is made by the companion."""
        if not check.validated or not check.enforced or check.no_inherit:
            return "NOT VALID, NOT ENFORCED or NO INHERIT"
        if self._too_late(check.expression):
            return "a function that needs tables itself"
        return _SEPARATOR if _has(";", check.name, check.expression) else None

    def policy_reason(self, table: Table, policy: Policy) -> str | None:
        """Why a policy is made by the companion."""
        if not table.row_security:
            return "row level security that is off"
        if self._too_late(policy.using, policy.check):
            return "a function that needs tables itself"
        if list(policy.roles) != sorted(policy.roles):
            return "an order of roles that drizzle-kit does not keep"
        # Subqueries may read tables that drizzle-kit makes after the policy.
        if any("select" in (text or "").lower() for text in (policy.using, policy.check)):
            return "a subquery"
        return _SEPARATOR if _has("--", policy.name, policy.using or "", policy.check or "", *policy.roles) else None

    def foreign_key(self, key: ForeignKey) -> bool:
        """Whether the schema file has the foreign key, be it in a weaker form."""
        target = self._tables.get((key.target_schema, key.target_table))
        if target is None or target.partition_of is not None or key.period:
            return False
        # A unique index would do for PostgreSQL, but drizzle-kit 0.31 makes indexes after foreign keys (#4638).
        keys = [set(unique.columns) for unique in target.uniques if not unique.without_overlaps]
        if target.primary_key is not None and not target.primary_key.without_overlaps:
            keys.append(set(target.primary_key.columns))
        return set(key.target_columns) in keys and not _has(";", key.name) and not _has(",", *key.columns)

    @staticmethod
    def foreign_key_reason(key: ForeignKey) -> str | None:
        """Why the companion writes a foreign key once more under its name."""
        if key.set_columns:
            return f"ON DELETE {key.on_delete.upper()} of some columns"
        if key.match_full:
            return "MATCH FULL"
        if key.deferrable:
            return "DEFERRABLE"
        if not key.validated or not key.enforced:
            return "NOT VALID or NOT ENFORCED"
        return "PERIOD" if key.period else None

    def view_reason(self, view: View) -> str | None:
        """Why a view is declared as existing, and made by the companion."""
        if not view.columns:
            return "columns that are not known"
        if _output_names(view.definition) != view.columns:
            return "a list of names for its columns"
        if any(name not in VIEW_OPTIONS for name, _ in view.options):
            return "an option that Drizzle has not"
        if view.check_option:
            return "WITH CHECK OPTION"
        mentioned = self._names.mentioned(scan(view.definition)) - {node_key(view)}
        nodes = [self._names.nodes[key] for key in mentioned]
        if any(isinstance(node, View) for node in nodes):
            return "another view"
        if any(node_key(node) not in self.first for node in nodes if isinstance(node, Function)):
            return "a function of the schema"
        if any(node.key in self.replaced or node.partition_of for node in nodes if isinstance(node, Table)):
            return "a table that the companion makes"
        return None


def _output_names(definition: str) -> tuple[str, ...] | None:
    """The names of a query's columns where they are plain to see: columns and `AS name`; None elsewhere."""
    tokens = [token for token in scan(definition) if token.kind != "comment"]
    if not tokens or not tokens[0].is_word("select"):
        return None
    items: list[list[Token]] = [[]]
    for token in tokens[1:]:
        if token.depth == 0 and token.is_word("from", "union", "intersect", "except", "where", "limit", "order"):
            break
        if token.depth == 0 and token.text == ",":
            items.append([])
        else:
            items[-1].append(token)
    names = [_output_name(item) for item in items]
    return tuple(name for name in names if name is not None) if None not in names else None


def _output_name(item: list[Token]) -> str | None:
    if len(item) > 1 and item[-2].is_word("as"):
        return item[-1].name
    reference = all(token.text == "." if place % 2 else token.name is not None for place, token in enumerate(item))
    return item[-1].name if reference and len(item) % 2 else None


def _texts(table: Table) -> list[str | None]:
    texts: list[str | None] = [column.default for column in table.columns]
    texts += [column.generated.expression for column in table.columns if column.generated]
    texts += [check.expression for check in table.checks]
    for index in table.indexes:
        texts += [index.where, *(part.expression for part in index.parts)]
    for policy in table.policies:
        texts += [policy.using, policy.check]
    return texts


def _has(separator: str, *texts: str) -> bool:
    return any(separator in text for text in texts)
