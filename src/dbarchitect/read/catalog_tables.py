"""Tables from the rows of the catalog: columns, constraints, policies, partitions."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from dbarchitect.model.column import Column, Generated, Identity, SequenceOptions
from dbarchitect.model.constraint import Action, Check, Exclusion, ExclusionElement, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.names import object_name
from dbarchitect.model.policy import Command, Policy
from dbarchitect.model.table import Partitioning, PartitionOf, Table
from dbarchitect.read.catalog import Catalog, Row, condition, grouped, options, reference_name
from dbarchitect.read.catalog_parts import Parts
from dbarchitect.sql.tokens import split_top

_ACTIONS: dict[str, Action] = {
    "a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default",
}  # fmt: skip
_COMMANDS: dict[str, Command] = {"*": "all", "r": "select", "a": "insert", "w": "update", "d": "delete"}
_REPLICA = {"d": "default", "n": "nothing", "f": "full"}
_LIMITS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


class Tables:
    """Builds the tables of a catalog."""

    def __init__(self, catalog: Catalog, parts: Parts) -> None:
        self._catalog = catalog
        self._parts = parts
        rows = catalog.rows
        self._columns = grouped(rows["columns"], 0)
        self._constraints = grouped(rows["constraints"], 1)
        self._policies = grouped(rows["policies"], 1)
        self._inherits = grouped(rows["inherits"], 0)
        self._beside = grouped(rows["beside_parents"], 0)
        self._relations = {row[0]: row for row in rows["relations"]}
        self._identities = {(row[11], row[12]): row for row in rows["sequences"] if row[10] == "i"}

    def all(self) -> tuple[Table, ...]:
        """Every table."""
        return tuple(self._table(row) for row in self._relations.values() if row[3] in ("r", "p"))

    def _table(self, row: Row) -> Table:
        oid, schema, name = row[0], row[1], row[2]
        self._note_losses(row)
        parents = tuple((parent[2], parent[3]) for parent in self._inherits[oid])
        own = [
            found
            for found in self._constraints[oid]
            if found[4] not in ("p", "u", "x") or not self._parts.is_made_by_parent(found[12])
        ]
        constraints = grouped(sorted(own, key=lambda found: str(found[3])), 4)
        beside = grouped(self._beside[oid], 1)
        return Table(
            schema, name,
            columns=self._own_columns(row),
            primary_key=next(map(self._primary_key, constraints["p"]), None),
            uniques=tuple(map(self._unique, constraints["u"])),
            foreign_keys=tuple(map(self._foreign_key, constraints["f"])),
            checks=tuple(check(found, self._catalog) for found in constraints["c"]),
            exclusions=tuple(map(self._exclusion, constraints["x"])),
            indexes=self._parts.indexes(oid),
            policies=tuple(map(self._policy, self._policies[oid])),
            row_security=row[5],
            force_row_security=row[6],
            triggers=self._parts.triggers(oid),
            partitioning=_partitioning(row[11]) if row[11] is not None else None,
            partition_of=PartitionOf(*parents[0], row[10]) if row[10] is not None else None,
            own_not_nulls=tuple(found[2] for found in beside["n"]),
            validated_checks=tuple(found[2] for found in beside["c"]),
            inherits=parents if row[10] is None else (),
            unlogged=row[4] == "u",
            replica_identity=_REPLICA.get(row[7]) or row[14] or "default",
            options=tuple(sorted((*options(row[8]), *options(row[9], "toast.")))),
            comment=self._catalog.comment("pg_class", oid),
        )  # fmt: skip

    def _note_losses(self, row: Row) -> None:
        place = f"{row[1]}.{row[2]}"
        if row[15]:
            self._parts.lost(f"type of the typed table {place}")
        if row[16]:
            self._parts.lost(f"tablespace of the table {place}")
        if row[17] not in (None, "heap"):
            self._parts.lost(f"access method {row[17]} of the table {place}")
        for column in self._columns[row[0]]:
            if column[14]:
                what = "storage, compression, statistics target or options"
                self._parts.lost(f"{what} of the column {place}.{column[2]}")
        for constraint in self._constraints[row[0]]:
            if constraint[4] == "n":
                self._parts.lost(f"NOT VALID or NO INHERIT of the not-null constraint {constraint[3]} on {place}")

    def _own_columns(self, row: Row) -> tuple[Column, ...]:
        """All columns; without the inherited ones that say the same as the parent's.

        A partition keeps either all of its columns or, when nothing differs, none.
        """
        oid, is_partition = row[0], row[10] is not None
        columns = [self._column(column) for column in self._columns[oid]]
        parents = [parent[1] for parent in self._inherits[oid]]
        if not parents:
            return tuple(columns)
        inherited = [
            column for parent in parents for column in map(self._column, self._columns[parent])
        ]  # fmt: skip
        plain = [replace(column, comment=None) for column in columns]
        if is_partition:
            same = plain == [replace(column, comment=None) for column in inherited]
            commented = any(column.comment for column in columns)
            return () if same and not commented else tuple(columns)
        known = {column.name: replace(column, comment=None) for column in inherited}
        return tuple(
            column
            for column, bare, source in zip(columns, plain, self._columns[oid], strict=True)
            if source[12] or column.comment or known.get(column.name) != bare
        )

    def _column(self, row: Row) -> Column:
        oid, number, name, type_oid, text, dimensions, not_null, default, identity, generated = row[:10]
        type_ = self._catalog.type(type_oid, text, dimensions)
        return Column(
            name,
            type_,
            nullable=not not_null,
            default=condition(default) if not generated else None,
            identity=self._identity(oid, number, name, identity == "a") if identity else None,
            generated=Generated(condition(default) or "", generated == "s") if generated else None,
            collation=reference_name(row[10], row[11]),
            comment=self._catalog.comment("pg_class", oid, number),
        )

    def _identity(self, relation: int, number: int, column: str, always: bool) -> Identity:
        """The identity, its sequence named only when it has another name than PostgreSQL would choose."""
        row = self._identities.get((relation, number))
        if row is None:  # a partition counts with its parent's sequence
            parent = next((parent[1] for parent in self._inherits[relation]), None)
            numbers = {name: place for place, name in self._catalog.attributes.get(parent, {}).items()}
            if parent is None or column not in numbers:
                return Identity(always)
            return self._identity(parent, numbers[column], column, always)
        usual = object_name(self._relations[relation][2], column, "seq")
        return Identity(always, sequence_options(row), None if row[2] == usual else row[2])

    def _policy(self, row: Row) -> Policy:
        oid, _, name, command, permissive, roles, using, check = row
        comment = self._catalog.comment("pg_policy", oid)
        return Policy(
            name, _COMMANDS[command], permissive, tuple(sorted(roles)), condition(using), condition(check), comment
        )

    def _primary_key(self, row: Row) -> PrimaryKey:
        return PrimaryKey(
            row[3],
            self._catalog.names(row[1], row[9]),
            self._include(row),
            row[5],
            row[6],
            row[11],
            self._catalog.comment("pg_constraint", row[0]),
            *self._parts.place(row[12]),
        )

    def _unique(self, row: Row) -> Unique:
        index = self._parts.index_row(row[12])
        comment = self._catalog.comment("pg_constraint", row[0])
        columns = self._catalog.names(row[1], row[9])
        place = self._parts.place(row[12])
        return Unique(row[3], columns, self._include(row), index[10], row[5], row[6], row[11], comment, *place)

    def _include(self, row: Row) -> tuple[str, ...]:
        index = self._parts.index_row(row[12])
        return self._catalog.names(row[1], index[6][index[5] :])

    def _foreign_key(self, row: Row) -> ForeignKey:
        return ForeignKey(
            row[3],
            self._catalog.names(row[1], row[9]),
            row[14],
            row[15],
            tuple(row[16]),
            _ACTIONS[row[17]],
            _ACTIONS[row[18]],
            self._catalog.names(row[1], row[20]),
            row[19] == "f",
            row[5],
            row[6],
            row[7] or not row[8],
            row[8],
            row[11],
            self._catalog.comment("pg_constraint", row[0]),
        )

    def _exclusion(self, row: Row) -> Exclusion:
        index = self._parts.index_row(row[12])
        parts = self._parts.keys(index)
        for part in parts:
            if part.collation or part.descending or part.nulls_first is not None or part.opclass_options:
                self._parts.lost(f"order, collation or operator class options of the exclusion constraint {row[3]}")
        elements = tuple(
            ExclusionElement(operator, part.column, part.expression, part.opclass)
            for operator, part in zip(row[21], parts, strict=True)
        )
        return Exclusion(
            row[3],
            elements,
            index[3],
            condition(index[12]),
            self._include(row),
            row[5],
            row[6],
            self._catalog.comment("pg_constraint", row[0]),
            *self._parts.place(row[12]),
        )


def _partitioning(text: str) -> Partitioning:
    """What pg_get_partkeydef says: `RANGE (a, lower(b))`."""
    strategy, _, keys = text.partition(" ")
    return Partitioning(strategy.lower(), split_top(keys.strip()[1:-1]))


def check(row: Row, catalog: Catalog) -> Check:
    """A check of a table or domain."""
    return Check(
        row[3],
        condition(row[13]) or "",
        validated=row[7] or not row[8],
        enforced=row[8],
        no_inherit=row[10],
        comment=catalog.comment("pg_constraint", row[0]),
    )


def sequence_options(row: Row) -> SequenceOptions:
    """The options of a row of `sequences` that differ from PostgreSQL's defaults."""
    limit = _LIMITS[row[3]]
    start, increment, minimum, maximum, cache_size, cycle = cast("tuple[int, int, int, int, int, bool]", row[4:10])
    low, high = (1, limit - 1) if increment > 0 else (-limit, -1)
    return SequenceOptions(
        None if start == (minimum if increment > 0 else maximum) else start,
        None if increment == 1 else increment,
        None if minimum == low else minimum,
        None if maximum == high else maximum,
        None if cache_size == 1 else cache_size,
        cycle,
    )
