"""`design --into`: tables join projects of four styles; what was there keeps its bytes, a second run adds none."""

import pytest
from api.join_projects import FOLDER, LINE_1, SINGLE, TENANTS, contents, make

from dbarchitect.api.drafting import Design, think
from dbarchitect.api.join import join
from dbarchitect.design.brief import reader
from dbarchitect.engines import toolchain
from dbarchitect.settings import Settings

BRIEF = """\
entities:
  user:
    email: email required
  blog post:
    title: varchar(200) required
    status: one of draft, published required default draft
  comment:
    body: text required
relationships:
  - blog post belongs to user as author
  - comment belongs to blog post
  - comment belongs to user
"""
SHOP = """\
tenant: organization
entities:
  organization:
    name: name required
  app user:
    email: email required
  product:
    name: name required search
    sku: varchar(40) required unique
    status: one of draft, active, archived required default draft
  product note:
    body: text required
    rules:
      - append only — audit
relationships:
  - product belongs to app user as creator (optional, set null)
  - product note belongs to product
"""
KINDS = {"foreign_key_index", "joined_kept", "joined_migration", "joined_tables", "types"}


def designed(brief):
    return think(reader.read(brief, name="brief.yaml", form="yaml"), {}, Settings())


def run(folder, brief=BRIEF) -> Design:
    return join(designed(brief), Settings(), folder, None)


@pytest.fixture(scope="module")
def joined(tmp_path_factory):
    """Each project before and after, with what `join` said; joined once."""
    made = {}

    def get(name):
        if name not in made:
            files, brief = {"single": (SINGLE, BRIEF), "folder": (FOLDER, BRIEF), "line 1": (LINE_1, BRIEF),
                            "tenants": (TENANTS, SHOP)}[name]  # fmt: skip
            folder = make(tmp_path_factory.mktemp("join") / "project", files)
            made[name] = (folder, files, brief, run(folder, brief), contents(folder))
        return made[name]

    return get


@pytest.fixture(params=["single", "folder", "line 1", "tenants"])
def each(request, joined):
    return joined(request.param)


def test_every_claim_is_proved(each):
    proof = each[3].proof
    assert {claim.kind for claim in proof.claims} == KINDS
    assert [claim for claim in proof.claims if claim.status != "proved"] == []


def test_a_second_run_changes_nothing(each):
    folder, _, brief, _, after = each
    again = run(folder, brief)
    assert contents(folder) == after
    assert (again.files.written, again.proof) == ((), None)
    assert again.notes == ("every table of the brief is there already",)


def test_what_was_there_stays_but_for_the_listed_files(each):
    _, before, _, design, after = each
    changed = {path for path, text in before.items() if after[path] != text}
    assert changed <= set(design.files.written)
    assert set(after) - set(before) == set(design.files.written) - changed
    for path in changed:
        assert any(path in note and "nothing else changed" in note for note in design.notes)
    assert not any(path.startswith((".dbarchitect", "drizzle/", "migrations/")) for path in after)


def test_the_next_command_is_named(each):
    assert any("bunx drizzle-kit generate" in note for note in each[3].notes)


def lines_added(before: str, after: str) -> list[str]:
    """The lines of `after` that are new; the old ones must be there in their order."""
    rest, added = before.splitlines(), []
    for line in after.splitlines():
        if rest and line == rest[0]:
            rest.pop(0)
        else:
            added.append(line)
    assert rest == []
    return added


def test_one_file_is_continued_in_its_own_style(joined):
    _, before, _, design, after = joined("single")
    text = after["src/db/schema.ts"]
    assert design.files.written == ("src/db/schema.ts",)
    body = before["src/db/schema.ts"].split('import { nanoid } from "nanoid";')[1]
    assert body in text
    assert 'import { relations, sql } from "drizzle-orm";' in text
    assert 'export const blogPostStatus = pgEnum("blog_post_status", ["draft", "published"]);' in text
    assert '    id: serial("id").primaryKey(),\n' in text
    assert 'authorId: integer("author_id")' in text
    assert "references(() => users.id" in text
    assert 'createdAt: timestamp("created_at").defaultNow().notNull(),' in text
    assert 'deletedAt: timestamp("deleted_at"),' in text
    assert "export type NewBlogPost = typeof blogPosts.$inferInsert;" in text
    assert "export const blogPostsRelations = relations(blogPosts, ({ one, many }) => ({" in text
    assert any("add `comments: many(comments)` to usersRelations" in note for note in design.notes)
    assert "TABLE_NAME" not in text
    assert "'" not in text.replace("'s", "")


def test_a_folder_gets_files_and_its_barrel_lines(joined):
    _, before, _, design, after = joined("folder")
    assert design.files.written == (
        "src/db/schema/blog-posts.ts",
        "src/db/schema/comments.ts",
        "src/db/schema/index.ts",
    )
    added = lines_added(before["src/db/schema/index.ts"], after["src/db/schema/index.ts"])
    assert added == ["export * from './blog-posts'", "export * from './comments'"]
    text = after["src/db/schema/comments.ts"]
    assert "export const commentsTable = pgTable(\n    'comments'," in text
    assert "        id: uuid().primaryKey().defaultRandom(),\n" in text
    assert "        blogPostId: uuid()\n" in text
    assert "        ...timestamps,\n" in text
    assert "import { timestamps } from './columns'" in text
    assert "import { usersTable } from './user-accounts'" in text
    assert ";" not in text.replace("row was deleted; empty", "")


