"""The text of a schema says the same as Drizzle does when it runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from read.drizzle_static.evaluated import evaluated, texts
from strategies import schemas
from write.drizzle import schema_corpus as corpus

from dbarchitect.read.drizzle.static import read
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.schema import schema_files

HERE = Path(__file__).parent


def compare(folder, files, line, casing=""):
    found = read(texts(folder), files, casing=casing, line=line)
    assert found.problems == ()
    assert all(table.complete for table in found.declared.tables)
    told = evaluated(folder, files, line, casing)
    assert {table.address: table for table in found.schema.tables} == {table.address: table for table in told.tables}
    assert found.schema == told
    return found


@pytest.mark.parametrize(
    ("folder", "line", "casing"),
    [
        ("idioms", "0.45", ""),
        ("idioms", "1", ""),
        ("cased", "0.45", ""),
        ("cased", "0.45", "snake_case"),
        ("cased", "0.45", "camelCase"),
        ("newer", "1", ""),
    ],
)
def test_idioms(folder, line, casing):
    found = compare(HERE / folder, ["tables.ts"], line, casing)
    spans = found.schema.annotations.spans
    for table in found.schema.tables:
        parts = [*table.uniques, *table.checks, *table.foreign_keys]
        parts += [table.primary_key] if table.primary_key else []
        places = [
            table.address,
            *(table.column_address(column.name) for column in table.columns),
            *(table.constraint_address(part.name) for part in parts),
            *(table.index_address(index.name) for index in table.indexes),
            *(table.policy_address(policy.name) for policy in table.policies),
        ]
        assert [place for place in places if place not in spans] == []


@pytest.mark.parametrize("line", ["0.45", "1"])
@pytest.mark.parametrize("schema", ["shop", "types", "counted", "cycles", "indexes", "constraints", "policies", "odd"])
def test_what_the_writer_writes(schema, line, tmp_path):
    write(tmp_path, getattr(corpus, schema)(), line)
    compare(tmp_path, ["src/db/schema/index.ts"], line)


def test_random_schemas(tmp_path):
    """Several random schemas in one run of Bun, each in a folder of its own."""
    files = []

    @settings(
        max_examples=15, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(schemas())
    def write_one(schema):
        folder = tmp_path / str(len(files))
        if write(folder, schema, "0.45"):
            files.append(f"{folder.name}/src/db/schema/index.ts")

    write_one()
    for name in files:
        folder = tmp_path / name.partition("/")[0]
        found = read(texts(folder), ["src/db/schema/index.ts"])
        assert found.problems == ()
        if name in files[:4]:
            assert found.schema == evaluated(folder, ["src/db/schema/index.ts"], "0.45")


def write(folder, schema, line):
    made = schema_files(schema, Settings(drizzle=line))
    for path, text in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return "src/db/schema/index.ts" in made
