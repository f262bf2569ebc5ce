"""What people know about a schema and PostgreSQL does not: meanings, tenancy, aggregates, ways of access.

It hangs on addresses, takes no part in equality, and tells the writers which helpers and queries to emit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from dbarchitect.records import dataclass

TableKind = Literal["entity", "child", "junction", "lookup", "event", "tenant"]
Managed = Literal["id", "created_at", "updated_at", "deleted_at", "tenant", "search", "version"]
Operator = Literal["=", "in", "range", "prefix", "search", "contains"]


@dataclass(frozen=True, slots=True)
class Filter:
    """A column that a query filters by; `range` covers <, <=, > and >=, `contains` arrays and jsonb."""

    column: str
    operator: Operator = "="


@dataclass(frozen=True, slots=True)
class Access:
    """A way in which rows are looked up, and the index that serves it.

    Args:
        name: snake_case name of the query, unique in its table: `by_status`.
        filters: the conditions beside tenant and soft delete, which are understood.
        order: (column, descending) of the result.
        covering: columns that the query returns when it returns few.
        index: address of the index (or of the constraint) designed for it; None when the primary key serves it.
        limit: rows a page.
        description: what the query is for, in the user's words where there are some.
    """

    name: str
    filters: tuple[Filter, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    covering: tuple[str, ...] = ()
    index: str | None = None
    limit: int = 50
    description: str = ""


@dataclass(frozen=True, slots=True)
class TableIntent:
    """What a table is for.

    Args:
        kind: `child` lives and dies with its owner, `lookup` is a short list of values, `event` is only appended to,
            `tenant` is the root of tenancy.
        description: the business purpose, one or two sentences.
        singular: one row, in words: `order item`.
        owner: address of the table whose aggregate this one belongs to; None for the root of an aggregate.
        tenant_scoped: rows belong to one tenant through Tenancy.column.
        soft_delete: deleted_at marks rows as deleted.
        append_only: no update and no delete, enforced in the database.
        never_deleted: rows are never physically deleted, enforced in the database.
        display: the column that names a row to people.
        search: the tsvector column for full-text search.
        access: the ways in which rows are looked up.
        volume: expected number of rows.
        values: of a lookup, the codes of its rows in order, which seeds insert.
    """

    kind: TableKind = "entity"
    description: str = ""
    singular: str = ""
    owner: str | None = None
    tenant_scoped: bool = False
    soft_delete: bool = False
    append_only: bool = False
    never_deleted: bool = False
    display: str | None = None
    search: str | None = None
    access: tuple[Access, ...] = ()
    volume: int | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnIntent:
    """What a column means.

    Args:
        meaning: the everyday type that it was made from: email, url, phone, money, percent, rating, country, currency,
            slug, duration, quantity, file, person name, title, ...; '' when none is known.
        description: the business meaning, one sentence; '' when the name says it all.
        managed: what the application or the database keeps by itself.
        typescript: the TypeScript type of a jsonb column's value, for `$type<…>()`.
        personal: personal data.
        values: the labels when a check, not an enum, lists them.
        minimum: the smallest allowed value as SQL, when a check says so.
        maximum: the largest allowed value as SQL, when a check says so.
        mode: Drizzle's mode of a bigint, date or numeric, where the user gave one: number, string, bigint, date.
    """

    meaning: str = ""
    description: str = ""
    managed: Managed | None = None
    typescript: str | None = None
    personal: bool = False
    values: tuple[str, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class FunctionalDependency:
    """A dependency that the brief declared, in columns of one table; `kept` says why a redundancy was wanted."""

    table: str
    determinant: tuple[str, ...]
    dependent: tuple[str, ...]
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Tenancy:
    """How rows are kept apart.

    Args:
        table: address of the tenants' table.
        column: the column that every tenant-scoped table has.
        setting: the run-time setting that carries the tenant of the transaction.
        role: the role that the application connects as.
    """

    table: str
    column: str = "organization_id"
    setting: str = "app.organization_id"
    role: str = "app_user"


@dataclass(frozen=True, slots=True)
class Intent:
    """Everything that people know, by address."""

    title: str = ""
    description: str = ""
    tenancy: Tenancy | None = None
    tables: Mapping[str, TableIntent] = field(default_factory=dict)
    columns: Mapping[str, ColumnIntent] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)
    """Names of a foreign key's relation as seen from the child, by constraint address: author, billing_address."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a foreign key deletes as it does, an index exists, a check holds: one sentence by address, for comments."""

    dependencies: tuple[FunctionalDependency, ...] = ()
    """Functional dependencies that the brief declared and the schema keeps, by key or as a recorded redundancy."""
