"""A whole project on disk from a schema: schema files, application files, and our own DDL as its one migration."""

from __future__ import annotations

import json
from pathlib import Path

from dbarchitect.engines import toolchain
from dbarchitect.model.schema import Schema
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.project import application_files
from dbarchitect.write.drizzle.schema import schema_files
from dbarchitect.write.sql.create import create


def emit(schema: Schema, settings: Settings, folder: Path) -> toolchain.Project:
    """Write the project; packages are not linked yet."""
    files = {
        **schema_files(schema, settings),
        **application_files(schema, settings),
        **toolchain.project_files(settings.drizzle, "emitted"),
        **_migration(schema, settings),
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return toolchain.Project(folder, settings.drizzle)


def _migration(schema: Schema, settings: Settings) -> dict[str, str]:
    sql = "\n--> statement-breakpoint\n".join(statement.sql + ";" for statement in create(schema))
    if settings.drizzle == "1":
        return {"drizzle/20250101000000_init/migration.sql": sql}
    entry = {"idx": 0, "version": "7", "when": 1735689600000, "tag": "0000_init", "breakpoints": True}
    journal = {"version": "7", "dialect": "postgresql", "entries": [entry]}
    return {"drizzle/0000_init.sql": sql, "drizzle/meta/_journal.json": json.dumps(journal)}
