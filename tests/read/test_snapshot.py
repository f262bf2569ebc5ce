"""drizzle-kit's snapshots: what is read is what drizzle-kit's own SQL for them makes."""

from __future__ import annotations

import json
import random

import pytest
from write.drizzle import schema_corpus
from write.drizzle.schema_project import make

from dbarchitect.engines.canonical import canonical
from dbarchitect.read import snapshot
from dbarchitect.read.sql.reader import read

SAMPLES = [("0.45", "shop"), ("0.45", "counted"), ("1", "shop"), ("1", "counted"), ("1", "policies")]


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda sample: "-".join(sample))
def kit(request, tmp_path_factory):
    """(the snapshot as text, the SQL that leads there)."""
    line, name = request.param
    project = make(tmp_path_factory.mktemp("kit"), getattr(schema_corpus, name)(), line)
    with project.link():
        result = project.kit_snapshot()
    return json.dumps(result.snapshot), ";\n".join(result.statements)


def test_a_snapshot_is_what_its_sql_makes(server, kit):
    text, sql = kit
    found = snapshot.read(text, "meta/0000_snapshot.json")
    assert found.problems == ()
    assert canonical(found.schema, server) == canonical(read({"0000.sql": sql}).schema, server)


def test_broken_snapshots_are_named_and_never_raised(kit):
    text, _ = kit
    chance = random.Random(0)
    for _ in range(40):
        content = json.loads(text)
        _spoil(content, chance)
        snapshot.read(json.dumps(content), "s.json")
    assert snapshot.read(text[: len(text) // 2], "s.json").problems[0].severity == "error"


def _spoil(value, chance):
    """Put something odd somewhere within."""
    odd = chance.choice([None, 1, "", [], {}, "x", [1], {"a": 1}, -1.5, True])
    while isinstance(value, dict | list) and value:
        place = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        if not isinstance(value[place], dict | list) or not value[place] or chance.random() < 0.1:
            value[place] = odd
            return
        value = value[place]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("[]", "no object"),
        ('{"dialect": "mysql", "version": "5"}', "dialect is 'mysql'"),
        ('{"dialect": "postgresql", "version": "6", "tables": {}}', "drizzle-kit up"),
        ('{"dialect": "pg", "version": "5", "tables": {}}', "too old"),
        ('{"dialect": "postgres", "version": "9", "type": "diff", "deltas": []}', "read the folder"),
        ('{"dialect": "postgres", "version": "12"}', "not known"),
    ],
)
def test_what_is_no_snapshot(text, said):
    (problem,) = snapshot.read(text, "s.json").problems
    assert said in problem.message
    assert problem.severity == "error"


def test_what_has_no_place_is_named():
    roles = {"editor": {"name": "editor", "createDb": False}}
    text = json.dumps({"dialect": "postgresql", "version": "7", "tables": {}, "roles": roles})
    (problem,) = snapshot.read(text, "s.json").problems
    assert "roles editor" in problem.message


def test_a_key_that_is_sql_says_its_order():
    columns = [{"expression": 'lower("a") text_pattern_ops desc nulls last', "isExpression": True, "asc": True}]
    index = {"name": "i", "columns": columns, "isUnique": False, "method": "btree", "with": {}}
    table = {"name": "t", "schema": "", "columns": {}, "indexes": {"i": index}}
    text = json.dumps({"dialect": "postgresql", "version": "7", "tables": {"public.t": table}})
    (part,) = snapshot.read(text, "s.json").schema.tables[0].indexes[0].parts
    assert (part.expression, part.opclass, part.descending, part.nulls_first) == (
        'lower("a")', "text_pattern_ops", True, False,
    )  # fmt: skip
