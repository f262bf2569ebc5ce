"""What the writers of helpers, queries, validation, seeds and tests ask about a table, answered once a project."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from dbarchitect.facts.lookup import Lookup, Reference
from dbarchitect.model.column import Column
from dbarchitect.model.intent import ColumnIntent, Managed, TableIntent
from dbarchitect.model.names import camel, words
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.naming import Names
from dbarchitect.write.drizzle.relations import Relation, project_relations
from dbarchitect.write.drizzle.typescript import member

if TYPE_CHECKING:
    from dbarchitect.write.drizzle.query import Query

_STRINGS = frozenset({"text", "uuid", "decimal", "date", "time", "interval", "network", "bits", "search"})
_SECRET = frozenset({"password", "token"})
_NUMBERS = frozenset({"smallint", "integer", "bigint", "real", "double precision"})
# Names of types that a row type must not hide in its module.
_TAKEN_TYPES_WORDS = """
Array BigInt Boolean Changes Cursor Database Date Error Exclude Function Listing ListOptions Map Number Object
Omit PageOptions Partial Pick Promise Record Required Set Stamps String Symbol Uint8Array
"""
_TAKEN_TYPES = frozenset(_TAKEN_TYPES_WORDS.split())


@dataclass(frozen=True, slots=True)
class Field:
    """A column as TypeScript sees it.

    Args:
        column: the column.
        prop: its property name.
        reference: the column of the table object: `ordersSchema.customerId`.
        type: the TypeScript type of its value.
        intent: what it means.
        made: an id that Drizzle or PostgreSQL makes where a new row has none.
    """

    column: Column
    prop: str
    reference: str
    type: str
    intent: ColumnIntent
    made: bool = False

    @property
    def words(self) -> str:
        """The name in words: `unit price`."""
        return " ".join(words(self.column.name)) or self.column.name


class Project:
    """A schema with its names, settings and one `Subject` for each emitted table.

    Args:
        schema: the schema.
        settings: what was chosen.
    """

    def __init__(self, schema: Schema, settings: Settings) -> None:
        self.schema = schema
        self.settings = settings
        self.lookup = Lookup(schema)
        self.names = Names(schema)
        self.queries: dict[tuple[str, str], tuple[Query, ...]] = {}

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """The tables, parents before children."""
        return tuple(Subject(self, table) for table in self.lookup.insert_order if table.partition_of is None)

    @cached_property
    def by_key(self) -> dict[tuple[str, str], Subject]:
        """Subjects by (schema, name)."""
        return {subject.table.key: subject for subject in self.subjects}

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """The relations of the whole schema."""
        return project_relations(self.schema, self.names)

    @cached_property
    def root(self) -> Subject | None:
        """The table of the tenants."""
        tenancy = self.lookup.tenancy
        return next((s for s in self.subjects if tenancy and s.table.address == tenancy.table), None)

    @cached_property
    def tenant(self) -> str:
        """The property that every tenant's table has: `organizationId`."""
        tenancy = self.lookup.tenancy
        return camel(tenancy.column) if tenancy else "organizationId"

    @property
    def tenant_type(self) -> str:
        """The TypeScript type of a tenant's id."""
        return self.root.key[0].type if self.root and self.root.key else "string"

    @property
    def soft_deletes(self) -> bool:
        """Whether any table is soft-deleted."""
        return any(subject.soft for subject in self.subjects)


