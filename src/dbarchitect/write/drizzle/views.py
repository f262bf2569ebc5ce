"""views.ts: views and materialized views; those that Drizzle cannot make are declared as existing."""

from __future__ import annotations

from dbarchitect.model.schema import View
from dbarchitect.model.types import SqlType
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.columns import ColumnWriter
from dbarchitect.write.drizzle.columns_custom import UNKNOWN, CustomTypes
from dbarchitect.write.drizzle.expressions import sql_template
from dbarchitect.write.drizzle.held import VIEW_OPTIONS, Held
from dbarchitect.write.drizzle.imports import ORM, Imports
from dbarchitect.write.drizzle.layout import Call, Node, Obj, Raw, chain, statement
from dbarchitect.write.drizzle.naming import Names, column_names
from dbarchitect.write.drizzle.typescript import comment, property_key, string


def views_file(held: Held, names: Names, settings: Settings, custom: CustomTypes) -> str:
    """The text of views.ts; '' without views."""
    imports = Imports()
    writer = ColumnWriter(held, names, settings, custom, imports)
    parts = []
    for view in held.schema.views:
        variable = names.view(view.schema, view.name)
        declared = statement(f"export const {variable} = ", _view(held, view, writer, names, imports))
        about = comment(view.comment) + "\n" if view.comment else ""
        parts.append(f"{about}{declared}\n")
    return f"{imports.render()}\n" + "\n".join(parts) if parts else ""


def _view(held: Held, view: View, writer: ColumnWriter, names: Names, imports: Imports) -> Node:
    properties = column_names(view.columns)
    types = view.column_types or (UNKNOWN,) * len(view.columns)
    entries: list[tuple[str, Node]] = [
        (property_key(properties[name]), _column(writer, name, kind))
        for name, kind in zip(view.columns, types, strict=True)
    ]
    head = Call(_maker(view, names, imports), [Raw(string(view.name)), Obj(entries, expanded=bool(entries))])
    if held.view_reason(view):
        return chain(head, [Call("existing")])
    links = []
    if view.options:
        options = [(VIEW_OPTIONS[key], Raw("true" if value in ("true", "on", "1") else "false"))
                   for key, value in view.options]  # fmt: skip
        links.append(Call("with", [Obj(options)]))
    if view.materialized and not view.with_data:
        links.append(Call("withNoData"))
    imports.add(ORM, "sql")
    query = sql_template(view.definition)
    return chain(head, [*links, Call("as", [Raw(query, plain="\n" not in query)])])


def _column(writer: ColumnWriter, name: str, kind: SqlType) -> Node:
    links = [Call("array")] if kind.dimensions == 1 else []
    return chain(writer.builder(name, kind), links)


def _maker(view: View, names: Names, imports: Imports) -> str:
    if view.schema == "public":
        return imports.core("pgMaterializedView" if view.materialized else "pgView")
    method = "materializedView" if view.materialized else "view"
    return f"{imports.add('./namespaces', names.namespace(view.schema))}.{method}"
