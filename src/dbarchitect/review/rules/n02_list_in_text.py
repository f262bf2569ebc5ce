"""A text holds a list.

Why
    A comma list or a serialized array in a text cannot be searched by an index, checked, counted or tied to other
    tables, and an element that holds the separator breaks it. Every reader must know how it was written.

Fix
    A junction table when the elements are rows of another table, else an array or jsonb. There is no edit: the values
    must be taken apart by somebody who knows their form.

Sources
    Bill Karwin, SQL Antipatterns: "Jaywalking".
    Seed: "Normalize to 3NF by default".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.naming import stem
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Evidence, Finding, Severity
from dbarchitect.model.names import words
from dbarchitect.model.table import Table
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("N02", "list-in-text", "house", "info")
LISTS = frozenset(("csv", "list", "tags", "keywords", "categories", "skills", "hobbies", "ingredients", "genres"))
ALONE = frozenset(("emails", "phones", "recipients", "attendees", "participants", "members", "scopes"))
"""Words that mean a list when they are the whole name."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each text that is a list by its default, its TypeScript type (a warning) or its name (information)."""
    for table in subject.schema.tables:
        if table.partition_of:
            continue
        for column in table.columns:
            if column.type.category != "text" or column.type.dimensions or column.generated:
                continue
            found = _told(subject, table, column)
            if found:
                severity, evidence = found
                message = (
                    f"{table.name}.{column.name} holds a list in a text: "
                    "no index finds an element, and nothing checks them"
                )
                address = table.column_address(column.name)
                yield RULE.finding(subject, address, message, severity=severity, evidence=evidence)


def _told(subject: Subject, table: Table, column: Column) -> tuple[Severity, Evidence] | None:
    declared = subject.declared_column(table.key, column.name)
    kind = declared.modifier("$type") if declared else None
    written = kind.source.text[kind.start : kind.end] if kind else ""
    if "[]" in written or "Array<" in written:
        return "warning", Evidence("declared", result=written)
    if column.default == "'[]'" or (column.default or "").startswith("'[]'::"):
        return "warning", Evidence("declared", result=f"default {column.default}")
    if stem(column.name, many=True):
        return "warning", Evidence("inferred", result="a plural of ids")
    parts = words(column.name)
    if parts and (parts[-1] in LISTS or (len(parts) == 1 and parts[0] in ALONE)):
        return "info", Evidence("inferred", result="a plural")
    return None


EXAMPLES = (
    sql("create table posts (id bigint primary key, tag_ids text);", "column:public.posts.tag_ids"),
    sql("create table posts (id bigint primary key, labels text not null default '[]');", "column:public.posts.labels"),
    sql("create table posts (id bigint primary key, tags text);", "column:public.posts.tags"),
    sql("create table posts (id bigint primary key, tags text[] not null);"),
    sql("create table posts (id bigint primary key, tags jsonb, notes text, address text, status text);"),
    drizzle(
        """import { pgTable, text } from "drizzle-orm/pg-core";
export const posts = pgTable("posts", { id: text("id").primaryKey(), labels: text("labels").$type<string[]>() });
""",
        "column:public.posts.labels",
    ),
    drizzle(
        """import { pgTable, text } from "drizzle-orm/pg-core";
export const posts = pgTable("posts", { id: text("id").primaryKey(), labels: text("labels").array() });
"""
    ),
)
