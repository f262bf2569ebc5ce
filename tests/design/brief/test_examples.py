"""The examples, the schema for editors and the page on briefs agree with the reader."""

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from dbarchitect.design.brief import packs
from dbarchitect.design.brief.example import example
from dbarchitect.design.brief.reader import read
from dbarchitect.design.brief.writer import write
from tests.design.brief.trees import data

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
SCHEMA = json.loads((ROOT / "src/dbarchitect/schemas/brief.schema.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/brief.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_read_and_written_back(path):
    found = read(path.read_text(encoding="utf-8"), name=path.name)
    assert found.entities
    assert read(write(found), name="brief.yaml") == found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_and_what_we_write_of_it_fit_the_schema(path):
    text = path.read_text(encoding="utf-8")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(data(text), SCHEMA)
    jsonschema.validate(data(write(read(text, name=path.name))), SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        "entitys: {}",
        "entities: {a: {rules: [{kind: unique}]}}",
        "entities: {a: {b: {typ: text}}}",
        "relationships: [{child: a}]",
        "enumerations: {a: {values: [b], changes: daily}}",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(text):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data(text), SCHEMA)
    with pytest.raises(Exception, match=r"x\.yaml:1"):
        read(text, name="x.yaml")


def test_the_printed_example_is_the_example_file():
    assert example() == (ROOT / "examples/meeting-rooms.yaml").read_text(encoding="utf-8")


def test_the_demo_is_the_commerce_pack_written_out():
    found = read((ROOT / "examples/commerce.yaml").read_text(encoding="utf-8"), name="commerce.yaml")
    assert found == packs.pack("commerce").requirements


def test_a_request_for_a_shop_is_the_demo():
    found = read("design database for multi-tenant app", name="the words")
    bare = tuple(replace(entity, pattern="") for entity in found.entities)
    assert replace(found, entities=bare, assumptions=()) == packs.pack("commerce").requirements


def test_the_help_desk_is_twelve_lines():
    lines = (ROOT / "examples/helpdesk.yaml").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 12


def test_the_page_shows_briefs_that_work():
    blocks = re.findall(r"(?ms)^```yaml\n(.*?)^```", PAGE)
    assert blocks
    for block in blocks:
        jsonschema.validate(data(block), SCHEMA)
        assert read(block, name="docs.yaml").entities
