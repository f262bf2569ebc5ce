"""A schema from elsewhere as a Drizzle schema: read back it is the same, as far as schema files go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dbarchitect.api.reading import Reading
from dbarchitect.api.render import FORMATS, render
from dbarchitect.engines.canonical import canonical
from dbarchitect.errors import InputError
from dbarchitect.model.schema import Schema
from dbarchitect.read import dbml
from dbarchitect.read.drizzle import static

SHOP = (Path(__file__).parents[1] / "read" / "shop.dbml").read_text(encoding="utf-8")


def bare(schema: Schema) -> Schema:
    """Without comments and owners of sequences, which the companion makes."""
    tables = tuple(
        replace(
            table,
            comment=None,
            columns=tuple(replace(column, comment=None) for column in table.columns),
            indexes=tuple(replace(index, comment=None) for index in table.indexes),
        )
        for table in schema.tables
    )
    sequences = tuple(replace(sequence, owned_by=None) for sequence in schema.sequences)
    return replace(schema, tables=tables, sequences=sequences)


def test_drizzle_reads_back(server):
    given = dbml.read(SHOP).schema
    written = render(Reading(given, kind="dbml"), "drizzle")
    assert written.text == ""
    files = {path: text for path, text in written.files.items() if path.endswith(".ts")}
    read = static.read(files)
    assert canonical(read.schema, server) == canonical(bare(given), server)
    assert set(written.files) - set(files) == {"sql/companion.sql"}
    assert "COMMENT ON TABLE" in written.files["sql/companion.sql"]
    assert any("companion.sql" in problem.message for problem in written.problems)


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("json", "sql", "dbml")])
def test_nothing_is_no_schema_to_write(form):
    with pytest.raises(InputError, match="no tables"):
        render(Reading(Schema()), form)
