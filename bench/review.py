"""What `review` costs, beside the linters that people use, on the same files in the same run.

    python bench/review.py             all tables
    python bench/review.py --sizes 100,1000

SQL: squawk (squawk-cli, one process over all files). TypeScript: eslint with eslint-plugin-drizzle. Both are installed
into the user's cache for this run and are no dependency of the project. The files are made here, the same each time.
Each figure is the best of some processes after one to warm up. `seconds` pass on the clock; `CPU` is what all
processors together spend, which other work on the machine disturbs less; the peak is that of the largest process;
`x peer` compares the seconds with those of the other linter above.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import textwrap
import venv
from pathlib import Path
from typing import NamedTuple

from dbarchitect.engines import bun

PROGRAM = str(Path(sys.executable).parent / "dbarchitect")
SIZES = (100, 300, 1000)
RUNS = 4
TABLES, LINES = 112, 6000
ESLINT = ("eslint@9", "eslint-plugin-drizzle@0.2.3", "@typescript-eslint/parser@8", "@typescript-eslint/utils@8",
          "typescript@5.9.3")  # fmt: skip
CONFIGURATION = """\
import drizzle from 'eslint-plugin-drizzle';
import parser from '@typescript-eslint/parser';
export default [{ files: ['**/*.ts'], languageOptions: { parser }, plugins: { drizzle },
  rules: { 'drizzle/enforce-delete-with-where': 'error', 'drizzle/enforce-update-with-where': 'error' } }];
