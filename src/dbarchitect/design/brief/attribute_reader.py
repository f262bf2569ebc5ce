"""The attributes of an entity: as lines, as mappings, or all of them in one short text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from dbarchitect.design.brief import attribute_line
from dbarchitect.design.brief.document import Node
from dbarchitect.design.brief.line import Cursor
from dbarchitect.design.brief.place import Text, attribute_key, suggestion
from dbarchitect.design.brief.requirements import Attribute, Entity, Rule, Scope
from dbarchitect.design.brief.values import Values, cleaned
from dbarchitect.model.origin import Origin

ATTRIBUTE = ("type", "length", "precision", "scale", "array", "mode", "required", "unique", "default", "values",
             "enumeration", "minimum", "maximum", "search", "personal", "description", "assumed")  # fmt: skip


class AttributeReader(Values):
    """Reads attributes of one document.

    Args:
        source: its text.
        enumerations: names of shared enumerations by `everyday.fold`.
        tenant: the entity of the tenants, or ''.
    """

    def __init__(self, source: Text, enumerations: Mapping[str, str], tenant: str) -> None:
        super().__init__(source)
        self.enumerations = enumerations
        self.tenant = tenant

    def read(
        self, pairs: Iterable[tuple[Node, Node]], of: str, pattern: str = ""
    ) -> tuple[tuple[Attribute, ...], tuple[Rule, ...]]:
        """The attributes of `key: value` pairs, and the rules that their lines imply."""
        attributes: dict[str, Attribute] = {}
        rules: list[Rule] = []
        for key, value in pairs:
            name = self.name(key, f"an attribute of {of}")
            line = self._one(name, value, of)
            origin = self.origin(key, self.source.text[key.start : value.end].strip())
            if line.assumed or pattern:
                origin = Origin("pattern", pattern or "assumed", origin.span)
            if attribute_key(name) in attributes:
                other = attributes[attribute_key(name)].name
                message = f"{of} has the attribute {name[:60]!r} twice"
                raise self.wrong(key, message if other == name else f"{message}: {other!r} is the same column")
            attributes[attribute_key(name)] = replace(line.attribute, origin=origin)
            rules.extend(replace(rule, origin=origin) for rule in line.rules)
        return tuple(attributes.values()), tuple(rules)

    def short(self, entity: Entity, node: Node, of: str) -> Entity:
        """An entity whose attributes stand in one text: `name required, sku code unique, price`."""
        if node.empty:
            return entity
        from dbarchitect.design.brief import attribute_list

        found = self.line(node, lambda line: attribute_list.attributes(line, self.enumerations, self.tenant), of)
        span = self.origin(node).span
        attributes = tuple(replace(line.attribute, origin=Origin("brief", line.attribute.name, span)) for line in found)
        return replace(entity, attributes=attributes, rules=tuple(rule for line in found for rule in line.rules))

    def _one(self, name: str, node: Node, of: str) -> attribute_line.Line:
        of = f"{of}, attribute {name!r}"
        if node.kind == "mapping":
            return self._mapping(name, node, of)
        if node.kind == "list":
            raise self.wrong(
                node, f"{of} must be a line or `key: value` lines, not a list", "For values: one of a, b, c."
            )
        return self.line(node, lambda line: attribute_line.parse(name, line, self.enumerations, self.tenant), of)

    def _mapping(self, name: str, node: Node, of: str) -> attribute_line.Line:
        parts = self.keyed(node, of, ATTRIBUTE)
        attribute = Attribute(name)
        if "type" in parts:
            attribute = self.line(parts["type"], lambda line: self._type(attribute, line), of)
        changes: dict[str, Any] = {
            key: self.count(parts[key], f"{of}: {key}") for key in ("length", "precision", "scale") if key in parts
        }
        for key in ("array", "required", "search", "personal"):
            if key in parts:
                changes[key] = self.yes(parts[key], f"{of}: {key}")
        changes.update((key, parts[key].text) for key in ("default", "minimum", "maximum") if key in parts)
        changes.update((key, self.text(parts[key], of)) for key in ("mode", "description") if key in parts)
        if "values" in parts:
            node = parts["values"]
            changes["values"] = tuple(item.text for item in node.items) if node.kind == "list" else self.names(node, of)
        if "enumeration" in parts:
            changes["enumeration"] = cleaned(self.text(parts["enumeration"], of))
        if "unique" in parts:
            changes["unique"] = self._scope(parts["unique"], of)
        assumed = "assumed" in parts and self.yes(parts["assumed"], of)
        return attribute_line.Line(replace(attribute, **changes), (), assumed)

    def _type(self, attribute: Attribute, line: str) -> Attribute:
        cursor = Cursor(line)
        found = attribute_line.parse_type(cursor, attribute, self.enumerations)
        cursor.finish("Other properties are keys of their own here: required, unique, default …")
        return found

    def _scope(self, node: Node, of: str) -> Scope | None:
        text = self.text(node, of).lower().removeprefix("per ")
        text = {"globally": "global", "yes": "tenant", "true": "tenant"}.get(text, text)
        if text in ("no", "false"):
            return None
        if text not in get_args(Scope):
            hint = suggestion(text, get_args(Scope), "One of: yes, no, tenant, global, parent.")
            raise self.wrong(node, f"{of}: unique cannot be {text[:40]!r}", hint)
        return cast(Scope, text)
