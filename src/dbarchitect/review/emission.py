"""What Drizzle makes of one schema file: the SQL of drizzle-kit, from the real toolchain."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import cast

from dbarchitect.engines.toolchain import Project
from dbarchitect.settings import Line


@cache
def emitted(schema: str, line: str = "0.45") -> str:
    """The SQL that drizzle-kit writes for a schema in an empty database; kept for the length of the process.

    Args:
        schema: the TypeScript of one file that imports nothing but drizzle-orm.
        line: the line of Drizzle.

    Raises:
        EngineError: the toolchain is missing, or Drizzle refuses the schema; the message says how.
    """
    with tempfile.TemporaryDirectory(prefix="dbarchitect-emit-") as folder:
        (Path(folder) / "schema.ts").write_text(schema, encoding="utf-8")
        project = Project(Path(folder), cast(Line, line))
        with project.link():
            return "\n".join(project.kit_snapshot(schema="schema.ts").statements)
