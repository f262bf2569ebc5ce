"""A brief from a schema: `design` accepts it, and makes the same of it again where the brief says everything."""

from __future__ import annotations

from pathlib import Path

import strategies
from hypothesis import HealthCheck, given, settings

from dbarchitect.design import extraction
from dbarchitect.design.architect import design
from dbarchitect.design.brief import reader
from dbarchitect.model.schema import Schema
from dbarchitect.settings import Settings

COMMERCE = Path(__file__).parents[2] / "examples" / "commerce.yaml"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.schemas())
def test_every_brief_is_accepted(schema: Schema):
    found = extraction.brief(schema)
    read = reader.read(found.text, name="brief.yaml", form="yaml")
    assert {entity.name for entity in read.entities} == {entity.name for entity in found.requirements.entities}
    design(read, Settings())


def test_a_designed_schema_comes_back_with_its_entities():
    given = reader.read(COMMERCE.read_text(encoding="utf-8"), name="commerce.yaml", form="yaml")
    schema = design(given, Settings()).schema
    found = extraction.brief(schema)
    again = design(reader.read(found.text, name="brief.yaml", form="yaml"), Settings())
    assert [problem for problem in again.problems if problem.severity == "error"] == []
    assert [table.name for table in again.schema.tables] == [table.name for table in schema.tables]
    assert again.schema.intent.tenancy == schema.intent.tenancy
    for before, after in zip(schema.tables, again.schema.tables, strict=True):
        assert {(key.columns, key.target_table, key.on_delete) for key in after.foreign_keys} == {
            (key.columns, key.target_table, key.on_delete) for key in before.foreign_keys
        }
