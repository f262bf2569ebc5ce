"""Checked values out of a YAML tree: texts, numbers, yes and no, lists and keys, each error with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from dbarchitect.design.brief.document import Node
from dbarchitect.design.brief.everyday import fold
from dbarchitect.design.brief.place import LineError, Text, suggestion
from dbarchitect.errors import InputError
from dbarchitect.model.origin import Origin

T = TypeVar("T")
YES = frozenset(("yes", "true", "on", "y"))
NO = frozenset(("no", "false", "off", "n"))
_SCALE = {"": 1, "k": 1000, "thousand": 1000, "m": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}
_COUNT = re.compile(r"(\d[\d_, ']*)(?:\.(\d{1,3}))? ?([a-z]*)", re.IGNORECASE)


def cleaned(text: str) -> str:
    """A name without surplus blanks."""
    return " ".join(text.split())


class Values:
    """Reads values of one document.

    Args:
        source: the text that the tree was made of.
    """

    def __init__(self, source: Text) -> None:
        self.source = source

    def wrong(self, node: Node, message: str, hint: str | None = None) -> InputError:
        """An error at the beginning of `node`."""
        return self.source.error(message, node.start, hint)

    def origin(self, node: Node, text: str | None = None) -> Origin:
        """What was read here, in the user's words."""
        words = self.source.text[node.start : node.end].strip() if text is None else text
        return Origin("brief", words[:200], self.source.span(node.start, node.end))

    def line(self, node: Node, parse: Callable[[str], T], of: str) -> T:
        """Read the line that a scalar holds, and put its errors where they stand."""
        text = self.text(node, of)
        try:
            return parse(text)
        except LineError as error:
            raw = self.source.text[node.start : node.end]
            offset = node.start + error.offset if raw.startswith(text) else node.start
            raise self.source.error(f"{of}: {error.message}", offset, error.hint) from None

    def text(self, node: Node, of: str) -> str:
        """A scalar; what is empty is ''."""
        if node.kind != "text":
            raise self.wrong(node, f"{of} must be a text, not a {node.kind}")
        return "" if node.empty else node.text.strip()

    def name(self, node: Node, of: str) -> str:
        """A scalar that names something, without surplus blanks."""
        name = cleaned(node.text) if node.kind == "text" else self.text(node, of)
        if not name:
            raise self.wrong(node, f"{of} has no name")
        if len(name) > 500:
            raise self.wrong(node, f"{of} is longer than 500 characters: {name[:40]!r} …")
        return name

    def names(self, node: Node, of: str) -> tuple[str, ...]:
        """A list of names, or names in one text separated by commas."""
        if node.kind == "list":
            return tuple(self.name(item, of) for item in node.items)
        parts = [cleaned(part) for part in self.text(node, of).split(",")]
        if any(not part for part in parts):
            raise self.wrong(node, f"{of}: a name is missing between commas")
        return tuple(parts)

    def texts(self, node: Node, of: str) -> tuple[str, ...]:
        """A list of sentences."""
        if node.empty:
            return ()
        if node.kind != "list":
            raise self.wrong(node, f"{of} must be a list", "Write one `- …` a line.")
        return tuple(self.text(item, of) for item in node.items)

    def yes(self, node: Node, of: str) -> bool:
        """Yes or no, in the spellings of YAML."""
        text = self.text(node, of).lower()
        if text in YES:
            return True
        if text in NO:
            return False
        raise self.wrong(node, f"{of} must be yes or no, not {text[:40]!r}")

    def count(self, node: Node, of: str) -> int:
        """A number of things: 5000, 5 000, 5k, 2.5 million."""
        text = self.text(node, of)
        match = _COUNT.fullmatch(text) if len(text) < 40 else None
        factor = _SCALE.get(match.group(3).lower()) if match else None
        if match is None or factor is None:
            raise self.wrong(
                node, f"{of} must be a whole number, not {text[:40]!r}", "For example: 5000, 20k, 3 million."
            )
        whole = int(re.sub(r"\D", "", match.group(1))) * factor
        fraction = match.group(2) or ""
        return whole + int(fraction or 0) * factor // int("1" + "0" * len(fraction))

    def choice(self, node: Node, of: str, allowed: Sequence[str]) -> str:
        """One of a few words."""
        text = self.text(node, of).lower()
        if text not in allowed:
            hint = suggestion(text, allowed, f"One of: {', '.join(allowed)}.")
            raise self.wrong(node, f"{of} cannot be {text[:40]!r}", hint)
        return text

    def mapping(self, node: Node, of: str) -> list[tuple[Node, Node]]:
        """The pairs of a mapping; nothing is an empty one. Two equal keys are refused."""
        if node.empty:
            return []
        if node.kind != "mapping":
            raise self.wrong(node, f"{of} must be `key: value` lines, not a {node.kind}")
        seen: dict[str, Node] = {}
        for key, _ in node.pairs:
            name = cleaned(key.text)
            if name in seen:
                line = self.source.span(seen[name].start, seen[name].end).start.line
                raise self.wrong(
                    key, f"the key {name[:60]!r} stands twice, first in line {line}", "Keep one of the two."
                )
            seen[name] = key
        return node.pairs

    def keyed(
        self, node: Node, of: str, known: Sequence[str], aliases: Mapping[str, str] | None = None
    ) -> dict[str, Node]:
        """A mapping whose keys are all known, by the key."""
        found: dict[str, Node] = {}
        for key, value in self.mapping(node, of):
            name = known_key(key.text, known, aliases)
            if name is None:
                raise self.unknown_key(key, of, known)
            if name in found:
                raise self.wrong(key, f"{name!r} stands twice in {of}", "Keep one of the two.")
            found[name] = value
        return found

    def unknown_key(self, key: Node, of: str, known: Sequence[str]) -> InputError:
        """The error for a key that nobody knows."""
        hint = suggestion(cleaned(key.text), known, f"Known here: {', '.join(known)}.")
        return self.wrong(key, f"unknown key {cleaned(key.text)[:60]!r} in {of}", hint)


def known_key(text: str, known: Sequence[str], aliases: Mapping[str, str] | None = None) -> str | None:
    """The known key that `text` spells, whatever its case and hyphens."""
    folded = fold(text)
    folded = (aliases or {}).get(folded, folded)
    return folded if folded in known else None
