from hypothesis import HealthCheck, given, settings

from dbarchitect.design.brief import yaml_reader
from dbarchitect.design.brief.writer import write
from tests.design.brief.strategies import requirements


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(requirements())
def test_reads_back_what_was_written(given_requirements):
    text = write(given_requirements)
    assert yaml_reader.read_yaml(text, "brief.yaml") == given_requirements, text