def test_line_1_gets_relations_where_they_are_defined(joined):
    _, before, _, design, after = joined("line 1")
    text = after["src/db/relations.ts"]
    assert "defineRelations({ teams, users, blogPosts, comments }, (r) => ({" in text
    assert "\tcomments: {\n\t\tblogPost: r.one.blogPosts({" in text
    assert "\tusers: {\n\t\tteams: r.many.teams(),\n\t},\n" in text
    untouched = before["src/db/relations.ts"].replace("{ teams, users }", "{ teams, users, blogPosts, comments }")
    lines_added(untouched, text)
    comments = after["src/db/schema/comments.ts"]
    assert "\t\tuserId: bigint('user_id', { mode: 'number' })" in comments
    assert "generatedAlwaysAsIdentity()" in comments
    assert design.settings.drizzle == "1"


def test_tenants_and_what_drizzle_cannot_say(joined):
    _, _, _, design, after = joined("tenants")
    assert "docs/memberships_companion.sql" in design.files.written
    companion = after["docs/memberships_companion.sql"]
    assert 'ALTER TABLE "public"."products" FORCE ROW LEVEL SECURITY;' in companion
    assert "append_only" in companion
    assert "app_users" not in companion
    product = after["db/product.sql.ts"]
    assert 'export const productSchema = pgTable(\n  "products",' in product
    assert 'import { appUserSchema, statusEnum } from "./app_user.sql";' in product
    assert "pgEnum" not in product
    assert "organization_id: uuid(" in product
    assert 'import { tsvector } from "./types";' in product
    assert "export type ProductsSelect = typeof productSchema.$inferSelect;" in product
    assert any("custom" in note for note in design.notes)


def test_only_the_new_is_in_the_answer(joined):
    design = joined("single")[3]
    assert [table.name for table in design.draft.schema.tables] == ["blog_posts", "comments"]
    assert design.to_json()["files"]["written"] == ("src/db/schema.ts",)


def test_carriage_returns_are_kept(tmp_path):
    folder = make(tmp_path / "p", {path: text.replace("\n", "\r\n") for path, text in SINGLE.items()})
    run(folder)
    text = contents(folder)["src/db/schema.ts"]
    assert "\n" not in text.replace("\r\n", "")


STRICT = """{ "compilerOptions": { "strict": true, "module": "Preserve", "moduleResolution": "bundler",
  "target": "ESNext", "skipLibCheck": true, "noUnusedLocals": true, "paths": { "@/*": ["./src/*"] } } }
"""


def test_the_own_compiler_options_are_used_and_old_errors_are_not_ours(tmp_path):
    old = FOLDER["src/db/schema/columns.ts"] + "\nexport const wrong: number = 'text'\n"
    folder = make(
        tmp_path / "project",
        {**FOLDER, "tsconfig.json": STRICT, "src/db/schema/columns.ts": old,
         "src/types.ts": "export interface Detail { what: string }\n"},
    )  # fmt: skip
    (folder / "node_modules").symlink_to(toolchain.install("0.45") / "node_modules", target_is_directory=True)
    types = next(claim for claim in run(folder).proof.claims if claim.kind == "types")
    assert (types.status, types.evidence["options"]) == ("proved", "the project's")


def test_a_second_brief_builds_on_the_first(tmp_path):
    folder = make(tmp_path / "project", LINE_1)
    run(folder)
    more = "entities:\n  team: {}\n  comment: {}\n  reaction:\n    kind: varchar(20) required\n"
    more += "relationships:\n  - reaction belongs to comment\n  - reaction belongs to team\n"
    design = run(folder, more)
    assert design.proof.failed == ()
    text = contents(folder)["src/db/schema/reactions.ts"]
    assert "references(() => comments.id" in text
    assert "references(() => teams.id" in text
    assert "teams, users, blogPosts, comments, reactions }" in contents(folder)["src/db/relations.ts"]


def test_hostile_words_stay_in_their_quotes(tmp_path):
    folder = make(tmp_path / "project", FOLDER)
    brief = """\
entities:
  user: {}
  select:
    purpose: "*/ process.exit(1) /* `${1}`"
    "it's \\"x\\"": text required
    order: one of "a'b", "${c}" required
relationships:
  - select belongs to user
"""
    design = run(folder, brief)
    assert design.proof.failed == ()
    assert run(folder, brief).files.written == ()


CREATOR = """\
import { pgTableCreator } from 'drizzle-orm/pg-core';

export const createTable = pgTableCreator((name) => `t3_${name}`);

export const users = createTable('user', (d) => ({
  id: d.varchar({ length: 255 }).notNull().primaryKey().$defaultFn(() => crypto.randomUUID()),
  name: d.varchar({ length: 255 }),
}));
"""


def test_what_cannot_be_copied_is_said(tmp_path):
    design = run(make(tmp_path / "project", {**SINGLE, "src/db/schema.ts": CREATOR}))
    assert design.proof.failed == ()
    assert any("not by the creator in src/db/schema.ts" in note for note in design.notes)
    assert any("no $defaultFn for id" in note for note in design.notes)
    text = contents(tmp_path / "project")["src/db/schema.ts"]
    assert "authorId: varchar('author_id', { length: 255 })" in text
    assert "import { sql } from 'drizzle-orm';" in text
