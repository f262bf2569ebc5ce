"""Reads a Drizzle schema from its TypeScript alone: nothing of the user's is executed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dbarchitect.model.address import address
from dbarchitect.model.annotations import Annotations
from dbarchitect.model.decision import Problem
from dbarchitect.model.schema import Enum, Namespace, Schema, View
from dbarchitect.model.schema import Sequence as SequenceObject
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.completion import completed
from dbarchitect.read.drizzle.declared import Declared, DeclaredEnum, DeclaredRelation, DeclaredTable
from dbarchitect.read.drizzle.modules import Load, Resolver, closure
from dbarchitect.read.drizzle.syntax.collection import Collection, Found, visible
from dbarchitect.read.drizzle.syntax.evaluation import Evaluator
from dbarchitect.read.drizzle.syntax.objects import sequence_of, view_of
from dbarchitect.read.drizzle.syntax.policies import policy
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.relations import relations_of
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError
from dbarchitect.read.drizzle.syntax.tables import read_table
from dbarchitect.read.drizzle.syntax.units import Units
from dbarchitect.read.drizzle.syntax.values import Chain, EnumValue, Made, NamespaceValue, TableValue, ViewValue
from dbarchitect.records import dataclass
from dbarchitect.settings import Line
from dbarchitect.typescript.source import Source

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")


@dataclass(frozen=True, slots=True)
class StaticResult:
    """What the text of a Drizzle schema says.

    Args:
        schema: what Drizzle would make of it, as far as the text tells; spans in its annotations.
        problems: what could not be told, and what is wrong in the text.
        declared: the text's own declarations.
    """

    schema: Schema
    problems: tuple[Problem, ...]
    declared: Declared


def read(
    files: Mapping[str, str],
    named: Sequence[str] = (),
    *,
    casing: str = "",
    line: Line = "0.45",
    load: Load | None = None,
    packages: Mapping[str, str] | None = None,
) -> StaticResult:
    """Read a schema.

    Args:
        files: texts by relative POSIX path, in order: TypeScript, and `tsconfig.json` and `package.json` files when
            aliases and packages of a workspace are to be followed.
        named: the paths that drizzle.config names; what they do not export is no part of the schema. All when empty.
        casing: the `casing` of drizzle.config: snake_case, camelCase or ''.
        line: the line of Drizzle, by which it names what nobody named.
        load: gives the text of any other file of the project, None when there is none. Such a file is read when a
            name is imported from it, and is part of the schema only when a named file passes its exports on.
        packages: folders of the workspace's packages by name, for `load`.

    Returns:
        The schema, problems with their places, and the declarations. Never raises for what stands in the files.
    """
    resolver = Resolver(lambda path: files.get(path) or (load(path) if load else None), packages)
    if load is None:
        resolver = Resolver.among(files)
    own = {path: Source(path, text) for path, text in files.items() if path.endswith(SUFFIXES)}
    if load is not None:
        own = closure(own, lambda path: files[path] if path in own else load(path), resolver, passed=True)
    units = Units(own, load or files.get)
    sources = {path: unit.source for path, unit in units.all().items()}
    evaluator = Evaluator(units, resolver.locate, line)
    reading = Reading(evaluator, casing, line)
    for source in sources.values():
        for span in source.faults[:20]:
            reading.problem("this is no TypeScript", span, severity="error")
    found = Collection(reading, units.all())
    seen = visible(evaluator, units.all(), named)
    tables: dict[tuple[str, str], Table] = {}
    declared: list[DeclaredTable] = []
    for each in found.tables:
        if not each.value.name:
            for cause in each.value.lost:
                reading.lost("a table", cause, each.value.source, each.value.call)
            continue
        model, written = read_table(reading, each)
        declared.append(written)
        if id(each.value) in seen:
            tables[model.key] = model
    others = _Others(reading, seen, tables)
    for thing in found.others:
        others.add(thing)
    for (file, name), (source, node) in evaluator.unimported.items():
        if file in sources:
            reading.problem(f"`{name}` is used and not imported", source.span(node), severity="error")
    schema = Schema(
        tables=tuple(tables.values()),
        enums=tuple(others.enums),
        views=tuple(others.views),
        sequences=tuple(others.sequences),
        namespaces=tuple({each.name: each for each in others.namespaces}.values()),
        annotations=Annotations(spans={place: tuple(spans) for place, spans in sorted(reading.spans.items())}),
    )
    everything = {path: unit.source for path, unit in units.all().items()}
    result = Declared(
        everything, tuple(named), tuple(declared), tuple(others.declared_enums), tuple(others.declared_relations)
    )
    return StaticResult(completed(schema), reading.problems, result)


class _Others:
    """Enums, views, sequences, schemas and relations on their way into the schema."""

    def __init__(self, reading: Reading, seen: set[int], tables: dict[tuple[str, str], Table]) -> None:
        self._reading = reading
        self._seen = seen
        self._tables = tables
        self.enums: list[Enum] = []
        self.views: list[View] = []
        self.sequences: list[SequenceObject] = []
        self.namespaces: list[Namespace] = []
        self.declared_enums: list[DeclaredEnum] = []
        self.declared_relations: list[DeclaredRelation] = []

    def add(self, found: Found) -> None:
        """Take in one thing."""
        value, reading = found.value, self._reading
        seen = id(value) in self._seen
        if isinstance(value, EnumValue):
            self._enum(value, found)
        elif isinstance(value, NamespaceValue):
            if value.name not in ("", "public") and seen:
                self.namespaces.append(Namespace(value.name))
                reading.place(address("namespace", value.name), value.source.span(value.node))
        elif isinstance(value, ViewValue):
            view = view_of(reading, value)
            existing = any(link.name == "existing" for link in value.links)  # somebody else makes it
            if view.name and seen and not existing:
                self.views.append(view)
                reading.place(address("view", view.schema, view.name), value.source.span(value.node))
        elif isinstance(value, Made):
            if value.kind == "sequence":
                sequence = sequence_of(reading, value)
                if sequence.name and seen:
                    self.sequences.append(sequence)
                    place = address("sequence", sequence.schema, sequence.name)
                    reading.place(place, value.source.span(value.node))
            else:
                self.declared_relations += relations_of(reading, value) if value.kind != "role" else []
        elif isinstance(value, Chain) and seen:
            self._policy(value)

    def _policy(self, chain: Chain) -> None:
        """A policy that stands by itself and is linked to a table."""
        link = next((link for link in chain.links if link.name == "link" and link.arguments), None)
        table = self._reading.evaluator.lazy(link.arguments[0]) if link else None
        model = self._tables.get((table.schema, table.name)) if isinstance(table, TableValue) else None
        if model is None:
            return
        try:
            made = policy(self._reading, chain)
        except UnreadableError as lost:
            self._reading.lost(f"a policy of {model.name}", lost, chain.source, chain.node)
            return
        policies = (*model.policies, made)
        self._tables[model.key] = replace(model, policies=policies, row_security=True)
        self._reading.place(model.policy_address(made.name), chain.source.span(chain.node))

    def _enum(self, value: EnumValue, found: Found) -> None:
        span = value.source.span(value.node)
        self.declared_enums.append(
            DeclaredEnum(found.variable, found.exported, value.schema, value.name, value.labels, span)
        )
        if value.labels is None:
            self._reading.problem(f"the labels of the enum {value.name} were not read: they are not literals", span)
        if id(value) in self._seen and value.name:
            self.enums.append(Enum(value.schema, value.name, value.labels or ()))
            self._reading.place(address("enum", value.schema, value.name), span)
