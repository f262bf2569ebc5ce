"""How long a command takes before it does anything: the median of whole processes, beside a bare Python.

    python bench/startup.py            one table
    python bench/startup.py --check    exit 1 when a limit is passed

The limits are those for two cores; a busy machine passes them without any fault of ours, so the tests check which
modules are loaded instead.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15
WORDS = "organization(name) 1-n product(name, sku unique, price)"
COMMANDS: tuple[tuple[str, tuple[str, ...], int | None], ...] = (
    ("--help", ("--help",), 150),
    ("design --help", ("design", "--help"), 250),
    ("prove --help", ("prove", "--help"), 250),
    ("read --help", ("read", "--help"), 250),
    ("doctor --help", ("doctor", "--help"), 250),
    ("design --dry-run", ("design", WORDS, "--dry-run", "--format", "json"), 400),
)


def median(command: list[str], folder: str) -> tuple[float, float]:
    """Milliseconds of wall clock of one process: the median and the best of RUNS, after one run to warm up."""
    times = []
    # An installed package has its bytecode; pip writes it, whatever this shell says about writing more.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, capture_output=True, check=True, env=environment)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:]), min(times[1:])


def main() -> int:
    """Print the table."""
    program = str(Path(sys.executable).parent / "dbarchitect")
    late = 0
    with tempfile.TemporaryDirectory() as folder:
        bare, _ = median([sys.executable, "-c", "pass"], folder)
        print(f"{'command':<20}{'median ms':>10}{'best ms':>10}{'limit ms':>10}{'x bare':>8}")
        print(f"{'python -c pass':<20}{bare:>10.0f}")
        for name, arguments, limit in COMMANDS:
            middle, best = median([program, *arguments], folder)
            passed = "" if limit is None or middle <= limit else "  too slow"
            late += bool(passed)
            print(f"{name:<20}{middle:>10.0f}{best:>10.0f}{limit or '':>10}{middle / bare:>8.1f}{passed}")
    return int(bool(late) and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
