"""What is written as SQL is read back: in canonical form the schema is the same."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from strategies import schemas

from dbarchitect.engines.canonical import canonical
from dbarchitect.read.sql.reader import read
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.text import text


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(schema=schemas())
def test_reading_undoes_writing(server, schema):
    result = read({"schema.sql": text(create(schema))})
    assert result.problems == ()
    assert canonical(result.schema, server) == canonical(schema, server)
