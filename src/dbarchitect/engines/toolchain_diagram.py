"""Places for the boxes and routes for the lines of a diagram, by Graphviz under Bun."""

from __future__ import annotations

import json
from typing import Any

from dbarchitect.engines import bun
from dbarchitect.engines import toolchain_diagnostics as diagnostics
from dbarchitect.engines.toolchain_packages import SOURCES, install_layout
from dbarchitect.errors import EngineError


def layout(graph: dict[str, Any]) -> dict[str, Any]:
    """Lay boxes of rows out, and route the lines between their rows. The same graph gives the same answer.

    Args:
        graph: all lengths in px, whole numbers; y grows downwards::

            {"nodes": [{"id": "users",        any text, unique
                        "width": 220, "height": 96,
                        "rows": [24, 24, 24, 24]}],   optional: heights from top to bottom, sum = height (row 0 is
                                                      the title); lines may end at them
             "edges": [{"id": "posts_author_fk",      any text, unique
                        "from": "users", "to": "posts",   `from` is placed before `to`: the referenced table first
                        "fromRow": 1, "toRow": 2,     optional: the rows that the line joins
                        "weak": false}],              optional: true draws the line and lets it place nothing, for
                                                      what every table has (a tenant)
             "direction": "LR",                       optional: "LR" (default) or "TB"
             "gap": {"node": 36, "rank": 96}}         optional: between boxes of one rank, and between ranks

    Returns:
        Everything in px in one coordinate system that starts at 0, 0; nodes and edges in the order of the input::

            {"width": 1200, "height": 800,
             "nodes": [{"id": "users", "x": 0, "y": 10}],       top left corner
             "edges": [{"id": "posts_author_fk",
                        "points": [[220, 46], [260, 46], [280, 70], [316, 70]]}]}

        `points` is a chain of cubic Bézier curves: the start, then three points for each curve (two handles and its
        end), as in the SVG path ``M p0 C p1 p2 p3 C p4 p5 p6``. The first lies at `from`, the last at `to`.

    Raises:
        EngineError: the library cannot be installed, or the graph names a node that it does not have.
    """
    known = {node["id"] for node in graph["nodes"]}
    for edge in graph["edges"]:
        for end in (edge["from"], edge["to"]):
            if end not in known:
                raise EngineError(f"line {edge['id']} of the diagram ends at {end}, which is no box of it")
    if not known:
        return {"width": 0, "height": 0, "nodes": [], "edges": []}
    names = {node["id"]: f"n{index}" for index, node in enumerate(graph["nodes"])}
    folder = install_layout()
    finished = bun.run_script(
        SOURCES / "layout" / "layout.ts", str(folder), cwd=folder, input=json.dumps(_plain(graph, names)), timeout=120
    )
    if not finished.ok:
        raise EngineError(f"the diagram cannot be laid out: {diagnostics.reason(finished)}")
    return _named(json.loads(finished.stdout), graph)


def _plain(graph: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The graph with names that no layout language could misread."""
    edges = [
        edge | {"id": f"e{index}", "from": names[edge["from"]], "to": names[edge["to"]]}
        for index, edge in enumerate(graph["edges"])
    ]
    return {
        "nodes": [node | {"id": names[node["id"]]} for node in graph["nodes"]],
        "edges": edges,
        "direction": graph.get("direction", "LR"),
        "gap": {"node": 36, "rank": 96} | graph.get("gap", {}),
    }


def _named(answer: dict[str, Any], graph: dict[str, Any]) -> dict[str, Any]:
    """The layout under the caller's names, in the caller's order."""
    nodes = {node["id"]: node for node in answer["nodes"]}
    edges = {edge["id"]: edge for edge in answer["edges"]}
    return answer | {
        "nodes": [nodes[f"n{index}"] | {"id": node["id"]} for index, node in enumerate(graph["nodes"])],
        "edges": [edges[f"e{index}"] | {"id": edge["id"]} for index, edge in enumerate(graph["edges"])],
    }
