"""Indexes in a table's extra configuration."""

from __future__ import annotations

import re

from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.table import Table
from dbarchitect.write.drizzle.expressions import sql_template
from dbarchitect.write.drizzle.imports import ORM, Imports
from dbarchitect.write.drizzle.layout import Call, Node, Obj, Raw, chain
from dbarchitect.write.drizzle.naming import Names
from dbarchitect.write.drizzle.typescript import member, property_key, string

_FUNCTION = re.compile(r"[\w.]+\(.*\)\Z", re.DOTALL)
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")


def index_extra(table: Table, index: Index, names: Names, imports: Imports) -> Node:
    """`index('name').on(…)`, with `using`, `where` and `with` where they are needed.

    Directions are written in full (`.desc().nullsFirst()`): Drizzle's `.desc()` alone puts NULLs last, which no
    `ORDER BY … DESC` can use (reference/drizzle.md, finding 4).
    """
    parts = [_part(table, part, names, imports) for part in index.parts]
    builder = Call(imports.core("uniqueIndex" if index.unique else "index"), [Raw(string(index.name))])
    method = string(index.method)
    links = [Call("on", parts) if index.method == "btree" else Call("using", [Raw(method), *parts])]
    if index.where is not None:
        imports.add(ORM, "sql")
        links.append(Call("where", [Raw(sql_template(index.where, names.table(table).columns))]))
    if index.options:
        options = [(property_key(key), Raw(_option(value))) for key, value in index.options]
        links.append(Call("with", [Obj(options)]))
    return chain(builder, links)


def _part(table: Table, part: IndexPart, names: Names, imports: Imports) -> Node:
    columns = names.table(table).columns
    if part.column is None or (part.opclass and part.descending):
        # An expression, or an operator class with a direction, which drizzle-kit 0.31 drops: the SQL itself.
        imports.add(ORM, "sql")
        return Raw(_as_sql(part, columns))
    column = Raw(member("table", columns[part.column]))
    if part.opclass:
        return chain(column, [Call("op", [Raw(string(part.opclass))])])
    links = [Call("desc")] if part.descending else []
    if part.descending or part.puts_nulls_first:
        if not part.descending:
            links.append(Call("asc"))
        links.append(Call("nullsFirst" if part.puts_nulls_first else "nullsLast"))
    return chain(column, links)


def _as_sql(part: IndexPart, columns: dict[str, str] | object) -> str:
    assert isinstance(columns, dict)
    if part.column is not None:
        text = "${" + member("table", columns[part.column]) + "}"
        template = f"sql`{text}`"
    else:
        expression = part.expression or ""
        bare = _FUNCTION.match(expression) and _closes_at_end(expression)
        template = sql_template(expression if bare else f"({expression})", columns)
    ending = f" {part.opclass}" if part.opclass else ""
    ending += " desc" if part.descending else ""
    if part.puts_nulls_first != part.descending:
        ending += " nulls first" if part.puts_nulls_first else " nulls last"
    return template[:-1] + ending + "`"


def _closes_at_end(expression: str) -> bool:
    """Whether the bracket that the function opens is the one that ends the expression."""
    depth = 0
    for position, character in enumerate(expression):
        depth += (character == "(") - (character == ")")
        if depth == 0 and character == ")":
            return position == len(expression) - 1
    return False


def _option(value: str) -> str:
    if re.fullmatch(r"-?\d{1,15}", value):
        return value
    return value if value in ("true", "false") else string(value)
