"""What a change of a column's type would break."""

from __future__ import annotations

import re

from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType


def holds(facts: Lookup, table: Table, column: str, kind: SqlType) -> bool:
    """Whether something holds a column to its type: an expression that PostgreSQL keeps, a default, a reference.

    `date_trunc('day', at)` can be indexed for a timestamp and not for a timestamptz; a default is cast to the new type
    when the column is, and a foreign key needs the same family on both sides.

    Args:
        facts: the schema.
        table: the table.
        column: the column's name.
        kind: the type that it would get.
    """
    kept = [part.expression for index in table.indexes for part in index.parts if part.expression]
    kept += [other.generated.expression for other in table.columns if other.generated]
    if any(column in expression and _names(column, expression) for expression in kept):
        return True
    own = table.column(column)
    if own.generated:
        return True
    if own.type.category == kind.category:
        return False
    refers = any(column in key.columns for key in table.foreign_keys)
    referred = any(column in item.foreign_key.target_columns for item in facts.references_to(table))
    return own.default is not None or refers or referred


def _names(column: str, expression: str) -> bool:
    word = re.escape(column)
    return re.search(rf"(?<!\w){word}(?!\w)|\"{word}\"", expression) is not None
