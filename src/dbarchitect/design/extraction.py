"""A brief from a schema: what its tables say about the business, for `design` to start from; the rest is listed.

Ids, timestamps, the mark of deletion and the tenant's column are what `design` gives every table, and so no attributes.
"""

from __future__ import annotations

from dataclasses import field, replace

from dbarchitect.design.brief import everyday, writer
from dbarchitect.design.brief.place import attribute_key, entity_key, spoken_name
from dbarchitect.design.brief.requirements import (
    AccessNeed,
    Attribute,
    Entity,
    Enumeration,
    OnDelete,
    Relationship,
    Requirements,
    Rule,
    RuleKind,
    Scope,
)
from dbarchitect.design.extraction_attributes import attribute, bounded
from dbarchitect.facts.lookup import Lookup, Reference
from dbarchitect.facts.roles import Roles
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Action
from dbarchitect.model.decision import Problem
from dbarchitect.model.index import Index
from dbarchitect.model.names import snake
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass

_DELETES: dict[Action, OnDelete] = {
    "cascade": "cascade", "set null": "set null", "set default": "set null", "restrict": "restrict",
    "no action": "restrict",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extraction:
    """A brief that was made of a schema.

    Args:
        requirements: what `design` takes.
        text: the same as `brief.yaml`.
        problems: `warning` for what the brief cannot say, `info` for what `design` will do in another way.
    """

    requirements: Requirements
    text: str
    problems: tuple[Problem, ...] = ()


def brief(schema: Schema) -> Extraction:
    """The brief of a schema.

    Args:
        schema: any schema; what its intent says wins over what names tell.
    """
    found = _Extractor(schema).requirements()
    return Extraction(found.requirements, writer.write(found.requirements), tuple(found.problems))


@dataclass
class _Found:
    requirements: Requirements
    problems: list[Problem] = field(default_factory=list)


class _Extractor:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.lookup = Lookup(schema)
        self.roles = Roles(self.lookup)
        self.problems: list[Problem] = []
        self.tables = [table for table in schema.tables if table.partition_of is None]
        self.tenant = self.roles.tenant_table
        self.soft_delete = any(self.roles.deleted_column(table) for table in self.tables)
        self.names = self._entity_names()
        self.enumerations = self._enumerations()
        self.renamed: list[str] = []

    def lose(self, message: str, severity: str = "warning") -> None:
        self.problems.append(Problem(severity, message))

    def requirements(self) -> _Found:
        links = {table.key: link for table in self.tables if (link := self._link(table))}
        entities, relationships = [], []
        for table in self.tables:
            if table.key in links:
                relationships.append(links[table.key])
                continue
            own = self._relationships(table)
            relationships += [each for _, each in own]
            entities.append(self._entity(table, own))
        self._others()
        if self.renamed:
            shown = ", ".join(self.renamed[:5]) + (" …" if len(self.renamed) > 5 else "")
            self.lose(f"`design` names columns in snake_case: {shown}", "info")
        intent = self.schema.intent
        made = Requirements(
            title=intent.title,
            description=intent.description,
            entities=tuple(entities),
            relationships=tuple(relationships),
            enumerations=tuple(self.enumerations.values()),
            tenant=self.names[self.tenant.key] if self.tenant is not None else "",
            soft_delete=None if self.soft_delete else False,
        )
        return _Found(made, self.problems)

    def _entity_names(self) -> dict[tuple[str, str], str]:
        """What one row of each table is called; names that would be one table keep what tells them apart."""
        found: dict[tuple[str, str], str] = {}
        taken: set[str] = set()
        for table in self.tables:
            bare = table.name
            if bare.startswith("org_") and self.roles.is_tenant_scoped(table):
                bare = bare.removeprefix("org_")
            choices = (bare, table.name, f"{table.schema} {table.name}")
            name = next((spoken_name(each) for each in choices if entity_key(each) not in taken), "")
            number = 1
            while not snake(name) or entity_key(name) in taken:
                number += 1
                name = f"{spoken_name(table.name) or 'table'} {number}"
            taken.add(entity_key(name))
            found[table.key] = name
        return found

    def _enumerations(self) -> dict[tuple[str, str], Enumeration]:
        found: dict[tuple[str, str], Enumeration] = {}
        taken: set[str] = set()
        for enum in self.schema.enums:
            name = snake(enum.name).replace("_", " ") or "list"
            base, number = name, 1
            while everyday.fold(name) in taken:
                number += 1
                name = f"{base} {number}"
            taken.add(everyday.fold(name))
            if enum.labels:
                found[enum.schema, enum.name] = Enumeration(name, enum.labels, description=enum.comment or "")
            else:
                self.lose(f"enum {enum.name}: it has no values")
        return found

    # tables that only tie two others together

    def _link(self, table: Table) -> Relationship | None:
        if not self.roles.is_junction(table) or self.lookup.references_to(table):
            return None
        ends = [(each, self._columns(each)) for each in self.roles.links(table) if each.parent]
        if len(ends) != 2 or any(len(columns) != 1 for _, columns in ends):
            return None
        (first, _), (second, _) = ends
        assert first.parent is not None
        assert second.parent is not None
        if first.parent == second.parent or not {first.parent.key, second.parent.key} <= set(self.names):
            return None
        return Relationship(
            self.names[first.parent.key],
            self.names[second.parent.key],
            "many-to-many",
            name=self.names[table.key],
            reason=table.comment or "",
        )

    # references

    def _columns(self, reference: Reference) -> tuple[str, ...]:
        """The columns of a reference without the tenant's, which `design` adds by itself."""
        columns = reference.foreign_key.columns
        return tuple(name for name in columns if name != self.roles.tenant_column) if len(columns) > 1 else columns

    def _relationships(self, table: Table) -> list[tuple[str, Relationship]]:
        """(column, relationship) for each reference to one row of another table."""
        found: dict[str, tuple[str, Relationship]] = {}
        taken: set[str] = set()
        for reference in self.lookup.references_from(table):
            columns, key = self._columns(reference), reference.foreign_key
            if key.columns == (self.roles.tenant_column,) and self.roles.is_tenant_scoped(table):
                continue
            if reference.parent is None or reference.parent.key not in self.names:
                self.lose(f"foreign key {key.name} of {table.name}: its table is not part of the schema")
                continue
            if len(columns) != 1:
                self.lose(f"foreign key {key.name} of {table.name}: a brief refers by one column")
                continue
            if columns[0] in found:
                self.lose(f"foreign key {key.name} of {table.name}: {columns[0]} refers already", "info")
                continue
            parent = reference.parent
            role = _role(columns[0])
            name = self.names[parent.key]
            role = "" if entity_key(role) == entity_key(name) else role
            if entity_key(role or name) in taken:
                role = spoken_name(columns[0])
            taken.add(entity_key(role or name))
            if parent.primary_key is None or key.target_columns[-1:] != parent.primary_key.columns[-1:]:
                self.lose(f"foreign key {key.name} of {table.name}: `design` refers to the id of {name}", "info")
            alone = self.roles.is_unique(table, frozenset(key.columns))
            required = not any(table.column(each).nullable for each in columns)
            child = self.names[table.key]
            found[columns[0]] = (
                columns[0],
                Relationship(
                    child,
                    name,
                    "one-to-one" if alone else "many-to-one",
                    required=required,
                    role=role,
                    on_delete=_DELETES[key.on_delete] if not (required and key.on_delete == "set null") else "restrict",
                ),
            )
        return list(found.values())

    # entities

    def _entity(self, table: Table, own: list[tuple[str, Relationship]]) -> Entity:
        fields = {column: each.role or each.parent for column, each in own}
        attributes: list[Attribute] = []
        hidden = self._managed(table)
        uniques = self._uniques(table)
        taken = {f"{entity_key(name)}_id" for name in fields.values()} | {
            "id",
            "created_at",
            "updated_at",
            "deleted_at",
        }
        for column in table.columns:
            if column.name in fields or column.name in hidden:
                continue
            made = self._attribute(table, column, taken)
            if made is None:
                continue
            scope = next((scope for columns, scope in uniques if columns == (column.name,)), None)
            attributes.append(replace(made, unique=scope))
            taken.add(attribute_key(made.name))
            fields[column.name] = made.name
        intent = self.lookup.intent(table)
        rules = [
            Rule("unique", tuple(fields[name] for name in columns), scope)
            for columns, scope in uniques
            if len(columns) > 1 and set(columns) <= set(fields)
        ]
        flags: tuple[tuple[RuleKind, bool], ...] = (
            ("append only", intent.append_only),
            ("never deleted", intent.never_deleted and not intent.append_only),
        )
        kept = [Rule(kind) for kind, holds in flags if holds]
        return Entity(
            self.names[table.key],
            description=" ".join((intent.description or table.comment or "").split()),
            attributes=tuple(attributes),
            rules=(*rules, *self._checks(table, fields), *kept),
            access=self._access(table, fields, {column for column, _ in own}),
            soft_delete=False if self.soft_delete and self.roles.deleted_column(table) is None else None,
            rows=intent.volume,
            tenant=False if self.tenant and not self.roles.is_tenant_scoped(table) and table != self.tenant else None,
        )

    def _managed(self, table: Table) -> set[str]:
        """The columns that `design` makes by itself."""
        roles = self.roles
        names = {roles.created_column(table), roles.updated_column(table), roles.deleted_column(table)}
        names |= {roles.tenant_column} if roles.is_tenant_scoped(table) else set()
        key = table.primary_key
        if key and len(key.columns) == 1 and key.columns[0].lower() in ("id", "uuid", f"{table.name}_id".lower()):
            names.add(key.columns[0])
            if table.column(key.columns[0]).type.name != "uuid":
                self.lose(f"table {table.name}: `design` makes its id a UUID", "info")
        elif key is None or not {column for each in self.roles.links(table) for column in each.foreign_key.columns} >= {
            *key.columns
        }:
            self.lose(f"table {table.name}: `design` gives it an id of its own", "info")
        return {name for name in names if name}

    def _attribute(self, table: Table, column: Column, taken: set[str]) -> Attribute | None:
        where = f"column {table.name}.{column.name}"
        if column.generated is not None:
            self.lose(f"{where}: a brief cannot say that it is computed")
            return None
        if self.lookup.intent(table).search == column.name or column.type.name == "tsvector":
            self.lose(f"{where}: mark what is searched with `search` instead")
            return None
        name = " ".join(snake(column.name).split("_")) or "value"
        base, number = name, 1
        while attribute_key(name) in taken:
            number += 1
            name = f"{base} {number}"
        if attribute_key(name) != column.name:
            self.renamed.append(f"{table.name}.{column.name}")
        listed = self.enumerations.get((column.type.schema or "", column.type.name))
        intent = self.lookup.column_intent(table, column.name)
        made, lost = attribute(name, column, listed.name if listed else "")
        for severity, message in lost:
            self.lose(f"{where}: {message}", severity)
        description = " ".join((intent.description or column.comment or "").split())
        return replace(made, description=description, personal=intent.personal)

    def _uniques(self, table: Table) -> list[tuple[tuple[str, ...], Scope]]:
        """(columns without the tenant's, scope) of each unique rule beside the primary key."""
        found: list[tuple[tuple[str, ...], Scope]] = []
        rules: list[tuple[str, tuple[str, ...]]] = [(each.name, each.columns) for each in table.uniques]
        deleted = self.roles.deleted_column(table)
        for index in table.indexes:
            if not index.unique:
                continue
            alive = deleted is not None and index.where is not None and _only_alive(index.where, deleted)
            if any(part.column is None for part in index.parts) or (index.where is not None and not alive):
                self.lose(f"unique index {index.name} of {table.name}: a brief has no expression or condition for it")
                continue
            rules.append((index.name, index.columns))
        key = table.primary_key
        if key and len(key.columns) > 1:
            rules.append((key.name, key.columns))
        for _, columns in rules:
            bare = tuple(name for name in columns if name != self.roles.tenant_column)
            scoped = len(bare) < len(columns) or self.tenant is None
            hidden = {deleted} | (set(key.columns) if key and len(key.columns) == 1 else set())
            if bare and not set(bare) & hidden:
                found.append((bare, "tenant" if scoped else "global"))
        return found

    def _checks(self, table: Table, fields: dict[str, str]) -> list[Rule]:
        rules = []
        for check in table.checks:
            rule = bounded(check.expression, {name: fields[name] for name in fields if table.has(name)})
            if rule is not None:
                rules.append(rule)
            else:
                self.lose(f"check {check.name} of {table.name}: write it under `rules:` in words of the brief")
        return rules

    def _access(self, table: Table, fields: dict[str, str], references: set[str]) -> tuple[AccessNeed, ...]:
        found = []
        for index in table.indexes:
            if index.unique:
                continue
            need = self._need(table, index, fields, references)
            if need is not None:
                found.append(need)
        return tuple(dict.fromkeys(found))

    def _need(self, table: Table, index: Index, fields: dict[str, str], references: set[str]) -> AccessNeed | None:
        managed = {self.roles.created_column(table): "created at", self.roles.updated_column(table): "updated at"}
        names = {**{column: name for column, name in managed.items() if column}, **fields}
        skipped = {self.roles.tenant_column, self.roles.deleted_column(table)}
        columns = [part.column for part in index.parts if part.column not in skipped]
        alive = index.where is None or _only_alive(index.where, self.roles.deleted_column(table) or "")
        if not columns or (len(columns) == 1 and columns[0] in references):
            return None
        if index.method != "btree" or not alive or any(column is None or column not in names for column in columns):
            self.lose(f"index {index.name} of {table.name}: write under `access:` what it is for")
            return None
        descending = {part.column for part in index.parts if part.descending}
        ordered = [column for column in columns if column in descending or column in managed]
        by = tuple(names[column or ""] for column in columns if column not in ordered)
        order = tuple(f"{'-' if column in descending else ''}{names[column or '']}" for column in ordered)
        return AccessNeed(by=by, order=order)

    def _others(self) -> None:
        schema = self.schema
        for table in self.tables:
            parts = [("trigger", item.name) for item in table.triggers]
            parts += [("exclusion constraint", item.name) for item in table.exclusions]
            parts += [("policy", item.name) for item in table.policies]
            for kind, name in parts:
                self.lose(f"{kind} {name} of {table.name}: no part of a brief")
        others = [("view", item.name) for item in schema.views]
        others += [("function", item.name) for item in schema.functions]
        others += [("domain", item.name) for item in schema.domains]
        others += [("composite type", item.name) for item in schema.composites]
        others += [("range type", item.name) for item in schema.ranges]
        others += [("extension", item.name) for item in schema.extensions]
        for kind, name in others:
            self.lose(f"{kind} {name}: no part of a brief")


def _role(column: str) -> str:
    """What a referring column calls the parent: `author_id` and `authorId` are `author`."""
    return snake(column).removesuffix("_id").removesuffix("_uuid").replace("_", " ")


def _only_alive(where: str, deleted: str) -> bool:
    """Whether a condition only says that the row is not deleted."""
    bare = where.lower().replace('"', "").strip("() ")
    return bool(deleted) and bare == f"{deleted.lower()} is null"
