"""What stands before `.array()` is forgotten.

Why
    On the line 0.45 `.array()` begins a column anew: of `text('tags').notNull().array()` only the type of the elements
    is left. TypeScript goes on to say that the column is required, or has a default, and the database does not hold
    it: NULL gets in, the default is not there, twins are taken. Drizzle 1 keeps what stands before.

Fix
    `.array()` comes first, right behind the type. Unsafe, because the rules come into force: rows may stand in their
    way. A default is moved by hand, since it has to become a list.

Sources
    https://github.com/drizzle-team/drizzle-orm/issues/5013
    https://orm.drizzle.team/docs/column-types/pg
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.naming import listed
from dbarchitect.model.finding import Edit, Finding, Fix
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.declared import Call, DeclaredColumn
from dbarchitect.review.demonstration import Accepts, Do, Emits
from dbarchitect.review.mending import chains, ddl
from dbarchitect.review.mending.script import script
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("Z17", "modifier-before-array", "fact", "error", "drizzle")
FORGOTTEN = {
    "notNull": "NULL gets in",
    "unique": "equal values get in",
    "primaryKey": "there is no primary key",
    "default": "there is no default",
    "defaultNow": "there is no default",
    "$default": "nothing fills it",
    "$defaultFn": "nothing fills it",
    "$onUpdate": "nothing changes it",
    "$onUpdateFn": "nothing changes it",
    "generatedAlwaysAs": "nothing computes it",
}


def check(subject: Subject) -> Iterator[Finding]:
    """Each modifier before `.array()` that is not written behind it again."""
    for declared in subject.declared.tables if subject.declared and subject.line != "1" else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        for column in declared.columns if table is not None else ():
            lost = _lost(column)
            if table is not None and lost:
                names = listed((f".{call.name}()" for call in lost), 9)
                follows = listed(dict.fromkeys(FORGOTTEN[call.name] for call in lost), 9)
                message = f"{declared.name}.{column.name} loses {names} to the .array() behind: {follows}"
                address = table.column_address(column.name)
                yield RULE.finding(
                    subject, address, message, span=lost[0].span, fixes=_fixes(subject, table, column, lost)
                )


def _lost(column: DeclaredColumn) -> list[Call]:
    last = max((place for place, call in enumerate(column.chain) if call.name == "array"), default=0)
    behind = {call.name for call in column.chain[last:]}
    return [call for call in column.chain[1:last] if call.name in FORGOTTEN and call.name not in behind]


def _fixes(subject: Subject, table: Table, column: DeclaredColumn, lost: list[Call]) -> list[Fix]:
    if subject.declared is None or column.shared or any(call.name not in ("notNull", "unique") for call in lost):
        return []
    file = script(subject.declared.sources[column.span.file])
    edits: list[Edit] = []
    for call in lost:
        edits.append(chains.remove(file, call))
    end = column.chain[-1].end
    moved = "".join("." + file.text[call.start : call.end] for call in lost)
    edits.append(file.edit(end, end, moved))
    statements = [ddl.alter_column(table, column.name, "SET NOT NULL")] if lost[0].name == "notNull" else []
    return [Fix("put .array() before it", "unsafe", tuple(edits), tuple(statements))]


BAD = """import { integer, pgTable, text } from 'drizzle-orm/pg-core'

export const posts = pgTable('posts', {
  id: integer('id').primaryKey(),
  tags: text('tags').notNull().array(),
})
"""
GOOD = BAD.replace(".notNull().array()", ".array().notNull()")
EXAMPLES = (
    drizzle(BAD, "column:public.posts.tags", fixed=GOOD),
    drizzle(GOOD),
    drizzle(BAD.replace(".array()", ".array().notNull().default([])"), title="said again behind it"),
    drizzle(
        BAD.replace(".notNull().array()", ".default('x').array()"), "column:public.posts.tags", title="a lost default"
    ),
)
DEMONSTRATION = (
    Emits(BAD, "NOT NULL is lost", has=('"tags" text[]',), lacks=('"tags" text[] NOT NULL',)),
    Do("create table posts (id int primary key, tags text[])"),
    Accepts("insert into posts values (1, null)", "a column that TypeScript calls required takes NULL"),
    Emits(GOOD, "behind .array() it counts", has=('"tags" text[] NOT NULL',)),
    Emits(BAD, "Drizzle 1 keeps it", has=('"tags" text[] NOT NULL',), line="1"),
)
