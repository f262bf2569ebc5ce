"""For each row of one query a function runs another query.

Why
    This is the loop of Q02 over two functions, where neither shows it: the list of n rows costs n + 1 queries.

Fix
    Let the first query join or load the other rows (`with` of a relational query, `leftJoin`), or give the function a
    list of keys. No fix is made: it changes what the function takes.

Sources
    https://orm.drizzle.team/docs/rqb: one query for a row and what belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.chains import method
from dbarchitect.read.drizzle.query.model import Query
from dbarchitect.read.drizzle.query.modules import Modules
from dbarchitect.read.drizzle.query.scope import Binding
from dbarchitect.read.drizzle.query.surroundings import ITERATING
from dbarchitect.review.query_facts import service, spoken, table_of, wholesale
from dbarchitect.review.query_loops import LEAVING, within
from dbarchitect.review.query_names import PORTIONS, aside, says
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, example
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node, arguments, walk

RULE = Rule("Q03", "query-for-each-row", "house", "warning", needs="queries")
Inner = dict[tuple[str, int], Query]


def check(subject: Subject) -> Iterator[Finding]:
    """Each loop over a query's rows that calls a function which reads by the row."""
    if subject.queries is None or subject.queries.modules is None:
        return
    inner: Inner = {}
    writers: set[tuple[str, int]] = set()
    for query in subject.queries:
        if query.around.node is None:
            continue
        place = (query.file.path, query.around.node.start_byte)
        if query.reads and query.address and not query.around.loops:
            inner.setdefault(place, query)
        elif not query.reads or query.link("for"):
            writers.add(place)
    inner = {place: query for place, query in inner.items() if place not in writers and not aside(query.file.path)}
    writes: dict[str, list[int]] = {}
    for query in subject.queries:
        if not query.reads:
            writes.setdefault(query.file.path, []).append(query.node.start_byte)
    for query in service(subject, "select", "findMany"):
        item = _list(query)
        if item is None or wholesale(query.around):
            continue
        for item_name, body in _rounds(query, item):
            if _writes(body, writes.get(query.file.path, ())):
                continue
            called = _called(subject.queries.modules, query, body, item_name, inner)
            if called is None:
                continue
            call, other = called
            function = method(query.file, call)
            message = (
                f"for each row of {spoken(query)} the function {function}() reads {table_of(other).name}: "
                "n rows cost n + 1 queries"
            )
            span = query.file.source.span(call)
            yield RULE.finding(subject, other.address, message, span=span, related=[query.span, other.span])


def _writes(body: Node, places: Sequence[int]) -> bool:
    """Whether the loop also writes: then it works on one row after the other by design."""
    inside = range(body.start_byte, body.end_byte)
    return any(place in inside for place in places)


def _list(query: Query) -> Binding | None:
    if not query.variable or query.single or query.result is None or query.limit in ("1", "2"):
        return None
    item = query.file.meaning(query.result)
    return item if item is not None and item.kind in ("const", "let") else None


def _rounds(query: Query, item: Binding) -> Iterator[tuple[str, Node]]:
    """The loops over a variable as (the round's variable, the body)."""
    file = query.file
    for use in file.uses(item):
        above = use.parent
        if above is None:
            continue
        if above.type == "for_in_statement" and above.child_by_field_name("right") == use:
            left, body = above.child_by_field_name("left"), above.child_by_field_name("body")
            if left is not None and body is not None:
                yield file.text(left), body
        elif above.type == "member_expression" and above.parent is not None:
            call = above.parent
            if call.type != "call_expression" or method(file, call) not in ITERATING or not arguments(call):
                continue
            callback = arguments(call)[0]
            body = callback.child_by_field_name("body")
            listed = callback.child_by_field_name("parameters") or callback.child_by_field_name("parameter")
            if body is not None and listed is not None:
                yield file.text(listed).strip("()"), body


def _called(modules: Modules, query: Query, body: Node, name: str, inner: Inner) -> tuple[Node, Query] | None:
    if says(PORTIONS, name) or any(node.type in LEAVING[1:] for node in within(body)):
        return None
    own = {word.strip() for word in name.replace("{", ",").replace("}", ",").split(",")}
    for node in walk(body):
        if node.type != "await_expression" or not node.named_children:
            continue
        call = node.named_children[0]
        function = call.child_by_field_name("function") if call.type == "call_expression" else None
        if function is None or method(query.file, call) == query.around.function:
            continue
        if not any(_names(query, argument) & own for argument in arguments(call)):
            continue
        target = modules.function(query.file, function)
        found = inner.get((target[0].path, target[1].start_byte)) if target else None
        if found is not None and not wholesale(found.around):
            return call, found
    return None


def _names(query: Query, node: Node) -> set[str]:
    return {
        query.file.text(item) for item in walk(node) if item.type in ("identifier", "shorthand_property_identifier")
    }


EXAMPLES = (
    example(
        "const owner = async (id: string) => db.query.customers.findFirst({ where: eq(customers.id, id) })\n\n"
        "export const list = async () => {\n  const found = await db.select().from(orders).limit(50)\n"
        "  const full = []\n  for (const order of found) full.push({ ...order, owner: await "
        "owner(order.customerId) })\n"
        "  return full\n}\n",
        CUSTOMERS,
    ),
    example(
        "export const list = async () =>\n  db.query.orders.findMany({ with: { customer: true }, limit: 50 })\n",
    ),
    example(
        "const tell = async (id: string) => fetch(`/orders/${id}`)\n\nexport const list = async () => {\n"
        "  const found = await db.select().from(orders).limit(50)\n  for (const order of found) await "
        "tell(order.id)\n}\n",
        title="a function without a query",
    ),
)
