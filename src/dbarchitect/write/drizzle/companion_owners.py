"""Which table each address belongs to."""

from __future__ import annotations

from dbarchitect.model.address import address
from dbarchitect.model.schema import Schema

Key = tuple[str, str]


def owners(schema: Schema) -> dict[str, Key]:
    """The (schema, name) of the table that an address of the schema lies in, for every address that lies in one."""
    found: dict[str, Key] = {}
    for table in schema.tables:
        found[table.address] = table.key
        found |= {table.column_address(column.name): table.key for column in table.columns}
        key = (table.primary_key,) if table.primary_key else ()
        for constraint in (*key, *table.uniques, *table.foreign_keys, *table.checks, *table.exclusions):
            found[table.constraint_address(constraint.name)] = table.key
        found |= {table.index_address(index.name): table.key for index in table.indexes}
        found |= {table.policy_address(policy.name): table.key for policy in table.policies}
        for trigger in table.triggers:
            found[address("trigger", table.schema, table.name, trigger.name)] = table.key
    return found
