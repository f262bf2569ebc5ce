"""The TypeScript of indexes and constraints, in the words of the file that they go into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.records import dataclass
from dbarchitect.review.mending.imports import Imports
from dbarchitect.review.mending.script import Script
from dbarchitect.write.drizzle.expressions import sql_template
from dbarchitect.write.drizzle.typescript import member, property_key

_WIDTH = 90


@dataclass(frozen=True, slots=True)
class Words:
    """What a piece of TypeScript is written with.

    Args:
        script: the file; it says which quotes.
        imports: where names come from.
        owner: the callback's parameter, through which columns are named.
        columns: the property of each column of the table.
    """

    script: Script
    imports: Imports
    owner: str
    columns: Mapping[str, str]

    def column(self, name: str) -> str:
        """`table.customerId`."""
        return member(self.owner, self.columns[name])

    def listed(self, names: Sequence[str]) -> str:
        """`table.a, table.b`."""
        return ", ".join(self.column(name) for name in names)

    def condition(self, expression: str) -> str:
        """The expression as a `sql` template that names columns through the parameter."""
        template = sql_template(expression, self.columns, owner=self.owner)
        return f"{self.imports.sql()}{template.removeprefix('sql')}"


def index_entry(words: Words, index: Index) -> str:
    """`index('name').on(table.a)`, on several lines where one is too long."""
    builder = words.imports.core("uniqueIndex" if index.unique else "index")
    links = [keys_call(words, index)]
    if index.where is not None:
        links.append(f"where({words.condition(index.where)})")
    if index.options:
        options = ", ".join(f"{property_key(key)}: {_option(words, value)}" for key, value in index.options)
        links.append(f"with({{ {options} }})")
    return chained(words, f"{builder}({words.script.literal(index.name)})", links)


def keys_call(words: Words, index: Index) -> str:
    """`on(table.a, table.b.desc().nullsFirst())`, or `using('gin', …)`."""
    parts = ", ".join(_part(words, part) for part in index.parts)
    return f"on({parts})" if index.method == "btree" else f"using({words.script.literal(index.method)}, {parts})"


def unique_entry(words: Words, unique: Unique) -> str:
    """`unique('name').on(table.a, table.b)`."""
    links = [f"on({words.listed(unique.columns)})"]
    if unique.nulls_not_distinct:
        links.append("nullsNotDistinct()")
    return chained(words, f"{words.imports.core('unique')}({words.script.literal(unique.name)})", links)


def check_entry(words: Words, check: Check) -> str:
    """``check('name', sql`…`)``."""
    return f"{words.imports.core('check')}({words.script.literal(check.name)}, {words.condition(check.expression)})"


def primary_key_entry(words: Words, key: PrimaryKey) -> str:
    """`primaryKey({ name: 'x', columns: [table.a, table.b] })`."""
    name = words.script.literal(key.name)
    return f"{words.imports.core('primaryKey')}({{ name: {name}, columns: [{words.listed(key.columns)}] }})"


def foreign_key_entry(words: Words, key: ForeignKey, targets: Sequence[str]) -> str:
    """`foreignKey({ name, columns, foreignColumns }).onDelete('…')`.

    Args:
        words: what it is written with.
        key: the foreign key.
        targets: the TypeScript of the referenced columns.
    """
    unit = words.script.unit
    body = "".join(
        f"\n{unit}{line},"
        for line in (
            f"name: {words.script.literal(key.name)}",
            f"columns: [{words.listed(key.columns)}]",
            f"foreignColumns: [{', '.join(targets)}]",
        )
    )
    actions = f".onDelete({words.script.literal(key.on_delete)})" if key.on_delete != "no action" else ""
    if key.on_update != "no action":
        actions += f".onUpdate({words.script.literal(key.on_update)})"
    return f"{words.imports.core('foreignKey')}({{{body}\n}}){actions}"


def chained(words: Words, head: str, links: Sequence[str]) -> str:
    """`head.link().link()`, a link a line where one line is too long."""
    flat = ".".join([head, *links])
    if len(flat) <= _WIDTH or len(links) < 2:
        return flat
    return f"{head}" + "".join(f"\n{words.script.unit}.{link}" for link in links)


def _part(words: Words, part: IndexPart) -> str:
    if part.column is None or (part.opclass and part.descending):
        key = words.column(part.column) if part.column is not None else None
        body = f"${{{key}}}" if key else words.condition(_bare(part.expression or "")).split("`", 1)[1][:-1]
        return f"{words.imports.sql()}`{body}{_ending(part)}`"
    if part.opclass:
        return f"{words.column(part.column)}.op({words.script.literal(part.opclass)})"
    if not part.descending and not part.puts_nulls_first:
        return words.column(part.column)
    direction = "desc" if part.descending else "asc"
    return f"{words.column(part.column)}.{direction}().{'nullsFirst' if part.puts_nulls_first else 'nullsLast'}()"


def _bare(expression: str) -> str:
    from dbarchitect.sql.expression import as_index_key

    return as_index_key(expression)


def _ending(part: IndexPart) -> str:
    text = f" {part.opclass}" if part.opclass else ""
    text += " desc" if part.descending else ""
    if part.puts_nulls_first != part.descending:
        text += " nulls first" if part.puts_nulls_first else " nulls last"
    return text


def _option(words: Words, value: str) -> str:
    if value in ("true", "false") or value.lstrip("-").isdigit():
        return value
    return words.script.literal(value)
