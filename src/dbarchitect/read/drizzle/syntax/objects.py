"""What a schema holds beside tables: views and sequences."""

from __future__ import annotations

import re

from dbarchitect.model.schema import Sequence, View
from dbarchitect.read.drizzle.syntax.casing import convert
from dbarchitect.read.drizzle.syntax.collections import Given
from dbarchitect.read.drizzle.syntax.column_types import sequence_options
from dbarchitect.read.drizzle.syntax.constraints import text_argument
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError, data, sql_text
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    Chain,
    FunctionValue,
    Library,
    Link,
    Made,
    ObjectValue,
    SqlValue,
    ViewValue,
)


def view_of(reading: Reading, value: ViewValue) -> View:
    """The view; its query is '' when it exists already, or is built by calls instead of written as SQL."""
    query, existing, with_data = "", False, True
    options: dict[str, str] = {}
    for link in value.links[1:]:
        if link.name == "existing":
            existing = True
        elif link.name == "withNoData":
            with_data = False
        elif link.name == "with":
            options |= _options(reading, value, link)
        elif link.name == "as" and link.arguments:
            query = _query(reading, value, link)
    return View(
        value.schema,
        value.name,
        "" if existing else query,
        _columns(reading, value),
        value.materialized,
        with_data,
        tuple(sorted((name, each) for name, each in options.items() if name != "check_option")),
        options.get("check_option"),
    )


def _query(reading: Reading, value: ViewValue, link: Link) -> str:
    made = reading.evaluator.lazy(link.arguments[0])
    if isinstance(made, FunctionValue):
        made = reading.evaluator.call(made, [Given(Library())])
    what = f"the query of the view {value.name}"
    if not isinstance(made, SqlValue):
        reading.problem(f"{what} was not read: it is built by calls", link.source.span(link.call))
        return ""
    try:
        return sql_text(made).rstrip("; \n")
    except UnreadableError as lost:
        reading.lost(what, lost, link.source, link.call)
    return ""


def _columns(reading: Reading, value: ViewValue) -> tuple[str, ...]:
    arguments = value.links[0].arguments
    listed = reading.evaluator.lazy(arguments[1]) if len(arguments) > 1 else UNDEFINED
    names = []
    for key, entry in listed.entries.items() if isinstance(listed, ObjectValue) else ():
        column = entry.value()
        first = column.links[0].arguments if isinstance(column, Chain) else ()
        name = text_argument(reading.evaluator.lazy(first[0])) if first else ""
        names.append(name or convert(key, reading.casing))
    return tuple(names)


def _options(reading: Reading, value: ViewValue, link: Link) -> dict[str, str]:
    try:
        found = data(reading.evaluator.lazy(link.arguments[0])) if link.arguments else {}
    except UnreadableError as lost:
        reading.lost(f"the options of the view {value.name}", lost, link.source, link.call)
        return {}
    given = found.items() if isinstance(found, dict) else ()
    return {_snake(str(name)): _spelled(each) for name, each in given if each is not None}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"_{match[1].lower()}", name)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def sequence_of(reading: Reading, made: Made) -> Sequence:
    """The sequence that `pgSequence('name', { startWith, increment, … })` makes."""
    arguments = made.arguments
    name = text_argument(reading.evaluator.lazy(arguments[0])) if arguments else ""
    config = reading.evaluator.lazy(arguments[1]) if len(arguments) > 1 else UNDEFINED
    try:
        return Sequence(made.schema, name, options=sequence_options(config))
    except UnreadableError as lost:
        reading.lost(f"the options of the sequence {name}", lost, made.source, made.node)
    return Sequence(made.schema, name)
