"""Relational queries: the settings of findMany and findFirst, in the form of either line of Drizzle."""

from __future__ import annotations

from dbarchitect.read.drizzle.query import objects
from dbarchitect.read.drizzle.query.conditions import Conditions
from dbarchitect.read.drizzle.query.model import Condition, Nothing, Opaque, Ordering, TableUse
from dbarchitect.read.drizzle.query.scope import File, bare
from dbarchitect.read.drizzle.query.tables import NONE, Names
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node, arguments


@dataclass(frozen=True, slots=True)
class Settings:
    """What a relational query is told.

    Args:
        nodes: the object's values by key.
        whole: whether that is all of them.
        where: the condition.
        order: the order; None when it cannot be told.
        columns: the keys of the columns that it reads; None for all.
    """

    nodes: dict[str, Node]
    whole: bool
    where: Condition
    order: tuple[Ordering, ...] | None
    columns: tuple[str, ...] | None


def settings(conditions: Conditions, file: File, argument: Node | None, of: TableUse) -> Settings:
    """Read the argument of findMany or findFirst."""
    if argument is None:
        return Settings({}, True, Nothing(), (), None)
    node = bare(argument)
    if node.type == "identifier":
        item = file.meaning(node)
        if item is not None and item.kind == "const" and item.value is not None and not item.path:
            node = bare(item.value)
    if node.type != "object":
        return Settings({}, False, Opaque(file.text(node)), None, ("?",))
    nodes, whole = objects.pairs(file, node)
    where: Condition = _where(conditions, file, nodes["where"], of) if "where" in nodes else Nothing()
    if not whole and "where" not in nodes:
        where = Opaque(file.text(node))
    order = _order(conditions, file, nodes.get("orderBy"), of) if whole or "orderBy" in nodes else None
    return Settings(nodes, whole, where, order, _columns(file, nodes.get("columns"), of, whole))


def _where(conditions: Conditions, file: File, node: Node, of: TableUse) -> Condition:
    node = bare(node)
    if node.type == "object":
        return objects.filters(conditions, file, node, of)
    body, names = opened(file, node, of)
    return conditions.read(file, body, names) if body is not None else Opaque(file.text(node))


def opened(file: File, node: Node, of: TableUse) -> tuple[Node | None, Names]:
    """The expression of a callback `(table, operators) => …`, its parameter set to the table; others as they are."""
    if node.type not in ("arrow_function", "method_definition", "function_expression"):
        return node, NONE
    listed = node.child_by_field_name("parameters")
    single = node.child_by_field_name("parameter")
    if single is None and listed is not None and listed.named_children:
        single = listed.named_children[0].child_by_field_name("pattern")
    body = node.child_by_field_name("body")
    if body is not None and body.type == "statement_block":
        last = body.named_children[-1] if body.named_children else None
        simple = len(body.named_children) == 1 and last is not None and last.type == "return_statement"
        body = last.named_children[0] if simple and last is not None and last.named_children else None
    known = {file.text(single): of} if single is not None and single.type == "identifier" else {}
    return body, Names(known)


def _order(conditions: Conditions, file: File, node: Node | None, of: TableUse) -> tuple[Ordering, ...] | None:
    if node is None:
        return ()
    node = bare(node)
    if node.type == "object":
        return objects.ordering(conditions, file, node, of)
    body, names = opened(file, node, of)
    return order(conditions, file, [body], names) if body is not None else None


def order(conditions: Conditions, file: File, nodes: list[Node], names: Names = NONE) -> tuple[Ordering, ...] | None:
    """The keys of an order: columns, `asc(…)`, `desc(…)`, arrays of them; None when one cannot be told."""
    keys: list[Ordering] = []
    for given in nodes:
        node = bare(given)
        if node.type == "array":
            inner = order(conditions, file, [child for child in node.named_children if child.type != "comment"], names)
            if inner is None:
                return None
            keys.extend(inner)
            continue
        inner_node, descending = node, False
        if node.type == "call_expression" and arguments(node):
            function = node.child_by_field_name("function")
            word = file.text(function) if function is not None else ""
            if word.rpartition(".")[2] in ("asc", "desc"):
                inner_node, descending = arguments(node)[0], word.endswith("desc")
        column = conditions.tables.column(file, inner_node, names)
        plain = inner_node.type in ("call_expression", "template_string", "binary_expression")
        if column is None and not plain:
            return None
        keys.append(Ordering(column, descending, file.text(node), file.source.span(node)))
    return tuple(keys)


def _columns(file: File, node: Node | None, of: TableUse, whole: bool) -> tuple[str, ...] | None:
    if node is None:
        return None if whole else ("?",)
    node = bare(node)
    if node.type != "object":
        return ("?",)
    found, all_of_it = objects.pairs(file, node)
    if not all_of_it:
        return ("?",)
    if any(file.text(value) == "true" for value in found.values()):
        return tuple(key for key, value in found.items() if file.text(value) == "true")
    every = [column.key for column in of.declared.columns] if of.declared else []
    return tuple(key for key in every if key not in found)
