"""Prisma schemas: what is read equals what Prisma's own engine makes, and what is wrong is said with its place."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbarchitect.engines.canonical import canonical
from dbarchitect.errors import InputError
from dbarchitect.read import prisma
from dbarchitect.read.database import read_schema

FOLDER = Path(__file__).parent / "prisma"
BLOG = (FOLDER / "blog.prisma").read_text(encoding="utf-8")
LOST = "fields: [x], references: [id]"
SOURCE = 'datasource db {\n  provider = "postgresql"\n}\n'


def read(text: str) -> prisma.ReadResult:
    return prisma.read({"schema.prisma": SOURCE + text})


def messages(text: str) -> list[str]:
    return [f"{problem.span}: {problem.message}" for problem in read(text).problems]


def test_it_is_what_prisma_migrate_makes(server, database):
    """blog.sql is what `prisma migrate diff --from-empty` (schema engine 8.1) prints for blog.prisma."""
    with database.connect() as connection:
        connection.execute((FOLDER / "blog.sql").read_text(encoding="utf-8"))
        truth = read_schema(connection)
    result = prisma.read({"blog.prisma": BLOG})
    assert result.problems == ()
    assert canonical(result.schema, server) == truth


def test_everything_has_its_place_and_its_meaning():
    schema = prisma.read({"db/blog.prisma": BLOG}).schema
    spans = schema.annotations.spans
    assert str(spans["table:public.User"][0]) == "db/blog.prisma:7:1"
    assert str(spans["column:public.User.full_name"][0]) == "db/blog.prisma:10:3"
    assert str(spans["index:public.by_email"][0]) == "db/blog.prisma:32:3"
    assert str(spans["constraint:shop.posts.posts_author_id_fkey"][0]) == "db/blog.prisma:41:15"
    assert set(spans) >= {table.address for table in schema.tables}
    assert schema.intent.tables["table:public.User"].description == "Somebody who signs in."
    assert schema.intent.columns["column:public.User.seen"].managed == "updated_at"


def test_a_schema_in_several_files():
    one = "model A {\n id Int @id\n b B[]\n}"
    other = "model B {\n id Int @id\n a Int\n x A @relation(fields: [a], references: [id])\n}"
    result = prisma.read({"a.prisma": SOURCE + one, "b.prisma": other})
    assert result.problems == ()
    assert [table.name for table in result.schema.tables] == ["A", "B"]
    assert result.schema.annotations.spans["constraint:public.B.B_a_fkey"][0].file == "b.prisma"


def test_relation_mode_prisma_has_no_foreign_keys():
    text = BLOG.replace('provider = "postgresql"', 'provider = "postgresql"\n  relationMode = "prisma"')
    result = prisma.read({"a": text})
    assert not any(table.foreign_keys for table in result.schema.tables)
    assert any("relationMode" in problem.message for problem in result.problems)


@pytest.mark.parametrize("provider", ["mysql", "sqlite", "cockroachdb", "mongodb"])
def test_another_database_is_refused(provider):
    with pytest.raises(InputError, match=provider) as caught:
        prisma.read({"schema.prisma": SOURCE.replace("postgresql", provider)})
    assert caught.value.place == "schema.prisma:2:14"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model A {\n  id Itn @id\n}", "schema.prisma:5:3: 'Itn' is neither type, enum nor model; did you mean 'Int'?"),
        ("model A {\n  id Int @id\n  @@index([ida])\n}", "has no column 'ida'; did you mean 'id'?"),
        ("model A {\n  id Int @id\n  @@index([id], type: Gni)\n}", "no index of type 'Gni'; did you mean 'Gin'?"),
        ("modle A {\n}", "schema.prisma:4:1: expected model, enum or another block, found 'modle'; did you"),
        ("model A {\n  id\n  b Int\n}", "schema.prisma:5:3: the field 'id' has no type"),
        ("model A {\n  id Int @id\n", "'}' is missing at the end of the file"),
        ('model A {\n  id Int @map("x\n}', "a string does not end"),
        ("model A {\n  id Int @id @db.Foo\n}", "PostgreSQL has no native type @db.Foo"),
        ("view V {\n  id Int\n}", "the view 'V': Prisma's schema has no definition of it"),
        (f"model A {{\n  id Int @id\n  b B @relation({LOST})\n}}\nmodel B {{\n id Int @id\n}}", "names fields that"),
        ("model A {\n  id Int @id\n}\nmodel A {\n  id Int @id\n}", "the model 'A' is written twice"),
        ("model A {\n  id Bytes @id @default(\"%%\")\n}", "@default of 'id' cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text, said):
    assert any(said in message for message in messages(text)), messages(text)


def test_the_rest_is_read_after_a_fault():
    result = read("model A {\n  id\n  b Int @@ @\n  c Int\n}\nmodel B {\n  id Int @id\n}")
    assert [table.name for table in result.schema.tables] == ["A", "B"]
    assert [column.name for column in result.schema.tables[0].columns] == ["c"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_broken_schemas_never_raise_anything_of_their_own(data):
    start = data.draw(st.integers(0, len(BLOG)))
    end = data.draw(st.integers(start, min(len(BLOG), start + 40)))
    text = BLOG[:start] + data.draw(st.text(alphabet='@[]{}()"?:,. \n\tax1/-\0é', max_size=8)) + BLOG[end:]
    with suppress(InputError):  # a provider that is none of PostgreSQL's
        prisma.read({"schema.prisma": text})
