"""A readable entity-relationship diagram with crow's feet, as one self-contained SVG file."""

from __future__ import annotations

from dbarchitect.model.schema import Schema

MANY = 3
"""From so many on, lines that every table has to its tenant would hide the others."""


def write(schema: Schema) -> str:
    """The diagram as SVG text, light or dark as the reader's screen is.

    Args:
        schema: any schema; partitions are left out, their parent stands for them.

    Raises:
        EngineError: the layout library cannot be installed.
    """
    from dbarchitect.engines.toolchain import layout
    from dbarchitect.write.svg.boxes import boxes
    from dbarchitect.write.svg.drawing import draw
    from dbarchitect.write.svg.lines import lines

    drawn = boxes(schema)
    found = lines(schema, drawn)
    weak = [line for line in found if line.weak]
    left_out = len(weak) >= MANY
    joined = [line for line in found if not (line.weak and left_out)]
    graph = {
        "nodes": [{"id": b.id, "width": b.width, "height": b.height, "rows": list(b.heights)} for b in drawn],
        "edges": [
            {"id": e.id, "from": e.parent, "to": e.child, "fromRow": e.parent_row, "toRow": e.child_row} for e in joined
        ],
        "direction": "LR",
        "gap": {"node": 28, "rank": 110},
    }
    tenancy = schema.intent.tenancy
    note = f"lines by {tenancy.column} to the tenants are left out" if tenancy and left_out else ""
    return draw(schema.intent.title, drawn, joined, layout(graph), note)
