"""A Prisma schema to the schema that `prisma migrate` makes of it on PostgreSQL (ADR 50).

Read are models with their columns, native types (`@db.…`), keys, uniques, indexes, defaults and relations, implicit
many-to-many tables, enums, extensions, and schemas in several files; names are Prisma's own (`User_email_key`).
What the client does by itself (`cuid()`, `uuid()`, `@updatedAt`) is no default of the database. A view has no
definition in Prisma's schema; it is a problem of the result.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.annotations import Annotations
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey, PrimaryKey
from dbarchitect.model.decision import Problem
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import Intent
from dbarchitect.model.schema import Enum, Extension, Namespace, Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.read.prisma_parser import parse
from dbarchitect.read.prisma_syntax import Block, Field
from dbarchitect.read.prisma_tables import Context, TableBuilder, cut
from dbarchitect.read.result import ReadResult

PROVIDERS = ("postgresql", "postgres")


def read(files: Mapping[str, str]) -> ReadResult:
    """The schema of one Prisma schema.

    Args:
        files: the text of each of its files by relative POSIX path; a schema may be spread over several.

    Raises:
        InputError: its datasource is another database than PostgreSQL.
    """
    blocks: list[Block] = []
    problems: list[Problem] = []
    for path, text in files.items():
        found, wrong = parse(text, path)
        blocks += found
        problems += wrong
    kinds: dict[str, list[Block]] = {}
    for block in blocks:
        kinds.setdefault(block.kind, []).append(block)
    sources = kinds.get("datasource", [])
    _check_provider(sources, problems)
    context = Context(_by_name(kinds.get("model", []), problems), _by_name(kinds.get("enum", []), problems))
    context.problems = problems
    if any((mode := source.properties.get("relationMode")) and mode.text == "prisma" for source in sources):
        context.foreign_keys = False
        problems.append(Problem("info", 'relationMode = "prisma": the database has no foreign keys'))
    for view in kinds.get("view", []):
        context.problem("warning", f"the view {view.name.text!r}: Prisma's schema has no definition of it", view, view)
    for kind in kinds.get("type", []):
        context.problem("warning", f"the composite type {kind.name.text!r} is none of PostgreSQL's", kind, kind)
    return ReadResult(_schema(context, sources), tuple(problems))


def _check_provider(sources: list[Block], problems: list[Problem]) -> None:
    if not sources:
        problems.append(Problem("info", "there is no datasource; PostgreSQL is taken for granted"))
    for source in sources:
        provider = source.properties.get("provider")
        if provider is not None and provider.kind == "text" and provider.text not in PROVIDERS:
            raise InputError(
                f"the Prisma schema is for {provider.text!r}, not for PostgreSQL",
                hint='Only a datasource with provider = "postgresql" can be read.',
                place=str(source.span(provider.start, provider.end)),
            )


def _by_name(blocks: list[Block], problems: list[Problem]) -> dict[str, Block]:
    found: dict[str, Block] = {}
    places: set[tuple[str, str]] = set()
    for block in blocks:
        if block.name.text in found or block.key in places:
            message = f"the {block.kind} {block.name.text!r} is written twice"
            problems.append(Problem("error", message, block.span(block.start, block.end)))
            continue
        places.add(block.key)
        found[block.name.text] = block
    return found


def _schema(context: Context, sources: list[Block]) -> Schema:
    builders = {name: TableBuilder(context, block) for name, block in context.models.items()}
    tables = {builder.block.key: builder.table() for builder in builders.values()}
    for table in _links(context, builders):
        tables.setdefault(table.key, table)
    enums = [_enum(context, block) for block in context.enums.values()]
    homes = {table.schema for table in tables.values()} | {enum.schema for enum in enums}
    for source in sources:
        listed = source.properties.get("schemas")
        homes |= {item.value.text for item in listed.items if item.value.kind == "text"} if listed else set()
    return Schema(
        tables=tuple(tables.values()),
        enums=tuple(enums),
        sequences=tuple({(item.schema, item.name): item for item in context.sequences}.values()),
        extensions=tuple({item.name: item for source in sources for item in _extensions(source)}.values()),
        namespaces=tuple(Namespace(name) for name in sorted(homes - {"public", ""})),
        intent=Intent(tables=context.table_intents, columns=context.column_intents),
        annotations=Annotations(spans=dict(sorted(context.spans.items()))),
    )


def _enum(context: Context, block: Block) -> Enum:
    context.place(address("enum", *block.key), block, block)
    return Enum(*block.key, tuple(dict.fromkeys(item.column for item in block.fields)))


def _extensions(source: Block) -> list[Extension]:
    listed = source.properties.get("extensions")
    found = []
    for item in listed.items if listed and listed.kind == "list" else ():
        options = {each.name: each.value.text for each in item.value.items}
        name = options.get("map") or item.value.text
        if name:
            found.append(Extension(name, options.get("schema") or "public", options.get("version")))
    return found


def _links(context: Context, builders: Mapping[str, TableBuilder]) -> list[Table]:
    """The tables of implicit many-to-many relations: two lists that name each other's model."""
    found: dict[tuple[str, str, str], Table] = {}
    for name, block in context.models.items():
        for item in block.fields:
            other = context.models.get(item.type)
            if other is None or item.arity != "list":
                continue
            relation = _relation_name(item)
            back = [
                each for each in other.fields
                if each.type == name and each is not item and _relation_name(each) == relation
            ]  # fmt: skip
            if any(each.arity != "list" for each in back) or not (back or other is block):
                continue
            first, second = sorted((name, item.type))
            key = (relation, first, second)
            if key not in found and (table := _link(context, key, builders, item, block)):
                found[key] = table
    return list(found.values())


def _relation_name(item: Field) -> str:
    relation = item.has("relation")
    return (relation.text("name", place=0) if relation else None) or ""


def _link(
    context: Context, key: tuple[str, str, str], builders: Mapping[str, TableBuilder], item: Field, block: Block
) -> Table | None:
    relation, first, second = key
    name = f"_{relation or f'{first}To{second}'}"
    schema = context.models[first].schema
    columns, keys = [], []
    for letter, model in (("A", first), ("B", second)):
        ends = _key_of(builders[model])
        if ends is None:
            message = f"the relation {name!r} needs a key of one column in {model!r}"
            context.problem("error", message, block, item)
            return None
        column, type_ = ends
        columns.append(Column(letter, type_, nullable=False))
        foreign = ForeignKey(cut(f"{name}_{letter}", "_fkey"), (letter,), *context.models[model].key, (column,),
                             on_delete="cascade", on_update="cascade")  # fmt: skip
        keys.append(foreign)
        context.place(address("constraint", schema, name, foreign.name), block, item)
    context.place(address("table", schema, name), block, item)
    return Table(
        schema=schema,
        name=name,
        columns=tuple(columns),
        primary_key=PrimaryKey(cut(f"{name}_AB", "_pkey"), ("A", "B")),
        indexes=(Index(cut(f"{name}_B", "_index"), (IndexPart(column="B"),)),),
        foreign_keys=tuple(keys) if context.foreign_keys else (),
    )


def _key_of(builder: TableBuilder) -> tuple[str, SqlType] | None:
    """The column that implicit relations refer to, and its type: the single `@id`, else the first `@unique`."""
    for name in ("id", "unique"):
        for item in builder.block.fields:
            if item.has(name) and item.name.text in builder.types:
                return item.column, builder.types[item.name.text]
    return None
