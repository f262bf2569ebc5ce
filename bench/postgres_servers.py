"""What our own PostgreSQL servers cost, in memory and on a disk: `python bench/postgres_servers.py`.

One table of milliseconds, the middle of several runs; the two places take turns, so that they see the same machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import TypeVar

from dbarchitect.engines import postgres
from dbarchitect.engines.fingerprint import fingerprint

RUNS = 5
CLONES = 6
TABLES = 12
T = TypeVar("T")
Times = dict[str, list[float]]


def timed(times: Times, label: str, action: Callable[[], T]) -> T:
    started = time.perf_counter()
    result = action()
    times.setdefault(label, []).append((time.perf_counter() - started) * 1000)
    return result


def fill(database: postgres.Database) -> None:
    with database.connect() as connection:
        for number in range(TABLES):
            connection.execute(
                f"create table t{number} (id uuid primary key, organization_id uuid not null, name text not null,"
                f" price numeric(12, 2) check (price > 0), unique (organization_id, name))"
            )


def run(roomy: bool, times: Times) -> None:
    server = timed(times, "start", lambda: postgres.start(roomy=roomy))
    database = timed(times, "empty database", server.database)
    timed(times, f"{TABLES} tables", lambda: fill(database))
    for _ in range(CLONES):
        clone = timed(times, "clone", lambda: server.database(template=database))
        with timed(times, "connect", clone.connect) as connection:
            timed(times, "fingerprint", lambda connection=connection: fingerprint(connection))
        timed(times, "drop", clone.drop)
    timed(times, "stop", server.stop)


def main() -> None:
    postgres.start().stop()  # the template is made once
    places: dict[str, Times] = {"memory": {}, "disk": {}}
    for _ in range(RUNS):
        for place, times in places.items():
            run(place == "disk", times)
    print(f"| ms | {' | '.join(places)} |\n|---|{'---|' * len(places)}")
    for label in places["memory"]:
        cells = (f"{statistics.median(times[label]):.0f}" for times in places.values())
        print(f"| {label} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