"""


class Cost(NamedTuple):
    """What a process costs: seconds on the clock and of the processors, its peak in MB, the lines that it prints."""

    seconds: float
    processor: float
    peak: float
    lines: int


READER = """\
import resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, done.returncode, done.stdout.count(chr(10)))
sys.stderr.write(done.stderr if done.returncode > 1 else '')
"""


def cost(command: list[str], folder: Path, runs: int = RUNS) -> Cost:
    """What a process costs: the best of some runs, after one to warm up."""
    times, processor, peak, lines = [], [], 0.0, 0
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(runs + 1):
        done = subprocess.run(
            [sys.executable, "-c", READER, *command], cwd=folder, capture_output=True, text=True, check=True,
            env=environment,
        )  # fmt: skip
        seconds, used, kilobytes, code, count = done.stdout.split()
        if int(code) > 1:
            raise SystemExit(f"{command[0]} exits with {code}: {done.stderr[-2000:]}")
        times.append(float(seconds))
        processor.append(float(used))
        peak, lines = max(peak, int(kilobytes) / 1024), int(count)
    return Cost(min(times[1:]), min(processor[1:]), peak, lines)


def migrations(folder: Path, count: int) -> None:
    """Plain SQL migrations of five statements each, a table to a file."""
    folder.mkdir()
    for number in range(count):
        parent = f"t{number // 2}"
        reference = f"REFERENCES {parent} (id)" if number else ""
        (folder / f"{number:05}_step.sql").write_text(
            textwrap.dedent(f"""\
            CREATE TABLE t{number} (
              id bigint PRIMARY KEY,
              parent_id bigint NOT NULL {reference},
              name varchar(255) NOT NULL,
              price numeric(12, 2) NOT NULL DEFAULT 0,
              created_at timestamp NOT NULL DEFAULT now()
            );
            CREATE INDEX t{number}_name_idx ON t{number} (name);
            ALTER TABLE t{number} ADD COLUMN note text;
            ALTER TABLE t{number} ADD CONSTRAINT t{number}_price_check CHECK (price >= 0);
            COMMENT ON TABLE t{number} IS 'Table number {number}.';
            """),
            encoding="utf-8",
        )


def schema(tables: int, lines: int) -> str:
    """One schema file with that many tables and about that many lines."""
    text = [
        "import { index, integer, pgTable, text, timestamp, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core';"
    ]
    columns = max(1, (lines // tables - 17))
    for number in range(tables):
        text += [
            "",
            f"/** Table number {number}. */",
            f"export const table{number} = pgTable(",
            f"  'table_{number}',",
            "  {",
            "    id: uuid('id').primaryKey().notNull(),",
            "    parentId: uuid('parent_id').notNull()",
            f"      .references(() => table{number // 2}.id, {{ onDelete: 'cascade' }}),",
            "    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),",
            *(f"    {kind(column)}," for column in range(columns)),
            "  },",
            "  (table) => [",
            f"    index('table_{number}_parent_id_idx').on(table.parentId),",
            f"    uniqueIndex('table_{number}_c0_idx').on(table.c0),",
            "  ],",
            ");",
        ]
    return "\n".join(text) + "\n"


def kind(column: int) -> str:
    """A column of one of four types."""
    types = ("text('c{0}').notNull()", "integer('c{0}')", "varchar('c{0}', {{ length: 80 }})", "timestamp('c{0}')")
    return f"c{column}: {types[column % 4].format(column)}"


def queries(number: int) -> str:
    """A file of queries, with the statements that eslint-plugin-drizzle looks for."""
    table = f"table{number % TABLES}"
    return textwrap.dedent(f"""\
        import {{ and, eq }} from 'drizzle-orm';
        import {{ db }} from '../db';
        import {{ {table} }} from '../schema';

        export async function list{number}(id: string) {{
          return db.select().from({table}).where(and(eq({table}.id, id), eq({table}.parentId, id))).limit(20);
        }}
        export async function rename{number}(id: string, c0: string) {{
          await db.update({table}).set({{ c0 }}).where(eq({table}.id, id));
        }}
        export async function clear{number}() {{
          await db.delete({table});
        }}
        """)


def project(folder: Path, files: int) -> None:
    """A Drizzle project with `files` files of queries."""
    (folder / "src" / "queries").mkdir(parents=True)
    (folder / "package.json").write_text('{"dependencies": {"drizzle-orm": "^0.45.4"}}', encoding="utf-8")
    (folder / "drizzle.config.ts").write_text(
        "export default { schema: './src/schema.ts', dialect: 'postgresql' };\n", encoding="utf-8"
    )
    (folder / "src" / "schema.ts").write_text(schema(TABLES, LINES), encoding="utf-8")
    (folder / "src" / "db.ts").write_text(
        "import { drizzle } from 'drizzle-orm/node-postgres';\nexport const db = drizzle('');\n", encoding="utf-8"
    )
    for number in range(files):
        (folder / "src" / "queries" / f"q{number}.ts").write_text(queries(number), encoding="utf-8")


def squawk() -> str:
    """The program of squawk, installed into our cache."""
    folder = bun.cache_folder() / "bench" / "squawk"
    program = folder / "bin" / "squawk"
    if not program.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", "squawk-cli"], check=True, capture_output=True)
    return str(program)


def eslint() -> Path:
    """A folder whose node_modules hold eslint and its plugin."""
    folder = bun.cache_folder() / "bench" / "eslint"
    if not all((folder / "node_modules" / name.rpartition("@")[0]).exists() for name in ESLINT):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        subprocess.run([bun.binary(), "add", *ESLINT], cwd=folder, check=True, capture_output=True)
    return folder


def row(name: str, size: str, found: Cost, peer: Cost | None = None) -> None:
    """One line of the table."""
    ratio = f"{found.seconds / peer.seconds:>9.2f}" if peer else ""
    figures = f"{found.seconds:>9.2f}{found.processor:>9.2f}{found.peak:>9.0f}{found.lines:>10}"
    print(f"{name:<36}{size:>12}{figures}{ratio}", flush=True)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    load = os.getloadavg()[0]
    print(
        f"{f'load {load:.1f}':<36}{'':>12}{'seconds':>9}{'CPU':>9}{'peak MB':>9}{'lines':>10}{'x peer':>9}", flush=True
    )
    review = [PROGRAM, "review", "--format", "concise", "--fail-on", "never"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in sizes:
            migrations(folder / f"sql{size}", size)
            files = sorted(str(path) for path in (folder / f"sql{size}").glob("*.sql"))
            peer = cost([squawk(), *files], folder)
            row("squawk, SQL", f"{size} files", peer)
            row("dbarchitect review, SQL", f"{size} files", cost([*review, f"sql{size}"], folder), peer)
        for size in sizes:
            place = folder / f"ts{size}"
            project(place, size)
            (place / "node_modules").symlink_to(eslint() / "node_modules", target_is_directory=True)
            (place / "eslint.config.mjs").write_text(CONFIGURATION, encoding="utf-8")
            program = str(place / "node_modules" / "eslint" / "bin" / "eslint.js")
            peer = cost([str(bun.binary()), program, "src"], place)
            row("eslint-plugin-drizzle (Bun)", f"{size} files", peer)
            (place / "node_modules").unlink()
            row("dbarchitect review --static", f"{size} files", cost([*review, "--static", "."], place), peer)
            row("dbarchitect review", f"{size} files", cost([*review, "."], place), peer)
        place = folder / "wide"
        project(place, 0)
        label = f"{TABLES} tables"
        row("dbarchitect review, schema", label, cost([*review, "src/schema.ts"], place))
        row("dbarchitect review, schema --static", label, cost([*review, "--static", "src/schema.ts"], place))
    return 0


if __name__ == "__main__":
    sys.exit(main())
