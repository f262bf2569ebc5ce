"""How a project names and arranges its schema: exports, files, properties, types, barrels, relations."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import TypeVar

from dbarchitect.model.names import camel, pascal, plural, singular, snake, words
from dbarchitect.read.drizzle.layout import Layout, detect_layout
from dbarchitect.read.drizzle.project import Export, Project
from dbarchitect.records import dataclass
from dbarchitect.typescript.outline import Clause, clauses

_SUFFIXES = ("Schema", "Table", "Tbl", "Model")
_FILE = re.compile(r"(?P<stem>.+?)(?P<suffix>[._-](?:schema|table|model|sql|entity|db))?\.(?P<ending>[cm]?[tj]sx?)\Z")
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a name is made of a table's.

    Args:
        case: camel, pascal, snake or kebab.
        number: `table` keeps the table's own, else `singular` or `plural`.
        suffix: what follows.
    """

    case: str = "camel"
    number: str = "table"
    suffix: str = ""

    def spell(self, name: str) -> str:
        """The name, from a snake_case one."""
        numbered = {"singular": singular, "plural": plural}.get(self.number, str)(name)
        return cased(numbered, self.case) + self.suffix


@dataclass(frozen=True, slots=True)
class Style:
    """What new files must look like.

    Args:
        layout: the formatter's choices.
        export: names of tables.
        enum_suffix: what follows the name of an enum, `Enum` or ''.
        file: names of files, without their ending.
        ending: their ending, `ts`.
        folder: where new files go.
        single: the one file that holds all tables; None where tables have files of their own.
        barrels: files that pass the schema on, with the clauses that do it.
        extension: what import specifiers end with: '', `.js` or `.ts`.
        properties: camel or snake.
        unnamed: whether columns leave their name to the configuration's `casing`.
        types: the types beside a table as (template, `select` or `insert`); `{One}` and `{Many}` stand for the name.
        relations: where relations go: `none`, `beside` the table, or the path of their file.
        inline: whether foreign keys are written with their column.
    """

    layout: Layout
    export: Spelling
    enum_suffix: str
    file: Spelling
    ending: str
    folder: str
    single: str | None
    barrels: tuple[str, ...]
    extension: str
    properties: str
    unnamed: bool
    types: tuple[tuple[str, str], ...]
    relations: str
    inline: bool


def detect_style(project: Project) -> Style:
    """The style of a project, by the majority of its tables."""
    tables = project.of_kind("table")
    homes = Counter(export.file for export in tables)
    barrels = _barrels(project)
    single = next(iter(homes)) if len(homes) == 1 and _alone(project, next(iter(homes)), barrels) else None
    folders = Counter(posixpath.dirname(file) for file in homes)
    return Style(
        layout=detect_layout(project.root, [file.text for file in project.files]),
        export=_export_spelling(tables),
        enum_suffix=_enum_suffix(project),
        file=_file_spelling(tables, homes, single),
        ending=_most([file.rpartition(".")[2] for file in homes], "ts"),
        folder=_most(folders.elements(), ""),
        single=single,
        barrels=barrels,
        extension=_extension(project),
        properties=_properties(tables),
        unnamed=bool(project.casing) and len(project.unnamed) * 2 > sum(len(t.columns) for t in project.schema.tables),
        types=_types(project, tables),
        relations=_relations(project, set(homes)),
        inline=_inline(project),
    )


def cased(name: str, case: str) -> str:
    """A snake_case name in another case."""
    if case == "kebab":
        return "-".join(words(name))
    return {"camel": camel, "pascal": pascal, "snake": snake}[case](name)


def by_casing(key: str, casing: str) -> str:
    """The column's name that Drizzle's `casing` makes of a property.

    Source: the casing of drizzle-orm 0.45, read with `column.keyAsName` (reference/drizzle.md, 5.2).
    """
    found = re.findall(r"[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+", key)
    if casing == "snake_case":
        return "_".join(word.lower() for word in found)
    return "".join(word[:1].upper() + word[1:] if place else word.lower() for place, word in enumerate(found))


def _export_spelling(tables: Iterable[Export]) -> Spelling:
    votes: Counter[Spelling] = Counter()
    for export in tables:
        assert export.key is not None
        suffix = next((s for s in _SUFFIXES if export.name.endswith(s) and export.name != s), "")
        stem = export.name.removesuffix(suffix)
        votes.update(_fits(stem, export.key[1], ("camel", "snake", "pascal"), suffix))
    return votes.most_common(1)[0][0] if votes else Spelling()


