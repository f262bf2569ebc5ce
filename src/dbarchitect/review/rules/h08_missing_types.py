"""A table's file does not export the types of its rows.

Why
    `UsersSelectSchema` is what a query returns, `UsersInsertSchema` what an insert takes; both follow from the table,
    so that no second description can drift away from it.

Fix
    Add what is missing behind the table. Safe: types leave no trace in the program.

Sources
    Seed: "Export types with `SelectSchema` and `InsertSchema` suffixes".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from dbarchitect.model.finding import Finding, Fix
from dbarchitect.read.drizzle.declared import DeclaredTable
from dbarchitect.review import written
from dbarchitect.review.mending.script import script
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Source

RULE = Rule("H08", "missing-types", "house", "info", "drizzle", profiles=("house",))
_KINDS = ("Select", "Insert")
_TYPE = re.compile(
    r"export\s+type\s+\w+(?P<kind>Select|Insert)Schema\s*=\s*(?:typeof\s+(?P<variable>[\w$]+)\s*\.\s*\$infer(?P<own>\w+)"
    r"|Infer(?P<model>Select|Insert)Model<\s*typeof\s+(?P<table>[\w$]+)\s*>)"
)


def check(subject: Subject) -> Iterator[Finding]:
    """Each exported table without an exported type of its rows with the suffix, or without one of its inserts."""
    exported = _exported(source.text for source in written.all_sources(subject).values())
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        if table is None or not declared.variable or not declared.exported:
            continue
        missing = [kind for kind in _KINDS if (declared.variable, kind) not in exported]
        if missing:
            names = " and ".join(_name(declared, kind) for kind in missing)
            message = f"no file exports the {'type' if len(missing) == 1 else 'types'} {names} of {declared.name}"
            yield RULE.finding(subject, table.address, message, fixes=_fixes(subject, declared, missing))


def _exported(texts: Iterable[str]) -> set[tuple[str, str]]:
    """The constants and kinds of the types that the texts export with the suffix."""
    found = set()
    for text in texts:
        for match in _TYPE.finditer(text) if "nfer" in text else ():
            if match["kind"] == (match["own"] or match["model"]):
                found.add((match["variable"] or match["table"], match["kind"]))
    return found


@lru_cache(maxsize=64)
def _models(source: Source) -> frozenset[str]:
    """The words of a file that may be names of such types."""
    return frozenset(re.findall(r"(?<![\w$])[\w$]*Schema(?![\w$])", source.text) if "Schema" in source.text else ())


def _name(table: DeclaredTable, kind: str) -> str:
    bare = re.sub(r"(?<=.)(?:Schema|Table)\Z", "", table.variable)
    return f"{bare[0].upper()}{bare[1:]}{kind}Schema"


def _fixes(subject: Subject, table: DeclaredTable, missing: list[str]) -> list[Fix]:
    assert subject.declared is not None
    source = subject.declared.sources[table.span.file]
    binding = written.unit(source).bindings.get(table.variable)
    if binding is None or any(_name(table, kind) in _models(source) for kind in missing):
        return []
    file = script(source)
    place = file.end(binding.statement)
    mark = file.semicolon
    lines = "".join(
        f"\nexport type {_name(table, kind)} = typeof {table.variable}.$infer{kind}{mark}" for kind in missing
    )
    gap = "\n" if len(missing) == len(_KINDS) else ""
    return [Fix("export the types", "safe", (file.edit(place, place, f"{gap}{lines}"),))]


BAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const usersSchema = pgTable('users', { id: uuid('id').primaryKey() })
"""
GOOD = (
    BAD
    + """
export type UsersSelectSchema = typeof usersSchema.$inferSelect
export type UsersInsertSchema = typeof usersSchema.$inferInsert
"""
)
EXAMPLES = (
    drizzle(BAD, "table:public.users", fixed=GOOD),
    drizzle(GOOD),
)
