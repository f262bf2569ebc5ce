"""A schema that was read, as text in one of the formats that we write."""

from __future__ import annotations

import json
from typing import Any, Literal, get_args

from dbarchitect.errors import InputError
from dbarchitect.model.codec import encode
from dbarchitect.read.result import ReadResult

Format = Literal["json", "sql", "mermaid", "svg"]
FORMATS: tuple[Format, ...] = get_args(Format)


def to_json(result: ReadResult) -> dict[str, Any]:
    """`{"format", "schema", "problems"}`."""
    return {"format": 1, "schema": encode(result.schema), "problems": [encode(item) for item in result.problems]}


def render(result: ReadResult, form: Format) -> str:
    """The schema as text that ends with a newline.

    Args:
        result: what `read` returned.
        form: one of FORMATS.

    Raises:
        InputError: a piece of SQL in the schema cannot be written safely, with its address.
    """
    schema = result.schema
    if form == "json":
        return json.dumps(to_json(result), indent=2, ensure_ascii=False) + "\n"
    if form == "sql":
        from dbarchitect.write.sql.create import create
        from dbarchitect.write.sql.text import text

        return text(create(schema))
    if not schema.tables:
        raise InputError(
            "the schema has no tables, so there is nothing to draw", hint="Try `--to json` to see it whole."
        )
    if form == "mermaid":
        from dbarchitect.write import mermaid

        return mermaid.write(schema)
    from dbarchitect.write import svg

    return svg.write(schema)
