import time

import pytest

from dbarchitect.engines import toolchain
from dbarchitect.errors import EngineError

ROW = 20


def node(name, rows=4, width=200):
    return {"id": name, "width": width, "height": rows * ROW, "rows": [ROW] * rows}


def edge(name, source, target, **more):
    return {"id": name, "from": source, "to": target, "fromRow": 1, "toRow": 2, **more}


def boxes(graph, answer):
    sizes = {item["id"]: item for item in graph["nodes"]}
    return {
        place["id"]: (
            place["x"],
            place["y"],
            place["x"] + sizes[place["id"]]["width"],
            place["y"] + sizes[place["id"]]["height"],
        )
        for place in answer["nodes"]
    }


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.fixture(scope="module")
def shop():
    return {
        "nodes": [node('us"ers <b>&'), node("orders", 6), node("items", 5, 240), node("lonely"), node("alone")],
        "edges": [
            edge("a", 'us"ers <b>&', "orders"),
            edge("b", "orders", "items"),
            edge("self", "orders", "orders", toRow=4),
            edge("weak", 'us"ers <b>&', "items", weak=True),
        ],
    }


def test_boxes_do_not_overlap_and_lie_inside(shop):
    answer = toolchain.layout(shop)
    places = boxes(shop, answer)
    assert list(places) == [item["id"] for item in shop["nodes"]]
    for box in places.values():
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= answer["width"] + 0.01
        assert box[3] <= answer["height"] + 0.01
    names = list(places)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    assert not [pair for pair in pairs if overlap(places[pair[0]], places[pair[1]])]


def test_the_referenced_table_comes_first(shop):
    places = boxes(shop, toolchain.layout(shop))
    assert places['us"ers <b>&'][2] < places["orders"][0]
    assert places["orders"][2] < places["items"][0]


def test_lines_start_and_end_at_their_rows(shop):
    answer = toolchain.layout(shop)
    places = boxes(shop, answer)
    wanted = {item["id"]: item for item in shop["edges"]}
    assert [item["id"] for item in answer["edges"]] == list(wanted)
    for line in answer["edges"]:
        assert len(line["points"]) % 3 == 1
        for point, end, row in ((0, "from", "fromRow"), (-1, "to", "toRow")):
            left, top, right, _ = places[wanted[line["id"]][end]]
            x, y = line["points"][point]
            assert min(abs(x - left), abs(x - right)) < 1.5, line
            assert abs(y - (top + (wanted[line["id"]][row] + 0.5) * ROW)) < ROW / 2 + 1, line


def test_the_same_graph_gives_the_same_answer(shop):
    assert toolchain.layout(shop) == toolchain.layout(shop)


def test_top_to_bottom(shop):
    places = boxes(shop, toolchain.layout(shop | {"direction": "TB"}))
    assert places["orders"][3] < places["items"][1]


def test_an_empty_graph_needs_no_library(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/nonexistent")
    assert toolchain.layout({"nodes": [], "edges": []}) == {"width": 0, "height": 0, "nodes": [], "edges": []}


def test_a_line_to_nowhere_is_refused(shop):
    with pytest.raises(EngineError, match="ghost"):
        toolchain.layout({"nodes": [node("a")], "edges": [edge("x", "a", "ghost")]})


def test_three_hundred_tables_are_laid_out_quickly():
    nodes = [node(f"t{index}", 3 + index % 9) for index in range(300)]
    edges = [edge(f"e{index}", f"t{index // 4}", f"t{index}", toRow=1) for index in range(1, 300)]
    edges += [edge(f"w{index}", "t0", f"t{index}", weak=True) for index in range(1, 300)]
    started = time.perf_counter()
    answer = toolchain.layout({"nodes": nodes, "edges": edges})
    assert time.perf_counter() - started < 20
    assert len(answer["nodes"]) == 300
    assert len(answer["edges"]) == len(edges)


def test_many_leaves_and_loners_do_not_make_a_tower():
    star = {
        "nodes": [node("hub"), *(node(f"leaf{index}") for index in range(40))],
        "edges": [edge(f"e{index}", "hub", f"leaf{index}") for index in range(40)],
    }
    loners = {"nodes": [node(f"n{index}") for index in range(40)], "edges": []}
    for graph in (star, loners):
        answer = toolchain.layout(graph)
        assert answer["height"] < 3 * answer["width"]
