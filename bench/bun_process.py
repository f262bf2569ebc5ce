"""One Bun process for each request, or one long-lived worker for all: what does the worker save?

Run: python bench/bun_process.py [--rounds N]. Prints one table of medians in ms, measured side by side.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dbarchitect.engines import bun, toolchain
from dbarchitect.settings import LINES

WORKER = """
import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
  const { kit, schema } = JSON.parse(line);
  const api = await import(kit);
  const exported = await import(`${schema}?round=${Math.random()}`);
  const empty = await api.generateDrizzleJson({});
  const snapshot = await api.generateDrizzleJson({ ...exported });
  console.log(JSON.stringify({ snapshot, statements: await api.generateMigration(empty, snapshot) }));
}
"""


def sample(folder: Path, line: str, tables: int = 12) -> toolchain.Project:
    """A project with a chain of tables."""
    text = ["import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';"]
    for number in range(tables):
        parent = f".references(() => t{number - 1}.id)" if number else ""
        columns = [f"c{column}: text('c{column}')" for column in range(8)]
        body = f"id: uuid('id').primaryKey(), parent: uuid('parent'){parent}, {', '.join(columns)}"
        extra = f"(table) => [index('i{number}').on(table.parent)]"
        text.append(f"export const t{number} = pgTable('t{number}', {{ {body} }}, {extra});")
    schema = folder / "src/db/schema/index.ts"
    schema.parent.mkdir(parents=True)
    schema.write_text("\n".join(text) + "\n", encoding="utf-8")
    return toolchain.Project(folder, line)


def median(rounds: int, work: Callable[[], object]) -> tuple[float, float]:
    """The first duration and the median of the others, in ms."""
    times = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return times[0], statistics.median(times[1:])


def worker_request(process: subprocess.Popen[str], project: toolchain.Project) -> dict[str, object]:
    """Ask the long-lived worker what `Project.kit_snapshot` asks a new process."""
    entry = "api-postgres.mjs" if project.line == "1" else "api.mjs"
    kit = project.folder / "node_modules/drizzle-kit" / entry
    request = {"kit": str(kit), "schema": str(project.folder / "src/db/schema/index.ts")}
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    return dict(json.loads(process.stdout.readline()))


def measure(line: str, rounds: int) -> list[tuple[str, float, float]]:
    """Rows of the table for one line."""
    with tempfile.TemporaryDirectory() as scratch:
        project = sample(Path(scratch).resolve() / "project", line)
        with project.link():
            script = project.folder / "worker.ts"
            script.write_text(WORKER, encoding="utf-8")
            one_shot = median(rounds, project.kit_snapshot)
            command = [str(bun.binary()), "--no-install", "--no-env-file", str(script)]
            process = subprocess.Popen(
                command, cwd=project.folder, env=bun.environment(), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            try:
                worker = median(rounds, lambda: worker_request(process, project))
            finally:
                process.kill()
                process.communicate()
    return [(f"{line}: snapshot, one process each", *one_shot), (f"{line}: snapshot, one worker", *worker)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as scratch:
        empty = Path(scratch) / "empty.ts"
        empty.write_text("", encoding="utf-8")
        rows = [("start and end of Bun", *median(rounds, lambda: bun.run_script(empty, cwd=Path(scratch))))]
    for line in LINES:
        rows += measure(line, rounds)
    print(f"{'':36}{'first ms':>10}{'later ms':>10}")
    for title, first, later in rows:
        print(f"{title:36}{first:10.0f}{later:10.0f}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
