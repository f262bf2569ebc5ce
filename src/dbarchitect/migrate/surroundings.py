"""The schema around one statement: what names lead to, and what hangs on what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.schema import Schema, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType, parse_type
from dbarchitect.read.sql.drafts import Key, State, TableDraft
from dbarchitect.sql.acts import Name, TypeName
from dbarchitect.sql.classify import classify
from dbarchitect.sql.parser import parse_statement

KeyConstraint = PrimaryKey | Unique | Exclusion


class Surroundings:
    """A schema at one point of its history, asked by the names that a statement writes.

    Args:
        state: what there is; it is looked at, never changed.
        path: the search path.
    """

    def __init__(self, state: State, path: Iterable[str] = ("public",)) -> None:
        self.state = state
        self.path = tuple(path) or ("public",)

    def key(self, known: Iterable[Key] | dict[Key, object], name: Name | None) -> Key | None:
        """The key of an object among `known`, along the search path when no schema is written."""
        if name is None:
            return None
        places = [name.schema] if name.schema is not None else ["pg_temp", *self.path]
        return next(((place, name.name) for place in places if (place, name.name) in known), None)

    def table(self, name: Name | None) -> TableDraft | None:
        """The table of a name."""
        key = self.key(self.state.tables, name)
        return self.state.tables[key] if key else None

    def view(self, name: Name | None) -> View | None:
        """The view of a name."""
        key = self.key(self.state.views, name)
        return self.state.views[key] if key else None

    def index(self, name: Name | None) -> tuple[str, TableDraft | View] | None:
        """(name, table or view) of an index, of one behind a constraint too."""
        key = self.key(self.state.indexes, name)
        if key is None or name is None:
            return None
        owner = self.state.indexes[key]
        found = self.state.tables.get(owner) or self.state.views.get(owner)
        return (name.name, found) if found is not None else None

    def referrers(self, table: TableDraft) -> list[tuple[TableDraft, ForeignKey]]:
        """The foreign keys of other tables that point at this one."""
        return [(child, key) for child, key in self.state.referrers(table.key) if child is not table]

    def targets(self, table: TableDraft) -> list[tuple[TableDraft | None, ForeignKey]]:
        """The foreign keys of a table with the tables that they point at."""
        keys = [item for item in table.constraints.values() if isinstance(item, ForeignKey)]
        return [(self.state.tables.get((key.target_schema, key.target_table)), key) for key in keys]

    def descendants(self, table: TableDraft) -> list[TableDraft]:
        """Its partitions and the tables that inherit from it, directly or not."""
        return list(self.state.descendants(table))

    def views_on(self, table: TableDraft) -> list[View]:
        """The views that read a table."""
        names = {Name(table.schema, table.name)}
        if table.schema in self.path:
            names.add(Name(None, table.name))
        return [view for view in self.state.views.values() if names & set(_reads(view.definition))]

    def indexes(self, table: TableDraft) -> list[str]:
        """The names of all its indexes, those behind constraints too."""
        return sorted([*table.indexes, *(item.name for item in keys(table))])

    def type(self, name: TypeName) -> SqlType:
        """The model's type of a written one."""
        if name.name.schema is None:
            try:
                found = parse_type(name.name.name)
            except ValueError:
                found = SqlType(name.name.name)
            if found.info is not None:
                return SqlType(found.name, _arguments(found.name, name.arguments), name.dimensions)
        for known in (self.state.enums, self.state.domains, self.state.composites, self.state.ranges):
            key = self.key(known, name.name)
            if key is not None:
                return SqlType(key[1], name.arguments, name.dimensions, key[0])
        return SqlType(name.name.name, name.arguments, name.dimensions, name.name.schema or "public")

    def constrained(self, type_: SqlType) -> bool:
        """Whether a type is a domain that demands something."""
        seen: set[Key] = set()
        while type_.schema is not None and (key := (type_.schema, type_.name)) in self.state.domains:
            domain = self.state.domains[key]
            if domain.checks or not domain.nullable:
                return True
            if key in seen:
                return False
            seen.add(key)
            type_ = domain.base
        return False

    def base(self, type_: SqlType) -> SqlType:
        """The type under a domain; the type itself when it is none."""
        for _ in range(10):
            domain = self.state.domains.get((type_.schema or "", type_.name))
            if domain is None:
                return type_
            type_ = domain.base
        return type_

    def users(self, key: Key) -> Iterator[tuple[TableDraft, str]]:
        """The tables and columns of a type of the user's own."""
        for table in self.state.tables.values():
            for column in table.columns.values():
                if (column.type.schema, column.type.name) == key:
                    yield table, column.name

    def volatility(self, name: Name) -> str:
        """How a function behaves: immutable, stable or volatile; volatile when nothing is known of it."""
        if name.schema in (None, "pg_catalog") and name.name in VOLATILE:
            return "volatile"
        found = [
            _volatility(function.definition)
            for (schema, own, _), function in self.state.functions.items()
            if own == name.name and schema in ((name.schema,) if name.schema else self.path)
        ]
        if found:
            return max(found, key=("immutable", "stable", "volatile").index)
        known = name.schema in (None, "pg_catalog") and name.name in built_in_functions()
        return "stable" if known else "volatile"


