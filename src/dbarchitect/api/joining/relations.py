"""Relations of new tables: beside them or in the project's file on 0.45, inside `defineRelations` on line 1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dbarchitect.api.joining.names import ProjectNames
from dbarchitect.api.joining.piece import Piece
from dbarchitect.api.joining.schema import Joint
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.project import Project
from dbarchitect.read.drizzle.style import Style
from dbarchitect.records import dataclass
from dbarchitect.typescript.outline import calls, undressed
from dbarchitect.typescript.source import Node, arguments, walk
from dbarchitect.write.drizzle.relations import Relation, project_relations
from dbarchitect.write.drizzle.typescript import member, property_key, string

_DEFINES = "defineRelations"
_SKIPPED = {"node_modules", ".git", ".next", "dist", "build", ".turbo", "coverage"}


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text for a place in a file: entries of an object literal.

    Args:
        path: the file.
        literal: the literal's node.
        entries: (key, text) of each new entry; '' as text for a shorthand.
    """

    path: str
    literal: Node
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Related:
    """What relations add to the project."""

    pieces: tuple[Piece, ...] = ()
    insertions: tuple[Insertion, ...] = ()
    imports: tuple[Piece, ...] = ()
    notes: tuple[str, ...] = ()


def relate(joint: Joint, names: ProjectNames, project: Project, style: Style) -> Related:
    """The relations of the new tables, where the project has relations at all.

    The other end, at an existing table, is never written: the table's relations are the user's, and a second
    `relations()` for one table would change the type of the first.
    """
    fresh = {table.key for table in joint.fresh}
    relations = [r for r in project_relations(joint.schema, names) if r.child.key in fresh]
    if project.line == "0.45":
        if style.relations == "none" or not relations:
            return Related()
        pieces = tuple(_pieces_045(joint.fresh, relations, names, style))
        return Related(pieces, notes=tuple(_backs(relations, names, project, fresh)))
    return _line_1(joint, relations, names, project)


def _pieces_045(
    fresh: tuple[Table, ...], relations: list[Relation], names: ProjectNames, style: Style
) -> Iterator[Piece]:
    for table in fresh:
        own = names.table(table)
        path = names.paths[table.key] if style.relations == "beside" else style.relations
        entries, used = [], {own.variable: False}
        for relation in relations:
            parent, child = names.table(relation.parent), names.table(relation.child)
            label = f"relationName: {string(relation.label)}, " if relation.label else ""
            if relation.child.key == table.key:
                fields = ", ".join(member(own.variable, own.columns[name]) for name in relation.key.columns)
                theirs = [member(parent.variable, parent.columns[name]) for name in relation.key.target_columns]
                body = f"{{ {label}fields: [{fields}], references: [{', '.join(theirs)}] }}"
                entries.append((relation.one, f"one({parent.variable}, {body})"))
                used[parent.variable] = False
            if relation.parent.key == table.key:
                helper = "one" if relation.single else "many"
                options = f", {{ {label.rstrip(', ')} }}" if label else ""
                entries.append((relation.back, f"{helper}({child.variable}{options})"))
                used[child.variable] = False
        if not entries:
            continue
        names.check_free(own.relations, path, f"the relations of {table.name}")
        helpers = [word for word in ("one", "many") if any(text.startswith(word) for _, text in entries)]
        lines = "".join(f"  {property_key(key)}: {text},\n" for key, text in entries)
        function = f"({{ {', '.join(helpers)} }}) => ({{\n{lines}}})"
        text = f"export const {own.relations} = relations({own.variable}, {function})\n"
        yield Piece(path, text, {"drizzle-orm": {"relations": False}}, used)


def _backs(
    relations: list[Relation], names: ProjectNames, project: Project, fresh: set[tuple[str, str]]
) -> Iterator[str]:
    """What the user may add at the ends that are theirs."""
    named = {place: export.name for export in project.of_kind("relations") for place in export.relations}
    for relation in relations:
        if relation.parent.key in fresh:
            continue
        helper = "one" if relation.single else "many"
        label = f", {{ relationName: {string(relation.label)} }}" if relation.label else ""
        text = f"{relation.back}: {helper}({names.table(relation.child).variable}{label})"
        there = named.get(relation.parent.key)
        where = there or f"the relations of {names.table(relation.parent).variable}"
        yield f"for queries from {relation.parent.name}, add `{text}` to {where}"


