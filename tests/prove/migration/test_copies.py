"""A column that a trigger of a plan keeps filled has the values that the trigger gives it."""

from __future__ import annotations

from dbarchitect.engines import postgres
from dbarchitect.engines.canonical import canonical
from dbarchitect.migrate.migrations import Migration, statements
from dbarchitect.migrate.plan import plan
from dbarchitect.prove.migration import copies
from dbarchitect.prove.migration.plan import from_plan
from dbarchitect.prove.migration.run import certify
from dbarchitect.read.sql.reader import read

OLD = "create table users (id int primary key, age int not null, name text);"


def steps(server: postgres.Server) -> list[Migration]:
    old, new = (canonical(read({"a.sql": sql}).schema, server) for sql in (OLD, OLD.replace("age int", "age bigint")))
    made = plan(old, new, server=server, runner="dbarchitect", postgres=18)
    return [Migration("base", statements(OLD), None), *from_plan(made)]


def test_each_file_of_a_change_of_type_gives_everything_back(server: postgres.Server) -> None:
    migrations = steps(server)
    found = certify(server, migrations, len(migrations) - 1, source="test").migrations
    assert [proven.verdict for proven in found] == ["exact"] * len(migrations[1:])


def test_without_it_a_way_back_is_blamed_for_what_nobody_can_have(server: postgres.Server, monkeypatch) -> None:
    monkeypatch.setattr(copies, "keep", lambda connection, schema: None)
    migrations = steps(server)
    found = certify(server, migrations, len(migrations) - 1, source="test").migrations
    assert {proven.verdict for proven in found} != {"exact"}
