"""The casing of column names is set in one place and not in the other.

Why
    On the line 0.45 drizzle-kit takes `casing` from drizzle.config, queries take it from `drizzle()`. Columns without
    a written name are called `created_at` by the one and `createdAt` by the other: every query fails (42703).
    `drizzle-kit export` ignores the option altogether; Drizzle 1 has dropped it (TS2353).

Fix
    Write the names: `timestamp('created_at')` is the same everywhere and on both lines. Or set `casing` in both
    places.

Sources
    https://orm.drizzle.team/docs/sql-schema-declaration#camel-and-snake-casing
    https://github.com/drizzle-team/drizzle-orm/issues/5755
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import snake
from dbarchitect.review import written
from dbarchitect.review.demonstration import Do, Refuses
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node, Source, arguments, walk

RULE = Rule("Z13", "casing-in-one-place", "fact", "error", "drizzle")
_DRIVER = "drizzle-orm/"


def check(subject: Subject) -> Iterator[Finding]:
    """Each place without the casing that the other one has, when there are columns whose name depends on it."""
    config = written.configuration(subject)
    if subject.declared is None or config is None:
        return
    unnamed = [
        (table.name, column.key)
        for table in subject.declared.tables
        for column in table.columns
        if not column.explicit and column.key != snake(column.key)
    ]
    if not unnamed:
        return
    asked = _casing(config, config.root)
    if subject.line == "1":
        if asked is not None:
            message = (
                "Drizzle 1 has no casing in drizzle.config: columns without a name get the names of their properties"
            )
            yield RULE.finding(subject, address("file", config.file), message, span=config.span(asked))
        return
    table, key = unnamed[0]
    calls = [
        (source, call)
        for file, source in sorted(written.all_sources(subject).items())
        for call in (_clients(source) if file != config.file and "test" not in file else ())
    ]
    for source, call in calls:
        if asked is not None and _casing(source, call) is None:
            message = (
                f"drizzle.config sets casing, drizzle() does not: queries ask for {table}.{key}, "
                f"drizzle-kit creates {snake(key)}"
            )
            yield RULE.finding(subject, address("file", source.file), message, span=source.span(call))
    if asked is None and calls and all(_casing(source, call) is not None for source, call in calls):
        message = (
            f"drizzle() sets casing, drizzle.config does not: queries ask for {table}.{snake(key)}, "
            f"drizzle-kit would create {key}"
        )
        span = config.span(config.root)
        yield RULE.finding(subject, address("file", config.file), message, span=span, severity="warning")


def _clients(source: Source) -> Iterator[Node]:
    names = {
        name.local for name in written.imports_of(source) if name.name == "drizzle" and name.module.startswith(_DRIVER)
    }
    for node in walk(source.root) if names else ():
        function = node.child_by_field_name("function") if node.type == "call_expression" else None
        if function is not None and function.type == "identifier" and source.text_of(function) in names:
            yield node


def _casing(source: Source, node: Node) -> Node | None:
    """The property `casing` in an object that is an argument of a call below the node, or in one it exports."""
    listed = arguments(node) if node.type == "call_expression" else (node,)
    for argument in listed:
        if node.type == "call_expression" and argument.type not in ("object", "identifier", "member_expression"):
            continue
        for child in walk(argument):
            key = child.child_by_field_name("key") if child.type == "pair" else None
            if key is not None and source.text_of(key).strip("'\"") == "casing":
                return child
            if child.type == "shorthand_property_identifier" and source.text_of(child) == "casing":
                return child
    return None


SCHEMA = """import { pgTable, timestamp, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid().primaryKey(), createdAt: timestamp({ withTimezone: true }) })
"""
CONFIG = """import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: './schema.ts', casing: 'snake_case' })
"""
CLIENT = """import { drizzle } from 'drizzle-orm/node-postgres'
import * as schema from './schema'

export const db = drizzle(process.env.DATABASE_URL ?? '', { schema })
"""
EXAMPLES = (
    Example({"schema.ts": SCHEMA, "drizzle.config.ts": CONFIG, "client.ts": CLIENT}, ('file:"client.ts"',)),
    Example(
        {
            "schema.ts": SCHEMA,
            "drizzle.config.ts": CONFIG,
            "client.ts": CLIENT.replace("{ schema }", "{ schema, casing: 'snake_case' }"),
        }
    ),
    Example(
        {
            "schema.ts": SCHEMA.replace("uuid()", "uuid('id')").replace("timestamp({", "timestamp('created_at', {"),
            "drizzle.config.ts": CONFIG,
            "client.ts": CLIENT,
        },
        title="every column has its name",
    ),
    Example(
        {
            "schema.ts": SCHEMA,
            "drizzle.config.ts": CONFIG.replace(", casing: 'snake_case'", ""),
            "client.ts": CLIENT.replace("{ schema }", "{ schema, casing: 'snake_case' }"),
        },
        ('file:"drizzle.config.ts"',),
    ),
)
DEMONSTRATION = (
    Do("create table users (id int primary key, created_at timestamptz)"),
    Refuses('select "createdAt" from users', "42703", "a query without the casing asks for a column that is not there"),
)  # fmt: skip
