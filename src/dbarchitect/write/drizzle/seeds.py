"""`src/db/seed.ts` and `src/db/seeds/<table>.ts`: rows that are the same in every run, parents before children."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.write.drizzle.code import Known, render
from dbarchitect.write.drizzle.column_rules import TableRules, table_rules
from dbarchitect.write.drizzle.seed_limits import TURN, row_limit, scarce
from dbarchitect.write.drizzle.seed_references import reference_values, renumbered
from dbarchitect.write.drizzle.seed_values import sample
from dbarchitect.write.drizzle.subject import Field, Project, Subject
from dbarchitect.write.drizzle.typescript import comment_text, property_key

FOLDER = "src/db/seeds"
HELPERS = (
    "at", "clock", "code", "day", "decimal", "id", "organizationOf", "other", "peer", "pick", "slot", "stamps",
    "TENANTS", "whole",
)  # fmt: skip


def seed_files(project: Project) -> dict[str, str]:
    """seed.ts and the files under `src/db/seeds` by their path in the project."""
    files = {f"{FOLDER}/values.ts": _values(project), "src/db/seed.ts": _main(project)}
    known = Known(
        {
            "../schema": [f"type {subject.names.insert_type}" for subject in project.subjects],
            "./values": list(HELPERS),
        }
    )
    for subject in project.subjects:
        files[f"{FOLDER}/{subject.names.file}.ts"] = known.file(_rows(subject))
    return files


def maker(subject: Subject) -> str:
    """The function that makes a row of the table: `makeOrder`."""
    return f"make{subject.names.one_type}"


def _values(project: Project) -> str:
    keyed = [s.names.logical for s in project.subjects if s.whole_key and _has_uuid_key(s)]
    numeric = project.root is not None and project.tenant_type == "number"
    return render("helpers/seed-values.ts.j2", tables=keyed, root=project.root, numeric=numeric)


def _has_uuid_key(subject: Subject) -> bool:
    return any(column.type.name == "uuid" and not column.type.dimensions for column in subject.table.columns)


def _rows(subject: Subject) -> str:
    entries = [f"  {property_key(field.prop)}: {value}," for field, value in row_values(subject)]
    stamps = ["  ...stamps(n),"] if {"createdAt", "updatedAt"} <= set(subject.stamps) else []
    uses = any(re.search(r"\bn\b", line) for line in entries + stamps)
    body = "\n".join(entries + stamps)
    parameter = "n: number" if uses else "_n: number"
    keys = ", ".join(f"{field.prop}: number" for field in subject.whole_key if field.column.identity)
    row = subject.names.insert_type + (f" & {{ {keys} }}" if subject.counted else "")
    return (
        f"/** Row `n` of the {comment_text(subject.many)}. */\n"
        f"export const {maker(subject)} = ({parameter}): {row} => ({{\n{body}\n}})\n"
    )


def row_values(subject: Subject) -> Iterator[tuple[Field, str]]:
    """Each column that a seeded row has with its value as TypeScript."""
    rules = table_rules(subject.table)
    for field, value in seeded_values(subject).items():
        yield subject.field(field), _alternating(subject.field(field), value, rules)


def seeded_values(subject: Subject) -> dict[str, str]:
    """The value of each column that a seeded row has, by the column, where nothing has to be left out."""
    if subject.seeded is None:
        values = dict(_plain_values(subject))
        turns = scarce(subject, values)
        referring = {name for reference in subject.references for name in reference.foreign_key.columns}
        for name in turns - referring:
            values[name] = renumbered(values[name], TURN)
        subject.seeded = values
    return subject.seeded


def most_rows(subject: Subject) -> int:
    """How many rows can be seeded, in each tenant where there are tenants; 0 for any number."""
    return row_limit(subject, seeded_values(subject))


def _plain_values(subject: Subject) -> Iterator[tuple[str, str]]:
    rules = table_rules(subject.table)
    references = reference_values(subject, rules)
    given = {"created_at", "updated_at", "deleted_at", "search"}
    for field in subject.fields.values():
        column = field.column
        if column.generated is not None or field.intent.managed in given:
            continue
        if column.name in references:
            value: str | None = references[column.name]
        elif field is subject.tenant:
            value = "organizationOf(n)"
        else:
            value = own_value(subject, field, rules)
        if value is not None:
            yield column.name, value


def own_value(subject: Subject, field: Field, rules: TableRules) -> str | None:
    """A value that refers to nothing; None leaves the column to its default."""
    if field in subject.whole_key and len(subject.whole_key) == 1:
        if field.column.type.name == "uuid":
            return f"id('{subject.names.logical}', n)"
        if field.type == "number":
            return "n + 1"
    return sample(subject, field, rules)


def _alternating(field: Field, value: str, rules: TableRules) -> str:
    """Of columns of which exactly one is given, another one row by row."""
    for names in rules.exactly_one:
        if field.column.name in names:
            return f"n % {len(names)} === {names.index(field.column.name)} ? {value} : null"
    return value


def _main(project: Project) -> str:
    shared: list[dict[str, object]] = []
    own: list[dict[str, object]] = []
    for subject in project.subjects:
        step = {
            "table": subject.names.variable, "make": maker(subject), "count": most_rows(subject),
            "tenant": subject.tenant is not None, "identity": identity_column(subject), "root": subject.is_root,
        }  # fmt: skip
        (own if subject.tenant or subject.is_root else shared).append(step)
    known = Known(
        {
            "drizzle-orm": ["getTableColumns", "is", "sql"],
            "drizzle-orm/pg-core": [
                "getTableConfig", "PgJson", "PgJsonb", "type PgColumn", "type PgInsertValue", "type PgTable",
            ],
            "node:util": ["parseArgs"],
            "./client": ["connect"],
            "./database": ["typeOf", "type Database"],
            "./schema": [subject.names.variable for subject in project.subjects],
            "./seeds/values": ["organizationOf", "TENANTS"],
            "./tenant": ["withTenant"],
            "./transaction": ["withTransaction"],
            **{f"./seeds/{s.names.file}": [maker(s)] for s in project.subjects},
        }
    )  # fmt: skip
    return known.file(
        render(
            "helpers/seed.ts.j2",
            shared=shared,
            own=own,
            root=project.root,
            tenancy=bool(own),
            counted=any(identity_column(s) for s in project.subjects),
        )
    )


def identity_column(subject: Subject) -> bool:
    """Whether PostgreSQL counts the key, so that given keys need OVERRIDING and the counter must follow."""
    return any(field.column.identity is not None for field in subject.fields.values())
