"""Every Drizzle query in a project's TypeScript, found by syntax; nothing is run.

A query is a chain of calls on a table of the schema: the table is what tells `db.delete(users)` from the `delete` of a
Map, a repository or a cache. Files in whose text no such call can stand are not parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from dbarchitect.model.schema import Schema
from dbarchitect.read.drizzle.declared import Declared
from dbarchitect.read.drizzle.query.assembly import Assembly
from dbarchitect.read.drizzle.query.model import Query, Template
from dbarchitect.read.drizzle.query.modules import Modules
from dbarchitect.read.drizzle.query.scope import File, typed_template
from dbarchitect.read.drizzle.query.surroundings import surroundings
from dbarchitect.read.drizzle.query.tables import Tables
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node, Source, arguments

CALL = re.compile(
    r"\.\s*(select|selectDistinct|selectDistinctOn|insert|update|delete|findMany|findFirst|\$count|execute)"
    r"\s*(?:<[^()]{0,400}>)?\s*\(",
    re.ASCII,
)
TEMPLATE = re.compile(r"sql(?<![\w$.]sql)(?:\s*(?:<[^`()]{0,200}>)?\s*`|\s*\.\s*raw\s*\()", re.ASCII)
WORDS = (
    ".select", ".insert", ".update", ".delete", ".findMany", ".findFirst", ".$count", ".execute", "sql`",
    "sql<", "sql.raw",
)  # fmt: skip
HANDLES = ("db", "Db", "DB", "tx", "Tx", "trx", "atabase", "rizzle", "xecutor", "ex.", ".query.")
HINT = re.compile(r"(?:[dD]b|DB|[tT]x|trx|[dD]atabase|rizzle|ecutor|\bex|uery)[\s)!?]*\.")
"""What else a file has in its text that builds queries without naming Drizzle: a handle, or `db.query`."""


@dataclass(frozen=True, slots=True)
class Queries:
    """The queries of a project.

    Args:
        found: in the order of files and text.
        templates: the pieces of raw SQL, likewise.
        files: how many files were parsed for it.
        modules: the files, for rules that follow a call into its function.
        tables: what resolves tables and columns.
    """

    found: tuple[Query, ...]
    templates: tuple[Template, ...] = ()
    files: int = 0
    modules: Modules | None = field(default=None, repr=False, compare=False)
    tables: Tables | None = field(default=None, repr=False, compare=False)

    def __iter__(self) -> Iterator[Query]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)


def read(sources: Mapping[str, Source], declared: Declared, schema: Schema) -> Queries:
    """The queries in the files.

    Args:
        sources: all TypeScript files of the project by path, those of the schema among them or not.
        declared: what the schema's files write down.
        schema: the schema that they mean.
    """
    modules = Modules({**declared.sources, **sources})
    tables = Tables(modules, declared, schema)
    assembly = Assembly(tables)
    found: list[Query] = []
    templates: list[Template] = []
    files = 0
    for path in sorted(sources):
        text = sources[path].text
        if path.endswith(".d.ts") or not any(word in text for word in WORDS):
            continue
        if "drizzle" not in text and not (any(word in text for word in HANDLES) and HINT.search(text)):
            continue
        file = modules.file(path)
        calls = [match.span(1) for match in CALL.finditer(file.whole)]
        pieces = [match.start() for match in TEMPLATE.finditer(file.whole)]
        if not calls and not pieces:
            continue
        files += 1
        for start, end in calls:
            word = file.root.descendant_for_byte_range(start, end)
            query = _query(assembly, file, word) if word is not None and word.type == "property_identifier" else None
            if query is not None:
                found.append(query)
        templates.extend(item for start in pieces if (item := _template(file, start)) is not None)
    return Queries(tuple(found), tuple(templates), files, modules, tables)


def _query(assembly: Assembly, file: File, word: Node) -> Query | None:
    try:
        return assembly.query(file, word)
    except RecursionError:  # nested by the hundred: generated, and nobody's to mend
        return None


def _template(file: File, start: int) -> Template | None:
    """The template or the call of `sql.raw` at a byte."""
    word = file.root.descendant_for_byte_range(start, start + 3)
    node = word
    while node is not None and node.type in ("identifier", "member_expression", "instantiation_expression"):
        node = node.parent
    if word is None or word.type != "identifier" or node is None:
        return None
    if node.type == "binary_expression" and node.parent is not None:
        typed = typed_template(file, node.parent)
        if typed is not None:
            return Template(False, file, node.parent, typed, file.source.span(node.parent), surroundings(file, node))
    if node.type != "call_expression":
        return None
    given = node.child_by_field_name("arguments")
    if given is None:
        return None
    raw = given.type != "template_string"
    content = given if not raw else next(iter(arguments(node)), None)
    if content is None:
        return None
    return Template(raw, file, node, content, file.source.span(node), surroundings(file, node))
