"""Which operations come along with another one: what CREATE TABLE holds, what DROP TABLE takes away."""

from __future__ import annotations

from collections.abc import Mapping

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.partitions import held, parent_of, piece_of, stays
from dbarchitect.model.address import address
from dbarchitect.model.index import Index
from dbarchitect.model.table import Table
from dbarchitect.write.sql.constraint import is_late, waits
from dbarchitect.write.sql.partition import is_attached

Key = tuple[str, str]
"""(action, address)."""
_INLINE = ("column", "default", "primary key", "unique", "check", "exclusion", "partition")


def key_of(operation: Operation) -> Key:
    """What tells operations apart."""
    return operation.action, operation.address


def host(operation: Operation, operations: Mapping[Key, Operation], context: Context) -> Key | None:
    """The operation that an operation needs no statement of its own beside, or None.

    Args:
        operation: one of `operations`.
        operations: all, by `key_of`.
        context: the two schemas, in the direction of the operations.
    """
    if operation.action == "drop":
        return _goes_with(operation, operations) or _goes_as_part(operation, operations, context)
    if operation.action == "create":
        return _made_with(operation, operations, context)
    return None


def outermost(key: Key, operations: Mapping[Key, Operation], context: Context) -> Key:
    """The operation that a chain of hosts ends with; the key itself when it has none."""
    while True:
        operation = operations.get(key)
        above = host(operation, operations, context) if operation else None
        if above is None:
            return key
        key = above


def depth(key: Key, operations: Mapping[Key, Operation], context: Context) -> int:
    """How many parts of indexes, one above the other, take the operation along; 0 for what is no part."""
    operation, count = operations.get(key), 0
    while operation is not None and piece_of(operation.element) is not None:
        above = host(operation, operations, context)
        operation, count = (operations.get(above) if above else None), count + 1
    return count


def is_inherited(operation: Operation, context: Context) -> bool:
    """Whether a partition's column or default only follows its parent's."""
    element = operation.element
    table = element.owner
    if element.kind not in ("column", "default") or not isinstance(table, Table) or not table.partition_of:
        return False
    was, will = context.before_tables.get(table.key), context.after_tables.get(table.key)
    if was is None or will is None or was.partition_of is None or will.partition_of is None:
        return False
    parent = (will.partition_of.schema, will.partition_of.table)
    old, new = context.before_tables.get(parent), context.after_tables.get(parent)
    if not old or not new:
        return False
    name = element.value.name
    if operation.action == "drop":
        return old.has(name) and not new.has(name)
    if not new.has(name) or (operation.action == "create" and old.has(name)):
        return False
    if element.kind == "column" and operation.action == "create":
        return True
    changed = not old.has(name) or _says(old, name) != _says(new, name)
    return changed and _says(new, name) == _own(will, name, new)


def _own(table: Table, name: str, parent: Table) -> object:
    return _says(table if table.has(name) else parent, name)


def _says(table: Table, name: str) -> object:
    column = table.column(name)
    return column.type, column.nullable, column.default, column.generated


def _goes_with(operation: Operation, operations: Mapping[Key, Operation]) -> Key | None:
    element = operation.element
    if operation.kind == "foreign key":
        target = ("drop", address("table", element.value.target_schema, element.value.target_table))
        if target in operations and target[1] != element.above:
            return None
    if operation.kind == "sequence":
        return _owner_goes(operation, operations)
    above = ("drop", element.above or "")
    return above if above in operations else None


def _goes_as_part(operation: Operation, operations: Mapping[Key, Operation], context: Context) -> Key | None:
    """The key or index of the parent that takes the part of a partition along, unless a key stands on an index."""
    piece, table = piece_of(operation.element), operation.element.owner
    if piece is None or not piece.attached_to or not stays(table, context):
        return None
    parent = parent_of(table, context.before_tables)
    upper = held(parent, piece.attached_to)
    if parent is None or upper is None or (isinstance(upper, Index) and not isinstance(piece, Index)):
        return None
    place = parent.index_address if isinstance(upper, Index) else parent.constraint_address
    above = ("drop", place(upper.name))
    return above if above in operations else None


def _owner_goes(operation: Operation, operations: Mapping[Key, Operation]) -> Key | None:
    """The column or table that takes the sequence along."""
    value = operation.element.value
    owner = operations.get(("drop", address("sequence-owner", value.schema, value.name)))
    if owner is None or not owner.element.value.owned_by:
        return None
    schema, table, column = owner.element.value.owned_by
    for key in (("drop", address("table", schema, table)), ("drop", address("column", schema, table, column))):
        if key in operations:
            return key
    return None


def _made_with(operation: Operation, operations: Mapping[Key, Operation], context: Context) -> Key | None:
    element = operation.element
    above = ("create", element.above or "")
    if element.kind not in _INLINE or above not in operations:
        return None
    if element.kind == "check" and waits(element.value):
        return None
    piece = piece_of(element)
    if piece is not None and is_late(element.owner, piece, context.after_tables):
        return None
    if element.kind == "partition" and is_attached(element.owner, context.after_tables):
        return None
    return above
