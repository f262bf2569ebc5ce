"""Names that are given already: enums that can be used as they are, and what stands in the way of a new table."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.errors import InputError
from dbarchitect.model.schema import Enum, Schema
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.project import Project


def missing_enums(tables: list[Table], draft: Schema, project: Project) -> Iterator[Enum]:
    """The enums that new tables use and the project lacks.

    Raises:
        InputError: the project has one of that name without our labels.
    """
    there = {(enum.schema, enum.name): enum for enum in project.schema.enums}
    for enum in draft.enums:
        if not any(c.type.name == enum.name and c.type.schema == enum.schema for t in tables for c in t.columns):
            continue
        theirs = there.get((enum.schema, enum.name))
        if theirs is None:
            yield enum
            continue
        missing = [label for label in enum.labels if label not in theirs.labels]
        if missing:
            export = project.export("enum", (enum.schema, enum.name))
            place = str(project.root / export.file) if export else str(project.root)
            raise InputError(
                f"the enum {enum.name} exists without {', '.join(map(repr, missing))}",
                place=place,
                hint=f"Add the labels to it first, or call the attribute otherwise; it has {', '.join(theirs.labels)}.",
            )


def check_names(tables: list[Table], project: Project) -> None:
    """Refuse names that the database cannot give twice.

    Raises:
        InputError: a table, index or key would have the name of something else.
    """
    taken: dict[str, str] = {}
    for kind, items in (("view", project.schema.views), ("sequence", project.schema.sequences),
                        ("enum", project.schema.enums)):  # fmt: skip
        taken |= {item.name: f"{kind} {item.name}" for item in items if item.schema == "public"}
    for table in project.schema.tables:
        if table.schema == "public":
            taken |= {name: f"{what} of {table.name}" for name, what in _relations(table)}
    for table in tables:
        for name, _ in ((table.name, "table"), *_relations(table)):
            if name in taken:
                raise InputError(
                    f"the name {name} of the new table {table.name} is taken by the {taken[name]}",
                    place=str(project.root),
                    hint="Call the entity otherwise in the brief.",
                )


def _relations(table: Table) -> Iterator[tuple[str, str]]:
    for index in table.indexes:
        yield index.name, f"index {index.name}"
    for unique in table.uniques:
        yield unique.name, f"unique constraint {unique.name}"
    if table.primary_key:
        yield table.primary_key.name, f"primary key {table.primary_key.name}"
