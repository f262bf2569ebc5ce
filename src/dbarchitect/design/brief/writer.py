"""`Requirements` to `brief.yaml`: what a person reads, corrects and runs again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from dbarchitect.design.brief import attribute_line, everyday, relationship_line, rule_line
from dbarchitect.design.brief.place import LineError, entity_key
from dbarchitect.design.brief.requirements import (
    AccessNeed,
    Attribute,
    Dependency,
    Entity,
    Enumeration,
    Relationship,
    Requirements,
    Rule,
)
from dbarchitect.design.brief.scalars import comment, flow, key, scalar
from dbarchitect.design.brief.values import known_key
from dbarchitect.design.brief.yaml_reader import ENTITY, RELATIONSHIP
from dbarchitect.model.decision import Question

T = TypeVar("T")
HEAD = """\
# What the database is for, in words: the source of the schema. Change it and run `dbarchitect design` on it again.
#   attribute: type [required] [unique] [default …] [>= …] [search] [personal] [— what it means]
#   `unique` means within one tenant where there are tenants; `unique globally` means everywhere.
#   `assumed` marks what nobody asked for: delete the word to keep it, delete the line to drop it.
"""


def write(requirements: Requirements, questions: Sequence[Question] = ()) -> str:
    """The text of a brief file; `reader.read` gives the same requirements back.

    Args:
        requirements: what to write.
        questions: what is still open; each is explained in a comment beside `answers`.
    """
    return _Writer(requirements).text(questions)


class _Writer:
    def __init__(self, requirements: Requirements) -> None:
        self.requirements = requirements
        self.lines: list[str] = []
        self.enumerations = {
            everyday.fold(enumeration.name): enumeration.name for enumeration in requirements.enumerations
        }
        self.entities = {entity_key(entity.name): entity.name for entity in requirements.entities}

    def text(self, questions: Sequence[Question]) -> str:
        given = self.requirements
        for name, value in (("title", given.title), ("description", given.description)):
            if value:
                self.add(0, f"{name}: {scalar(value)}")
        if given.tenant:
            self.add(0, f"tenant: {scalar(given.tenant)}  # each row belongs to one of these, and no other may see it")
        if given.soft_delete is not None:
            self.add(0, f"soft delete: {_yes(given.soft_delete)}  # mark rows as deleted instead of deleting them")
        self._enumerations()
        self.add(0, "")
        self.add(0, "entities:" if given.entities else "entities: {}")
        for index, entity in enumerate(given.entities):
            self.add(0, "" if index else None)
            self._entity(entity)
        if given.relationships:
            self.add(0, "")
            self.add(0, "relationships:")
            for relationship in given.relationships:
                self._relationship(relationship)
        self._questions(questions)
        self._was()
        notes = (
            ("assumptions", given.assumptions, "taken for granted without being said"),
            ("unread", given.unread, "pieces of the words that nothing was made of"),
        )
        for name, items, meaning in notes:
            if items:
                self.add(0, "")
                self.add(0, f"{name}:  # {meaning}")
                for item in items:
                    self.add(2, f"- {scalar(item)}")
        return HEAD + "\n" + "\n".join(self.lines).lstrip("\n") + "\n"

    def add(self, indent: int, text: str | None) -> None:
        """One line; None for no line at all."""
        if text is not None:
            self.lines.append(" " * indent + text if text else "")

    def pair(self, indent: int, name: str, value: str) -> None:
        """A key with a written value; a key too long for one line takes YAML's explicit form."""
        written = key(name)
        if written.startswith("? "):
            self.add(indent, written.rstrip("\n"))
            self.add(indent, f": {value}".rstrip())
        else:
            self.add(indent, f"{written}: {value}".rstrip())

    def _enumerations(self) -> None:
        if not self.requirements.enumerations:
            return
        self.add(0, "")
        self.add(0, "enumerations:")
        for enumeration in self.requirements.enumerations:
            self._enumeration(enumeration)

    def _enumeration(self, enumeration: Enumeration) -> None:
        if enumeration.changes == "sometimes" and not enumeration.description:
            self.pair(2, enumeration.name, flow(enumeration.values))
            return
        self.pair(2, enumeration.name, "")
        self.add(4, f"values: {flow(enumeration.values)}")
        self.add(4, f"changes: {enumeration.changes}")
        if enumeration.description:
            self.add(4, f"description: {scalar(enumeration.description)}")

    # entities

    def _entity(self, entity: Entity) -> None:
        self.pair(2, entity.name, "")
        if entity.description:
            self.add(4, f"purpose: {scalar(entity.description)}")
        flags = (("tenant", entity.tenant), ("soft delete", entity.soft_delete), ("lookup", entity.lookup or None))
        for name, value in flags:
            if value is not None:
                self.add(4, f"{name}: {_yes(value)}")
        if entity.rows is not None:
            self.add(4, f"rows: {entity.rows}")
        if entity.pattern:
            self.add(4, f"pattern: {scalar(entity.pattern)}")
        below = any(known_key(attribute.name, ENTITY) for attribute in entity.attributes)
        if below:
            self.add(4, "attributes:")
        for attribute in entity.attributes:
            assumed = not entity.pattern and attribute.origin is not None and attribute.origin.kind == "pattern"
            self._attribute(6 if below else 4, attribute, assumed)
        lists: tuple[tuple[str, Iterable[tuple[str | None, list[str]]]], ...] = (
            ("rules", [self._rule(rule) for rule in entity.rules]),
            ("access", [self._access(need) for need in entity.access]),
            ("dependencies", [self._dependency(dependency) for dependency in entity.dependencies]),
        )
        for name, items in lists:
            self._list(name, items)

    def _list(self, name: str, items: Iterable[tuple[str | None, list[str]]]) -> None:
        for index, (line, mapping) in enumerate(items):
            if index == 0:
                self.add(4, f"{name}:")
            self._item(6, line, mapping)

    def _item(self, indent: int, line: str | None, mapping: list[str]) -> None:
        if line is not None:
            head, colon, rest = line.partition(": ")
            keyed = colon and head in rule_line.KINDS and scalar(rest) == rest
            self.add(indent, f"- {line if keyed else scalar(line)}")
            return
        for index, entry in enumerate(mapping):
            self.add(indent, ("- " if index == 0 else "  ") + entry)

    def _attribute(self, indent: int, attribute: Attribute, assumed: bool) -> None:
        line = attribute_line.write(attribute, assumed=assumed)
        read = attempt(lambda: attribute_line.parse(attribute.name, line, self.enumerations, self.requirements.tenant))
        if read is not None and read.attribute == attribute and not read.rules:
            self.pair(indent, attribute.name, scalar(line) if line else "")
            return
        self.pair(indent, attribute.name, "")
        for entry in _attribute_mapping(attribute, assumed):
            self.add(indent + 2, entry)

    def _rule(self, rule: Rule) -> tuple[str | None, list[str]]:
        line = rule_line.write_rule(rule)
        if same(rule, line, lambda: rule_line.parse_rule(line, self.requirements.tenant)):
            return line, []
        parts = [("low", rule.low), ("high", rule.high), ("expression", rule.expression or None)]
        mapping = [
            f"rule: {rule.kind}",
            *([f"fields: {flow(rule.fields)}"] if rule.fields else []),
            f"scope: {rule.scope}",
        ]
        mapping.extend(f"{name}: {scalar(value)}" for name, value in parts if value is not None)
        mapping.extend([f"limit: {rule.limit}"] if rule.limit is not None else [])
        return None, [*mapping, *([f"reason: {scalar(rule.reason)}"] if rule.reason else [])]

    def _access(self, need: AccessNeed) -> tuple[str | None, list[str]]:
        line = rule_line.write_access(need)
        if same(need, line, lambda: rule_line.parse_access(line)):
            return line, []
        lists = (("by", need.by), ("sorted by", need.order), ("returning", need.returning), ("ranges", need.ranges))
        mapping = [f"{name}: {flow(items)}" for name, items in lists if items]
        return None, [*mapping, f"for: {scalar(need.description)}"]

    def _dependency(self, dependency: Dependency) -> tuple[str | None, list[str]]:
        line = rule_line.write_dependency(dependency)
        if same(dependency, line, lambda: rule_line.parse_dependency(line)):
            return line, []
        mapping = [f"from: {flow(dependency.determinant)}", f"to: {flow(dependency.dependent)}"]
        return None, [*mapping, *([f"keep because: {scalar(dependency.keep)}"] if dependency.keep else [])]

    # relationships

    def _relationship(self, relationship: Relationship) -> None:
        assumed = relationship.origin is not None and relationship.origin.kind == "pattern"
        line = relationship_line.write(relationship, assumed=assumed)
        read = attempt(lambda: relationship_line.parse(line, self.entities))
        bare = None if read is None else read.relationship
        if bare is not None and bare == without_attributes(relationship) and len(line) < 900:
            if not relationship.attributes:
                self.add(2, f"- {scalar(line)}")
                return
            if known_key(line, RELATIONSHIP) is None:
                self.add(2, f"- {scalar(line)}:")
                for attribute in relationship.attributes:
                    self._attribute(6, attribute, False)
                return
        self._relationship_mapping(relationship, assumed)

    def _relationship_mapping(self, given: Relationship, assumed: bool) -> None:
        self.add(2, f"- child: {scalar(given.child)}")
        self.add(4, f"parent: {scalar(given.parent)}")
        self.add(4, f"cardinality: {given.cardinality}")
        flags = (("required", given.required), ("owned", given.owned), ("assumed", assumed or None))
        for name, value in flags:
            if value is not None:
                self.add(4, f"{name}: {_yes(value)}")
        texts = (("role", given.role), ("on delete", given.on_delete), ("name", given.name), ("reason", given.reason))
        for name, text in texts:
            if text:
                self.add(4, f"{name}: {scalar(text)}")
        if given.attributes:
            self.add(4, "attributes:")
            for attribute in given.attributes:
                self._attribute(6, attribute, False)

    def _questions(self, questions: Sequence[Question]) -> None:
        answers = self.requirements.answers
        if not questions and not answers:
            return
        self.add(0, "")
        for question in questions:
            self.add(
                0,
                f"# Open question {comment(question.id)}: {comment(question.ask)} (taken: {comment(question.default)})",
            )
            for option in question.options:
                self.add(0, f"#   {comment(question.id)}: {comment(option.value)} — {comment(option.consequence)}")
        self.add(0, "answers:" if answers else "answers: {}  # put the lines of your choice here")
        for name in sorted(answers):
            self.pair(2, name, scalar(answers[name]))

    def _was(self) -> None:
        if not self.requirements.was:
            return
        self.add(0, "")
        self.add(0, "was:  # what something was called before, so that its rows are kept; old lines do no harm")
        for name in sorted(self.requirements.was):
            self.pair(2, name, scalar(self.requirements.was[name]))


