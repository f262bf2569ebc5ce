"""Each claim about what joins a project can fail: it is broken on purpose, and the message names the culprit."""

from dataclasses import replace

import pytest
from api.join_projects import FOLDER, SINGLE, contents, make
from api.test_join import BRIEF, designed

from dbarchitect.api.join import join
from dbarchitect.api.joining.companion import Companion
from dbarchitect.api.joining.proof import Joined, prove_joined
from dbarchitect.api.joining.schema import join_schemas
from dbarchitect.errors import RefusedError
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check
from dbarchitect.model.intent import ColumnIntent
from dbarchitect.model.types import SqlType
from dbarchitect.read.drizzle.practice import detect_practice
from dbarchitect.read.drizzle.runtime import read
from dbarchitect.read.drizzle.style import detect_style
from dbarchitect.settings import Settings


def changed(draft, name, **fields):
    """The draft with other fields for one table."""
    tables = [replace(table, **fields) if table.name == name else table for table in draft.schema.tables]
    return replace(draft, schema=replace(draft.schema, tables=tuple(tables)))


def table(draft, name):
    return next(each for each in draft.schema.tables if each.name == name)


def without_index(draft):
    return changed(draft, "comments", indexes=())


def with_a_check_of_nothing(draft):
    return changed(draft, "comments", checks=(Check("comments_nothing_check", "nowhere > 0"),))


def with_a_type_that_is_not_there(draft):
    comments = table(draft, "comments")
    column = Column("extra", SqlType("jsonb"))
    draft = changed(draft, "comments", columns=(*comments.columns, column))
    columns = {**draft.schema.intent.columns, comments.column_address("extra"): ColumnIntent(typescript="Missing")}
    return replace(draft, schema=replace(draft.schema, intent=replace(draft.schema.intent, columns=columns)))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (without_index, r"\(foreign_key_index\): no index of comments starts with blog_post_id"),
        (with_a_check_of_nothing, r'\(joined_migration\): 42703 column "nowhere" does not exist'),
        (with_a_type_that_is_not_there, r"\(types\): src/db/schema/comments.ts:\d+:\d+: TS2304 .*'Missing'"),
    ],
)
def test_what_fails_is_not_written(tmp_path, broken, message):
    folder = make(tmp_path / "project", FOLDER)
    before = contents(folder)
    with pytest.raises(RefusedError, match=message):
        join(broken(designed(BRIEF)), Settings(), folder, None)
    assert contents(folder) == before


def test_a_changed_table_and_a_missing_one_are_seen(tmp_path, server):
    """What would happen if an edit touched `users`, and the new tables never reached drizzle-kit."""
    text = SINGLE["src/db/schema.ts"].replace('token: text("token")', 'token: text("token").unique()')
    before = read(make(tmp_path / "before", SINGLE))
    after = read(make(tmp_path / "after", {**SINGLE, "src/db/schema.ts": text}))
    joint = join_schemas(designed(BRIEF), before, detect_style(before), detect_practice(before))
    joined = Joined(before, after, tmp_path / "after", False, joint, Companion(), {})
    claims = {claim.id: claim for claim in prove_joined(joined, Settings(), server).claims}
    assert claims["joined_kept"].status == "failed"
    assert "users is not what it was" in claims["joined_kept"].reason
    missing = claims["joined_tables:table:public.comments"]
    assert (missing.status, "makes no table comments" in missing.reason) == ("failed", True)


def test_a_schema_that_cannot_be_built_alone_is_said(tmp_path, server):
    text = SINGLE["src/db/schema.ts"].replace(
        "createdAt: timestamp", 'odd: text("odd").default(sql`nowhere_defined()`),\n    createdAt: timestamp'
    ).replace("{ relations }", "{ relations, sql }")  # fmt: skip
    folder = make(tmp_path / "project", {**SINGLE, "src/db/schema.ts": text})
    proof = join(designed(BRIEF), Settings(), folder, None).proof
    claim = next(claim for claim in proof.claims if claim.kind == "joined_migration")
    assert claim.status == "unproved"
    assert "nowhere_defined" in claim.reason
