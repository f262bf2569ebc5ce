from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from dbarchitect.design.brief import yaml_reader
from dbarchitect.design.brief.reader import read
from dbarchitect.design.brief.requirements import Entity, Requirements
from dbarchitect.design.brief.writer import write
from dbarchitect.model.decision import Option, Question
from tests.design.brief.strategies import requirements


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(requirements())
def test_reads_back_what_was_written(given_requirements):
    text = write(given_requirements)
    assert yaml_reader.read_yaml(text, "brief.yaml") == given_requirements, text


def test_what_is_open_is_explained_beside_the_answers():
    question = Question("currency", "Are all amounts in one currency?", "one", (Option("many", "a column for each"),))
    text = write(replace(Requirements(entities=(Entity("a"),)), answers={"email-case": "lower"}), [question])
    assert "# Open question currency: Are all amounts in one currency? (taken: one)" in text
    assert "#   currency: many — a column for each" in text
    assert yaml_reader.read_yaml(text, "brief.yaml").answers == {"email-case": "lower"}


def test_a_question_cannot_leave_its_comment():
    question = Question("a\nb: c", "x\nentities:", "y\r\nz")
    text = write(Requirements(entities=(Entity("a"),)), [question])
    assert yaml_reader.read_yaml(text, "brief.yaml") == Requirements(entities=(Entity("a"),))


def test_what_was_assumed_says_so_until_somebody_adopts_it():
    text = write(read("create a table for products", name="the words"))
    assert "    sku: code required unique assumed — the seller's own number\n" in text
    again = read(text, name="brief.yaml")
    assert {each.origin.kind for each in again.entities[0].attributes} == {"pattern"}
    adopted = read(text.replace(" assumed", ""), name="brief.yaml")
    assert {each.origin.kind for each in adopted.entities[0].attributes} == {"brief"}
