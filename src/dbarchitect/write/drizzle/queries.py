"""`src/db/queries/<table>.ts`: typed queries on one table, which take the database as their first parameter."""

from __future__ import annotations

from dbarchitect.write.drizzle import query_joined, query_links, query_lists, query_reports, query_rows
from dbarchitect.write.drizzle.code import Known, render
from dbarchitect.write.drizzle.query import Query
from dbarchitect.write.drizzle.query_soft_delete import soft_delete
from dbarchitect.write.drizzle.subject import Project, Subject
from dbarchitect.write.drizzle.typescript import string


def query_files(project: Project) -> dict[str, str]:
    """The files under `src/db/queries` by their path in the project."""
    known = Known(_modules(project))
    return {subject.module: _file(subject, known) for subject in project.subjects}


def project_queries(subject: Subject) -> tuple[Query, ...]:
    """The queries on one table, in the order of its file; made once a project."""
    memo = subject.project.queries
    if subject.table.key not in memo:
        memo[subject.table.key] = _table_queries(subject)
    return memo[subject.table.key]


def _table_queries(subject: Subject) -> tuple[Query, ...]:
    made: list[Query] = []
    if subject.is_junction:
        made += query_links.link(subject)
    else:
        made += query_rows.create(subject)
    made += query_rows.get(subject)
    made += query_rows.get_by(subject)
    made += query_joined.details(subject)
    made += query_lists.lists(subject)
    made += query_joined.joined(subject)
    made += query_lists.search(subject)
    made += query_links.related(subject) if subject.is_junction else ()
    made += query_reports.report(subject)
    made += query_rows.update(subject)
    if subject.is_junction:
        made += query_links.unlink(subject) if not subject.intent.append_only else ()
    else:
        made += soft_delete(subject)
        made += query_rows.delete(subject)
    return tuple({query.spec.function: query for query in made}.values())


def _file(subject: Subject, known: Known) -> str:
    functions = "\n".join(query.text for query in project_queries(subject))
    fixed = [field.prop for field in subject.whole_key if field in subject.writable]
    omitted = [subject.tenant.prop] if subject.tenant else []
    stamps = set(subject.stamps)
    usual = stamps and stamps <= {"createdAt", "updatedAt", "deletedAt"}
    search = subject.managed("search")
    omitted += [] if usual else sorted(stamps)
    omitted += [search.prop] if search and search.column.generated is None else []
    types = [string(name) for name in omitted] + (["Stamps"] if usual else [])
    body = render(
        "queries/file.ts.j2",
        subject=subject,
        functions=functions,
        omitted=" | ".join(types),
        fixed=" | ".join(string(name) for name in fixed),
    )
    return known.file(body)


def _modules(project: Project) -> dict[str, list[str]]:
    schema = []
    for subject in project.subjects:
        names = subject.names
        schema += [names.variable, f"type {names.select_type}", f"type {names.insert_type}"]
    return {
        "drizzle-orm": [
            "and", "arrayContains", "asc", "desc", "eq", "gte", "inArray", "isNotNull", "lt", "ne", "sql",
        ],
        "../database": ["inserted", "type Changes", "type Database", "type Stamps"],
        "../filters": ["startsWith", "within", "type Range"],
        "../pagination": [
            "after", "capped", "listing", "MAX_LIMIT", "page", "place", "type Listing", "type ListOptions",
            "type PageOptions",
        ],
        "../schema": schema,
        "../soft-delete": ["active", "deletedWith", "deletionMoment", "StillInUseError"],
        "../tenant": ["orgWhere", "withOrgFilter"],
        "../transaction": ["withTransaction"],
    }  # fmt: skip
