"""`brief.yaml` to `Requirements` (the form is documented in docs/brief.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import cast, get_args

from dbarchitect.design.brief import everyday, relationship_line
from dbarchitect.design.brief.attribute_reader import AttributeReader
from dbarchitect.design.brief.document import Node, parse
from dbarchitect.design.brief.place import Text, entity_key
from dbarchitect.design.brief.requirements import (
    Attribute,
    Cardinality,
    Entity,
    Enumeration,
    OnDelete,
    Relationship,
    Requirements,
    Volatility,
)
from dbarchitect.design.brief.rule_reader import RuleReader
from dbarchitect.design.brief.values import Values, cleaned, known_key
from dbarchitect.model.origin import Origin

TOP = ("title", "description", "tenant", "soft delete", "enumerations", "entities", "relationships", "answers",
       "was", "assumptions", "unread")  # fmt: skip
TOP_ALIASES = {"enums": "enumerations", "softdelete": "soft delete", "soft deletes": "soft delete", "name": "title"}
ENTITY = (
    "purpose",
    "attributes",
    "rules",
    "access",
    "dependencies",
    "tenant",
    "soft delete",
    "lookup",
    "rows",
    "pattern",
)
ENUMERATION = ("values", "changes", "description")
RELATIONSHIP = ("child", "parent", "cardinality", "required", "role", "owned", "on delete", "name", "attributes",
                "reason", "assumed")  # fmt: skip


def read_yaml(text: str, name: str) -> Requirements:
    """Read a brief file.

    Args:
        text: the YAML.
        name: how errors name it.

    Raises:
        InputError: with place and nearest match.
    """
    source = Text(text, name)
    return read_tree(source, parse(source))


def read_tree(source: Text, root: Node) -> Requirements:
    """Read a brief out of a parsed document; errors as `read_yaml`."""
    return _YamlReader(source).read(root)


def is_yaml(text: str) -> bool:
    """Whether a text looks like a brief file: a line that is one of its top-level keys."""
    for line in text.splitlines():
        head, colon, _ = line.partition(":")
        if colon and head and not head[0].isspace() and known_key(head.strip("'\""), ("entities", "relationships")):
            return True
    return False


class _YamlReader(Values):
    def __init__(self, source: Text) -> None:
        super().__init__(source)
        self.enumerations: dict[str, str] = {}
        self.entities: dict[str, str] = {}
        self.tenant = ""
        self.many: set[Origin | None] = set()

    def read(self, root: Node) -> Requirements:
        if root.kind != "mapping":
            raise self.wrong(
                root, "a brief file starts with keys such as `entities:`", f"Known keys: {', '.join(TOP)}."
            )
        top = self.keyed(root, "the brief", TOP, TOP_ALIASES)
        text = {key: self.text(top[key], key) for key in ("title", "description") if key in top}
        self.tenant = cleaned(self.text(top["tenant"], "tenant")) if "tenant" in top else ""
        enumerations = self._enumerations(top["enumerations"]) if "enumerations" in top else ()
        entities = self._entities(top["entities"]) if "entities" in top else ()
        relationships: tuple[Relationship, ...] = ()
        if "relationships" in top and not top["relationships"].empty:
            node = top["relationships"]
            if node.kind != "list":
                raise self.wrong(
                    node, "relationships must be a list", "Write one `- order belongs to customer` a line."
                )
            relationships = self._both_ways([self._relationship(item) for item in node.items])
        answers = self.mapping(top["answers"], "answers") if "answers" in top else []
        was = self.mapping(top["was"], "was") if "was" in top else []
        return Requirements(
            **text,
            entities=entities,
            relationships=relationships,
            enumerations=enumerations,
            tenant=self.tenant,
            soft_delete=self.yes(top["soft delete"], "soft delete") if "soft delete" in top else None,
            answers={cleaned(key.text): self.text(value, "an answer") for key, value in answers},
            assumptions=self.texts(top["assumptions"], "assumptions") if "assumptions" in top else (),
            unread=self.texts(top["unread"], "unread") if "unread" in top else (),
            was={cleaned(key.text): cleaned(self.text(value, "a name before")) for key, value in was},
        )

    # enumerations

    def _enumerations(self, node: Node) -> tuple[Enumeration, ...]:
        found = []
        for key, value in self.mapping(node, "enumerations"):
            name = self.name(key, "an enumeration")
            self.enumerations[everyday.fold(name)] = name
            found.append(self._enumeration(name, key, value))
        return tuple(found)

    def _enumeration(self, name: str, key: Node, node: Node) -> Enumeration:
        of = f"enumeration {name!r}"
        if node.kind == "mapping":
            parts = self.keyed(node, of, ENUMERATION)
            values = self._labels(parts["values"], of) if "values" in parts else ()
            changes = (
                self.choice(parts["changes"], f"{of}: changes", get_args(Volatility))
                if "changes" in parts
                else "sometimes"
            )
            description = self.text(parts["description"], of) if "description" in parts else ""
        else:
            values, changes, description = self._labels(node, of), "sometimes", ""
        if not values:
            raise self.wrong(node, f"{of} has no values", "For example: `order status: draft, placed, paid`.")
        twice = next((value for index, value in enumerate(values) if value in values[:index]), None)
        if twice is not None:
            raise self.wrong(node, f"{of} has the value {twice[:60]!r} twice")
        return Enumeration(name, values, cast(Volatility, changes), description, self.origin(key))

    def _labels(self, node: Node, of: str) -> tuple[str, ...]:
        if node.kind == "list":
            return tuple(item.text if item.kind == "text" else self.text(item, of) for item in node.items)
        return self.names(node, of)

    # entities

    def _entities(self, node: Node) -> tuple[Entity, ...]:
        if node.kind == "list":
            pairs = [(item, item) for item in node.items]
            return tuple(Entity(self.name(key, "an entity"), origin=self._named(key)) for key, _ in pairs)
        pairs = self.mapping(node, "entities")
        for key, _ in pairs:
            self._named(key)
        return tuple(self._entity(key, value) for key, value in pairs)

    def _named(self, key: Node) -> Origin:
        name = self.name(key, "an entity")
        self.entities[entity_key(name)] = name
        return self.origin(key)

    def _entity(self, key: Node, node: Node) -> Entity:
        name = self.name(key, "an entity")
        of = f"entity {name!r}"
        reader = AttributeReader(self.source, self.enumerations, self.tenant)
        entity = Entity(name, origin=self.origin(key))
        if node.kind == "text":
            return reader.short(entity, node, of)
        parts: dict[str, Node] = {}
        direct: list[tuple[Node, Node]] = []
        for part, value in self.mapping(node, of):
            known = known_key(part.text, ENTITY)
            if known is None:
                if value.kind == "list":
                    raise self.unknown_key(part, of, ENTITY)
                direct.append((part, value))
            elif known in parts:
                raise self.wrong(part, f"{known!r} stands twice in {of}", "Keep one of the two.")
            else:
                parts[known] = value
        pattern = self.text(parts["pattern"], f"{of}: pattern") if "pattern" in parts else ""
        pairs = self.mapping(parts["attributes"], f"attributes of {name!r}") if "attributes" in parts else []
        attributes, implied = reader.read([*direct, *pairs], of, pattern)
        below = RuleReader(self.source, self.tenant)
        return replace(
            entity,
            description=self.text(parts["purpose"], f"{of}: purpose") if "purpose" in parts else "",
            attributes=attributes,
            rules=(*implied, *(below.rule(item, of) for item in self._list(parts, "rules", of))),
            access=tuple(below.access(item, of) for item in self._list(parts, "access", of)),
            dependencies=tuple(below.dependency(item, of) for item in self._list(parts, "dependencies", of)),
            tenant=self.yes(parts["tenant"], f"{of}: tenant") if "tenant" in parts else None,
            soft_delete=self.yes(parts["soft delete"], f"{of}: soft delete") if "soft delete" in parts else None,
            lookup=self.yes(parts["lookup"], f"{of}: lookup") if "lookup" in parts else False,
            rows=self.count(parts["rows"], f"{of}: rows") if "rows" in parts else None,
            pattern=pattern,
            origin=Origin("pattern", pattern, self.origin(key).span) if pattern else self.origin(key),
        )

    def _list(self, parts: dict[str, Node], key: str, of: str) -> list[Node]:
        node = parts.get(key)
        if node is None or node.empty:
            return []
        if node.kind == "list":
            return node.items
        if node.kind == "text":
            return [node]
        raise self.wrong(node, f"{of}: {key} must be a list", "Write one `- …` a line.")

    # relationships

    def _relationship(self, node: Node) -> Relationship:
        if node.kind == "mapping" and len(node.pairs) == 1 and not known_key(node.pairs[0][0].text, RELATIONSHIP):
            key, link = node.pairs[0]
            found = self._relationship(key)
            return replace(found, attributes=self._link_attributes(link, f"{found.child} with {found.parent}"))
        if node.kind == "text":
            line = self.line(node, lambda text: relationship_line.parse(text, self.entities), "relationship")
            origin = self._why(node, line.assumed)
            if line.many and not line.relationship.role:
                self.many.add(origin)
            return replace(line.relationship, origin=origin)
        of = "the relationship"
        parts = self.keyed(node, of, RELATIONSHIP)
        missing = next((end for end in ("child", "parent") if end not in parts), None)
        if missing:
            raise self.wrong(node, f"{of} does not name its {missing}", relationship_line.FORMS)
        return Relationship(
            self._end(parts["child"]),
            self._end(parts["parent"]),
            cast(Cardinality, self.choice(parts["cardinality"], of, get_args(Cardinality)))
            if "cardinality" in parts
            else "many-to-one",
            self.yes(parts["required"], of) if "required" in parts else None,
            self.text(parts["role"], of) if "role" in parts else "",
            self.yes(parts["owned"], of) if "owned" in parts else None,
            cast(OnDelete, self.choice(parts["on delete"], of, get_args(OnDelete))) if "on delete" in parts else None,
            self._link_attributes(parts["attributes"], of) if "attributes" in parts else (),
            self.text(parts["name"], of) if "name" in parts else "",
            self.text(parts["reason"], of) if "reason" in parts else "",
            self._why(node, "assumed" in parts and self.yes(parts["assumed"], of)),
        )

    def _both_ways(self, relationships: list[Relationship]) -> tuple[Relationship, ...]:
        """`A has many B` and `B has many A` together are many-to-many."""
        found: list[Relationship] = []
        for relationship in relationships:
            opposite = next(
                (
                    index
                    for index, other in enumerate(found)
                    if other.origin in self.many
                    and relationship.origin in self.many
                    and (other.child, other.parent) == (relationship.parent, relationship.child)
                    and other.child != other.parent
                ),
                None,
            )
            if opposite is None:
                found.append(relationship)
            else:
                found[opposite] = replace(relationship, cardinality="many-to-many")
        return tuple(found)

    def _why(self, node: Node, assumed: bool) -> Origin:
        origin = self.origin(node)
        return Origin("pattern", "assumed", origin.span) if assumed else origin

    def _end(self, node: Node) -> str:
        name = self.name(node, "an entity")
        known = self.entities.get(entity_key(name))
        if known is None:
            error = relationship_line.unknown_entity(name, self.entities, 0)
            raise self.wrong(node, error.message, error.hint)
        return known

    def _link_attributes(self, node: Node, of: str) -> tuple[Attribute, ...]:
        reader = AttributeReader(self.source, self.enumerations, self.tenant)
        attributes, rules = reader.read(self.mapping(node, of), of)
        if rules:
            hint = "Make the link an entity of its own to give it rules."
            raise self.wrong(node, f"{of}: a link's attribute cannot carry the rule {rules[0].kind!r}", hint)
        return attributes