def attempt(read: Callable[[], T]) -> T | None:
    """What `read` gives, None when a line cannot say it."""
    try:
        return read()
    except LineError:
        return None


def same(value: T, line: str, read: Callable[[], T]) -> bool:
    """Whether a line says exactly this."""
    return bool(line.strip()) and attempt(read) == value


def without_attributes(relationship: Relationship) -> Relationship:
    """The relationship as its line alone says it."""
    return replace(relationship, attributes=())


def _attribute_mapping(attribute: Attribute, assumed: bool) -> list[str]:
    """Every property in a line of its own, for what one line cannot hold."""
    entries = [f"type: {scalar(attribute.type)}"]
    numbers = (("length", attribute.length), ("precision", attribute.precision), ("scale", attribute.scale))
    entries.extend(f"{name}: {number}" for name, number in numbers if number is not None)
    flags = (
        ("array", attribute.array or None),
        ("required", attribute.required),
        ("search", attribute.search or None),
        ("personal", attribute.personal or None),
        ("assumed", assumed or None),
    )
    entries.extend(f"{name}: {_yes(flag)}" for name, flag in flags if flag is not None)
    if attribute.values:
        entries.append(f"values: {flow(attribute.values)}")
    texts = (
        ("unique", attribute.unique),
        ("mode", attribute.mode or None),
        ("default", attribute.default),
        ("enumeration", attribute.enumeration or None),
        ("minimum", attribute.minimum),
        ("maximum", attribute.maximum),
        ("description", attribute.description or None),
    )
    entries.extend(f"{name}: {scalar(text)}" for name, text in texts if text is not None)
    return entries


def _yes(value: bool) -> str:
    return "yes" if value else "no"
