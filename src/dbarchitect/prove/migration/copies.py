"""Columns that a trigger of a plan keeps filled, while one type takes the place of another.

Adversarial rows are written while triggers sleep, as rows were that are older than a trigger. A column that came with
its trigger never says anything else than what it copies. Where it did, a way back would be blamed for values that
nobody can have.
"""

from __future__ import annotations

from typing import Any

import psycopg

from dbarchitect.migrate.recipes.column_type import filled_by
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Schema


def keep(connection: psycopg.Connection[Any], schema: Schema) -> None:
    """Give such columns the values that their triggers would have given them.

    Args:
        connection: autocommit connection of a superuser.
        schema: what the database holds.
    """
    for table in schema.tables:
        for trigger in table.triggers:
            pair = filled_by(table, trigger.name)
            if pair is None:
                continue
            source, target = quote(pair[0]), qualified(*table.key)
            connection.execute("set session_replication_role = replica")
            try:
                place = f"alter table {target} enable"
                connection.execute(f"{place} always trigger {quote(trigger.name)}".encode())
                connection.execute(f"update {target} set {source} = {source}".encode())
                connection.execute(f"{place} trigger {quote(trigger.name)}".encode())
            finally:
                connection.execute("reset session_replication_role")
