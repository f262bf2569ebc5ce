"""What a relational query loads along: the relations of its `with`, and those in them."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.read.drizzle.query import objects, relational
from dbarchitect.read.drizzle.query.conditions import Conditions
from dbarchitect.read.drizzle.query.model import Nested, TableUse
from dbarchitect.read.drizzle.query.scope import File, bare
from dbarchitect.typescript.source import Node

DEEPEST = 6


def nested(
    conditions: Conditions, file: File, settings: dict[str, Node], of: TableUse, depth: int = DEEPEST
) -> Iterator[Nested]:
    """The relations that the settings of a relational query name, each before those in it.

    A relation that `relations()` does not declare, or whose table cannot be told, is left out with all that lies in it.
    """
    listed = bare(settings["with"]) if "with" in settings else None
    if listed is None or listed.type != "object" or of.declared is None or depth == 0:
        return
    for key, value in objects.pairs(file, listed)[0].items():
        relation = conditions.tables.relation(of.declared.variable, key)
        table = conditions.tables.named(relation.target, relation.target) if relation else None
        node = bare(value)
        if relation is None or table is None or node.type not in ("true", "object"):
            continue
        told = relational.settings(conditions, file, node if node.type == "object" else None, table)
        span, text = file.source.span(value), file.text(node)
        yield Nested(key, relation.kind, of, table, told.where, told.columns, told.whole, span, text)
        yield from nested(conditions, file, told.nodes, table, depth - 1)
