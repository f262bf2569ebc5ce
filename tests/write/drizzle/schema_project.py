"""A project folder with the schema files of a schema, and a database with its SQL."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dbarchitect.engines import toolchain
from dbarchitect.engines.fingerprint import Fingerprint, fingerprint
from dbarchitect.engines.postgres import Database
from dbarchitect.model.schema import Schema
from dbarchitect.settings import Line, Settings
from dbarchitect.write.drizzle.schema import schema_files

TSCONFIG = """{
  "compilerOptions": {
    "target": "ESNext",
    "lib": ["ESNext"],
    "module": "Preserve",
    "moduleResolution": "bundler",
    "types": ["bun"],
    "strict": true,
    "noUnusedLocals": true,
    "noUnusedParameters": true,
    "noUncheckedIndexedAccess": true,
    "noImplicitOverride": true,
    "noImplicitReturns": true,
    "exactOptionalPropertyTypes": true,
    "verbatimModuleSyntax": true,
    "isolatedModules": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["src"]
}
"""
BIOME = """{
  "files": { "includes": ["src/**"] },
  "formatter": { "enabled": true, "indentStyle": "space", "indentWidth": 2, "lineWidth": 100 },
  "linter": { "enabled": true, "rules": { "preset": "recommended" } },
  "javascript": {
    "formatter": {
      "quoteStyle": "single",
      "semicolons": "asNeeded",
      "trailingCommas": "all",
      "arrowParentheses": "always"
    }
  }
}
"""
CONFIG = """import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: './src/db/schema/index.ts', out: './drizzle' })
"""


def make(folder: Path, schema: Schema, line: Line) -> toolchain.Project:
    """The schema files and what the toolchain needs beside them."""
    files = schema_files(schema, Settings(drizzle=line))
    files |= {"tsconfig.json": TSCONFIG, "biome.json": BIOME, "drizzle.config.ts": CONFIG}
    files["package.json"] = '{\n  "name": "sample",\n  "private": true,\n  "type": "module"\n}\n'
    write(folder, files)
    return toolchain.Project(folder, line)


def write(folder: Path, files: dict[str, str]) -> None:
    """Write texts by path."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def apply(database: Database, statements: Iterable[str]) -> Fingerprint:
    """The database after the statements."""
    with database.connect() as connection:
        for statement in statements:
            connection.execute(statement.encode())
        return fingerprint(connection)