def keys(table: TableDraft) -> list[KeyConstraint]:
    """The constraints of a table that an index stands behind."""
    return [item for item in table.constraints.values() if isinstance(item, PrimaryKey | Unique | Exclusion)]


def checks(table: TableDraft) -> list[Check]:
    """The checks of a table."""
    return [item for item in table.constraints.values() if isinstance(item, Check)]


def table_address(table: TableDraft) -> str:
    """`table:schema.name`."""
    return address("table", table.schema, table.name)


def of_schema(schema: Schema) -> Surroundings:
    """The surroundings that a whole schema is."""
    state = State()
    for table in schema.tables:
        state.tables[table.key] = draft = _draft(table)
        for constraint in _constraints(table):
            state.add_constraint(draft, constraint)
        for index in table.indexes:
            state.add_index(draft, index)
    for draft in state.tables.values():
        for parent in draft.parents:
            state.adopt(draft.key, parent)
            inherited = state.tables[parent].columns if parent in state.tables else {}
            draft.columns = {**inherited, **draft.columns}
    state.views = {(view.schema, view.name): view for view in schema.views}
    for view in schema.views:
        state.indexes.update({(view.schema, index.name): (view.schema, view.name) for index in view.indexes})
    state.enums = {(item.schema, item.name): item for item in schema.enums}
    state.domains = {(item.schema, item.name): item for item in schema.domains}
    state.composites = {(item.schema, item.name): item for item in schema.composites}
    state.ranges = {(item.schema, item.name): item for item in schema.ranges}
    state.sequences = {(item.schema, item.name): item for item in schema.sequences}
    state.functions = {(item.schema, item.name, str(item.arguments)): item for item in schema.functions}
    return Surroundings(state)


def _constraints(table: Table) -> Iterator[PrimaryKey | Unique | ForeignKey | Check | Exclusion]:
    if table.primary_key:
        yield table.primary_key
    yield from table.uniques
    yield from table.foreign_keys
    yield from table.checks
    yield from table.exclusions


def _draft(table: Table) -> TableDraft:
    return TableDraft(
        table.schema, table.name, {column.name: column for column in table.columns},
        policies={item.name: item for item in table.policies}, triggers={item.name: item for item in table.triggers},
        row_security=table.row_security, force_row_security=table.force_row_security,
        partitioning=table.partitioning, partition_of=table.partition_of, inherits=table.inherits,
        unlogged=table.unlogged, replica_identity=table.replica_identity,
    )  # fmt: skip


def index_of(table: TableDraft, name: str) -> Index | None:
    """An index that backs no constraint."""
    return table.indexes.get(name)


def _arguments(name: str, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The grammar gives an interval's fields as a mask before its precision."""
    return arguments[1:] if name == "interval" else arguments


@lru_cache(maxsize=2048)
def _reads(definition: str) -> tuple[Name, ...]:
    try:
        node = parse_statement(definition)
    except InputError:
        return ()
    return tuple(name for act in classify(node).acts for name in act.related)


@lru_cache(maxsize=2048)
def _volatility(definition: str) -> str:
    try:
        return classify(definition).acts[0].new or "volatile"
    except InputError:
        return "volatile"


VOLATILE = frozenset(
    """clock_timestamp currval gen_random_uuid lastval nextval pg_sleep random random_normal setseed setval timeofday
    uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes gen_salt
    pg_notify txid_current pg_current_xact_id set_config""".split()
)  # fmt: skip
"""Functions of PostgreSQL and its usual extensions that give another value for each row.

Source: pg_proc.provolatile of PostgreSQL 18; currval and its like are volatile too.
"""


@lru_cache(maxsize=1)
def built_in_functions() -> frozenset[str]:
    """The functions of pg_catalog that may stand in a default and are not volatile, by name."""
    text = (Path(__file__).parent / "truth" / "functions.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
