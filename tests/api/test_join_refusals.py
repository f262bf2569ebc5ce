"""Where a table cannot be placed safely, `design --into` says where and why, and writes nothing."""

import pytest
from api.join_projects import FOLDER, LINE_1, SINGLE, TENANTS, contents, make
from api.test_join import BRIEF, SHOP, designed

from dbarchitect.api.join import join
from dbarchitect.errors import InputError
from dbarchitect.settings import Settings

USERS = FOLDER["src/db/schema/user-accounts.ts"]
TEXT = SINGLE["src/db/schema.ts"]
CONFIG = FOLDER["drizzle.config.ts"]
PACKAGE = '{ "dependencies": { "drizzle-orm": "%s" } }'

CASES = {
    "no configuration": (SINGLE, {"drizzle.config.ts": ""}, "there is no drizzle.config.ts here"),
    "no version": (SINGLE, {"package.json": "{}"}, "nothing says which version of drizzle-orm"),
    "version in words": (SINGLE, {"package.json": PACKAGE % "github:x/y"}, "cannot tell the version"),
    "too old": (SINGLE, {"package.json": PACKAGE % "^0.29.0"}, "is older than 0.36"),
    "another database": (
        FOLDER, {"drizzle.config.ts": CONFIG.replace("postgresql", "mysql")}, "is for mysql"),
    "no schema in the configuration": (SINGLE, {"drizzle.config.ts": "export default {}"}, "has no `schema`"),
    "schema that does not exist": (
        FOLDER, {"drizzle.config.ts": CONFIG.replace("index.ts", "none.ts")}, "no file matches `schema`"),
    "syntax error": (SINGLE, {"src/db/schema.ts": TEXT + "\nexport const = 3\n"}, "the schema cannot be read"),
    "schema that throws": (SINGLE, {"src/db/schema.ts": TEXT + '\nthrow new Error("closed")\n'}, "closed"),
    "no table": (SINGLE, {"src/db/schema.ts": "export const x = 1\n"}, "has no table"),
    "file is there": (
        FOLDER, {"src/db/schema/comments.ts": "export const other = 1\n"}, "comments.ts, and that file exists"),
    "export is taken": (
        SINGLE, {"src/db/schema.ts": TEXT + "\nexport function comments() {}\n"}, "has a comments already"),
    "type is taken": (
        SINGLE, {"src/db/schema.ts": TEXT + "\nexport type Comment = string;\n"}, "has a Comment already"),
    "view of the name": (
        LINE_1,
        {"src/db/schema/views.ts": "import { pgView, text } from 'drizzle-orm/pg-core';\n"
         "export const shown = pgView('comments', { body: text('body') }).existing();\n"},
        "taken by the view comments"),
    "index of the name": (
        SINGLE, {"src/db/schema.ts": TEXT.replace("users_token_idx", "comments_user_id_created_at_id_idx")},
        "taken by the index comments_user_id_created_at_id_idx of users"),
    "enum with other labels": (
        SINGLE, {"src/db/schema.ts": TEXT + '\nexport const s = pgEnum("blog_post_status", ["new"]);\n'},
        "the enum blog_post_status exists without 'draft', 'published'"),
    "key of two columns": (
        FOLDER,
        {"src/db/schema/user-accounts.ts": USERS.replace("uuid().primaryKey()", "uuid()").replace(
            "    ...timestamps,\n})", "    ...timestamps,\n}, (t) => [primaryKey({ columns: [t.id, t.displayName] })])"
        ).replace("{ pgTable", "{ pgTable, primaryKey")},
        "has the key (id, display_name)"),
    "key of an unknown type": (
        FOLDER,
        {"src/db/schema/user-accounts.ts": USERS.replace("uuid().primaryKey().defaultRandom()", "ulid().primaryKey()")
         .replace("text, uuid }", "customType, text }").replace(
            "export const", "const ulid = customType<{ data: string }>({ dataType: () => 'ulid' })\n\nexport const")},
        "which we do not know"),
    "files named one by one": (
        LINE_1,
        {"drizzle.config.ts": "export default { dialect: 'postgresql',\n"
         "  schema: ['./src/db/schema/users.ts', './src/db/schema/teams.ts'] };\n"},
        "names its files one by one"),
    "several tables of the name": (
        LINE_1,
        {"src/db/schema/more.ts": "import { integer, pgSchema } from 'drizzle-orm/pg-core';\n"
         "const a = pgSchema('a');\nconst b = pgSchema('b');\n"
         "export const commentA = a.table('comment', { id: integer('id').primaryKey() });\n"
         "export const commentB = b.table('comment', { id: integer('id').primaryKey() });\n"},
        "may mean several tables"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_refused_with_nothing_written(name, tmp_path):
    files, changes, message = CASES[name]
    folder = make(tmp_path / "project", {**files, **changes})
    if name == "no configuration":
        (folder / "drizzle.config.ts").unlink()
    before = contents(folder)
    with pytest.raises(InputError) as caught:
        join(designed(BRIEF), Settings(), folder, None)
    assert message in caught.value.message
    assert caught.value.place
    assert contents(folder) == before
    assert not (folder / ".dbarchitect").exists()


def test_a_companion_file_that_exists_is_not_overwritten(tmp_path):
    folder = make(tmp_path / "project", {**TENANTS, "docs/memberships_companion.sql": "mine"})
    with pytest.raises(InputError, match=r"docs/memberships_companion.sql, and that file exists"):
        join(designed(SHOP), Settings(), folder, None)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        join(designed(BRIEF), Settings(), tmp_path / "none", None)


def test_the_right_folder_is_suggested(tmp_path):
    make(tmp_path / "packages" / "db", SINGLE)
    with pytest.raises(InputError, match=r"Did you mean --into .*packages/db\?"):
        join(designed(BRIEF), Settings(), tmp_path, None)


def test_a_project_of_ours_is_brought_up_to_date_instead(tmp_path):
    folder = make(tmp_path / "project", SINGLE)
    manifest = '{"settings": {}, "schema_hash": "", "inputs": "", "files": {}, "tags": []}'
    make(folder, {".dbarchitect/manifest.json": manifest})
    with pytest.raises(InputError, match="Use -o"):
        join(designed(BRIEF), Settings(), folder, None)
