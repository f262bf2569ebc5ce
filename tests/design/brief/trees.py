"""A brief's YAML as plain data, every scalar a text, as the JSON Schema sees it."""

from dbarchitect.design.brief.document import parse
from dbarchitect.design.brief.place import Text


def data(text):
    return _data(parse(Text(text, "brief.yaml")))


def _data(node):
    if node.empty:
        return None
    if node.kind == "text":
        return node.text
    if node.kind == "list":
        return [_data(item) for item in node.items]
    return {key.text: _data(value) for key, value in node.pairs}
