"""The writer of DBML: read back it gives what DBML holds, and what it does not hold is listed."""

from __future__ import annotations

import strategies
from hypothesis import HealthCheck, given, settings

from dbarchitect.model.schema import Schema
from dbarchitect.read.dbml import read
from dbarchitect.write.dbml import write
from dbarchitect.write.dbml_held import Held


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.schemas())
def test_read_gives_back_what_dbml_holds(schema: Schema):
    document = write(schema)
    result = read(document.text)
    held = Held(schema).schema
    assert not [problem for problem in result.problems if problem.severity == "error"], document.text
    assert result.schema == held
    again = write(result.schema)
    assert [problem for problem in again.problems if problem.severity == "warning"] == []
    assert again.text == document.text


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.schemas())
def test_a_loss_is_said(schema: Schema):
    held = Held(schema)
    assert held.problems or held.schema == schema
