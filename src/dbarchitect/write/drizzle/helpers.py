"""The helper modules in `src/db`: client, tenant, transaction, soft delete, pagination, filters, errors, migrate."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.write.drizzle.code import render
from dbarchitect.write.drizzle.messages import errors_file
from dbarchitect.write.drizzle.query_soft_delete import keepers, parts
from dbarchitect.write.drizzle.subject import Project
from dbarchitect.write.drizzle.typescript import template

FOLDER = "src/db"


def helper_files(project: Project, queries: dict[str, str]) -> dict[str, str]:
    """The helper modules by their path in the project.

    Args:
        project: the project.
        queries: the emitted query files, which tell whether filters.ts is needed.
    """
    line = project.settings.drizzle
    tenancy = project.lookup.tenancy
    files = {
        "client": render("helpers/client.ts.j2", line=line, role=tenancy.role if tenancy else ""),
        "database": render("helpers/database.ts.j2", line=line),
        "errors": errors_file(project),
        "migrate": render("helpers/migrate.ts.j2", line=line),
        "migrations": render("helpers/migrations.ts.j2", line=line),
        "pagination": render("helpers/pagination.ts.j2"),
        "transaction": render("helpers/transaction.ts.j2"),
    }
    if tenancy:
        files["tenant"] = render(
            "helpers/tenant.ts.j2", line=line, tenant=project.tenant, column=tenancy.column,
            type=project.tenant_type, setting=_sql_string(tenancy.setting),
        )  # fmt: skip
    if project.soft_deletes:
        marks = [subject.soft.prop for subject in project.subjects if subject.soft]
        files["soft-delete"] = render(
            "helpers/soft-delete.ts.j2", property=marks[0], aggregates=list(_aggregates(project))
        )
    if any("'../filters'" in text for text in queries.values()):
        files["filters"] = render("helpers/filters.ts.j2")
    if project.settings.runtime == "node":
        files["uuid"] = render("helpers/uuid.ts.j2")
    return {f"{FOLDER}/{name}.ts": text for name, text in files.items()}


def _aggregates(project: Project) -> Iterator[dict[str, object]]:
    for subject in project.subjects:
        if not subject.soft or not subject.key:
            continue
        going = list(dict.fromkeys(part.subject.names.many for part in parts(subject)))
        keeping = list(dict.fromkeys(child.names.many for child, _ in keepers(subject)))
        if (going or keeping) and not subject.is_junction:
            yield {"name": subject.names.many, "going": going, "keeping": keeping}


def _sql_string(text: str) -> str:
    """An SQL literal for the inside of a template literal."""
    return template("'" + text.replace("'", "''") + "'")
