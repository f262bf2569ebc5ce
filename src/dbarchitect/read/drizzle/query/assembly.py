"""From a call in the text to a query with all its clauses."""

from __future__ import annotations

import re

from dbarchitect.read.drizzle.query import handles, relational
from dbarchitect.read.drizzle.query.chains import Chain, called, chain, receiver
from dbarchitect.read.drizzle.query.conditions import Conditions, optional
from dbarchitect.read.drizzle.query.model import (
    All,
    ColumnUse,
    Condition,
    Join,
    Link,
    Nested,
    Nothing,
    Opaque,
    Ordering,
    Query,
    TableUse,
    Verb,
)
from dbarchitect.read.drizzle.query.nested import nested
from dbarchitect.read.drizzle.query.objects import pairs
from dbarchitect.read.drizzle.query.registry import Registry
from dbarchitect.read.drizzle.query.results import Result, result_of
from dbarchitect.read.drizzle.query.scope import File, bare, typed_template
from dbarchitect.read.drizzle.query.surroundings import surroundings
from dbarchitect.read.drizzle.query.tables import Tables
from dbarchitect.typescript.source import Node, arguments

VERBS: dict[str, Verb] = {
    "select": "select",
    "selectDistinct": "select",
    "selectDistinctOn": "select",
    "insert": "insert",
    "update": "update",
    "delete": "delete",
    "findMany": "findMany",
    "findFirst": "findFirst",
    "$count": "count",
    "execute": "execute",
}
JOINS = {"leftJoin": "left", "innerJoin": "inner", "rightJoin": "right", "fullJoin": "full", "crossJoin": "cross",
         "leftJoinLateral": "left", "innerJoinLateral": "inner", "crossJoinLateral": "cross"}  # fmt: skip
AGGREGATES = frozenset("count countDistinct sum sumDistinct avg avgDistinct min max $count".split())
AGGREGATE_SQL = re.compile(
    r"\b(?:count|sum|avg|min|max|coalesce|array_agg|jsonb?_agg|bool_or|bool_and|exists)\s*\(", re.IGNORECASE
)
NO_TABLE = TableUse("")
SQLITE = ("get", "all", "run")
"""Calls that make a query run in SQLite's dialect alone."""


