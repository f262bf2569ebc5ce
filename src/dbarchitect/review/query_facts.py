"""Questions that several query rules ask: which queries count, how many rows one may give, who may run in a loop."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.query.model import Loop, Query, Surroundings, TableUse
from dbarchitect.read.drizzle.query.predicates import pins
from dbarchitect.review import measured
from dbarchitect.review.query_names import WHOLESALE, aside, says
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import walk

DOCUMENTED = re.compile(
    r"/\*\*((?:(?!\*/).)*)\*/\s*(?:export |default |const |async |function |[\w$]+\s*[=:(]\s*)*\Z", re.DOTALL
)
"""A JSDoc comment, and after it nothing but the head of the function that it belongs to."""
MEANT = re.compile(r"\boffset|\bsmall (?:sets|tables|lists)\b", re.IGNORECASE)


def service(subject: Subject, *verbs: str) -> Iterator[Query]:
    """The queries on tables of the schema, of these verbs (of any when none is given), in the service's own code."""
    for query in subject.queries or ():
        if query.address and (not verbs or query.verb in verbs) and not aside(query.file.path):
            yield query


def table_of(query: Query) -> Table:
    """The query's table.

    Raises:
        ValueError: it is none of the schema (such queries have no address).
    """
    if query.table.table is None:
        raise ValueError("the query's table is none of the schema's")
    return query.table.table


def key_of(use: TableUse, column: str) -> str:
    """The property in TypeScript of a column."""
    declared = use.declared.column(column) if use.declared else None
    return declared.key if declared else column


def pinned(query: Query, *, lists: bool = False) -> frozenset[str]:
    """The columns of the query's own table that have one given value in every row that it touches."""
    found = set(pins(query.where, lists=lists))
    for join in query.joins:
        if join.kind == "inner":
            found |= pins(join.on, lists=lists)
    return frozenset(column for identity, column in found if identity == query.table.identity)


def looks_up_one(query: Query, columns: frozenset[str] | None = None) -> bool:
    """Whether at most one row is asked for: a unique key lies within the given columns, a partial one included."""
    return holds_key(table_of(query), pinned(query) if columns is None else columns)


def holds_key(table: Table, given: frozenset[str]) -> bool:
    """Whether a unique key of the table, a partial one included, lies within the columns."""
    keys = [table.primary_key.columns] if table.primary_key else []
    keys += [unique.columns for unique in table.uniques]
    keys += [index.columns for index in table.indexes if index.unique]
    return any(key and set(key) <= given for key in keys)


def names(text: str) -> frozenset[str]:
    """The words of a piece of TypeScript that may be names."""
    return frozenset(re.findall(r"[A-Za-z_$][\w$]*", text))


def declared_in(loop: Loop, query: Query) -> tuple[frozenset[str], frozenset[str]]:
    """The names that are new in each round of a loop (its item and what its body declares), and those among them that
    the round waited for.
    """
    found, awaited = set(names(loop.item)), set[str]()
    for node in walk(loop.node):
        if node.type == "variable_declarator" and node.start_byte < query.node.start_byte:
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            new = names(query.file.text(name)) if name is not None else frozenset()
            found |= new
            text = query.file.text(value) if value is not None else ""
            if "await " in text or awaited & names(text):
                awaited |= new
    return frozenset(found), frozenset(awaited)


def locked(query: Query) -> bool:
    """Whether the function around takes a lock or runs in serializable isolation."""
    around = query.around.node
    text = query.file.text(around) if around is not None else ""
    return re.search(r"\.for\(\s*['\"]|pg_(?:try_)?advisory|isolationLevel|[lL]ock\w*\(", text) is not None


def wholesale(around: Surroundings) -> bool:
    """Whether the function around says by its name that it treats all rows."""
    return says(WHOLESALE, around.function)


def spoken(query: Query) -> str:
    """The query in a message: `orders in listOrders`."""
    name = query.around.function
    return f"{table_of(query).name} in {name}()" if re.fullmatch(r"[\w$]+", name) else table_of(query).name


def meant_for_few(query: Query) -> bool:
    """Whether the comment before the function around says that it skips to pages, or is for small sets."""
    node = query.around.node
    before = query.file.whole[max(0, node.start_byte - 600) : node.start_byte] if node else ""
    found = DOCUMENTED.search(before)
    return found is not None and MEANT.search(found[1]) is not None


def rows(subject: Subject, table: Table) -> int | None:
    """How many rows the table has, when statistics of a live database tell."""
    figures = measured.of_table(subject, table)
    return figures.rows if figures is not None else None
