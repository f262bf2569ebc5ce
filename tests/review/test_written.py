"""What drizzle-kit sees of a project: the exports of the files that drizzle.config names."""

import pytest

from dbarchitect.read.drizzle import static
from dbarchitect.review import catalogue, written
from dbarchitect.review.subject import Subject

IMPORT = "import { pgEnum, pgTable, uuid } from 'drizzle-orm/pg-core'\n"
USERS = IMPORT + "export const users = pgTable('users', { id: uuid('id').primaryKey() })\n"
POSTS = (
    IMPORT
    + "import { users } from './users'\n"
    + "export const posts = pgTable('posts', { id: uuid('id').primaryKey(), "
    + "userId: uuid('user_id').references(() => users.id) })\n"
)


def subject(files: dict[str, str], *named: str) -> Subject:
    read = static.read(files, named)
    return Subject(read.schema, declared=read.declared, texts=files, sources=read.declared.sources, line="0.45")


def found(code: str, under: Subject) -> list[str]:
    (page,) = (page for page in catalogue.pages() if page.rule.code == code)
    return [finding.address for finding in page.check(under)]


@pytest.mark.parametrize(
    "index",
    [
        "export * from './users'\nexport * from './posts'\n",
        "export { users } from './users'\nexport { posts as articles } from './posts'\n",
        "import { users } from './users'\nimport { posts } from './posts'\nexport { users, posts }\n",
    ],
)
def test_what_an_index_hands_on_is_seen(index):
    under = subject({"index.ts": index, "users.ts": USERS, "posts.ts": POSTS}, "index.ts")
    seen = written.visible(under)
    assert seen is not None
    assert {("users.ts", "users"), ("posts.ts", "posts")} <= seen
    assert found("Z08", under) == []


def test_a_table_that_the_index_forgets_and_another_needs_is_found():
    under = subject({"index.ts": "export * from './posts'\n", "users.ts": USERS, "posts.ts": POSTS}, "index.ts")
    assert found("Z08", under) == ["table:public.users"]


def test_a_table_of_a_script_is_nobody_s_business():
    script = USERS.replace("export const", "const").replace("'users'", "'scratch'")
    under = subject({"schema.ts": USERS, "script.ts": script}, "schema.ts")
    assert found("Z08", under) == []


def test_an_enum_that_the_index_forgets_is_found():
    enums = IMPORT + "export const role = pgEnum('role', ['a'])\n"
    table = IMPORT + "import { role } from './enums'\nexport const users = pgTable('users', { role: role('role') })\n"
    files = {"index.ts": "export * from './users'\n", "enums.ts": enums, "users.ts": table}
    assert found("Z07", subject(files, "index.ts")) == ["enum:public.role"]
    files["index.ts"] += "export * from './enums'\n"
    assert found("Z07", subject(files, "index.ts")) == []


@pytest.mark.parametrize("module", ["@acme/db", "./missing", "@/schema"])
def test_where_an_export_leads_elsewhere_nothing_is_claimed(module):
    index = f"export * from '{module}'\nexport * from './posts'\n"
    under = subject({"index.ts": index, "users.ts": USERS, "posts.ts": POSTS}, "index.ts")
    assert written.visible(under) is None
    assert found("Z08", under) == []
