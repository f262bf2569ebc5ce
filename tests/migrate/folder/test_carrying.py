"""The next migration of a hand-written folder: drizzle-kit sees no change, its migrator applies it, and back."""

import datetime
import itertools

import pytest
from migrate.folder import drizzle_projects as projects

from dbarchitect.api import carrying
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.migrate.plan import unaccepted
from dbarchitect.read.migrations.reader import read_drizzle
from dbarchitect.settings import LINES

RENAMES = {"users.name": "full_name"}
ALLOW = ["drop-column", "rename"]


def planned(root, **choices):
    given = {"renames": RENAMES, "allow": ALLOW, "runner": "drizzle", "postgres": 18, **choices}
    return carrying.next_plan(root, **given)


@pytest.mark.parametrize("line", LINES)
def test_a_hand_written_folder_is_carried_on(line, tmp_path, server):
    project = projects.make(tmp_path, line)
    (tmp_path / "src/db/schema.ts").write_text(projects.AFTER)
    before = projects.tree(tmp_path / "drizzle")
    found = planned(tmp_path)
    assert unaccepted(found.plan) == ()
    places = [place for step in found.plan.steps for _, _, place in step.operations]
    assert not any(word in place for word in ("posts_kind", "parcels", "weight") for place in places)
    done = carrying.carry(found.plan, found.project, agreed=True)
    after = projects.tree(tmp_path / "drizzle")
    assert done.still == ()
    assert done.names
    assert [path for path in before if after[path] != before[path]] == [
        p for p in ["meta/_journal.json"] if p in before
    ]
    history = read_drizzle(tmp_path / "drizzle", line)
    assert history.faults == ()
    assert all(one.when + 1000 <= other.when for one, other in itertools.pairwise(history.migrations))
    with project.link():
        assert [str(problem) for problem in project.kit_check().problems] == []
        assert project.kit_generate_changes() == []
        with server.database() as database:
            assert project.migrate(database.url()).problems == ()
            with database.connect() as connection:
                there = "select tgname from pg_trigger where tgname = 'louder'"
                assert connection.execute(there).fetchone() == ("louder",)
                cursor = connection.execute("select * from users")
                assert [column.name for column in cursor.description] == ["id", "full_name", "mood"]
    again = planned(tmp_path, renames={}, allow=[])
    assert again.plan.steps == ()


def run(connection, text):
    with connection.transaction():
        for statement in text.split("--> statement-breakpoint"):
            connection.execute(statement.encode())


def test_the_way_back_of_a_carried_folder_restores_the_catalog(tmp_path, server):
    projects.make(tmp_path, "0.45")
    (tmp_path / "src/db/schema.ts").write_text(projects.AFTER)
    known = len(read_drizzle(tmp_path / "drizzle", "0.45").migrations)
    found = planned(tmp_path)
    behind = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)  # a clock that is wrong changes nothing
    carrying.carry(found.plan, found.project, agreed=True, now=behind)
    entries = read_drizzle(tmp_path / "drizzle", "0.45").migrations
    assert all(one.when < other.when for one, other in itertools.pairwise(entries))
    with server.database() as database, database.connect() as connection:
        for entry in entries[:known]:
            run(connection, entry.sql)
        before = fingerprint(connection)
        for entry in entries[known:]:
            run(connection, entry.sql)
        for entry in reversed(entries[known:]):
            run(connection, entry.down)
        assert [str(row) for row in difference(before, fingerprint(connection), "no-column-order")] == []


def test_what_the_plan_does_not_lead_to_is_said(tmp_path):
    """A plan for something else than the TypeScript: drizzle-kit's view stays, and what it would write is told."""
    projects.make(tmp_path, "0.45")
    text = projects.BEFORE.replace("title: text('title')", "title: text('title').notNull().default('')")
    (tmp_path / "src/db/schema.ts").write_text(text)
    partly = planned(tmp_path, renames={}).plan
    (tmp_path / "src/db/schema.ts").write_text(text.replace("  shown:", "  rank: integer('rank'),\n  shown:"))
    done = carrying.carry(partly, planned(tmp_path, renames={}).project)
    assert any('ADD COLUMN "rank"' in statement for statement in done.still)
