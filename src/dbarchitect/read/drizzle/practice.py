"""Columns that a project writes the same way again and again: ids, timestamps, and objects that tables spread."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from dbarchitect.model.column import Column
from dbarchitect.model.names import words
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.project import Export, Project
from dbarchitect.read.drizzle.style import target_of
from dbarchitect.records import dataclass
from dbarchitect.typescript.outline import clauses, declared, entries, names_used, value_of
from dbarchitect.typescript.source import arguments

ROLES = {
    "id": ("id",),
    "created_at": ("created", "at"),
    "updated_at": ("updated", "at"),
    "deleted_at": ("deleted", "at"),
}
_GLOBALS = frozenset(
    ("Bun", "crypto", "Date", "Math", "String", "Number", "Boolean", "JSON", "process", "undefined", "null", "true",
     "false", "new", "sql")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """A name that an expression uses: imported from a package, or exported by a file of the project."""

    name: str
    module: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Habit:
    """How the project writes the column of one role.

    Args:
        role: id, created_at, updated_at or deleted_at.
        column: the column, as Drizzle tells it.
        property: its property.
        expression: the TypeScript; '' when it stands in a form that cannot be repeated elsewhere.
        needs: what the expression uses.
        serial: whether it is a serial column.
    """

    role: str
    column: Column
    property: str
    expression: str
    needs: tuple[Need, ...] = ()
    serial: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """An object of columns that most tables spread into theirs: `...timestamps`."""

    expression: str
    columns: tuple[tuple[str, Column], ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """The habits of a project."""

    habits: tuple[Habit, ...] = ()
    shared: tuple[Shared, ...] = ()

    def habit(self, role: str) -> Habit | None:
        """The habit of a role."""
        return next((habit for habit in self.habits if habit.role == role), None)


def detect_practice(project: Project) -> Practice:
    """The habits of a project: what at least half of the tables that could have it do alike."""
    tables = {table.key: table for table in project.schema.tables}
    written = [
        (tables[export.key], export, _columns(project, export))
        for export in project.of_kind("table")
        if export.key in tables
    ]
    habits = [habit for role in ROLES if (habit := _habit(project, role, written))]
    return Practice(tuple(habits), tuple(_shared(project, written)))


_Written = list[tuple[Table, Export, dict[str, str]]]


def _columns(project: Project, export: Export) -> dict[str, str]:
    """The entries of a table's columns as they are written; {} when they are made by a function."""
    file = project.file(export.file)
    if file is None:
        return {}
    call = value_of(file.text, export.name)
    while call is not None and call.type == "call_expression":
        given = arguments(call)
        if len(given) > 1:
            return entries(file.text, given[1])
        function = call.child_by_field_name("function")  # the call before `.enableRLS()` is the table's
        call = function.child_by_field_name("object") if function is not None else None
    return {}


def _habit(project: Project, role: str, written: _Written) -> Habit | None:
    seen: Counter[tuple[Column, str, bool]] = Counter()
    texts: dict[tuple[Column, str, bool], Counter[tuple[str, tuple[Need, ...]]]] = {}
    for table, export, pieces in written:
        for column in table.columns:
            if tuple(words(column.name)) != ROLES[role] or (role == "id" and not _is_key(table, column)):
                continue
            place = (*table.key, column.name)
            sketch = Column(
                column.name, column.type, column.nullable, _default(project, place, column), column.identity
            )
            found = (sketch, export.columns[column.name], place in project.serial)
            seen[found] += 1
            text = pieces.get(export.columns[column.name], "")
            needs = _needs(project, export.file, text)
            usable = text and needs is not None and ".references(" not in text
            texts.setdefault(found, Counter())[(text, needs or ()) if usable else ("", ())] += 1
    if not seen:
        return None
    column, name, serial = seen.most_common(1)[0][0]
    choices = texts[column, name, serial]
    # Between two that are as frequent the shorter one: what it says less is a table's own affair.
    ranked = sorted(choices.items(), key=lambda item: (-item[1], len(item[0][0]), item[0][0]))
    expression, needs = next((choice for choice, _ in ranked if choice[0]), ("", ()))
    return Habit(role, column, name, expression, needs, serial)


def _default(project: Project, place: tuple[str, str, str], column: Column) -> str | None:
    return None if place in project.serial else column.default


def _is_key(table: Table, column: Column) -> bool:
    return table.primary_key is not None and table.primary_key.columns == (column.name,)


def _shared(project: Project, written: _Written) -> Iterator[Shared]:
    counted = Counter(piece for _, _, pieces in written for piece in pieces if piece.startswith("..."))
    for piece, count in sorted(counted.items()):
        table, export, _ = next(item for item in written if piece in item[2])
        name = piece.removeprefix("...")
        if count * 2 < len(written) or not re.fullmatch(r"[\w$]+", name):
            continue
        needs = _needs(project, export.file, name)
        keys = _keys(project, export.file, name)
        by_property = {key: column for column, key in export.columns.items()}
        if needs is not None and keys and all(key in by_property for key in keys):
            columns = tuple((key, table.column(by_property[key])) for key in keys)
            yield Shared(name, columns, needs)


def _keys(project: Project, path: str, name: str) -> tuple[str, ...]:
    """The properties of the object that `name` stands for in a file."""
    exported = [export for export in project.exports if export.kind == "columns" and export.name == name]
    file = project.file(path)
    for export in exported:
        imported = [target_of(project, path, clause.module) for clause in clauses(file.text)] if file else []
        if export.file in (path, *imported):
            return tuple(export.columns)
    if file is None:
        return ()
    return tuple(key for key in entries(file.text, value_of(file.text, name)) if not key.startswith("..."))


def _needs(project: Project, path: str, expression: str) -> tuple[Need, ...] | None:
    """Where the names of an expression come from; None when one of them exists in its own file alone."""
    file = project.file(path)
    if file is None or not expression:
        return None
    imported = {
        local: (clause.module, name)
        for clause in clauses(file.text)
        if not clause.exports and not clause.type_only
        for name, local in clause.names
    }
    exported = {export.name for export in project.exports if export.file == path}
    own = declared(file.text)
    needs = []
    for name in names_used(expression):
        if name in imported:
            module, original = imported[name]
            target = target_of(project, path, module) if module.startswith(".") else None
            if original != name or (module.startswith(".") and target is None):
                return None
            needs.append(Need(name, "" if target else module, target or ""))
        elif name in own:
            if name not in exported and not _only_here(project, path):
                return None
            needs.append(Need(name, "", path))
        elif name not in _GLOBALS and _is_default_import(file.text, name):
            return None
    return tuple(needs)


def _only_here(project: Project, path: str) -> bool:
    """Whether all tables live in that file, so that new ones go there, too."""
    return {export.file for export in project.of_kind("table")} == {path}


def _is_default_import(text: str, name: str) -> bool:
    return any(name in (clause.default, clause.space) for clause in clauses(text))
