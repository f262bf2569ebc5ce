"""Migrations folders of every kind, written from the same texts; and runners that are killed on the way."""

import datetime
import json
import os
import signal
import sys
import time
from pathlib import Path

import psycopg

from dbarchitect.migrate.runner.folder import read_folder
from dbarchitect.migrate.runner.patience import Patience
from dbarchitect.migrate.runner.run import run

BREAK = "\n--> statement-breakpoint\n"
ALONE = "-- dbarchitect: no-transaction\n"
START = 1_767_225_600_000
QUICK = Patience(lock_timeout=0.1, tries=20, first=0.05, longest=0.1)

STORY = {
    "initial": (
        "create table customers (id int primary key, email text not null, name text)",
        "insert into customers select n, 'c' || n, 'name ' || n from generate_series(1, 50) n",
        "create table orders (id int primary key, customer int not null, paid boolean not null default false)",
        "insert into orders select n, 1 + n % 50, n % 2 = 0 from generate_series(1, 200) n",
    ),
    "indexes": (
        ALONE + "set statement_timeout = '1min'",
        "create index concurrently orders_customer_idx on orders (customer)",
        "update customers set name = name || '!' where id <= 25",
        "create unique index concurrently customers_email_idx on customers (email)",
        "do $$ begin update orders set paid = true where id <= 10; commit; end $$",
        "reindex index concurrently orders_customer_idx",
        "drop index concurrently orders_customer_idx",
    ),
    "notes": (
        "create table notes (id int primary key, n int not null)",
        "insert into notes select n, 1 from generate_series(1, 20) n",
        "update notes set n = n + 1",
    ),
}
"""Rows that say how often they were changed, and every kind of statement."""
LEFT = (50, 25, 200, 105, 20, 40)
"""What `counted` gives once each statement of the story ran exactly once."""


def counted(connection):
    """Rows, and traces of statements that may run once only."""
    query = """
        select (select count(*) from customers), (select count(*) from customers where name ~ '^[^!]*!$'),
               (select count(*) from orders), (select count(*) from orders where paid),
               (select count(*) from notes), (select sum(n) from notes)"""
    return connection.execute(query).fetchone()


def write(folder: Path, kind: str, story=None, downs=()) -> Path:
    """A folder of a kind: file name by statements, and SQL that takes some back."""
    story = STORY if story is None else story
    downs = dict(downs)
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for number, (name, statements) in enumerate(story.items()):
        when = START + 1000 * number
        body = ("\n" if kind == "sql" else BREAK).join(f"{statement};" for statement in statements)
        if kind == "0.45":
            tag = f"{number:04d}_{name}"
            file, down = folder / f"{tag}.sql", folder / "down" / f"{tag}.sql"
            entries.append({"idx": number, "version": "7", "when": when, "tag": tag, "breakpoints": True})
        elif kind == "1":
            moment = datetime.datetime.fromtimestamp(when / 1000, datetime.UTC)
            place = folder / f"{moment:%Y%m%d%H%M%S}_{name}"
            file, down = place / "migration.sql", place / "down.sql"
        else:
            file, down = folder / f"{number + 1}_{name}.sql", folder / f"{number + 1}_{name}.down.sql"
        file.parent.mkdir(exist_ok=True)
        file.write_text(body, encoding="utf-8")
        if name in downs:
            down.parent.mkdir(exist_ok=True)
            down.write_text(downs[name], encoding="utf-8")
    if kind == "0.45":
        (folder / "meta").mkdir(exist_ok=True)
        journal = {"version": "7", "dialect": "postgresql", "entries": entries}
        (folder / "meta" / "_journal.json").write_text(json.dumps(journal), encoding="utf-8")
    return folder


def waiting(connection, pattern):
    """The process whose statement matches, once it waits for a lock."""
    query = (
        "select pid from pg_stat_activity where query ~* %s and pid <> pg_backend_pid() and wait_event_type = 'Lock'"
    )
    for _ in range(500):
        row = connection.execute(query, [pattern]).fetchone()
        if row:
            return row[0]
        time.sleep(0.02)
    raise AssertionError(f"nobody waits in {pattern}")


def kill_each(folder: Path, stride: int, urls: list[str]) -> int:
    """On each database a runner that is killed some steps later; how many were killed before one came through."""
    read = read_folder(folder)
    for number, url in enumerate(urls):
        child = os.fork()
        if child == 0:
            left = number * stride

            def watch(moment, migration, place):
                nonlocal left
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

            with psycopg.connect(url, autocommit=True) as connection:
                run(connection, read, patience=QUICK, watch=watch)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert os.waitstatus_to_exitcode(status) == 0
            return number
    return len(urls)


if __name__ == "__main__":
    print(kill_each(Path(sys.argv[1]), int(sys.argv[2]), sys.stdin.read().split()))


CONTRACT = "-- dbarchitect: contract\n-- Run it later.\n"
TWO_PHASES = {
    "one": ("create table one (a int)",),
    "two": ("create table two (a int)",),
    "three": (CONTRACT + "drop table one",),
    "four": ("create table four (a int)",),
    "five": (CONTRACT + "drop table two",),
}
"""Two files that take something away, each after programs that no longer need it."""


def made(connection):
    """Which of the tables of the two phases are there."""
    query = "select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'public'"
    return connection.execute(query).fetchone()[0]
