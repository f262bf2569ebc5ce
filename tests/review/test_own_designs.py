"""What `design` makes reviews clean, as the model has it and as TypeScript says it: no error, no warning."""

from dataclasses import replace
from pathlib import Path

import pytest

from dbarchitect import api
from dbarchitect.review import catalogue
from dbarchitect.review.subject import Subject
from dbarchitect.review.subjects import of_texts
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.schema import schema_files

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
BRIEFS = {
    "users": "design a database schema for users",
    "products": "create a Drizzle table for products",
    "tenants": "design database for multi-tenant app",
    **{path.stem: str(path) for path in sorted(EXAMPLES.glob("*.yaml"))},
}


def findings(subject, profile):
    """What counts: errors and warnings of every rule of the profile."""
    return [
        f"{finding.code} {finding.severity} {finding.address}: {finding.message}"
        for page in catalogue.pages()
        if profile in page.rule.profiles
        for finding in page.check(subject)
        if finding.severity != "info"
    ]


@pytest.mark.parametrize(("profile", "line"), [("house", "0.45"), ("modern", "1")])
@pytest.mark.parametrize("brief", BRIEFS.values(), ids=BRIEFS.keys())
def test_designs_are_clean(brief, profile, line):
    settings = Settings(profile=profile, drizzle=line)
    schema = api.design(brief, dry_run=True, settings=settings).draft.schema
    assert findings(Subject(schema, profile=profile), profile) == []
    written = {path: text for path, text in schema_files(schema, settings).items() if path.endswith(".ts")}
    assert findings(of_texts(written, profile=profile, line=line), profile) == []


def test_a_fault_in_a_design_is_found():
    schema = api.design(BRIEFS["commerce"], dry_run=True, settings=Settings()).draft.schema
    tables = tuple(replace(table, indexes=()) for table in schema.tables)
    found = findings(Subject(replace(schema, tables=tables)), "house")
    assert any(line.startswith("R01 warning constraint:public.org_order_items.") for line in found)
