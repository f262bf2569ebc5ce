"""The queries, helpers, seeds and tests that `design` writes give no finding of the query rules."""

from pathlib import Path

import pytest

from dbarchitect import api
from dbarchitect.read.drizzle import queries, static
from dbarchitect.review import catalogue
from dbarchitect.review.subject import Subject
from dbarchitect.settings import Settings
from dbarchitect.typescript.source import Source
from dbarchitect.write.drizzle.project import application_files
from dbarchitect.write.drizzle.schema import schema_files

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
PAGES = [page for page in catalogue.pages() if page.rule.code.startswith("Q")]


def written(brief: str, line: str) -> Subject:
    """The project that a brief becomes, read back from its TypeScript."""
    settings = Settings(drizzle=line)
    schema = api.design(brief, dry_run=True, settings=settings).draft.schema
    tables = schema_files(schema, settings)
    texts = {
        path: text for path, text in {**tables, **application_files(schema, settings)}.items() if path.endswith(".ts")
    }
    sources = {path: Source(path, text) for path, text in texts.items()}
    found = static.read({path: text for path, text in tables.items() if path.endswith(".ts")})
    read = queries.read(sources, found.declared, found.schema)
    return Subject(found.schema, declared=found.declared, queries=read, texts=texts, sources=sources, line=line)


@pytest.mark.parametrize("line", ["0.45", "1"])
@pytest.mark.parametrize("brief", ["commerce.yaml", "design database for multi-tenant app"])
def test_our_own_queries_are_clean(brief, line):
    subject = written(str(EXAMPLES / brief) if brief.endswith("yaml") else brief, line)
    assert subject.queries is not None
    assert sum(bool(query.address) for query in subject.queries) >= 20
    found = [finding for page in PAGES for finding in page.check(subject)]
    assert [f"{item.span}: {item.code} {item.message}" for item in found if item.severity != "info"] == []
    assert {item.code for item in found} <= {"Q07"}, "pages by offset stand beside those by cursor, as the seed wants"


def test_a_fault_in_our_queries_is_found():
    subject = written(str(EXAMPLES / "commerce.yaml"), "0.45")
    path = "src/db/queries/orders.ts"
    text = subject.texts[path].replace(
        "withOrgFilter(ordersSchema, organizationId), eq(ordersSchema.number", "eq(ordersSchema.number"
    )
    text = text.replace("eq(ordersSchema.number, number), active(ordersSchema)", "eq(ordersSchema.number, number)")
    sources = {**subject.sources, path: Source(path, text)}
    assert subject.declared is not None
    read = queries.read(sources, subject.declared, subject.schema)
    broken = Subject(subject.schema, declared=subject.declared, queries=read, sources=sources, line="0.45")
    codes = {
        finding.code for page in PAGES for finding in page.check(broken) if finding.span and finding.span.file == path
    }
    assert {"Q05", "Q13"} <= codes, "row level security stands in for the condition on the tenant"