def _file_spelling(tables: Iterable[Export], homes: Counter[str], single: str | None) -> Spelling:
    votes: Counter[Spelling] = Counter()
    if single is None:
        for export in tables:
            match = _FILE.fullmatch(posixpath.basename(export.file))
            if match and homes[export.file] == 1 and export.key is not None:
                cases = ("kebab", "snake", "camel", "pascal")
                votes.update(_fits(match["stem"], export.key[1], cases, match["suffix"] or ""))
    if votes:
        return votes.most_common(1)[0][0]
    names = " ".join(posixpath.basename(file) for file in homes)
    return Spelling("snake" if "_" in names else "camel" if re.search(r"[a-z][A-Z]", names) else "kebab")


def _fits(stem: str, table: str, cases: Iterable[str], suffix: str) -> list[Spelling]:
    """Every spelling that makes `stem` of the table's name; a name of one word fits several."""
    numbers = ("table", "plural", "singular")
    return [
        Spelling(case, number, suffix)
        for case in cases
        for number in numbers
        if Spelling(case, number).spell(snake(table)) == stem
    ]


def _enum_suffix(project: Project) -> str:
    names = [export.name for export in project.of_kind("enum")]
    return "" if names and sum(name.endswith("Enum") for name in names) * 2 < len(names) else "Enum"


def _barrels(project: Project) -> tuple[str, ...]:
    """Files that pass on exports of others and declare no table."""
    declaring = {export.file for export in project.of_kind("table")}
    return tuple(
        file.path
        for file in project.files
        if file.path not in declaring and any(_passes_on(project, file.path, clause) for clause in clauses(file.text))
    )


def _passes_on(project: Project, path: str, clause: Clause) -> bool:
    if not clause.exports or clause.type_only or not clause.module.startswith("."):
        return False
    return target_of(project, path, clause.module) is not None


def target_of(project: Project, path: str, module: str) -> str | None:
    """The file of the schema that a relative specifier in `path` leads to."""
    base = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
    bare = re.sub(r"\.[cm]?[jt]sx?\Z", "", base)
    for stem in (base, bare):
        for ending in ("", ".ts", ".tsx", ".mts", ".js", ".mjs", "/index.ts", "/index.js"):
            if project.file(stem + ending) is not None:
                return stem + ending
    return None


def _alone(project: Project, home: str, barrels: tuple[str, ...]) -> bool:
    """Whether the only file with tables is meant to hold them all: the configuration names it and no folder."""
    file = project.file(home)
    named = [file.path for file in project.files if file.named]
    return (
        file is not None
        and not barrels
        and named == [home]
        and posixpath.basename(home).startswith(("schema", "index"))
    )


def _extension(project: Project) -> str:
    relative = [c.module for file in project.files for c in clauses(file.text) if c.module.startswith(".")]
    return _most([next((e for e in (".js", ".ts") if module.endswith(e)), "") for module in relative], "")


def _properties(tables: Iterable[Export]) -> str:
    votes: Counter[str] = Counter()
    for export in tables:
        for column, key in export.columns.items():
            if len(words(column)) > 1:
                votes["snake" if key == snake(column) else "camel"] += 1
    return "snake" if votes["snake"] > votes["camel"] else "camel"


def _types(project: Project, tables: Iterable[Export]) -> tuple[tuple[str, str], ...]:
    found: Counter[tuple[str, str]] = Counter()
    for export in tables:
        file = project.file(export.file)
        assert export.key is not None
        name = snake(export.key[1])
        one, many = pascal(singular(name)), pascal(plural(name))
        pattern = rf"export\s+type\s+([\w$]+)\s*=\s*(?:typeof\s+{re.escape(export.name)}\.\$infer(Select|Insert)|Infer"
        pattern += rf"(Select|Insert)Model<\s*typeof\s+{re.escape(export.name)}\s*>)"
        for match in re.finditer(pattern, file.text if file else ""):
            if one in match[1]:
                template = (
                    match[1].replace(many, "{Many}", 1) if many in match[1] else match[1].replace(one, "{One}", 1)
                )
                found[template, (match[2] or match[3]).lower()] += 1
    return tuple(pair for pair, count in found.most_common(4) if count * 2 >= found.most_common(1)[0][1])


def _relations(project: Project, homes: set[str]) -> str:
    places = Counter(export.file for export in project.of_kind("relations") if export.declared)
    if not places:
        return "none"
    most = places.most_common(1)[0][0]
    return "beside" if most in homes else most


def _inline(project: Project) -> bool:
    whole = "\n".join(file.text for file in project.files)
    return ".references(" in whole or "foreignKey(" not in whole


def _most(values: Iterable[T], otherwise: T) -> T:
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted else otherwise