class Assembly:
    """Makes the queries of one project.

    Args:
        tables: resolves tables and columns.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.registry = Registry(tables.modules, tables)
        self.conditions = Conditions(tables, self.subquery)
        self._open: set[tuple[str, int]] = set()

    def query(self, file: File, word: Node) -> Query | None:
        """The query that starts with the method `word`; None when it is none of Drizzle's on a table of the schema."""
        call = called(word)
        if call is None:
            return None
        verb = VERBS[file.text(word)]
        known = chain(file, call)
        if known is None:
            return None
        if verb in ("findMany", "findFirst"):
            return self._relational(file, verb, known, call)
        if verb == "execute":
            return self._execute(file, known)
        if any(item.name in SQLITE and not item.arguments for item in known.links[1:]):
            return None
        of = self._subject(file, verb, known)
        if of is None or handles.foreign(file, known.base):
            return None
        return self._built(file, verb, known, of)

    def _subject(self, file: File, verb: Verb, known: Chain) -> TableUse | None:
        """The table that a builder is about; None when nothing shows that it is one of Drizzle's."""
        if verb == "select":
            source = next((item for item in known.links if item.name == "from"), None)
            if source is None or not source.arguments:
                return None
            found = self.tables.table(file, source.arguments[0])
            if found is None and handles.likely(file, known.base):
                return TableUse(file.text(source.arguments[0]))
            return found
        first = known.links[0].arguments
        if not first or (verb == "update" and not any(item.name == "set" for item in known.links)):
            return None
        return self.tables.table(file, first[0])

    def _execute(self, file: File, known: Chain) -> Query | None:
        if not handles.likely(file, known.base, strict=True) or len(known.links[0].arguments) != 1:
            return None
        return self._make(file, "execute", known, NO_TABLE, Opaque(""), handles.handle_text(file, known.base))

    def _relational(self, file: File, verb: Verb, known: Chain, call: Node) -> Query | None:
        entity = bare(known.base)
        if entity.type != "member_expression":
            return None
        key, above = entity.child_by_field_name("property"), entity.child_by_field_name("object")
        if key is None or above is None or above.type != "member_expression":
            return None
        word, handle = above.child_by_field_name("property"), above.child_by_field_name("object")
        if word is None or handle is None or file.text(word) not in ("query", "_query"):
            return None
        of = self.registry.table(file, handle, file.text(key)) or TableUse(file.text(key))
        given = arguments(call)
        told = relational.settings(self.conditions, file, given[0] if given else None, of)
        nodes = told.nodes
        return self._make(
            file,
            verb,
            known,
            of,
            told.where,
            handles.handle_text(file, handle),
            order=told.order,
            limit=file.text(nodes["limit"]) if "limit" in nodes else ("1" if verb == "findFirst" else None),
            offset=file.text(nodes["offset"]) if "offset" in nodes else None,
            columns=told.columns,
            settings=nodes,
            along=tuple(nested(self.conditions, file, nodes, of)),
            complete=told.whole,
        )

    def _built(self, file: File, verb: Verb, known: Chain, of: TableUse) -> Query:
        links = known.links
        columns, aggregate = self._selection(file, links[0]) if verb == "select" else (None, False)
        order: tuple[Ordering, ...] | None = ()
        for item in links:
            if item.name == "orderBy":
                order = relational.order(self.conditions, file, list(item.arguments)) if order is not None else None
        orders = [item for item in links if item.name == "orderBy"]
        if len(orders) > 1 and not all(item.sure for item in orders):
            order = None
        limit = next((item for item in links if item.name == "limit"), None)
        offset = next((item for item in links if item.name == "offset"), None)
        return self._make(
            file,
            verb,
            known,
            of,
            self._where(file, links, verb),
            handles.handle_text(file, known.base),
            joins=self._joins(file, links),
            order=order,
            limit=file.text(limit.arguments[0]) if limit and limit.arguments else None,
            offset=file.text(offset.arguments[0]) if offset and offset.arguments else None,
            columns=columns,
            aggregate=aggregate or (verb == "count"),
        )

    def _make(
        self,
        file: File,
        verb: Verb,
        known: Chain,
        of: TableUse,
        where: Condition,
        handle: str,
        *,
        joins: tuple[Join, ...] = (),
        order: tuple[Ordering, ...] | None = (),
        limit: str | None = None,
        offset: str | None = None,
        columns: tuple[str, ...] | None = None,
        aggregate: bool = False,
        settings: dict[str, Node] | None = None,
        along: tuple[Nested, ...] = (),
        complete: bool = True,
    ) -> Query:
        result = result_of(file, known.top, known.links, verb) or Result("", False, None)
        return Query(
            verb=verb,
            file=file,
            node=known.top,
            span=file.source.span(known.top),
            handle=handle,
            table=of,
            links=known.links,
            where=where,
            joins=joins,
            order=order,
            limit=limit,
            offset=offset,
            columns=columns,
            aggregate=aggregate,
            settings=settings or {},
            nested=along,
            ending=known.ending,
            complete=known.complete and complete,
            around=surroundings(file, known.top),
            variable=result.name,
            single=result.single,
            result=result.node,
        )

    def _where(self, file: File, links: tuple[Link, ...], verb: Verb) -> Condition:
        if verb == "count":
            given = links[0].arguments
            return self.conditions.read(file, given[1]) if len(given) > 1 else Nothing()
        found = [item for item in links if item.name == "where"]
        if not found:
            return Nothing()
        read = []
        for item in found:
            one = self.conditions.read(file, item.arguments[0] if item.arguments else None)
            read.append(one if item.sure else optional(one))
        return read[0] if len(read) == 1 else All(tuple(read))

    def _joins(self, file: File, links: tuple[Link, ...]) -> tuple[Join, ...]:
        found = []
        for item in links:
            if item.name in JOINS and item.arguments:
                of = self.tables.table(file, item.arguments[0]) or TableUse(file.text(item.arguments[0]))
                on = self.conditions.read(file, item.arguments[1]) if len(item.arguments) > 1 else Nothing()
                found.append(Join(JOINS[item.name], of, on, item.span))
        return tuple(found)

    def _selection(self, file: File, first: Link) -> tuple[tuple[str, ...] | None, bool]:
        """The keys that a select reads (None for all), and whether they are nothing but aggregates."""
        given = first.arguments[-1:] if first.name == "selectDistinctOn" else first.arguments[:1]
        if not given or (first.name == "selectDistinctOn" and len(first.arguments) == 1):
            return None, False
        node = bare(given[0])
        if node.type != "object":
            return ("?",), False
        values, _whole = pairs(file, node)
        keys = tuple(values)
        return keys, bool(values) and all(_aggregates(file, value) for value in values.values())

    def subquery(self, file: File, node: Node) -> tuple[ColumnUse | None, Condition] | None:
        """A chain of select, here or in a constant, as (its only column, its condition)."""
        node = bare(node)
        if node.type == "identifier":
            item = file.meaning(node)
            if item is None or item.kind != "const" or item.value is None or item.path:
                return None
            if item.value.type == "await_expression":
                return None
            node = bare(item.value)
        call: Node | None = node
        links: list[Node] = []
        while call is not None and call.type == "call_expression":
            links.append(call)
            function = call.child_by_field_name("function")
            word = function.child_by_field_name("property") if function is not None else None
            if word is not None and file.text(word) in ("select", "selectDistinct", "selectDistinctOn"):
                return self._inner(file, call)
            call = receiver(call)
        return None

    def _inner(self, file: File, call: Node) -> tuple[ColumnUse | None, Condition] | None:
        place = (file.path, call.start_byte)
        if place in self._open:
            return None  # a query that names itself
        self._open.add(place)
        try:
            return self._read_inner(file, call)
        finally:
            self._open.discard(place)

    def _read_inner(self, file: File, call: Node) -> tuple[ColumnUse | None, Condition] | None:
        known = chain(file, call)
        if known is None or not any(item.name == "from" for item in known.links):
            return None
        column = None
        given = known.links[0].arguments
        if given and bare(given[0]).type == "object":
            values = list(pairs(file, bare(given[0]))[0].values())
            column = self.tables.column(file, values[0]) if len(values) == 1 else None
        return column, self._where(file, known.links, "select")


def _aggregates(file: File, node: Node) -> bool:
    node = bare(node)
    if typed_template(file, node) is not None:
        return AGGREGATE_SQL.search(file.text(node)) is not None
    if node.type != "call_expression":
        return False
    function = node.child_by_field_name("function")
    inner = function
    while inner is not None and inner.type == "member_expression":
        inner = inner.child_by_field_name("object")
    if inner is not None and inner.type == "call_expression":
        return _aggregates(file, inner)
    word = file.text(function).rpartition(".")[2] if function is not None else ""
    return word in AGGREGATES or (word.startswith("sql") and AGGREGATE_SQL.search(file.text(node)) is not None)
