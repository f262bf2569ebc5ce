"""What tables and columns are for, in a schema that nobody explained: intent first, then names and shapes.

The names come from what public Drizzle projects use (reference/drizzle.md, 5.3) and from the seed.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

from dbarchitect.facts.lookup import Lookup, Reference
from dbarchitect.model.column import Column
from dbarchitect.model.table import Table

TENANTS = ("organization", "organisation", "org", "tenant", "workspace", "account", "team", "company")
TENANT_COLUMN = re.compile(rf"(?:{'|'.join(TENANTS)})_?(?:id|uuid)", re.IGNORECASE)
DELETED = ("deleted_at", "deletedat", "deleted_on", "removed_at")
CREATED = ("created_at", "createdat", "created_on", "inserted_at", "created")
UPDATED = ("updated_at", "updatedat", "updated_on", "modified_at", "last_modified", "updated")
SHARE = 0.25
"""The share of tables that must carry a tenant column before we take the schema for a multi-tenant one."""


class Roles:
    """Answers about one schema; every answer is computed at most once."""

    def __init__(self, facts: Lookup) -> None:
        self.facts = facts
        self._moments: dict[tuple[int, tuple[str, ...]], tuple[Table, str | None]] = {}

    @cached_property
    def tenant_column(self) -> str | None:
        """The column that keeps tenants apart, or None when the schema is not multi-tenant.

        Declared tenancy wins. Else it is the foreign key column of that meaning which most tables carry, when at least
        two tables and a quarter of all do.
        """
        if self.facts.tenancy:
            return self.facts.tenancy.column
        counts: Counter[str] = Counter()
        for reference in self.facts.references:
            column = "".join(reference.foreign_key.columns[:1])
            if len(reference.foreign_key.columns) == 1 and TENANT_COLUMN.fullmatch(column) and reference.parent:
                named = reference.parent.name.lower().rstrip("s")
                if any(named.endswith(tenant) for tenant in TENANTS):
                    counts[column] += 1
        best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if best and best[0][1] >= max(2, SHARE * len(self.facts.schema.tables)):
            return best[0][0]
        return None

    @cached_property
    def tenant_table(self) -> Table | None:
        """The table whose rows are the tenants."""
        if self.facts.tenancy:
            return self.facts.by_address.get(self.facts.tenancy.table)
        for reference in self.facts.references:
            if reference.foreign_key.columns == (self.tenant_column,) and reference.parent:
                return reference.parent
        return None

    def is_tenant_scoped(self, table: Table) -> bool:
        """Whether each row belongs to one tenant."""
        if self.facts.tenancy:
            return self.facts.intent(table).tenant_scoped
        return self.tenant_column is not None and table.has(self.tenant_column) and table != self.tenant_table

    def deleted_column(self, table: Table) -> str | None:
        """The column that marks rows as deleted."""
        return self.facts.managed(table, "deleted_at") or self._moment(table, DELETED)

    def created_column(self, table: Table) -> str | None:
        """The column that says when a row was made."""
        return self.facts.managed(table, "created_at") or self._moment(table, CREATED)

    def updated_column(self, table: Table) -> str | None:
        """The column that says when a row was changed last."""
        return self.facts.managed(table, "updated_at") or self._moment(table, UPDATED)

    def _moment(self, table: Table, names: tuple[str, ...]) -> str | None:
        key = (id(table), names)
        if key not in self._moments:  # the table is kept, so that no other one gets its id
            self._moments[key] = (table, _moment(table, names))
        return self._moments[key][1]

    def is_junction(self, table: Table) -> bool:
        """Whether the table only ties two others together: two foreign keys (a tenant's aside) and nothing of its own
        beyond ids and timestamps.
        """
        if self.facts.intent(table).kind == "junction":
            return True
        links = [reference for reference in self.links(table) if reference.parent]
        if len(links) != 2:
            return False
        known = {column for reference in self.facts.references_from(table) for column in reference.foreign_key.columns}
        moments = {self.created_column(table), self.updated_column(table), self.deleted_column(table)}
        key = set(table.primary_key.columns) if table.primary_key else set()
        own = [column for column in table.columns if column.name not in known | moments | key | {self.tenant_column}]
        return not own

    def links(self, table: Table) -> tuple[Reference, ...]:
        """The foreign keys of a table, those that only say to which tenant it belongs left out."""
        references = self.facts.references_from(table)
        return tuple(item for item in references if item.foreign_key.columns != (self.tenant_column,))

    def is_unique(self, table: Table, columns: frozenset[str]) -> bool:
        """Whether at most one row has given values in `columns`: a unique access lies within them."""
        return any(
            access.unique and access.where is None and access.columns and frozenset(access.columns) <= columns
            for access in self.facts.accesses(table)
            if not _has_expressions(table, access.name)
        )


def _has_expressions(table: Table, name: str) -> bool:
    index = next((index for index in table.indexes if index.name == name), None)
    return index is not None and any(part.expression for part in index.parts)


def _moment(table: Table, names: tuple[str, ...]) -> str | None:
    moments = {column.name.lower(): column.name for column in reversed(table.columns) if _is_moment(column)}
    return next((moments[name] for name in names if name in moments), None)


def _is_moment(column: Column) -> bool:
    return column.type.name.startswith(("timestamp", "date"))
