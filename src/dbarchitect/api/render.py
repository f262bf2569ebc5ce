"""A schema that was read, in one of the formats that we write, and what that format cannot hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal, get_args

from dbarchitect.api.reading import Reading
from dbarchitect.errors import InputError
from dbarchitect.model.codec import encode
from dbarchitect.model.decision import Problem
from dbarchitect.model.names import plural
from dbarchitect.model.schema import Schema
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings

Format = Literal["json", "sql", "drizzle", "dbml", "mermaid", "svg", "brief"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was written.

    Args:
        text: one text that ends with a newline; '' for a format of several files.
        files: texts by relative path, for a format of several files.
        problems: `warning` for what is lost, `info` for what is said in another way; what the reader found is not
            repeated.
    """

    text: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def to_json(result: Reading) -> dict[str, Any]:
    """`{"format", "kind", "schema", "problems"}`, and `statistics` when they were asked for."""
    content: dict[str, Any] = {
        "format": 1,
        "kind": result.kind,
        "schema": encode(result.schema),
        "problems": [encode(item) for item in result.problems],
    }
    if result.statistics is not None:
        content["statistics"] = encode(result.statistics)
    return content


def render(result: Reading, form: Format) -> Rendered:
    """The schema in a format.

    Args:
        result: what `read` returned.
        form: one of FORMATS.

    Raises:
        InputError: a piece of SQL in the schema cannot be written safely, with its address; or there is nothing to
            draw or to write.
    """
    schema = result.schema
    if form == "json":
        return Rendered(json.dumps(to_json(result), indent=2, ensure_ascii=False) + "\n")
    if form == "sql":
        from dbarchitect.write.sql.create import create
        from dbarchitect.write.sql.text import text

        return Rendered(text(create(schema)))
    if form == "dbml":
        from dbarchitect.write import dbml

        document = dbml.write(schema)
        return Rendered(document.text, problems=document.problems)
    if not schema.tables:
        raise InputError(
            "the schema has no tables, so there is nothing to write", hint="Try `--to json` to see it whole."
        )
    if form == "drizzle":
        return _drizzle(result)
    if form == "brief":
        from dbarchitect.design import extraction

        brief = extraction.brief(schema)
        return Rendered(brief.text, problems=brief.problems)
    if form == "mermaid":
        from dbarchitect.write import mermaid

        return Rendered(mermaid.write(schema), problems=_not_drawn(schema))
    from dbarchitect.write import svg

    return Rendered(svg.write(schema), problems=_not_drawn(schema))


def _drizzle(result: Reading) -> Rendered:
    """The schema files, and as SQL what must run before and after what drizzle-kit makes of them."""
    from dbarchitect.write.drizzle.migration import migration_entries
    from dbarchitect.write.drizzle.problems import not_expressible
    from dbarchitect.write.drizzle.schema import schema_files

    settings = Settings(drizzle=result.line or "0.45")
    files = dict(schema_files(result.schema, settings))
    for entry in migration_entries(result.schema, settings):
        if entry.tag != "init":
            files[f"sql/{entry.tag}.sql"] = "\n".join(entry.up_sql) + "\n"
    problems = not_expressible(result.schema)
    if any(path.startswith("sql/") for path in files):
        message = (
            "sql/ holds what drizzle-kit makes nothing of (comments too): run before.sql, migrations, companion.sql"
        )
        problems = (*problems, Problem("info", message))
    return Rendered(files=dict(sorted(files.items())), problems=problems)


def _not_drawn(schema: Schema) -> tuple[Problem, ...]:
    """One problem that counts what a diagram of tables and references does not show."""
    tables = schema.tables
    counts = {
        "check": sum(len(table.checks) for table in tables),
        "exclusion constraint": sum(len(table.exclusions) for table in tables),
        "index": sum(len(table.indexes) for table in tables),
        "policy": sum(len(table.policies) for table in tables),
        "trigger": sum(len(table.triggers) for table in tables),
        "view": len(schema.views),
        "function": len(schema.functions),
    }
    shown = [f"{count} {name if count == 1 else plural(name)}" for name, count in counts.items() if count]
    return (Problem("info", f"a diagram does not show {', '.join(shown)}"),) if shown else ()
