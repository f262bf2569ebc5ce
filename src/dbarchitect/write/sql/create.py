"""A whole schema as statements that create it."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.inheritance import Tables
from dbarchitect.model.routine import Function
from dbarchitect.model.schema import Composite, Domain, Enum, RangeType, Schema, Sequence, View
from dbarchitect.model.table import Table
from dbarchitect.sql.expression import guarded
from dbarchitect.write.sql.comment import comments
from dbarchitect.write.sql.constraint import add_constraint_sql, check_clause, foreign_key_sql, waits
from dbarchitect.write.sql.dependencies import Object
from dbarchitect.write.sql.extension import extension_order, extension_sql, namespace_sql
from dbarchitect.write.sql.grant import grant_sql
from dbarchitect.write.sql.order import Ordered, ordered
from dbarchitect.write.sql.partition import attach_sql, finishing, has_parts, index_statements, is_attached
from dbarchitect.write.sql.place import at, object_address
from dbarchitect.write.sql.policy import policy_sql
from dbarchitect.write.sql.routine import function_sql, trigger_sql, trigger_state_sql
from dbarchitect.write.sql.sequence import sequence_owner_sql, sequence_sql
from dbarchitect.write.sql.statement import Statement
from dbarchitect.write.sql.table import force_row_security_sql, replica_identity_sql, row_security_sql, table_sql
from dbarchitect.write.sql.types import composite_sql, domain_check_sql, domain_sql, enum_sql, range_sql
from dbarchitect.write.sql.view import view_sql

_UNCHECKED = Statement("SET check_function_bodies = off", "", "setting")
_CHECKED = Statement("RESET check_function_bodies", "", "setting")


def create(schema: Schema) -> tuple[Statement, ...]:
    """The statements that create everything in `schema` in an empty database, in an order in which they can run.

    All of them can run in one transaction. Comments come last, grants before them.

    Args:
        schema: the schema; canonical or not.

    Raises:
        InputError: a piece of SQL in it is not whole (an open quote, a `;`), with its address.
    """
    order = ordered(schema)
    statements = [*_before(schema)]
    unchecked = any(isinstance(order.names.nodes[key], Function) for key in order.early)
    tables = {table.key: table for table in schema.tables}
    objects = [statement for item in order.items for statement in creations(item, tables)]
    statements += [_UNCHECKED, *objects, _CHECKED] if unchecked else objects
    relations = relations_of(order)
    statements += index_statements(relations, tables)
    statements += finishing(tables_of(order), tables)
    statements += [statement for table in tables_of(order) for statement in foreign_keys(table)]
    statements += _after(schema, order)
    return tuple(statements)


def _before(schema: Schema) -> Iterator[Statement]:
    for namespace in schema.namespaces:
        yield Statement(namespace_sql(namespace), address("namespace", namespace.name), "namespace")
    for extension in extension_order(schema.extensions):
        yield Statement(extension_sql(extension), address("extension", extension.name), "extension")


def _after(schema: Schema, order: Ordered) -> Iterator[Statement]:
    for sequence in schema.sequences:
        if sequence.owned_by:
            yield Statement(sequence_owner_sql(sequence), object_address(sequence), "sequence owner")
    for table in tables_of(order):
        if table.replica_identity != "default":
            yield Statement(replica_identity_sql(table), table.address, "replica identity")
    for statistics in schema.statistics:
        place = address("statistics", statistics.schema, statistics.name)
        with at(place):
            sql = guarded(statistics.definition.strip().rstrip(";"))
        yield Statement(sql, place, "statistics")
    for relation in relations_of(order):
        yield from trigger_statements(relation)
    for table in tables_of(order):
        yield from row_security(table)
    for table in tables_of(order):
        yield from policy_statements(table)
    for grant in schema.grants:
        yield Statement(grant_sql(grant), grant.address, "grant")
    yield from comments(schema)


def tables_of(order: Ordered) -> list[Table]:
    """The tables in the order of their creation."""
    return [item for item in order.items if isinstance(item, Table)]


def relations_of(order: Ordered) -> list[Table | View]:
    """The tables and views in the order of their creation."""
    return [item for item in order.items if isinstance(item, Table | View)]


def creations(item: Object, tables: Tables) -> list[Statement]:
    """The statements that create one object: two for a partition to be attached, or a check that is NOT VALID.

    What partitions have of their own and what is ONLY their parent's comes later, from `write.sql.partition`.

    Args:
        item: a type, sequence, function, table or view.
        tables: the tables by (schema, name), for what partitions take from their parents.

    Raises:
        InputError: a piece of SQL is not whole, with the object's address.
    """
    with at(object_address(item)):
        return list(_creations(item, tables))


def _creations(item: Object, tables: Tables) -> Iterator[Statement]:
    place = object_address(item)
    if isinstance(item, Enum):
        yield Statement(enum_sql(item), place, "enum")
    elif isinstance(item, RangeType):
        yield Statement(range_sql(item), place, "range")
    elif isinstance(item, Domain):
        yield Statement(domain_sql(item), place, "domain")
        for check in item.checks:
            if not check.validated:
                yield Statement(domain_check_sql(item, check_clause(check)), place, "constraint")
    elif isinstance(item, Composite):
        yield Statement(composite_sql(item), place, "composite")
    elif isinstance(item, Sequence):
        yield Statement(sequence_sql(item), place, "sequence")
    elif isinstance(item, Function):
        yield Statement(function_sql(item), place, "function")
    elif isinstance(item, Table):
        yield from _table(item, tables)
    else:
        yield Statement(view_sql(item), place, "view")


def _table(table: Table, tables: Tables) -> Iterator[Statement]:
    yield Statement(table_sql(table, tables), table.address, "table")
    for check in table.checks:
        if waits(check) and not table.partitioning:
            sql = add_constraint_sql(table, check_clause(check))
            yield Statement(sql, table.constraint_address(check.name), "constraint")
    if is_attached(table, tables) and not has_parts(table, tables):
        yield Statement(attach_sql(table), table.address, "partition")


def foreign_keys(table: Table) -> Iterator[Statement]:
    """ALTER TABLE … ADD for each foreign key."""
    for key in table.foreign_keys:
        yield Statement(foreign_key_sql(table, key), table.constraint_address(key.name), "foreign key")


def trigger_statements(relation: Table | View) -> Iterator[Statement]:
    """CREATE TRIGGER for each trigger, and its state where it is not the usual one."""
    for trigger in relation.triggers:
        place = address("trigger", relation.schema, relation.name, trigger.name)
        with at(place):
            sql = trigger_sql(relation, trigger)
        yield Statement(sql, place, "trigger")
        if trigger.enabled != "origin":
            yield Statement(trigger_state_sql(relation, trigger), place, "trigger")


def row_security(table: Table) -> Iterator[Statement]:
    """ENABLE and FORCE ROW LEVEL SECURITY."""
    if table.row_security:
        yield Statement(row_security_sql(table), table.address, "row security")
    if table.force_row_security:
        yield Statement(force_row_security_sql(table), table.address, "row security")


def policy_statements(table: Table) -> Iterator[Statement]:
    """CREATE POLICY for each policy."""
    for policy in table.policies:
        place = table.policy_address(policy.name)
        with at(place):
            sql = policy_sql(table, policy)
        yield Statement(sql, place, "policy")
