"""A Mermaid entity-relationship diagram: what a README on a code host shows by itself."""

from __future__ import annotations

import re

from dbarchitect.facts.lookup import Lookup, Reference
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table


def write(schema: Schema) -> str:
    """The diagram; tables and relations in a fixed order, every name that Mermaid cannot take put in quotes or spelled.

    Args:
        schema: any schema; partitions are left out, their parent stands for them.
    """
    lookup = Lookup(schema)
    tables = [table for table in lookup.insert_order if table.partition_of is None]
    lines = ["erDiagram"]
    for table in tables:
        lines.extend(_table(lookup, table))
    for reference in lookup.references:
        if reference.parent is not None and reference.child.partition_of is None:
            lines.append(_relation(lookup, reference))
    return "\n".join(lines) + "\n"


def _table(lookup: Lookup, table: Table) -> list[str]:
    primary = set(table.primary_key.columns) if table.primary_key else set()
    foreign = {name for key in table.foreign_keys for name in key.columns}
    unique = {unique.columns[0] for unique in table.uniques if len(unique.columns) == 1}
    unique |= {index.columns[0] for index in table.indexes if index.unique and len(index.columns) == 1}
    lines = [f"  {_entity(table)} {{"]
    for column in table.columns:
        marks = [
            mark for mark, names in (("PK", primary), ("FK", foreign), ("UK", unique - primary)) if column.name in names
        ]
        note = lookup.column_intent(table, column.name).description
        spelled = _word(column.name)
        if spelled != column.name:
            note = f"{column.name}: {note}" if note else column.name
        parts = [_word(column.type.sql().replace(" with time zone", "tz")), spelled, ", ".join(marks)]
        if note:
            parts.append(f'"{_text(note)}"')
        lines.append("    " + " ".join(part for part in parts if part))
    lines.append("  }")
    return lines


def _relation(lookup: Lookup, reference: Reference) -> str:
    key, child = reference.foreign_key, reference.child
    assert reference.parent is not None
    optional = any(child.column(name).nullable for name in key.columns)
    alone = any(
        access.unique and set(access.columns) <= set(key.columns) for access in lookup.accesses(child) if access.columns
    )
    left = "|o" if optional else "||"
    right = "o|" if alone else "o{"
    label = lookup.schema.intent.relations.get(reference.address) or " ".join(key.columns)
    return f'  {_entity(reference.parent)} {left}--{right} {_entity(child)} : "{_text(label)}"'


def _entity(table: Table) -> str:
    name = table.name if table.schema == "public" else f"{table.schema}.{table.name}"
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else f'"{_text(name)}"'


def _word(text: str) -> str:
    """Letters, digits, brackets and parentheses are all that Mermaid takes in types and attribute names."""
    word = re.sub(r"[^\w()\[\]-]+", "_", text.replace('"', ""), flags=re.ASCII).strip("_")
    return word if re.match(r"[A-Za-z]", word) else f"c_{word}"


def _text(text: str) -> str:
    """A text inside double quotes on one line."""
    return " ".join(text.split()).replace('"', "'").replace("\\", "/")
