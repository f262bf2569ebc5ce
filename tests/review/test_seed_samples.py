"""The seed's own samples, as they are printed, give the findings that they deserve.

The rows are those of the list of what is wrong with the samples (docs/conventions.md shows the most important). What
no review of a schema can say is named at the end.
"""

from __future__ import annotations

import re
from functools import cache

import pytest
import seed

from dbarchitect.read.drizzle import static
from dbarchitect.review import catalogue
from dbarchitect.review.mending.batch import mend
from dbarchitect.review.subjects import of_texts

TEXT = seed.seed_text()
pytestmark = pytest.mark.skipif(TEXT is None, reason="the seed does not lie beside this clone (../shared/seed)")

STANDARD = "Standard table definition pattern"
ONE_TO_MANY, MANY_TO_MANY = "### One-to-Many", "### Many-to-Many"
SOFT_DELETE, TENANT, QUERIES = "### Soft Delete Pattern", "### Multi-Tenant Pattern", "Multi-tenancy Query Pattern"
TYPES = "## Column Type Reference"
SCHEMAS = (STANDARD, ONE_TO_MANY, MANY_TO_MANY, SOFT_DELETE, TENANT)
ORGANIZATIONS = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const organizationsSchema = pgTable('organizations', { id: uuid('id').primaryKey() })
"""


def sample(heading: str) -> str:
    """The first sample after a heading."""
    assert TEXT is not None
    found = re.compile(r"```typescript\n(.*?)```", re.DOTALL).search(TEXT, TEXT.index(heading))
    assert found
    return found[1]


def findings(files: dict[str, str]) -> list[tuple[str, str]]:
    """Code and message of everything that a review finds."""
    subject = of_texts(files)
    return [(finding.code, finding.message) for page in catalogue.pages() for finding in page.check(subject)]


@cache
def printed(heading: str) -> tuple[tuple[str, str], ...]:
    """What a review finds in a sample as it is printed."""
    return tuple(findings({"schema.ts": sample(heading)}))


@cache
def problems(heading: str) -> tuple[str, ...]:
    """What the reader says of a sample as it is printed."""
    return tuple(problem.message for problem in static.read({"schema.ts": sample(heading)}).problems)


def unwrapped(files: dict[str, str]) -> dict[str, str]:
    """The files with the entries that Drizzle loses written so that it does not."""
    (page,) = (page for page in catalogue.pages() if page.rule.code == "Z01")
    return {**files, **mend(files, [finding.fixes[0] for finding in page.check(of_texts(files))]).texts}


@cache
def project() -> tuple[tuple[str, str], ...]:
    """What a review finds in the two samples with tenants, once they stand beside the table that they refer to."""
    link = "import { organizationsSchema } from './organizations'\n"
    files = {name: link + sample(heading) for name, heading in (("a.ts", STANDARD), ("b.ts", TENANT))}
    return tuple(findings({"organizations.ts": ORGANIZATIONS, **unwrapped(files)}))


def has(found: tuple[tuple[str, str], ...] | list[tuple[str, str]], code: str, *pieces: str) -> bool:
    return any(each == code and all(piece in message for piece in pieces) for each, message in found)


@pytest.mark.parametrize("heading", [STANDARD, TENANT])
def test_row_1_entries_that_are_lost(heading):
    assert has(printed(heading), "Z01", "creates none of them")


def test_row_1_mended_they_are_created():
    tables = of_texts(unwrapped({"schema.ts": sample(STANDARD)})).schema.tables
    assert [len(table.indexes) for table in tables] == [3]


@pytest.mark.parametrize("heading", [STANDARD, TENANT])
def test_row_2_one_row_for_each_organization(heading):
    assert has(printed(heading), "Z02", "organization_id unique")


def test_row_3_one_row_for_each_moment():
    assert has(printed(STANDARD), "Z02", "deleted_at unique")


def test_row_4_a_name_that_is_unique_over_all_tenants():
    assert has(project(), "C07", "name")


def test_row_5_a_key_that_stays_taken():
    assert has(project(), "C08", "sku")


@pytest.mark.parametrize("heading", [STANDARD, ONE_TO_MANY, SOFT_DELETE, TENANT])
def test_row_6_sql_is_not_used(heading):
    assert has(printed(heading), "H15", "sql is imported")


@pytest.mark.parametrize("heading", [STANDARD, TENANT])
def test_row_7_a_table_that_is_nowhere(heading):
    assert any("`organizationsSchema` is neither declared nor imported" in message for message in problems(heading))


@pytest.mark.parametrize("heading", [MANY_TO_MANY, SOFT_DELETE])
def test_row_8_builders_that_are_not_imported(heading):
    assert {f"`{name}` is used and not imported" for name in ("pgTable", "uuid", "varchar")} <= set(problems(heading))


def test_row_9_the_junction():
    found = printed(MANY_TO_MANY)
    assert has(found, "A01", "students_to_courses")
    assert has(found, "H04", "students_to_courses")
    assert has(found, "H07", "studentsSchema")
    assert has(found, "H16", "students_to_courses")
    assert has(found, "R01", "course_id")


def test_row_10_one_to_many():
    found = printed(ONE_TO_MANY)
    assert has(found, "H04", "posts")
    assert has(found, "R01", "user_id")
    assert has(found, "H08", "PostsInsertSchema")


def test_row_11_moments_without_a_zone():
    assert TEXT is not None
    written = re.findall(r"timestamp\(['\"]\w+['\"]\)", TEXT)
    assert len(written) == 2
    for builder in written:
        table = f"export const t = pgTable('t', {{ at: {builder} }})\n"
        assert has(findings({"schema.ts": "import { pgTable, timestamp } from 'drizzle-orm/pg-core'\n" + table}), "T01")


def test_row_12_a_reference_that_does_not_say_what_happens():
    assert has(project(), "H12", "table_name (organization_id)")


def test_row_13_a_filter_for_any_table():
    assert has(printed(QUERIES), "H10", "any")


def test_row_14_declared_twice():
    assert any("`products` is declared twice" in message for message in problems(QUERIES))


def test_row_18_a_cascade_that_does_not_follow():
    """The parent is marked as the mandatory pattern marks it, and cascades as the sample does. People, who leave what
    they wrote, are left alone, so that it stands under another name.
    """
    (mark,) = re.findall(r"deletedAt: .*", sample(SOFT_DELETE))
    parent, child = sample(ONE_TO_MANY).replace("users", "boards").split("\n})", 1)
    assert has(findings({"schema.ts": f"{parent}\n  {mark}\n}}){child}"}), "R10", "boards", "posts")


def test_row_19_row_level_security_that_is_not_there():
    assert has(project(), "H17", "org_products")


def test_row_20_an_enum_that_is_not_exported():
    (enum,) = re.findall(r"pgEnum\(.*?\)", sample(TYPES))
    text = f"""import {{ pgEnum, pgTable }} from 'drizzle-orm/pg-core'
const role = {enum}
export const users = pgTable('users', {{ role: role('role') }})
"""
    assert has(findings({"schema.ts": text}), "Z07", "role")


def test_what_no_review_of_a_schema_can_say():
    """Row 15 (which key a table has in the schema object that `drizzle()` gets), row 16 (advice that takes a driver for
    a schema builder) and row 17 (casing beside explicit names, which does no harm) are matters of prose, and so is the
    id of row 19, which the application makes. The samples give no finding that speaks of them.
    """
    words = ("db.query", "postgres-js", "casing", "Bun.randomUUIDv7")
    said = [message for heading in (*SCHEMAS, QUERIES) for _, message in printed(heading)]
    assert [message for message in said if any(word in message for word in words)] == []
