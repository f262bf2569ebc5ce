"""Tables; their columns and constraints are pieces of their own, and are made with them."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.parts import without_copies
from dbarchitect.model.names import qualified
from dbarchitect.model.table import Table
from dbarchitect.write.sql.options import storage_parameters
from dbarchitect.write.sql.partition import is_attached
from dbarchitect.write.sql.table import table_sql

KIND, RANK = "table", 8


def create(element: Element, context: Context) -> list[str]:
    """CREATE TABLE with its columns and the constraints that need no other table."""
    made = table_sql(element.value, context.after_tables)
    return [made, *([] if is_attached(element.value, context.after_tables) else without_copies(element.value, context))]


def drop(element: Element, context: Context) -> list[str]:
    """DROP TABLE; a partition leaves its parent first, for a foreign key to the parent may hold it."""
    table: Table = element.value
    statement = f"DROP TABLE {qualified(table.schema, table.name)}"
    parent = table.partition_of
    if parent is None or (parent.schema, parent.table) not in context.after_tables:
        return [statement]
    detached = f"ALTER TABLE {qualified(parent.schema, parent.table)} DETACH PARTITION"
    return [f"{detached} {qualified(table.schema, table.name)}", statement]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Storage, logging and inheritance; another partition key needs another table."""
    old, new = before.value, after.value
    if old.partitioning != new.partitioning:
        return None
    name, statements = qualified(new.schema, new.name), []
    if old.unlogged != new.unlogged:
        statements.append(f"ALTER TABLE {name} SET {'UNLOGGED' if new.unlogged else 'LOGGED'}")
    kept = {key for key, _ in new.options}
    gone = [(key, "") for key, _ in old.options if key not in kept]
    if gone:
        statements.append(f"ALTER TABLE {name} RESET ({', '.join(key for key, _ in gone)})")
    changed = [option for option in new.options if option not in old.options]
    if changed:
        statements.append(f"ALTER TABLE {name} SET {storage_parameters(changed)}")
    statements += [f"ALTER TABLE {name} NO INHERIT {qualified(*p)}" for p in old.inherits if p not in new.inherits]
    statements += [f"ALTER TABLE {name} INHERIT {qualified(*p)}" for p in new.inherits if p not in old.inherits]
    return statements


def own(table: Table) -> tuple[object, ...]:
    """What of a table is no piece of its own."""
    return (table.unlogged, table.options, table.inherits, table.partitioning)
