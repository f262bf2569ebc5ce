"""Migrations proved on the rows of a dump, plain and as an archive."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dbarchitect.engines import postgres, postgres_binaries
from dbarchitect.errors import InputError
from dbarchitect.migrate.migrations import Migration, statements
from dbarchitect.prove.migration.restored import restored
from dbarchitect.prove.migration.run import certify

BASE = """create table t (id int primary key, name text not null, note text);
create function shout(text) returns text language sql as 'select upper($1)'"""
ROWS = "insert into t select g, 'n' || g / 2, case when g > 1 then E'a\\tb' end from generate_series(1, 20) g"
UP = "alter table t alter note set not null"
DOWN = "alter table t alter note drop not null"


def one(name: str, up: str, down: str | None) -> Migration:
    return Migration(name, statements(up), None if down is None else statements(down))


HISTORY = [
    one("base", BASE, None),
    one("note", UP, DOWN),
    one("index", "create index on t (note)", "drop index t_note_idx"),
]


@pytest.fixture(scope="module")
def dumps(server: postgres.Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same database dumped in three ways."""
    folder = tmp_path_factory.mktemp("dumps")
    program = postgres_binaries.find().program("pg_dump")
    if not Path(program).is_file():
        pytest.skip("this PostgreSQL has no pg_dump")
    with server.database() as database:
        with database.connect() as connection:
            connection.execute(BASE)
            connection.execute(ROWS)
        for name, options in {"plain": [], "custom": ["-Fc"], "data": ["--data-only"]}.items():
            command = [program, *options, "-f", str(folder / name), database.url()]
            subprocess.run(command, check=True, capture_output=True)
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.parametrize("kind", ["plain", "custom", "data"])
def test_rows_of_a_dump_stand_in_the_way(server: postgres.Server, dumps: dict[str, Path], kind: str) -> None:
    with restored(server, dumps[kind], HISTORY[:2], 1) as data:
        found = certify(server, data.pending, 1, source="test", start=data.stage, given=data.rows)
    (proven,) = found.migrations
    assert (found.data, proven.verdict, proven.rows) == ("restored", "failed", (("public.t", 20),))
    (condition,) = proven.conditions
    assert (condition.sqlstate, condition.rows, condition.total) == ("23502", 1, 20)
    assert "a\\tb" not in str(found.to_json())


def test_a_history_goes_on_where_the_rows_allow_it(server: postgres.Server, dumps: dict[str, Path]) -> None:
    with restored(server, dumps["plain"], HISTORY, 2) as data:
        found = certify(server, data.pending, 2, source="test", start=data.stage, given=data.rows)
    assert [proven.verdict for proven in found.migrations] == ["failed", "unproved"]


def test_what_is_no_dump_is_refused(server: postgres.Server, tmp_path: Path) -> None:
    for content, said in {"create table (": "cannot be restored", "PGDMPx": "pg_restore cannot read"}.items():
        file = tmp_path / "dump"
        file.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=said), restored(server, file, HISTORY, 1):
            pass
