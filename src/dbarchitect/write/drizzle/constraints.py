"""Keys, foreign keys and checks in a table's extra configuration, each under the name that the model gives it."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.constraint import Check, ForeignKey
from dbarchitect.model.table import Table
from dbarchitect.settings import Line
from dbarchitect.write.drizzle.columns import inline_key
from dbarchitect.write.drizzle.expressions import sql_template
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.drizzle.imports import ORM, Imports
from dbarchitect.write.drizzle.layout import Arr, Call, Node, Obj, Raw, chain
from dbarchitect.write.drizzle.naming import Names
from dbarchitect.write.drizzle.naming_foreign_keys import can_be_inline, default_foreign_key_name
from dbarchitect.write.drizzle.typescript import member, string


def inline_reference(held: Held, table: Table, column: str, line: Line) -> ForeignKey | None:
    """The foreign key that is written with its column, as the seed does: `.references(() => …)`.

    `.references` takes no name, so the key must have the one that the line makes; and the shortest form that fits on
    both lines is taken, so that a table's text is the same on both.
    """
    for key in table.foreign_keys:
        own = key.columns == (column,) and can_be_inline(table.name, key) and held.foreign_key(key)
        if own and key.name == default_foreign_key_name(table.name, key, line):
            return key
    return None


def key_extras(table: Table, names: Names, imports: Imports) -> Iterator[tuple[str, Node]]:
    """The primary key, when it is not written with its column, and the unique constraints; with their names."""
    key = table.primary_key
    if key is not None and not (len(key.columns) == 1 and inline_key(table, key.columns[0])):
        columns = Arr([Raw(_own(names, table, column)) for column in key.columns])
        call = Call(imports.core("primaryKey"), [Obj([("name", Raw(string(key.name))), ("columns", columns)])])
        yield key.name, call
    for unique in table.uniques:
        if unique.without_overlaps:
            continue
        links = [Call("on", [Raw(_own(names, table, column)) for column in unique.columns])]
        if unique.nulls_not_distinct:
            links.append(Call("nullsNotDistinct"))
        yield unique.name, chain(Call(imports.core("unique"), [Raw(string(unique.name))]), links)


def foreign_key_extra(table: Table, key: ForeignKey, names: Names, imports: Imports) -> Node:
    """`foreignKey({ name, columns, foreignColumns }).onDelete('…')`."""
    target = (key.target_schema, key.target_table)
    owner = "table"
    if target != table.key:
        target_names = names.table(target)
        owner = imports.add(f"./{target_names.file}", target_names.variable)
    foreign = [Raw(member(owner, names.column(target, column))) for column in key.target_columns]
    entries: list[tuple[str, Node]] = [
        ("name", Raw(string(key.name))),
        ("columns", Arr([Raw(_own(names, table, column)) for column in key.columns])),
        ("foreignColumns", Arr(foreign)),
    ]
    links = [Call("onDelete", [Raw(string(key.on_delete))])]
    if key.on_update != "no action":
        links.append(Call("onUpdate", [Raw(string(key.on_update))]))
    return chain(Call(imports.core("foreignKey"), [Obj(entries, expanded=True)]), links)


def check_extra(table: Table, check: Check, names: Names, imports: Imports) -> Node:
    """``check('name', sql`…`)``."""
    imports.add(ORM, "sql")
    condition = Raw(sql_template(check.expression, names.table(table).columns))
    return Call(imports.core("check"), [Raw(string(check.name)), condition])


def _own(names: Names, table: Table, column: str) -> str:
    return member("table", names.column(table, column))
