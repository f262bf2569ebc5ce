"""Ids come from another generator than Bun.randomUUIDv7().

Why
    `crypto.randomUUID()` and the package `uuid` (v4) give ids in random order: each insert dirties another page of
    the index. The house uses Bun's own `Bun.randomUUIDv7()` and no package for it.

Fix
    `Bun.randomUUIDv7()`. Unsafe: it needs Bun at run time.

Sources
    Seed: "NEVER use Node.js `crypto.randomUUID()`", "NEVER use external libraries like `uuid` npm package".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.finding import Edit, Finding, Fix
from dbarchitect.review import written
from dbarchitect.review.mending.script import script
from dbarchitect.review.query_names import aside
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node, Source, walk

RULE = Rule("H03", "other-uuid-generator", "house", "warning", "drizzle", profiles=("house",))
PACKAGES = ("uuid", "uuidv7", "uuidv4", "@lukeed/uuid", "uuid-random")
_CALLS = ("crypto.randomUUID", "globalThis.crypto.randomUUID", "randomUUID")


def check(subject: Subject) -> Iterator[Finding]:
    """Each call of `crypto.randomUUID` and each import of a uuid package, in files that import drizzle-orm."""
    for file, source in sorted(written.all_sources(subject).items()):
        if "drizzle-orm" not in source.text or "uuid" not in source.text.lower() or aside(file):
            continue
        names = written.imports_of(source)
        modules = {name.module for name in names}
        if not any(module.startswith("drizzle-orm") for module in modules):
            continue
        statements = {name.module: name.statement for name in names if name.module in PACKAGES}
        for module, statement in sorted(statements.items()):
            message = f"the package {module} makes ids; the house uses Bun.randomUUIDv7()"
            yield RULE.finding(subject, address("file", file), message, span=source.span(statement))
        local = {name.local for name in names if name.name == "randomUUID"}
        for node in _made(source, local) if "randomUUID" in source.text else ():
            message = "crypto.randomUUID() makes ids in random order (version 4); the house uses Bun.randomUUIDv7()"
            edits = _edits(source, node)
            fix = Fix("make it by Bun.randomUUIDv7()", "unsafe", edits)
            yield RULE.finding(subject, address("file", file), message, span=source.span(node), fixes=[fix])


def _made(source: Source, local: set[str]) -> Iterator[Node]:
    for node in walk(source.root):
        function = node.child_by_field_name("function") if node.type == "call_expression" else None
        name = source.text_of(function) if function is not None else ""
        part = node.parent is not None and node.parent.type == "template_substitution"
        if name in _CALLS and not part and (name != "randomUUID" or name in local):
            yield node


def _edits(source: Source, node: Node) -> tuple[Edit, ...]:
    file = script(source)
    return (file.edit(file.start(node), file.end(node), "Bun.randomUUIDv7()"),)


BAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey().$defaultFn(() => crypto.randomUUID()) })
"""
GOOD = BAD.replace("crypto.randomUUID()", "Bun.randomUUIDv7()")
EXAMPLES = (
    drizzle(BAD, 'file:"schema.ts"', fixed=GOOD),
    drizzle(GOOD),
    drizzle(
        GOOD + "export const mail = `ann-${crypto.randomUUID()}@example.org`\n",
        title="part of a text is no id",
    ),
    drizzle("import { v4 } from 'uuid'\n" + BAD.replace("crypto.randomUUID()", "v4()"), 'file:"schema.ts"'),
)
