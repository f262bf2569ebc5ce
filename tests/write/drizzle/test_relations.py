import pytest
from write.drizzle import schema_corpus as corpus
from write.drizzle import schema_project as project

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Unique
from dbarchitect.model.intent import Intent
from dbarchitect.model.schema import Schema
from dbarchitect.settings import LINES
from dbarchitect.write.drizzle.naming import Names
from dbarchitect.write.drizzle.relations import project_relations, relations_file

UUID = corpus.T("uuid")


def posts() -> Schema:
    """Two roles of one parent, a tree, a one-to-one, and a column that is called like a relation."""
    users = corpus.table("users")
    posts = corpus.table(
        "posts",
        Column("author_id", UUID, False), Column("reviewer_id", UUID), Column("parent_id", UUID),
        Column("author", corpus.T("text")), Column("country", UUID),
        foreign_keys=(
            corpus.reference("posts_author", "author_id", to="users"),
            corpus.reference("posts_country", "country", to="countries"),
            corpus.reference("posts_parent", "parent_id", to="posts"),
            corpus.reference("posts_reviewer", "reviewer_id", to="users"),
        ),
    )  # fmt: skip
    profiles = corpus.table(
        "profiles", Column("user_id", UUID, False), uniques=(Unique("profiles_user", ("user_id",)),),
        foreign_keys=(corpus.reference("profiles_user_fkey", "user_id", to="users"),),
    )  # fmt: skip
    named = {posts.constraint_address("posts_reviewer"): "editor"}
    return Schema(tables=(users, posts, profiles, corpus.table("countries")), intent=Intent(relations=named))


def test_each_key_is_named_from_both_ends():
    schema = posts()
    found = {r.key.name: (r.one, r.back, r.single) for r in project_relations(schema, Names(schema))}
    assert found["posts_parent"] == ("parent", "children", False)
    assert found["posts_reviewer"] == ("editor", "postsByEditor", False)
    assert found["posts_country"][1:] == ("posts", False)
    assert found["posts_author"][0].startswith("author_")  # there is a column of that name
    assert found["profiles_user_fkey"] == ("user", "profile", True)


def test_no_relation_is_called_like_a_column_or_another_one():
    for schema in (posts(), corpus.everything(), corpus.shop()):
        names = Names(schema)
        used: dict[tuple[str, str], list[str]] = {t.key: list(names.table(t).columns.values()) for t in schema.tables}
        for relation in project_relations(schema, names):
            used[relation.child.key].append(relation.one)
            used[relation.parent.key].append(relation.back)
        assert all(len(taken) == len(set(taken)) for taken in used.values())


def test_relations_of_the_old_line():
    schema = posts()
    text = relations_file(schema, Names(schema), "0.45")
    assert (
        "export const profilesRelations = relations(profilesSchema, ({ one }) => ({\n"
        "  user: one(usersSchema, { fields: [profilesSchema.userId], references: [usersSchema.id] }),\n"
        "}))\n"
    ) in text
    assert "children: many(postsSchema, { relationName: 'posts_parent' })" in text


def test_relations_of_the_new_line_say_which_parent_is_always_there():
    schema = posts()
    text = relations_file(schema, Names(schema), "1")
    assert "defineRelations" in text
    user = "user: r.one.usersSchema({ from: r.profilesSchema.userId, to: r.usersSchema.id, optional: false, })"
    assert user.replace(", }", " }") in " ".join(text.split()).replace(", }", " }")


def test_a_schema_without_keys_has_no_relations_to_write():
    schema = Schema(tables=(corpus.table("alone"),))
    assert relations_file(schema, Names(schema), "0.45") == ""
    assert relations_file(schema, Names(schema), "1").endswith("defineRelations({ aloneSchema }, () => ({}))\n")


SCRIPTS = {
    "0.45": """
import { drizzle } from 'drizzle-orm/pg-proxy'
import * as schema from '../src/db/schema'
const asked: string[] = []
const db = drizzle(async (sql) => { asked.push(sql); return { rows: [] } }, { schema })
await db.query.postsSchema.findMany({ with: { editor: { with: { profile: true } }, parent: true, children: true } })
await db.query.usersSchema.findFirst({ with: { postsByEditor: true, profile: true } })
console.log(asked.length, asked.every((sql) => sql.includes('lateral')))
""",
    "1": """
import { drizzle } from 'drizzle-orm/pg-proxy'
import { relations } from '../src/db/schema'
const asked: string[] = []
const db = drizzle(async (sql) => { asked.push(sql); return { rows: [] } }, { relations })
await db.query.postsSchema.findMany({ with: { editor: { with: { profile: true } }, parent: true, children: true } })
await db.query.usersSchema.findFirst({ with: { postsByEditor: true, profile: true } })
console.log(asked.length, asked.every((sql) => sql.includes('lateral')))
""",
}


@pytest.mark.parametrize("line", LINES)
def test_relational_queries_follow_the_names(line, tmp_path):
    made = project.make(tmp_path, posts(), line)
    project.write(tmp_path, {"src/ask.ts": SCRIPTS[line].replace("../src/db", "./db")})
    with made.link():
        assert [str(problem) for problem in made.typecheck().problems] == []
        asked = made.script("src/ask.ts")
    assert asked.stdout.strip() == "2 true", asked.output