class Subject:
    """One table of a project.

    Args:
        project: the project.
        table: the table.
    """

    def __init__(self, project: Project, table: Table) -> None:
        self.project = project
        self.table = table
        self.names = project.names.table(table)
        self.intent: TableIntent = project.lookup.intent(table)
        self.seeded: dict[str, str] | None = None

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every column by its name in the database."""
        return {column.name: self._field(column) for column in self.table.columns}

    def field(self, column: str) -> Field:
        """The field of a column, given its name in the database."""
        return self.fields[column]

    def _field(self, column: Column) -> Field:
        name = self.names.columns[column.name]
        intent = self.project.lookup.column_intent(self.table, column.name)
        key = self.table.primary_key
        alone = key is not None and key.columns == (column.name,) and column.default is None
        made = alone and self.project.settings.ids == "default-fn" and column.type.name == "uuid"
        made = made or column.identity is not None
        return Field(column, name, member(self.names.variable, name), self._type(column, intent), intent, made)

    def _type(self, column: Column, intent: ColumnIntent) -> str:
        kind = column.type
        if kind.dimensions == 0 and not intent.mode and kind.schema is None:
            if kind.category in _STRINGS or kind.name in ("text", "varchar", "char"):
                return "string"
            if kind.name in _NUMBERS:
                return "number"
            if kind.name == "boolean":
                return "boolean"
            if kind.name in ("timestamp", "timestamptz"):
                return "Date"
        name = self.names.columns[column.name]
        whole = f"{self.names.select_type}['{name}']"
        return f"NonNullable<{whole}>" if column.nullable else whole

    def managed(self, kind: Managed) -> Field | None:
        """The field that is managed as `kind`."""
        name = self.project.lookup.managed(self.table, kind)
        return self.fields.get(name) if name else None

    @cached_property
    def tenant(self) -> Field | None:
        """The column that says whose a row is; None for tables that belong to nobody."""
        tenancy = self.project.lookup.tenancy
        if tenancy is None or not self.intent.tenant_scoped:
            return None
        return self.fields.get(tenancy.column)

    @property
    def is_root(self) -> bool:
        """Whether the rows are the tenants."""
        return self.project.root is self

    @property
    def secured(self) -> bool:
        """Whether its rows are seen inside `withTenant` only."""
        return self.project.lookup.tenancy is not None and self.table.row_security

    @cached_property
    def whole_key(self) -> tuple[Field, ...]:
        """The columns of the primary key; () without one."""
        key = self.table.primary_key
        return tuple(self.fields[name] for name in key.columns) if key else ()

    @cached_property
    def key(self) -> tuple[Field, ...]:
        """The columns of the primary key beside the tenant."""
        return tuple(field for field in self.whole_key if field is not self.tenant)

    @cached_property
    def soft(self) -> Field | None:
        """The column that marks deleted rows."""
        if not self.intent.soft_delete or self.intent.append_only:
            return None
        return self.managed("deleted_at")

    @cached_property
    def created(self) -> Field | None:
        """The column that orders lists: when the row was made."""
        field = self.managed("created_at")
        return field if field and not field.column.nullable else None

    @property
    def stamps(self) -> tuple[str, ...]:
        """The properties of the timestamps that nobody passes."""
        kinds: tuple[Managed, ...] = ("created_at", "updated_at", "deleted_at")
        return tuple(field.prop for kind in kinds if (field := self.managed(kind)))

    @cached_property
    def is_junction(self) -> bool:
        """Whether a row is a link between others: its key is made of references."""
        if len(self.whole_key) < 2:
            return False
        return all(self._reference_of(field) is not None for field in self.key) and len(self.links) >= 1

    @cached_property
    def links(self) -> tuple[Reference, ...]:
        """The references that make up the key beside the tenant's."""
        found = []
        for field in self.key:
            reference = self._reference_of(field)
            if reference is not None and reference not in found:
                found.append(reference)
        return tuple(found)

    def _reference_of(self, field: Field) -> Reference | None:
        for reference in self.references:
            if self.own_columns(reference) == (field.column.name,):
                return reference
        return None

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """The foreign keys to other subjects, the tenant's own left out."""
        return tuple(
            reference
            for reference in self.project.lookup.references_from(self.table)
            if reference.parent is not None
            and reference.parent.partition_of is None
            and not self.is_tenant_reference(reference)
        )

    def is_tenant_reference(self, reference: Reference) -> bool:
        """Whether a foreign key of this table says nothing but whose the row is."""
        tenant = self.tenant
        return tenant is not None and reference.foreign_key.columns == (tenant.column.name,)

    def own_columns(self, reference: Reference) -> tuple[str, ...]:
        """The child's columns of a foreign key beside the tenant."""
        tenant = self.tenant.column.name if self.tenant else None
        columns = reference.foreign_key.columns
        if self.is_root and len(columns) > 1 and self.key:  # the id of a tenant says whose its parents are
            tenant = self.key[0].column.name
        return tuple(name for name in columns if name != tenant) or columns

    @cached_property
    def readable(self) -> tuple[Field, ...]:
        """The columns that reads hand out: neither search documents, nor hashes of secrets, nor the deletion mark."""
        return tuple(
            field
            for field in self.fields.values()
            if field.column.type.category != "search"
            and field.intent.meaning not in _SECRET
            and field.intent.managed != "deleted_at"
        )

    @cached_property
    def writable(self) -> tuple[Field, ...]:
        """The columns that a new row may be given by its maker."""
        managed = ("tenant", "created_at", "updated_at", "deleted_at", "search")
        return tuple(
            field
            for field in self.fields.values()
            if field.intent.managed not in managed
            and field is not self.tenant
            and field.column.generated is None
            and not (field.column.identity and field.column.identity.always)
        )

    @cached_property
    def changeable(self) -> tuple[Field, ...]:
        """The columns that an update may change: what is writable, without the key."""
        return tuple(f for f in self.writable if f not in self.whole_key and f.intent.managed != "id")

    @property
    def counted(self) -> bool:
        """Whether PostgreSQL counts a part of the key, so that nobody passes it."""
        return any(field.column.identity is not None and field.column.identity.always for field in self.whole_key)

    @property
    def can_change(self) -> bool:
        """Whether rows may be updated and have something to update."""
        return bool(self.changeable) and bool(self.key) and not self.intent.append_only

    @cached_property
    def one(self) -> str:
        """One row, in words: `order item`."""
        return self.intent.singular or " ".join(words(self.names.one)) or self.names.one

    @cached_property
    def many(self) -> str:
        """Several rows, in words: `order items`."""
        return " ".join(words(self.names.logical)) or self.names.logical

    @cached_property
    def row_type(self) -> str:
        """The type of a row that a query returns: `Order`."""
        name = self.names.one_type
        return f"{name}Row" if name in _TAKEN_TYPES else name

    @property
    def columns_name(self) -> str:
        """The constant with the columns that reads hand out."""
        return f"{self.names.one}Columns"

    @cached_property
    def display(self) -> Field | None:
        """The column that names a row to people."""
        wanted = (self.intent.display, "name", "title", "label", "number", "code", "email")
        for name in wanted:
            if name and name in self.fields and self.fields[name] in self.readable:
                return self.fields[name]
        return None

    @property
    def module(self) -> str:
        """The file of its queries from the root of the project."""
        return f"src/db/queries/{self.names.file}.ts"

    def relations_out(self) -> tuple[Relation, ...]:
        """Relations to parents, the tenant's own left out."""
        tenant = (self.tenant.column.name,) if self.tenant else None
        return tuple(r for r in self.project.relations if r.child.key == self.table.key and r.key.columns != tenant)

    def relations_in(self) -> tuple[Relation, ...]:
        """Relations to children."""
        return tuple(r for r in self.project.relations if r.parent.key == self.table.key)
