"""What a schema holds beside tables: enums, schemas, views, sequences."""

from __future__ import annotations

from dbarchitect.model.column import SequenceOptions
from dbarchitect.model.schema import Sequence, View
from dbarchitect.read.drizzle.syntax.collections import Given
from dbarchitect.read.drizzle.syntax.constraints import text_argument
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError, data, sql_text
from dbarchitect.read.drizzle.syntax.values import UNDEFINED, FunctionValue, Library, Made, SqlValue, ViewValue

_OPTIONS = {
    "startWith": "start",
    "increment": "increment",
    "minValue": "minimum",
    "maxValue": "maximum",
    "cache": "cache",
}


def view_of(reading: Reading, value: ViewValue) -> View | None:
    """The view; None for one that exists already. Its query is '' when it is built rather than written as SQL."""
    query = ""
    for link in value.links[1:]:
        if link.name == "existing":
            return None
        if link.name == "as" and link.arguments:
            made = reading.evaluator.lazy(link.arguments[0])
            if isinstance(made, FunctionValue):
                made = reading.evaluator.call(made, [Given(Library())])
            try:
                query = sql_text(made) if isinstance(made, SqlValue) else ""
            except UnreadableError as lost:
                reading.lost(f"the query of the view {value.name}", lost, link.source, link.call)
    return View(value.schema, value.name, query.strip(), materialized=value.materialized)


def sequence_of(reading: Reading, made: Made) -> Sequence:
    """The sequence that `pgSequence('name', { startWith, increment, … })` makes."""
    arguments = made.arguments
    name = text_argument(reading.evaluator.lazy(arguments[0])) if arguments else ""
    config = reading.evaluator.lazy(arguments[1]) if len(arguments) > 1 else UNDEFINED
    found: dict[str, int | None] = {}
    cycle = False
    try:
        plain = data(config) if config is not UNDEFINED else {}
        for key, value in plain.items() if isinstance(plain, dict) else ():
            if key in _OPTIONS and str(value).lstrip("-").isdigit():
                found[_OPTIONS[key]] = int(str(value))
            elif key == "cycle":
                cycle = bool(value)
    except UnreadableError as lost:
        reading.lost(f"the options of the sequence {name}", lost, made.source, made.node)
    return Sequence(made.schema, name, options=SequenceOptions(**found, cycle=cycle))
