"""What DBML can hold of a schema: the schema without the rest, and a problem for each piece of the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from dbarchitect.model.column import Column, Identity
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.decision import Problem
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import qualified
from dbarchitect.model.schema import Schema, Sequence
from dbarchitect.model.table import Table
from dbarchitect.sql import default_names
from dbarchitect.sql.quote import literal

SERIALS = {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}


class Held:
    """The part of a schema that DBML can say.

    Args:
        schema: any schema.
    """

    def __init__(self, schema: Schema) -> None:
        self.given = schema
        self.problems: list[Problem] = []
        self.serial: set[tuple[str, str, str]] = set()
        self._sequences = {(item.schema, item.name): item for item in schema.sequences}
        self._used: list[Sequence] = []
        for table in schema.tables:
            if not table.columns:
                self.lose(f"table {table.name}: it is lost, DBML has none without columns")
        tables = tuple(self._table(table) for table in schema.tables if table.columns)
        homes = {table.schema for table in tables} | {enum.schema for enum in schema.enums}
        self._others(homes)
        self.schema = Schema(
            tables=tables,
            enums=tuple(replace(enum, comment=None) for enum in schema.enums),
            sequences=tuple(self._used),
            namespaces=tuple(replace(item, comment=None) for item in schema.namespaces if item.name in homes),
            intent=schema.intent,
            annotations=schema.annotations,
        )

    def lose(self, what: str, severity: str = "warning") -> None:
        """One more problem."""
        self.problems.append(Problem(severity, what))

    def lose_set(self, where: str, *flags: tuple[str, object]) -> None:
        """A problem for each flag that is set."""
        for name, value in flags:
            if value:
                self.lose(f"{where}: DBML has no {name}")

    def _others(self, homes: set[str]) -> None:
        schema = self.given
        kinds: tuple[tuple[str, Iterable[str]], ...] = (
            ("domain", (item.name for item in schema.domains)),
            ("composite type", (item.name for item in schema.composites)),
            ("range type", (item.name for item in schema.ranges)),
            ("sequence", (item.name for item in schema.sequences if item not in self._used)),
            ("view", (item.name for item in schema.views)),
            ("function", (item.name for item in schema.functions)),
            ("statistics", (item.name for item in schema.statistics)),
            ("extension", (item.name for item in schema.extensions)),
        )
        for kind, names in kinds:
            for name in names:
                self.lose(f"{kind} {name}: DBML has none")
        if schema.grants:
            self.lose(f"{len(schema.grants)} grants: DBML has none")
        for namespace in schema.namespaces:
            if namespace.name not in homes:
                self.lose(f"schema {namespace.name}: DBML has no schema without tables")
            elif namespace.comment:
                self.lose(f"schema {namespace.name}: DBML has no note for it")
        for enum in schema.enums:
            self.lose_set(f"enum {enum.name}", ("note for it", enum.comment))

    def _table(self, table: Table) -> Table:
        where = f"table {table.name}"
        for item in table.exclusions:
            self.lose(f"{where}: the exclusion constraint {item.name} is lost, DBML has none")
        for policy in table.policies:
            self.lose(f"{where}: the policy {policy.name} is lost, DBML has none")
        for trigger in table.triggers:
            self.lose(f"{where}: the trigger {trigger.name} is lost, DBML has none")
        self.lose_set(
            where,
            ("row level security", table.row_security or table.force_row_security),
            ("partitions", table.partitioning or table.partition_of),
            ("inheritance", table.inherits),
            ("UNLOGGED, REPLICA IDENTITY or storage parameters",
             table.unlogged or table.replica_identity != "default" or table.options),
        )  # fmt: skip
        moved = [item for item in table.uniques if not self._inline(table, item)]
        names = {column.name for column in table.columns}
        return Table(
            schema=table.schema,
            name=table.name,
            columns=tuple(self._column(table, column) for column in table.columns),
            primary_key=self._primary_key(table, table.primary_key) if table.primary_key else None,
            uniques=tuple(self._unique(table, item) for item in table.uniques if item not in moved),
            foreign_keys=tuple(key for item in table.foreign_keys if (key := self._foreign_key(table, item))),
            checks=tuple(check for item in table.checks if (check := self._check(table, item, names))),
            indexes=(
                *(self._as_index(table, item) for item in moved),
                *(index for item in table.indexes if (index := self._index(table, item))),
            ),
            comment=table.comment or None,
        )

    def _column(self, table: Table, column: Column) -> Column:
        where = f"column {table.name}.{column.name}"
        self.lose_set(where, ("collation", column.collation), ("generated column", column.generated))
        default, identity = column.default, column.identity
        if default and "`" in default:
            self.lose(f"{where}: its default is lost, DBML cannot write a backtick")
            default = None
        if identity:
            if identity.always:
                self.lose(f"{where}: GENERATED ALWAYS becomes `increment`, which is BY DEFAULT", "info")
            self.lose_set(where, ("options of an identity", replace(identity, always=False) != Identity(always=False)))
            identity = Identity(always=False)
        if sequence := self._serial(table, column):
            self.serial.add((table.schema, table.name, column.name))
            self._used.append(sequence)
            default = f"nextval({literal(qualified(sequence.schema, sequence.name))}::regclass)"
        return replace(
            column,
            default=default,
            identity=identity,
            generated=None,
            collation=None,
            nullable=column.nullable and identity is None,
            comment=column.comment or None,
        )

    def _serial(self, table: Table, column: Column) -> Sequence | None:
        """The sequence of a column that is exactly what `serial` makes."""
        name = default_names.chosen(table.name, (column.name,), "seq")
        found = self._sequences.get((table.schema, name))
        plain = Sequence(table.schema, name, column.type, owned_by=(table.schema, table.name, column.name))
        if found != plain or column.nullable or not column.default or column.type.name not in SERIALS:
            return None
        called = re.fullmatch(r"nextval\('(.*)'(?:::text)?::regclass\)", column.default)
        return found if called and called[1].replace('"', "").endswith(name) else None

    def _primary_key(self, table: Table, key: PrimaryKey) -> PrimaryKey:
        where = f"primary key of {table.name}"
        self._timing(where, key)
        self.lose_set(where, ("INCLUDE", key.include), ("WITHOUT OVERLAPS", key.without_overlaps))
        return PrimaryKey(key.name, key.columns, comment=key.comment or None)

    def _inline(self, table: Table, unique: Unique) -> bool:
        """Whether `unique` in the column's settings says it."""
        return len(unique.columns) == 1 and unique.name == default_names.chosen(table.name, unique.columns, "key")

    def _unique(self, table: Table, unique: Unique) -> Unique:
        where = f"unique constraint {unique.name} of {table.name}"
        self._unique_flags(where, unique)
        self.lose_set(where, ("note for it", unique.comment))
        return Unique(unique.name, unique.columns)

    def _as_index(self, table: Table, unique: Unique) -> Index:
        where = f"unique constraint {unique.name} of {table.name}"
        self.lose(f"{where}: becomes a unique index, which is how DBML names one", "info")
        self._unique_flags(where, unique)
        return Index(unique.name, _columns(unique.columns), unique=True, comment=unique.comment or None)

    def _unique_flags(self, where: str, unique: Unique) -> None:
        self._timing(where, unique)
        self.lose_set(
            where,
            ("INCLUDE", unique.include),
            ("NULLS NOT DISTINCT", unique.nulls_not_distinct),
            ("WITHOUT OVERLAPS", unique.without_overlaps),
        )

    def _timing(self, where: str, item: PrimaryKey | Unique | ForeignKey) -> None:
        self.lose_set(where, ("DEFERRABLE", item.deferrable))

    def _foreign_key(self, table: Table, key: ForeignKey) -> ForeignKey | None:
        where = f"foreign key {key.name} of {table.name}"
        if (key.target_schema, key.target_table, key.target_columns) == (*table.key, key.columns):
            self.lose(f"{where}: it is lost, in DBML no column refers to itself")
            return None
        self._timing(where, key)
        self.lose_set(
            where,
            ("column list of an action", key.set_columns),
            ("MATCH FULL", key.match_full),
            ("NOT VALID or NOT ENFORCED", not (key.validated and key.enforced)),
            ("PERIOD", key.period),
            ("note for it", key.comment),
        )
        return ForeignKey(
            key.name, key.columns, key.target_schema, key.target_table, key.target_columns, key.on_delete, key.on_update
        )

    def _check(self, table: Table, check: Check, names: set[str]) -> Check | None:
        where = f"check {check.name} of {table.name}"
        if "`" in check.expression:
            self.lose(f"{where}: it is lost, DBML cannot write a backtick")
            return None
        self.lose_set(
            where,
            ("NOT VALID, NOT ENFORCED or NO INHERIT", not (check.validated and check.enforced) or check.no_inherit),
            ("note for it", check.comment),
        )
        return Check(check.name, check.expression)

    def _index(self, table: Table, index: Index) -> Index | None:
        where = f"index {index.name} of {table.name}"
        if any("`" in (part.expression or "") for part in index.parts):
            self.lose(f"{where}: it is lost, DBML cannot write a backtick")
            return None
        if index.where:
            unique = ", and so it is not written as unique" if index.unique else ""
            self.lose(f"{where}: its condition is lost, DBML has no partial index{unique}")
        bare = tuple(IndexPart(column=part.column, expression=part.expression) for part in index.parts)
        self.lose_set(
            where,
            ("direction, operator class or collation of a key", bare != index.parts),
            ("INCLUDE", index.include),
            ("NULLS NOT DISTINCT", index.nulls_not_distinct),
            ("storage parameters", index.options),
            ("ONLY", index.only),
        )
        return Index(
            index.name,
            bare,
            unique=index.unique and not index.where,
            method=index.method,
            comment=index.comment or None,
        )


def _columns(names: Iterable[str]) -> tuple[IndexPart, ...]:
    return tuple(IndexPart(column=name) for name in names)
