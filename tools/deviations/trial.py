"""What every demonstration has at hand: databases, and the Drizzle toolchain over a schema of a few lines."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbarchitect.engines import postgres, toolchain

TSCONFIG = """{ "compilerOptions": { "strict": true, "noEmit": true, "skipLibCheck": true, "target": "ESNext",
  "module": "Preserve", "moduleResolution": "bundler", "types": ["bun"] }, "include": ["src"] }
"""
IMPORTS = (
    "import { sql } from 'drizzle-orm'\n"
    "import { boolean, index, pgEnum, pgTable, timestamp, unique, uniqueIndex, uuid, varchar, foreignKey } "
    "from 'drizzle-orm/pg-core'\n"
)
A, B = "00000000-0000-7000-8000-00000000000a", "00000000-0000-7000-8000-00000000000b"


@dataclass(frozen=True, slots=True)
class Shown:
    """What both forms did."""

    seed: str
    ours: str


@contextlib.contextmanager
def database(*statements: str) -> Iterator[postgres.Connection]:
    """A connection to a fresh database in which the statements were run."""
    with postgres.shared().database() as fresh, fresh.connect() as connection:
        for statement in statements:
            connection.execute(statement.encode())
        yield connection


def attempt(connection: postgres.Connection, statement: str) -> str:
    """What PostgreSQL answers: the SQLSTATE and message of a refusal, or how many rows it touched."""
    import psycopg

    try:
        cursor = connection.execute(statement.encode())
    except psycopg.Error as error:
        return f"{error.sqlstate}: {str(error).splitlines()[0]}"
    return f"accepted, {cursor.rowcount} row{'' if cursor.rowcount == 1 else 's'}"


def value(connection: postgres.Connection, query: str) -> Any:
    """The first value of the first row."""
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


@contextlib.contextmanager
def project(schema: str) -> Iterator[toolchain.Project]:
    """A Drizzle 0.45 project whose src/db/schema/index.ts holds `schema` after the usual imports."""
    with tempfile.TemporaryDirectory(prefix="dbarchitect-deviation-") as name:
        folder = Path(name)
        (folder / "src/db/schema").mkdir(parents=True)
        (folder / "src/db/schema/index.ts").write_text(IMPORTS + schema, encoding="utf-8")
        (folder / "tsconfig.json").write_text(TSCONFIG, encoding="utf-8")
        for path, text in toolchain.project_files("0.45", "deviation").items():
            (folder / path).write_text(text, encoding="utf-8")
        made = toolchain.Project(folder, "0.45")
        with made.link():
            yield made


def statements(schema: str) -> list[str]:
    """The SQL that drizzle-kit makes of the schema."""
    with project(schema) as made:
        return made.kit_snapshot().statements


def count(schema: str, beginning: str) -> int:
    """How many statements of drizzle-kit's SQL begin so."""
    return sum(statement.lstrip().upper().startswith(beginning.upper()) for statement in statements(schema))
