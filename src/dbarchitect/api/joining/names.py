"""What things are called in the project: its own names for what is there, its way of naming for what is new."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from dbarchitect.api.joining.schema import Joint, Key
from dbarchitect.errors import InputError
from dbarchitect.model.names import camel, pascal, plural, singular, snake
from dbarchitect.read.drizzle.project import Project
from dbarchitect.read.drizzle.style import Style, cased
from dbarchitect.typescript.outline import declared, local_names
from dbarchitect.write.drizzle.naming import Names, TableNames, unique_names
from dbarchitect.write.drizzle.typescript import identifier

_TYPE_FILES = ("types", "custom_types", "column_types")


class ProjectNames(Names):
    """The names of a project that is joined.

    Args:
        joint: what is there and what is new.
        project: the project.
        style: its style.

    Raises:
        InputError: a name or a file that is needed is taken by something else.
    """

    def __init__(self, joint: Joint, project: Project, style: Style) -> None:
        super().__init__(joint.schema)
        self.project = project
        self.style = style
        self.homes: dict[str, str] = {}
        """The file of each variable, as a relative path."""
        self.paths: dict[Key, str] = {}
        """The file of each new table."""
        for export in (*project.of_kind("table"), *project.of_kind("enum"), *project.of_kind("namespace")):
            self.homes[export.name] = export.file
        for export in project.of_kind("table"):
            if export.key in self._tables:
                self._tables[export.key] = replace(
                    self._tables[export.key], variable=export.name, columns=dict(export.columns)
                )
        for export in project.of_kind("enum"):
            if export.key:
                self._others["enum", *export.key] = export.name
        for table in joint.fresh:
            names = self._styled(self._tables[table.key], [column.name for column in table.columns])
            self._tables[table.key] = names
            self.paths[table.key] = self._path(names, table.name)
            self._claim(names.variable, self.paths[table.key], f"the table {table.name}")
        self._enums(joint)

    @property
    def relation_suffix(self) -> str:
        """What follows a table's variable in the name of its relations."""
        return "Relations"

    def types(self, names: TableNames) -> tuple[tuple[str, str], ...]:
        """The types beside a table as (name, select or insert), claimed."""
        many, one = pascal(plural(names.logical)), pascal(singular(names.logical))
        spelled = [
            (template.replace("{Many}", many).replace("{One}", one), what) for template, what in self.style.types
        ]
        return tuple((identifier(name), what) for name, what in spelled)

    def types_file(self) -> str:
        """Where custom types go: the single file, or a new file of their own."""
        if self.style.single:
            return self.style.single
        for stem in _TYPE_FILES:
            path = posixpath.join(self.style.folder, f"{cased(stem, self.style.file.case)}.{self.style.ending}")
            if not (self.project.root / path).exists():
                return path
        raise InputError(
            f"there is no free name for a file with column types ({', '.join(_TYPE_FILES)} are taken)",
            place=str(self.project.root / self.style.folder),
        )

    def _styled(self, names: TableNames, columns: list[str]) -> TableNames:
        variable = identifier(self.style.export.spell(names.logical))
        snake_case = self.style.properties == "snake"
        properties = unique_names(columns, lambda name: identifier(snake(name))) if snake_case else names.columns
        return replace(names, variable=variable, relations=f"{variable}{self.relation_suffix}", columns=properties)

    def _path(self, names: TableNames, table: str) -> str:
        if self.style.single:
            return self.style.single
        stem = self.style.file.spell(names.logical)
        path = posixpath.join(self.style.folder, f"{stem}.{self.style.ending}")
        if (self.project.root / path).exists():
            raise InputError(
                f"the new table {table} would go into {path}, and that file exists",
                place=str(self.project.root / path),
                hint="Move the file away, or call the entity otherwise in the brief. Nothing was written.",
            )
        return path

    def _enums(self, joint: Joint) -> None:
        """An enum goes to the file with enums alone, when there is one, else to the first table that uses it."""
        enum_files = {export.file for export in self.project.of_kind("enum") if export.declared}
        alone = sorted(enum_files - {export.file for export in self.project.of_kind("table")})
        for enum in joint.enums:
            users = [t for t in joint.fresh if any(c.type.name == enum.name and c.type.schema for c in t.columns)]
            variable = identifier(camel(enum.name) + self.style.enum_suffix)
            path = self.style.single or (alone[0] if alone else self.paths[users[0].key])
            self._claim(variable, path, f"the enum {enum.name}")
            self._others["enum", enum.schema, enum.name] = variable

    def _claim(self, variable: str, path: str, what: str) -> None:
        """Give a variable its home.

        Raises:
            InputError: the project exports, or the file knows, something else under that name.
        """
        self.check_free(variable, path, what)
        self.homes[variable] = path

    def check_free(self, name: str, path: str, what: str) -> None:
        """Refuse a name that the project has already given.

        Raises:
            InputError: the project exports, or the file knows, something else under that name.
        """
        place = next((file.path for file in self.project.files if name in declared(file.text, exported=True)), None)
        place = place or next((e.file for e in self.project.exports if e.name == name), None)
        there = self.project.file(path)
        if place is None and there is not None and name in local_names(there.text):
            place = path
        if place is None and name in self.homes:
            place = self.homes[name]
        if place is not None:
            raise InputError(
                f"{what} would be called {name}, and {place} has a {name} already",
                place=str(self.project.root / place),
                hint="Rename the one that is there, or call the entity otherwise in the brief. Nothing was written.",
            )
