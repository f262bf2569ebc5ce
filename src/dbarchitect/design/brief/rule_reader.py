"""Rules, ways of access and dependencies of a brief file: as lines or as mappings."""

from __future__ import annotations

from dataclasses import replace
from typing import cast, get_args

from dbarchitect.design.brief import rule_line
from dbarchitect.design.brief.document import Node
from dbarchitect.design.brief.place import Text
from dbarchitect.design.brief.requirements import AccessNeed, Dependency, Rule, RuleKind, Scope
from dbarchitect.design.brief.values import Values

RULE = ("rule", "fields", "scope", "low", "high", "limit", "expression", "reason")
ACCESS = ("by", "sorted by", "returning", "ranges", "for")
DEPENDENCY = ("from", "to", "keep because")


class RuleReader(Values):
    """Reads what stands below an entity beside its attributes.

    Args:
        source: the text of the document.
        tenant: the entity of the tenants, or ''.
    """

    def __init__(self, source: Text, tenant: str) -> None:
        super().__init__(source)
        self.tenant = tenant

    def rule(self, node: Node, of: str) -> Rule:
        """One rule."""
        of = f"{of}, rule"
        node = _unfolded(node, RULE)
        if node.kind == "text":
            rule = self.line(node, lambda line: rule_line.parse_rule(line, self.tenant), of)
            return replace(rule, origin=self.origin(node))
        parts = self.keyed(node, of, RULE)
        if "rule" not in parts:
            raise self.wrong(node, f"{of} does not say which", f"`rule:` is one of {', '.join(rule_line.KINDS)}.")
        return Rule(
            cast(RuleKind, self.choice(parts["rule"], of, rule_line.KINDS)),
            self.names(parts["fields"], of) if "fields" in parts else (),
            cast(Scope, self.choice(parts["scope"], of, get_args(Scope))) if "scope" in parts else "tenant",
            parts["low"].text if "low" in parts else None,
            parts["high"].text if "high" in parts else None,
            self.count(parts["limit"], of) if "limit" in parts else None,
            parts["expression"].text if "expression" in parts else "",
            self.text(parts["reason"], of) if "reason" in parts else "",
            self.origin(node),
        )

    def access(self, node: Node, of: str) -> AccessNeed:
        """One way of access."""
        of = f"{of}, access"
        if node.kind == "text":
            return replace(self.line(node, rule_line.parse_access, of), origin=self.origin(node))
        parts = self.keyed(node, of, ACCESS)
        lists = {key: self.names(value, of) for key, value in parts.items() if key != "for"}
        return AccessNeed(
            lists.get("by", ()),
            lists.get("sorted by", ()),
            lists.get("returning", ()),
            lists.get("ranges", ()),
            self.text(parts["for"], of) if "for" in parts else "",
            self.origin(node),
        )

    def dependency(self, node: Node, of: str) -> Dependency:
        """One functional dependency."""
        of = f"{of}, dependency"
        if node.kind == "text":
            return replace(self.line(node, rule_line.parse_dependency, of), origin=self.origin(node))
        parts = self.keyed(node, of, DEPENDENCY)
        if "from" not in parts or "to" not in parts:
            raise self.wrong(node, f"{of} needs `from` and `to`", "For example: zip code -> city, country.")
        keep = self.text(parts["keep because"], of) if "keep because" in parts else ""
        return Dependency(self.names(parts["from"], of), self.names(parts["to"], of), keep, self.origin(node))


def _unfolded(node: Node, known: tuple[str, ...]) -> Node:
    """`- check: a > b` is YAML for a mapping of one pair, and meant as the line `check: a > b`."""
    if node.kind != "mapping" or len(node.pairs) != 1:
        return node
    key, value = node.pairs[0]
    if key.text in known or value.kind != "text":
        return node
    return Node("text", node.start, value.end, f"{key.text}: {value.text}")
