"""An existing Drizzle project as it was read: its schema, and where each thing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal

from dbarchitect.model.schema import Schema
from dbarchitect.records import dataclass
from dbarchitect.settings import Line

Kind = Literal["table", "enum", "namespace", "view", "sequence", "policy", "role", "relations", "columns", "other"]


@dataclass(frozen=True, slots=True)
class Export:
    """One export of a schema file.

    Args:
        file: relative POSIX path of the file.
        name: the name that it is exported under.
        kind: what it is; `columns` is an object of column builders that tables spread into theirs.
        key: (schema, name) of a table, enum, view, sequence or namespace in the database; None for anything else.
        declared: whether the file itself declares it, rather than passing it on.
        columns: of a table, property by column name; of `columns`, the properties by themselves.
        relations: of `relations`, the names of relations by (schema, table).
    """

    file: str
    name: str
    kind: Kind
    key: tuple[str, str] | None = None
    declared: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)
    relations: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the schema: its text, and whether drizzle.config names it (rather than another file importing it)."""

    path: str
    text: str
    named: bool


@dataclass(frozen=True, slots=True)
class Project:
    """A Drizzle project that somebody else made.

    Args:
        root: its folder, with package.json and drizzle.config.
        config: relative path of the configuration.
        line: the line of Drizzle.
        version: what says so, such as `^0.45.2`.
        out: the migrations folder of the configuration.
        casing: the configuration's `casing`, or ''.
        files: the files of the schema in the order of the configuration, then those that they import.
        exports: what they export, in the order of `files`.
        schema: the schema; spans are not known.
        generated: (schema, table, column) of the columns whose value the application makes ($defaultFn).
        serial: (schema, table, column) of serial columns.
        unnamed: (schema, table, column) of the columns that are named by their property alone.
        modes: for bigint columns, by (schema, table, column): `number`, `bigint` or `string`.
        unknown: what could not be read, in words.
        bundle: the whole schema as one module that needs nothing but drizzle-orm.
    """

    root: Path
    config: str
    line: Line
    version: str
    out: str
    casing: str
    files: tuple[SourceFile, ...]
    exports: tuple[Export, ...]
    schema: Schema
    generated: frozenset[tuple[str, str, str]] = frozenset()
    serial: frozenset[tuple[str, str, str]] = frozenset()
    unnamed: frozenset[tuple[str, str, str]] = frozenset()
    modes: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    bundle: str = ""

    def file(self, path: str) -> SourceFile | None:
        """The file of that path, when it is part of the schema."""
        return next((file for file in self.files if file.path == path), None)

    def of_kind(self, kind: Kind) -> tuple[Export, ...]:
        """Exports of a kind, each thing once: where it is declared, else where it is met first."""
        best: dict[object, Export] = {}
        for export in self.exports:
            if export.kind == kind:
                known = best.get(export.key or (export.file, export.name))
                if known is None or (export.declared and not known.declared):
                    best[export.key or (export.file, export.name)] = export
        return tuple(best.values())

    def export(self, kind: Kind, key: tuple[str, str]) -> Export | None:
        """The export of one thing."""
        return next((export for export in self.of_kind(kind) if export.key == key), None)
