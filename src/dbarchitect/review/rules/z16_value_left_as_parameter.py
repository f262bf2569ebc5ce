"""A value in a check, an index or a generated column reaches the migration as `$1`.

Why
    DDL has no parameters. drizzle-kit 0.31 writes what stands in `${…}` or behind `eq(…)` as a parameter, whose value
    is lost: ``check('age', sql`${table.age} > ${MIN}`)`` becomes `CHECK ("age" > $1)`, and the migration fails
    (42P02). Drizzle 1 writes the values of checks and of the conditions of indexes, but not those of generated columns
    and of expressions in an index.

    Found are literals, and constants of the same file that hold one.

Fix
    `.inlineParams()` behind the expression writes the value itself, on both lines. Unsafe: where the migration was
    mended by hand, the next one makes the rule anew.

Sources
    https://github.com/drizzle-team/drizzle-orm/issues/4661
    https://github.com/drizzle-team/drizzle-orm/issues/2508
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.declared import Call, DeclaredTable
from dbarchitect.review import written
from dbarchitect.review.demonstration import Emits, Refuses
from dbarchitect.review.mending import options
from dbarchitect.review.mending.items import items
from dbarchitect.review.mending.script import script
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node, Source, arguments, walk

RULE = Rule("Z16", "value-left-as-parameter", "fact", "error", "drizzle")
OPERATORS = frozenset(
    "eq ne gt gte lt lte like ilike notLike notIlike between notBetween inArray notInArray and or not".split()
)
LITERALS = ("string", "number", "true", "false", "unary_expression")


def check(subject: Subject) -> Iterator[Finding]:
    """Each expression of DDL with a value that is bound rather than written."""
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        source = subject.declared.sources.get(declared.span.file) if subject.declared else None
        if table is None or source is None:
            continue
        for what, address, call, place in _expressions(subject, table, declared):
            listed = options.listing(call)
            for node in items(listed)[place] if listed is not None else ():
                value = _bound(source, node, declared)
                if value is not None:
                    message = (
                        f"{what} of {table.name} binds {value} as a parameter: the migration says $1 for it and fails"
                    )
                    fixes = _fixes(source, node)
                    yield RULE.finding(subject, address, message, span=source.span(node), fixes=fixes)


def _expressions(subject: Subject, table: Table, declared: DeclaredTable) -> Iterator[tuple[str, str, Call, slice]]:
    """The expressions that drizzle-kit writes with parameters: (what it belongs to, address, call, arguments)."""
    old = subject.line != "1"
    for entry in declared.extras:
        if entry.lost or entry.span.file != declared.span.file:
            continue
        if entry.kind == "check" and entry.chain and old:
            yield f"the check {entry.name}", table.constraint_address(entry.name), entry.chain[0], slice(1, 2)
        elif entry.kind in ("index", "uniqueIndex"):
            what, address = f"the index {entry.name}", table.index_address(entry.name)
            for call in entry.chain[1:]:
                if call.name in ("on", "onOnly", "using") or (call.name == "where" and old):
                    yield what, address, call, slice(None)
    for column in declared.columns:
        made = column.modifier("generatedAlwaysAs")
        if made and not column.shared:
            yield f"the generated column {column.name}", table.column_address(column.name), made, slice(0, 1)


def _bound(source: Source, node: Node, table: DeclaredTable) -> str | None:
    """The text of the first value that becomes a parameter; None when there is none, or nobody can tell."""
    if node.type == "arrow_function":
        body = node.child_by_field_name("body")
        return _bound(source, body, table) if body is not None else None
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is None:
        return None
    name, given = source.text_of(function), node.child_by_field_name("arguments")
    if name in OPERATORS:
        found = (_value(source, item, table) for item in arguments(node))
    elif re.fullmatch(r"sql(?:<[^>]*>)?", name) and given is not None and given.type == "template_string":
        inner = (child for child in walk(given) if child.type == "template_substitution" and child.parent == given)
        found = (_value(source, child.named_children[0], table) for child in inner if child.named_children)
    elif name.endswith((".asc", ".desc", ".nullsFirst", ".nullsLast", ".as")):
        below = function.child_by_field_name("object")
        return _bound(source, below, table) if below is not None else None
    else:
        return None
    return next((value for value in found if value is not None), None)


def _value(source: Source, node: Node, table: DeclaredTable) -> str | None:
    """The text of a value that is bound: a literal, a list of them, or a constant of the file that holds one."""
    if node.type in LITERALS:
        return source.text_of(node)
    if node.type == "array":
        return source.text_of(node) if any(_value(source, item, table) for item in items(node)) else None
    if node.type == "identifier":
        binding = written.unit(source).bindings.get(source.text_of(node))
        held = binding.node if binding is not None and binding.kind == "value" else None
        return source.text_of(node) if held is not None and held.type in LITERALS else None
    return _bound(source, node, table)


def _fixes(source: Source, node: Node) -> list[Fix]:
    function = node.child_by_field_name("function")
    if function is None or source.text_of(function) in ("and", "or", "not") or "." in source.text_of(function):
        return []
    file = script(source)
    end = file.end(node)
    return [Fix("write the value itself: .inlineParams()", "unsafe", (file.edit(end, end, ".inlineParams()"),))]


BAD = """import { eq, sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text } from 'drizzle-orm/pg-core'

const ADULT = 18
export const people = pgTable(
  'people',
  { id: integer('id').primaryKey(), age: integer('age').notNull(), state: text('state') },
  (table) => [
    check('people_age_check', sql`${table.age} >= ${ADULT}`),
    index('people_age_idx').on(table.age).where(eq(table.state, 'open')),
  ],
)
"""
GOOD = BAD.replace("${ADULT}`", "${ADULT}`.inlineParams()").replace("'open')", "'open').inlineParams()")
EXAMPLES = (
    drizzle(BAD, "constraint:public.people.people_age_check", "index:public.people_age_idx", fixed=GOOD),
    drizzle(GOOD),
    drizzle(
        "import { isNull, sql } from 'drizzle-orm'\n"
        "import { check, index, integer, pgTable, text } from 'drizzle-orm/pg-core'\n\n"
        "const ADULT = sql`18`\n"
        "export const people = pgTable(\n  'people',\n"
        "  { id: integer('id').primaryKey(), age: integer('age').notNull(), state: text('state') },\n"
        "  (table) => [\n"
        "    check('people_age_check', sql`${table.age} >= ${ADULT} and ${table.id} > ${sql.raw('3')}`),\n"
        "    index('people_age_idx').on(table.age).where(isNull(table.state)),\n  ],\n)\n",
        title="SQL within SQL is no value",
    ),
    drizzle(
        "import { sql } from 'drizzle-orm'\nimport { integer, pgTable } from 'drizzle-orm/pg-core'\n\n"
        "export const rooms = pgTable('rooms', {\n  id: integer('id').primaryKey(),\n"
        "  next: integer('next').generatedAlwaysAs(sql`id + ${1}`),\n})\n",
        "column:public.rooms.next",
        title="a generated column, on either line",
    ),
)
DEMONSTRATION = (
    Emits(BAD, "both values are lost", has=('CHECK ("people"."age" >= $1)', '"people"."state" = $1')),
    Refuses("create table people (age int check (age >= $1))", "42P02", "PostgreSQL knows no $1 in DDL"),
    Emits(GOOD, "inlineParams() writes them", has=('CHECK ("people"."age" >= 18)',), lacks=("$1",)),
)  # fmt: skip
