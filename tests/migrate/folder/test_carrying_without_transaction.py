"""A plan for our own runner in Drizzle's folder: applied in two phases, drizzle-kit and Drizzle's migrator agree."""

import pytest
from migrate.folder import drizzle_projects as projects

from dbarchitect import api
from dbarchitect.api import carrying, data_planning
from dbarchitect.api.applying import Choices
from dbarchitect.migrate.plan import unaccepted
from dbarchitect.settings import LINES

BOOKS = 'select count(*) from drizzle."__drizzle_migrations"'


def apply(**choices):
    chosen = Choices(without_backup=True, **choices)
    seen = api.apply_migrations("staging", choices=chosen).preview
    done = api.apply_migrations("staging", plan=seen.id, choices=chosen)
    return [name.partition("_")[2] for name in done.ran.applied]


def write_rows(root):
    """A migration of rows after the others."""
    (root / "quiet.sql").write_text(
        "-- up\nupdate users set full_name = upper(full_name);\n-- down\n-- lossy: names\nselect 1;\n"
        "-- check\nselect id from users where full_name <> upper(full_name);\n"
    )
    found = data_planning.run(
        root / "quiet.sql", source=None, folder=None, allow=[], runner="dbarchitect",
        postgres=18, static=False,
    )  # fmt: skip
    done = carrying.carry(found.plan, found.project, runner="dbarchitect")
    assert done.still == ()
    assert [name.partition("_")[2] for name in done.names] == ["quiet"]


@pytest.mark.parametrize("line", LINES)
def test_our_runner_applies_in_two_phases_what_drizzle_then_takes_for_applied(line, tmp_path, database, monkeypatch):
    project = projects.make(tmp_path, line)
    monkeypatch.setenv("DBARCHITECT_STAGING_URL", database.url())
    monkeypatch.chdir(tmp_path)
    assert len(apply()) >= 24
    (tmp_path / "src/db/schema.ts").write_text(projects.BUSY)
    with database.connect() as connection:
        connection.execute("insert into users (name) select 'n' || n from generate_series(1, 30) n")
        found = carrying.next_plan(
            tmp_path, renames={"users.name": "full_name"}, allow=[], runner="dbarchitect", postgres=18
        )
        assert unaccepted(found.plan) == ()
        assert {step.transaction for step in found.plan.steps} == {"one", "none"}
        carried = carrying.carry(found.plan, found.project, agreed=True, runner="dbarchitect")
        assert carried.still == ()
        write_rows(tmp_path)
        files = ["expand", "backfill", "validate", "change_posts_kind", "indexes", "validate_2"]
        assert apply() == files
        connection.execute("insert into users (name) values ('old'); insert into users (full_name) values ('new')")
        assert apply(contract=True) == ["contract", "quiet"]
        names = connection.execute("select count(*), count(full_name), max(full_name) from users").fetchone()
        assert names == (32, 32, "OLD")
        known = connection.execute(BOOKS).fetchone()
        with project.link():
            assert project.kit_generate_changes() == []
            assert project.migrate(database.url()).problems == ()
        assert connection.execute(BOOKS).fetchone() == known
