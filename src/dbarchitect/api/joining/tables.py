"""New tables, enums and column types as the project would write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbarchitect.api.joining.habits import Dressed
from dbarchitect.api.joining.names import ProjectNames
from dbarchitect.api.joining.piece import Piece, taken_apart
from dbarchitect.api.joining.schema import Joint, Key
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.schema import Enum
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.read.drizzle.style import by_casing
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.columns import ColumnWriter
from dbarchitect.write.drizzle.columns_custom import CustomTypes
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.drizzle.imports import Imports
from dbarchitect.write.drizzle.layout import Call, Node, Obj, Raw
from dbarchitect.write.drizzle.schema import TableWriter
from dbarchitect.write.drizzle.typescript import comment_text, string

_SHARED = "__shared"


def table_pieces(joint: Joint, names: ProjectNames, settings: Settings) -> tuple[Piece, ...]:
    """Everything that declares new tables: enums first, then column types, then tables in an order that reads well.

    Args:
        joint: what is there and what is new.
        names: the names of the project.
        settings: with the project's line.

    Raises:
        InputError: a name is taken.
    """
    custom = CustomTypes(joint.schema)
    writer = _ProjectTables(joint, names, settings, custom)
    ordered = _parents_first(joint.fresh)
    tables = [writer.piece(table) for table in ordered]
    return (*(_enum(enum, names) for enum in joint.enums), *_types(custom, names), *tables)


class _ProjectColumns(ColumnWriter):
    """Columns whose name may be left to the casing of the configuration."""

    unnamed: frozenset[str] = frozenset()

    def builder(self, name: str, kind: SqlType, mode: str = "") -> Call:
        """The builder, without the name where the property says it."""
        call = super().builder(name, kind, mode)
        return Call(call.name, call.arguments[1:]) if name in self.unnamed else call


class _ProjectTables(TableWriter):
    def __init__(self, joint: Joint, names: ProjectNames, settings: Settings, custom: CustomTypes) -> None:
        super().__init__(Held(joint.schema), names, settings, custom)
        self._project_names = names
        self._style = names.style
        self._casing = names.project.casing
        self._dressed: Mapping[Key, Dressed] = joint.dressed

    def piece(self, table: Table) -> Piece:
        """The declaration of a table with its types."""
        imports = Imports()
        declaration = self._definition(table, imports).partition("\n")[2].replace("TABLE_NAME", string(table.name), 1)
        for count, shared in enumerate(self._shared(table)):
            declaration = declaration.replace(f"{_SHARED}{count}: {shared}", f"...{shared}", 1)
        names = self._project_names.table(table)
        path = self._project_names.paths[table.key]
        text = f"{self._about(table)}\n{declaration}\n"
        types = self._project_names.types(names)
        for name, _ in types:
            self._project_names.check_free(name, path, f"a type of the table {table.name}")
        aliases = [f"export type {name} = typeof {names.variable}.$infer{what.capitalize()}\n" for name, what in types]
        text += "\n" + "".join(aliases) if aliases else ""
        _, modules, own = taken_apart(imports.render())
        files: dict[str, str] = {}
        for column in table.columns:
            words = self._dressed.get((table.name, column.name))
            for need in words.needs if words else ():
                if need.module:
                    modules.setdefault(need.module, {})[need.name] = False
                else:
                    files[need.name] = need.file
        return Piece(path, text, modules, own, files)

    def _shared(self, table: Table) -> list[str]:
        words = [self._dressed.get((table.name, column.name)) for column in table.columns]
        return list(dict.fromkeys(each.shared for each in words if each and each.shared))

    def _unnamed(self, table: Table) -> frozenset[str]:
        """The columns that need no name, because the configuration's casing makes it of the property."""
        if not self._style.unnamed:
            return frozenset()
        keys = {column.name: self._names.column(table, column.name) for column in table.columns}
        return frozenset(name for name, key in keys.items() if by_casing(key, self._casing) == name)

    def _columns(self, table: Table, inline: dict[str, ForeignKey | None], imports: Imports) -> Obj:
        """As the project writes them: without the sections of ours, with its own words where it has some."""
        writer = _ProjectColumns(self._held, self._names, self._settings, self._custom, imports)
        writer.unnamed = self._unnamed(table)
        shared = self._shared(table)
        entries: dict[str, Node] = {}
        comments: dict[str, str] = {}
        for column in table.columns:
            key = self._names.column(table, column.name)
            reference = inline[column.name]
            words = self._dressed.get((table.name, column.name)) if reference is None else None
            if words is not None and words.shared:
                entries.setdefault(f"{_SHARED}{shared.index(words.shared)}", Raw(words.shared))
                continue
            cyclic = reference is not None and self._leads_back(table, reference)
            entries[key] = (
                Raw(words.expression) if words else writer.column(table, column, reference, cyclic=cyclic)
            )  # fmt: skip
            lines = list(self._column_comments(table, column, reference, None))
            if lines:
                comments[key] = "\n".join(lines)
        return Obj(list(entries.items()), expanded=True, comments=comments)


def _enum(enum: Enum, names: ProjectNames) -> Piece:
    variable = names.enum(enum.schema, enum.name)
    labels = ", ".join(string(label) for label in enum.labels)
    about = f"/** {comment_text(enum.comment)} */\n" if enum.comment else ""
    text = f"{about}export const {variable} = pgEnum({string(enum.name)}, [{labels}])\n"
    return Piece(names.homes[variable], text, {"drizzle-orm/pg-core": {"pgEnum": False}})


def _types(custom: CustomTypes, names: ProjectNames) -> Iterator[Piece]:
    """The file of column types that Drizzle has no builder for; it is known only when the tables are written."""
    return iter(()) if not custom.render() else iter((_types_piece(custom, names),))


def _types_piece(custom: CustomTypes, names: ProjectNames) -> Piece:
    import re

    text, modules, own = taken_apart(custom.render())
    path = names.types_file()
    for name in re.findall(r"^export const ([\w$]+)", text, re.MULTILINE):
        names.check_free(name, path, "a column type")
        names.homes[name] = path
    return Piece(path, text, modules, own)


def _parents_first(tables: tuple[Table, ...]) -> list[Table]:
    from dbarchitect.facts.order import insert_order

    return list(insert_order(tables))
