"""YAML as a tree of texts with places, without the surprises of YAML 1.1.

Every scalar stays text (`no`, `NO`, `1.10` and `2024-01-01` are what they look like); anchors, aliases, tags, duplicate
keys and deep nesting are refused, so that no document can grow, run or hide anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from dbarchitect.design.brief.place import Text
from dbarchitect.errors import InputError

DEEPEST = 12
MOST = 60_000
"""Keys and values of one document: ten times what 300 entities have."""

LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
"""libyaml where PyYAML was built with it; only its events are used, so no object is ever constructed."""


@dataclass(slots=True)
class Node:
    """A piece of a YAML document.

    Args:
        kind: what it is.
        start: offset of its first code point.
        end: offset behind its last one.
        text: of a scalar.
        plain: whether a scalar stands without quotes.
        pairs: of a mapping, in order.
        items: of a sequence.
    """

    kind: Literal["text", "mapping", "list"]
    start: int
    end: int
    text: str = ""
    plain: bool = False
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Nothing stands here: no value, or YAML's null written without quotes."""
        return self.kind == "text" and self.plain and self.text in ("", "~", "null")


def parse(source: Text) -> Node:
    """The tree of a YAML text.

    Raises:
        InputError: it is no YAML, holds several documents, or uses what a brief has no need of.
    """
    try:
        return _build(source, yaml.parse(source.text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "unknown problem"
        hint = (
            "Texts with `: `, ` #` or a leading `[`, `{`, `*`, `&`, `@`, `%` need quotes; indent with blanks, not tabs."
        )
        message = f"this is not YAML: {problem}"
        raise source.error(message, min(mark.index, len(source.text)) if mark else 0, hint) from None
    except yaml.reader.ReaderError as error:
        raise _unprintable(source, error) from None
    except yaml.YAMLError as error:
        raise InputError(f"this is not YAML: {str(error).splitlines()[0]}", place=source.name) from None


def _unprintable(source: Text, error: Any) -> InputError:
    position = error.position if isinstance(error.position, int) else 0
    return source.error(
        "a character here cannot stand in YAML", min(position, len(source.text)), "Remove or escape it."
    )


def _build(source: Text, events: Iterator[Any]) -> Node:
    root: Node | None = None
    open_nodes: list[Node] = []
    keys: list[Node | None] = []
    documents = count = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise source.error("a brief is one YAML document", _begin(event), "Remove the `---` line.")
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            open_nodes.pop().end = _end(event)
            keys.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        node = _node(source, event)
        count += 1
        if count > MOST:
            raise source.error(
                f"more than {MOST:,} keys and values", node.start, "A brief says what is stored, not the data."
            )
        if root is None:
            root = node
        if open_nodes:
            _attach(source, open_nodes[-1], keys, node)
        if node.kind != "text":
            if len(open_nodes) >= DEEPEST:
                raise source.error(f"nested deeper than {DEEPEST} levels", node.start, "No part of a brief is so deep.")
            open_nodes.append(node)
            keys.append(None)
    return root or Node("text", 0, 0, plain=True)


def _node(source: Text, event: Any) -> Node:
    start, end = _begin(event), _end(event)
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise source.error(
            "anchors and aliases (`&x`, `*x`) have no place in a brief", start, "Write the text out, or quote it."
        )
    if isinstance(event, yaml.ScalarEvent):
        if event.tag and event.tag != "!":
            raise _tag(source, event.tag, start)
        return Node("text", start, end, event.value, event.style is None or event.style == "")
    if event.tag:
        raise _tag(source, event.tag, start)
    return Node("mapping" if isinstance(event, yaml.MappingStartEvent) else "list", start, end)


def _begin(event: Any) -> int:
    index: int = event.start_mark.index
    return index


def _end(event: Any) -> int:
    index: int = event.end_mark.index
    return index


def _tag(source: Text, tag: str, start: int) -> InputError:
    return source.error(
        f"the tag {tag[:40]!r} has no place in a brief", start, "Every value is plain text; remove the tag."
    )


def _attach(source: Text, parent: Node, keys: list[Node | None], node: Node) -> None:
    if parent.kind == "list":
        parent.items.append(node)
        return
    key = keys[-1]
    if key is None:
        if node.kind != "text":
            raise source.error("a key must be a text", node.start, "Write `key: value`.")
        keys[-1] = node
        return
    parent.pairs.append((key, node))
    keys[-1] = None
