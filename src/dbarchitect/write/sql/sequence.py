"""Sequences."""

from __future__ import annotations

from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Sequence
from dbarchitect.write.sql.options import sequence_options


def sequence_sql(sequence: Sequence) -> str:
    """CREATE SEQUENCE; its owner is set later, when the table exists."""
    kind = "" if sequence.type.name == "bigint" else f" AS {sequence.type.sql()}"
    options = sequence_options(sequence.options)
    return f"CREATE SEQUENCE {qualified(sequence.schema, sequence.name)}{kind}{' ' + options if options else ''}"


def sequence_owner_sql(sequence: Sequence) -> str:
    """ALTER SEQUENCE … OWNED BY its column, or NONE."""
    owner = "NONE"
    if sequence.owned_by:
        schema, table, column = sequence.owned_by
        owner = f"{qualified(schema, table)}.{quote(column)}"
    return f"ALTER SEQUENCE {qualified(sequence.schema, sequence.name)} OWNED BY {owner}"
