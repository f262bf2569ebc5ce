"""What a proof of a migration costs: `python bench/migrate_prove.py`.

One table of milliseconds, the fastest of several runs on a warm server (whatever else runs only adds): replay, rows,
up, down, up, four fingerprints, three pictures of the data, and the lock trace of every statement.
"""

from __future__ import annotations

import time

from dbarchitect.engines import postgres
from dbarchitect.migrate.migrations import Migration, statements
from dbarchitect.prove.migration.run import certify
from dbarchitect.prove.migration.stage import Stage

RUNS = 3
SIZES = (1, 10, 50)
TABLE = """
create table t{n} (
    id uuid primary key, parent_id uuid{reference}, name varchar(80) not null,
    price numeric(12, 2) check (price >= 0),
    state text not null default 'new' check (state in ('new', 'paid', 'done')), note text,
    made_at timestamptz not null);
create index t{n}_parent on t{n} (parent_id);
"""
MIGRATIONS = {
    "add a column": ("alter table t0 add column z int default 1", "alter table t0 drop column z"),
    "not null, rows in its way": ("alter table t0 alter note set not null", "alter table t0 alter note drop not null"),
    "drop a column": ("alter table t0 drop column note", "alter table t0 add column note text"),
    "an index, concurrently": ("create index concurrently i on t0 (name)", "drop index concurrently i"),
    "five statements": (
        "alter table t0 add column a int; update t0 set a = 1; alter table t0 alter a set not null;"
        "create index i on t0 (a); alter table t0 add constraint c check (a > 0)",
        "alter table t0 drop column a",
    ),
}


def base(tables: int) -> str:
    parts = (TABLE.format(n=n, reference=f" references t{n // 3}" if n else "") for n in range(tables))
    return "".join(parts)


def migration(up: str, down: str) -> Migration:
    return Migration("it", statements(up), statements(down))


def main() -> None:
    print(f"| ms | {' | '.join(f'{size} tables' for size in SIZES)} |\n|---|{'---|' * len(SIZES)}")
    with postgres.start() as server:
        stages = [Stage.empty(server).after(migration(base(size), ""))[0] for size in SIZES]
        for name, texts in MIGRATIONS.items():
            cells = []
            for stage in stages:
                times = []
                for _ in range(RUNS):
                    begun = time.perf_counter()
                    certify(server, [migration(*texts)], 1, source="bench", start=Stage(stage.database))
                    times.append((time.perf_counter() - begun) * 1000)
                cells.append(f"{min(times):.0f}")
            print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