def _line_1(joint: Joint, relations: list[Relation], names: ProjectNames, project: Project) -> Related:
    found = _defined(project.root)
    if found is None:
        return Related()
    path, text = found
    found_calls = calls(text, _DEFINES)
    given = arguments(found_calls[0])
    by_hand = f"{path} could not be extended; add the relations of the new tables there by hand"
    returned = undressed(given[1].child_by_field_name("body")) if len(given) == 2 else None
    if len(found_calls) != 1 or returned is None or returned.type != "object":
        return Related(notes=(by_hand,))
    tables, function = given
    names_there = [node for node in walk(function) if node.type == "identifier"]
    r = text[names_there[0].start_byte : names_there[0].end_byte] if names_there else "r"
    insertions, imports = [], []
    fresh = {table.key for table in joint.fresh}
    if tables.type == "object":
        shorthand = tuple((names.table(table).variable, "") for table in joint.fresh)
        insertions.append(Insertion(path, tables, shorthand))
        imports.append(Piece(path, "", own={variable: False for variable, _ in shorthand}))
        listed = {text[node.start_byte : node.end_byte] for node in walk(tables)}
        relations = [
            each for each in relations if each.parent.key in fresh or names.table(each.parent).variable in listed
        ]
    entries = tuple(_entries_1(joint.fresh, relations, names, r))
    insertions.append(Insertion(path, returned, entries))
    notes = [
        f"for queries from {each.parent.name}, add `{each.back}: {r}.{_end_1(each, names, r, back=True)}` "
        f"to {names.table(each.parent).variable} in {path}"
        for each in relations
        if each.parent.key not in fresh
    ]
    return Related((), tuple(insertions), tuple(imports), tuple(notes))


def _entries_1(
    fresh: tuple[Table, ...], relations: list[Relation], names: ProjectNames, r: str
) -> Iterator[tuple[str, str]]:
    for table in fresh:
        lines = [
            f"{property_key(each.one)}: {r}.{_end_1(each, names, r)},"
            for each in relations
            if each.child.key == table.key
        ]
        lines += [
            f"{property_key(each.back)}: {r}.{_end_1(each, names, r, back=True)},"
            for each in relations
            if each.parent.key == table.key
        ]
        if lines:
            body = "\n".join(f"  {line}" for line in lines)
            yield names.table(table).variable, f"{{\n{body}\n}}"


def _end_1(relation: Relation, names: ProjectNames, r: str, *, back: bool = False) -> str:
    here = _columns_1(relation.child, relation.key.columns, names, r)
    there = _columns_1(relation.parent, relation.key.target_columns, names, r)
    target = names.table(relation.child if back else relation.parent).variable
    helper = "many" if back and not relation.single else "one"
    ends = f"from: {there if back else here}, to: {here if back else there}"
    label = f", alias: {string(relation.label)}" if relation.label else ""
    optional = ", optional: false" if relation.required and not back else ""
    return f"{helper}.{target}({{ {ends}{label}{optional} }})"


def _columns_1(table: Table, columns: tuple[str, ...], names: ProjectNames, r: str) -> str:
    own = names.table(table)
    members = [member(f"{r}.{own.variable}", own.columns[name]) for name in columns]
    return members[0] if len(members) == 1 else f"[{', '.join(members)}]"


def _defined(root: Path) -> tuple[str, str] | None:
    """The file that defines the relations of a project of line 1."""
    for path in _sources(root):
        try:
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            continue
        if _DEFINES in text and calls(text, _DEFINES):
            return path.relative_to(root).as_posix(), text
    return None


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink() and path.name not in _SKIPPED:
            yield from _sources(path)
        elif path.suffix in (".ts", ".mts", ".js", ".mjs") and path.is_file():
            yield path
