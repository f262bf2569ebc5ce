"""What a project's TypeScript writes, as rules ask for it: what drizzle-kit can see, which names a file uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from dbarchitect.read.drizzle.declared import DeclaredExtra, DeclaredTable
from dbarchitect.read.drizzle.modules import Resolver
from dbarchitect.read.drizzle.syntax.scope import Unit
from dbarchitect.records import dataclass
from dbarchitect.review.mending.imports import Imported, imported
from dbarchitect.review.mending.script import script
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Source


@dataclass(frozen=True, slots=True)
class WrittenIndex:
    """An index or unique constraint as the extra configuration writes it, created or not.

    Args:
        name: its name, or ''.
        columns: the columns in the database.
        unique: whether equal keys are refused.
        partial: whether it has a condition.
        entry: where it is written.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool
    partial: bool
    entry: DeclaredExtra


@lru_cache(maxsize=256)
def unit(source: Source) -> Unit:
    """What a file declares, imports and exports; of a few hundred files it is kept."""
    return Unit(source)


def indexes(table: DeclaredTable) -> Iterator[WrittenIndex]:
    """The indexes and unique constraints of a table whose keys are plain columns."""
    names = {column.key: column.name for column in table.columns}
    for entry in table.extras:
        if entry.kind not in ("index", "uniqueIndex", "unique"):
            continue
        keys = next((call for call in entry.chain[1:] if call.name in ("on", "onOnly", "using")), None)
        if keys is None:
            continue
        arguments = keys.arguments[1:] if keys.name == "using" else keys.arguments
        found = [re.match(r"\s*(?:\w+\s*\.\s*)?([\w$]+)", argument) for argument in arguments]
        columns = tuple(names[match[1]] for match in found if match and match[1] in names)
        if columns and len(columns) == len(arguments):
            partial = any(call.name == "where" for call in entry.chain)
            yield WrittenIndex(entry.name, columns, entry.kind != "index", partial, entry)


def visible(subject: Subject) -> frozenset[tuple[str, str]] | None:
    """What drizzle-kit sees: (file, constant) of everything that the schema's files export, or hand on.

    None when an export leads to a file that was not read, so that nobody knows.
    """
    declared = subject.declared
    if declared is None:
        return None
    resolver = Resolver.among({**subject.texts, **{file: source.text for file, source in declared.sources.items()}})
    files = declared.named or tuple(sorted(declared.sources))
    found: set[tuple[str, str]] = set()
    pending, seen = list(files), set(files)
    while pending:
        file = pending.pop()
        if file not in declared.sources:
            return None
        here = unit(declared.sources[file])
        for module in here.stars:
            target = resolver.locate(file, module)
            if target is None or target not in declared.sources:
                return None
            if target not in seen:
                seen.add(target)
                pending.append(target)
        for passed in here.exports.values():
            place = _origin(declared.sources, resolver, file, passed.module, passed.name)
            if place is None:
                return None
            found.add(place)
    return frozenset(found)


def _origin(
    sources: Mapping[str, Source], resolver: Resolver, file: str, module: str, name: str
) -> tuple[str, str] | None:
    """The file and the constant that an exported name stands for; itself where that is somebody else's."""
    for _ in range(20):
        here = unit(sources[file])
        if not module:
            if name in here.bindings or name not in here.imports:
                return file, name
            module, name = here.imports[name].module, here.imports[name].name
        target = resolver.locate(file, module)
        target = target if target in sources else None
        if target is None:
            return None if module.startswith((".", "@/", "~/")) else (file, name)
        there = unit(sources[target])
        passed = there.exports.get(name)
        if passed is None:
            return (target, name) if not there.stars else None
        file, module, name = target, passed.module, passed.name
    return None


def described(subject: Subject, table: DeclaredTable) -> bool:
    """Whether a JSDoc comment says what a table is for: before it, or before the constant with its name."""
    if table.comment.strip():
        return True
    source = subject.declared.sources[table.span.file] if subject.declared else None
    name = f"'{table.name}'"
    return source is not None and any(
        binding.comment and binding.node is not None and source.text_of(binding.node).replace('"', "'") == name
        for binding in unit(source).order
    )


def speaks_of(source: Source, name: Imported) -> bool:
    """Whether a file says an imported name anywhere outside its imports; comments count, so that no tree is walked."""
    local = re.escape(name.local)  # stands first: a pattern that begins with letters is not tried at every place
    return re.search(rf"{local}(?<![\w$]{local})(?![\w$])", _body(source)) is not None


@lru_cache(maxsize=32)
def _body(source: Source) -> str:
    """A file's text without its imports."""
    pieces, place = [], 0
    for node in source.root.named_children:
        if node.type == "import_statement":
            pieces.append(source.text[place : node.start_byte])
            place = node.end_byte
    return "".join([*pieces, source.text[place:]])


def imports_of(source: Source) -> tuple[Imported, ...]:
    """Every name that a file imports."""
    return imported(script(source))


def configuration(subject: Subject) -> Source | None:
    """The project's drizzle.config, when it was read."""
    for file in sorted(subject.sources):
        if re.search(r"(?:\A|/)drizzle\.config\.[cm]?[jt]s\Z", file):
            return subject.sources[file]
    return None


def all_sources(subject: Subject) -> Mapping[str, Source]:
    """Every TypeScript file of the subject, those of the schema among them."""
    return {**(subject.declared.sources if subject.declared else {}), **subject.sources}
