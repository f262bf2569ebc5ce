"""Verdicts of `migrate check` and of squawk against what PostgreSQL really did, and what both cost.

    python bench/migrate_check.py            both tables
    python bench/migrate_check.py --cases    also name every statement on which one of them is wrong

A statement is heavy when PostgreSQL refused it, or when it read all rows of a table (to look at them, to write them
anew, to build an index) while a real reader or writer had to wait: the truth table (`make truth`) knows. A tool says
so when it has anything of weight to say about cost or failure; what it says of style, of timeouts, of lost data, of
names and of programs that run meanwhile is about something else and is not counted, for neither. We get the schema
before the statement; squawk, which knows no schema, gets the statement alone. squawk (squawk-cli) is installed into the
user's cache for this run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from review import squawk

from dbarchitect.migrate import checking
from dbarchitect.migrate.truth import table
from dbarchitect.migrate.walk import Options

PROGRAM = str(Path(sys.executable).parent / "dbarchitect")
OTHER = frozenset(
    """DL01 DL02 DL03 DL14 DL15 DL17 TX01 TX02 TX03 TX04 TX05 TX06 TX07 TX08 TX09 TX10 TX11 TX13 TX16 TX17 EN02 EN03
    BR01 BR02 BR03 BR07 BR08 BR10 BR11 BR12 RP01 RP02 RP03 RP04 P801 P802 IX02 IX03 IX04 IX05 IX07 IX08 IX09
    IX10 IX11 RLS01 DL04 DL05 EN01 RW13 DL13 DL18 BR04 BR06 BR09 EN05 RB04""".split()
)
"""Our hazards that are about something else than cost or failure of the statement itself."""
COST = frozenset(
    """adding-field-with-default adding-foreign-key-constraint adding-not-nullable-field adding-required-field
    adding-serial-primary-key-field changing-column-type constraint-missing-not-valid disallowed-unique-constraint
    require-concurrent-index-creation require-concurrent-reindex ban-alter-domain-with-add-constraint prefer-repack
    syntax-error""".split()
)
"""squawk's rules about cost and failure."""
ROUNDS = 3
FILES = 300


def heavy(row: table.Row) -> bool:
    """Whether PostgreSQL refused a statement or made others wait until it had read all rows of a table."""
    waits = {*row.reads_wait, *row.writes_wait}
    return row.sqlstate is not None or any(lock.scans and lock.address in waits for lock in row.locks)


def ours(row: table.Row, setup: str) -> bool:
    """Whether we say anything of weight about cost or failure."""
    files = {"0.sql": "\n".join([setup, *(f"{text};" for text in row.asked.first)])}
    files["1.sql"] = "".join(f"{text};\n" for text in row.asked.settings) + row.asked.sql + ";\n"
    checked = checking.check(files, Options(only=frozenset(["1.sql"])))
    if any(
        problem.severity == "error" and problem.span and problem.span.file == "1.sql" for problem in checked.problems
    ):
        return True
    return any(item.severity != "info" and item.code not in OTHER for item in checked.hazards)


def theirs(program: str, rows: list[table.Row], folder: Path) -> list[bool]:
    """Whether squawk says anything of weight, for each statement."""
    names = []
    for number, row in enumerate(rows):
        path = folder / f"{number:04}.sql"
        path.write_text("".join(f"{text};\n" for text in row.asked.settings) + row.asked.sql + ";\n", encoding="utf-8")
        names.append(path.name)
    command = [program, "--reporter", "json", "--pg-version", "18", *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said: dict[str, set[str]] = {}
    for item in json.loads(done.stdout or "[]"):
        said.setdefault(Path(item["file"]).name, set()).add(item["rule_name"])
    return [bool(said.get(name, set()) & COST) for name in names]


def score(truth: list[bool], said: list[bool]) -> tuple[int, int, int, int]:
    """(hits, false alarms, misses, right silences)."""
    pairs = list(zip(truth, said, strict=True))
    return (
        sum(is_heavy and alarm for is_heavy, alarm in pairs),
        sum(alarm and not is_heavy for is_heavy, alarm in pairs),
        sum(is_heavy and not alarm for is_heavy, alarm in pairs),
        sum(not alarm and not is_heavy for is_heavy, alarm in pairs),
    )


def cost(command: list[str], folder: Path) -> float:
    """Seconds of one process, the best of some."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, capture_output=True, check=False)
        times.append(time.perf_counter() - start)
    return min(times)


def migrations(folder: Path) -> list[str]:
    """A history of one table and five statements to a file, from the statements that linters are made for."""
    names = []
    for number in range(FILES):
        text = f"""CREATE TABLE t{number} (id bigint PRIMARY KEY, name varchar(50), parent_id bigint);
ALTER TABLE t{number // 2} ADD COLUMN c{number} text DEFAULT '';
CREATE INDEX t{number}_name_idx ON t{number // 2} (name, c{number});
ALTER TABLE t{number // 2} ADD CONSTRAINT k{number} CHECK (c{number} <> 'x') NOT VALID;
ALTER TABLE t{number // 2} VALIDATE CONSTRAINT k{number};
"""
        path = folder / f"{number:05}_step.sql"
        path.write_text(text, encoding="utf-8")
        names.append(path.name)
    return names


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", action="store_true")
    options = parser.parse_args()
    rows = list(table.rows())
    setups = table.listing().setups
    truth = [heavy(row) for row in rows]
    mine = [ours(row, setups[row.asked.setup]) for row in rows]
    program = squawk()
    with tempfile.TemporaryDirectory() as name:
        other = theirs(program, rows, Path(name))
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{len(rows)} statements, {sum(truth)} of them heavy")
    print(f"{'':24}{'hits':>6}{'false alarms':>14}{'misses':>8}{'right silences':>16}")
    for label, said in (("dbarchitect", mine), (version, other)):
        print(f"{label:24}{''.join(f'{n:>{w}}' for n, w in zip(score(truth, said), (6, 14, 8, 16), strict=True))}")
    if options.cases:
        for label, said in (("dbarchitect", mine), (version, other)):
            for row, is_heavy, alarm in zip(rows, truth, said, strict=True):
                if is_heavy != alarm:
                    first = f"  [after {'; '.join(row.asked.first)}]" if row.asked.first else ""
                    print(f"{label}: {'missed' if is_heavy else 'false alarm'}: {row.asked.sql}{first}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = migrations(folder)
        print(f"\n{FILES} files of five statements, one process")
        for label, command in (
            ("dbarchitect", [PROGRAM, "migrate", "check", ".", "--format", "concise"]), (version, [program, *names]),
        ):  # fmt: skip
            seconds = cost(command, folder)
            print(f"{label:24}{seconds:>8.2f} s{seconds * 1000 / FILES:>8.2f} ms a file")


if __name__ == "__main__":
    main()
