import json
import re
import shutil

import pytest
from engines import toolchain_sample as sample

from dbarchitect.engines import bun, toolchain, toolchain_delta
from dbarchitect.engines.toolchain import journal
from dbarchitect.errors import EngineError

LINES = ("0.45", "1")
COMPANION = 'ALTER TABLE "org_customers" FORCE ROW LEVEL SECURITY;\n'


@pytest.fixture(scope="module", params=LINES)
def story(request, tmp_path_factory):
    """A project of each line, and three entries: the schema, its companion, and a later change of the schema."""
    project = sample.make(tmp_path_factory.mktemp("story") / "sample", request.param)
    first, second, third = journal.moments(3)
    with project.link():
        initial = project.kit_snapshot()
        sample.change(project, "src/db/schema/enums.ts", "'paid'", "'paid', 'sent'")
        sample.change(
            project, "src/db/schema/orders.ts", "    status:",
            "    note: text('note'),\n    placedAt: timestamp('placed_at', { withTimezone: true }),\n    status:",
        )  # fmt: skip
        sample.change(project, "src/db/schema/orders.ts", "pgTable, uuid", "pgTable, text, timestamp, uuid")
        sample.change(project, "src/db/schema/orders.ts", "precision: 12", "precision: 14")
        sample.change(
            project,
            "src/db/schema/customers.ts",
            "check('org_customers_email_check', sql`${table.email} like '%@%'`),",
            "",
        )
        sample.change(project, "src/db/schema/customers.ts", "{ check, ", "{ ")
        later = project.kit_snapshot(initial.snapshot)
        entries = [
            journal.Entry("initial", journal.script(initial.statements), initial.snapshot, first),
            journal.Entry("companion", COMPANION, None, second),
            journal.Entry("later", journal.script(later.statements), later.snapshot, third),
        ]
        yield project, entries


def lay(project, entries):
    shutil.rmtree(project.folder / "drizzle", ignore_errors=True)
    sample.write(project.folder / "drizzle", journal.folder(project.line, entries))


def test_the_same_entries_give_the_same_bytes(story):
    project, entries = story
    assert journal.folder(project.line, entries) == journal.folder(project.line, entries)
    again = project.kit_snapshot().snapshot
    twin = [*entries[:2], journal.Entry("later", entries[2].sql, again, entries[2].when)]
    assert journal.folder(project.line, twin) == journal.folder(project.line, entries), "the kit's random id shows"


def test_a_later_migration_leaves_the_earlier_files_alone(story):
    project, entries = story
    before, after = journal.folder(project.line, entries[:2]), journal.folder(project.line, entries)
    changed = {name for name, text in before.items() if after[name] != text}
    assert changed == ({"meta/_journal.json"} if project.line == "0.45" else set())


def test_the_kit_sees_no_change_and_accepts_the_folder(story):
    project, entries = story
    lay(project, entries)
    assert project.kit_generate_changes() == []
    assert project.kit_check().problems == ()


def test_without_the_last_entry_the_kit_sees_its_change(story):
    project, entries = story
    lay(project, entries[:2])
    added = project.kit_generate_changes()
    assert len(added) == 1
    assert "placed_at" in added[0]
    assert "CREATE" not in added[0], "what the entries before hold is done"


def test_a_broken_chain_is_refused(story):
    project, entries = story
    lay(project, entries)
    snapshots = sorted((project.folder / "drizzle").rglob("*snapshot.json"))
    broken = json.loads(snapshots[1].read_text())
    key = "prevId" if project.line == "0.45" else "prevIds"
    broken[key] = journal.ORIGIN if key == "prevId" else [journal.ORIGIN]
    snapshots[1].write_text(json.dumps(broken), encoding="utf-8")
    assert not project.kit_check().passed


def test_the_orms_migrate_applies_the_folder_step_by_step(story, server):
    project, entries = story
    with server.database() as database:
        for count in (1, 3, 3):
            lay(project, entries[:count])
            assert project.migrate(database.url()).problems == ()
            with database.connect() as connection:
                applied = connection.execute("select count(*) from drizzle.__drizzle_migrations").fetchone()
            assert applied == (count,)
        with database.connect() as connection:
            forced = connection.execute("select relforcerowsecurity from pg_class where relname = 'org_customers'")
            assert forced.fetchone() == (True,)
            labels = connection.execute("select enumlabel from pg_enum order by enumsortorder").fetchall()
            assert [label for (label,) in labels] == ["draft", "paid", "sent"]


def test_drizzle_kit_migrate_applies_the_folder(story, server):
    project, entries = story
    lay(project, entries)
    with server.database() as database:
        text = sample.FILES["drizzle.config.ts"].replace("});", f"dbCredentials: {{ url: '{database.url()}' }} }});")
        sample.write(project.folder, {"drizzle.config.ts": text.replace("'./drizzle' db", "'./drizzle', db")})
        kit = project.folder / "node_modules/drizzle-kit/bin.cjs"
        try:
            finished = bun.run_script(kit, "migrate", cwd=project.folder)
        finally:
            sample.write(project.folder, {"drizzle.config.ts": sample.FILES["drizzle.config.ts"]})
        assert finished.ok, finished.output
        with database.connect() as connection:
            applied = connection.execute("select count(*) from drizzle.__drizzle_migrations").fetchone()
            assert applied == (3,)


def test_ids_are_uuids_chained_to_each_other(story):
    project, entries = story
    files = journal.folder(project.line, entries)
    snapshots = [json.loads(text) for name, text in files.items() if name.endswith("snapshot.json")]
    chain = [(s["id"], s["prevId"] if project.line == "0.45" else s["prevIds"][0]) for s in snapshots]
    assert chain[0][1] == journal.ORIGIN
    assert [parent for _, parent in chain[1:]] == [identity for identity, _ in chain[:-1]]
    assert len({identity for identity, _ in chain}) == 3
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", identity) for identity, _ in chain)


def test_drizzle_1_reconstructs_our_diffs_to_the_state_of_the_schema(story):
    project, entries = story
    if project.line == "0.45":
        pytest.skip("line 0.45 keeps full snapshots")
    files = journal.folder("1", entries)
    snapshots = {name.split("/")[0]: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    assert [s["type"] for s in snapshots.values()] == ["base", "diff", "diff"]
    assert {d["op"] for d in list(snapshots.values())[2]["deltas"]} == {"drop", "create", "alter"}
    text = """import { reconstruct } from 'drizzle-kit/api-postgres';
const files = JSON.parse(await Bun.stdin.text());
await Bun.write('state.json', JSON.stringify((await reconstruct(files)).ddl));
"""
    sample.write(project.folder, {"src/reconstruct.ts": text})
    finished = bun.run_script(project.folder / "src/reconstruct.ts", cwd=project.folder, input=json.dumps(snapshots))
    assert finished.ok, finished.output
    state = json.loads((project.folder / "state.json").read_text())
    assert sorted(map(repr, state)) == sorted(map(repr, (entries[2].snapshot or {})["ddl"]))


def test_names_of_the_files(story):
    project, entries = story
    names = journal.names(project.line, entries)
    if project.line == "0.45":
        assert names == ["0000_initial", "0001_companion", "0002_later"]
    else:
        assert names == ["20260101000000_initial", "20260101000001_companion", "20260101000002_later"]
    assert {f"{n}.sql" if project.line == "0.45" else f"{n}/migration.sql" for n in names} <= set(
        journal.folder(project.line, entries)
    )


@pytest.mark.parametrize("line", LINES)
def test_what_the_orm_would_skip_is_refused(line):
    entries = [journal.Entry("a", "select 1;", {"ddl": []}, 5000), journal.Entry("b", "select 1;", None, 5999)]
    with pytest.raises(EngineError, match="less than one second"):
        journal.folder(line, entries)
    with pytest.raises(EngineError, match="no snapshot"):
        journal.folder(line, entries[1:])


def test_moments_are_a_second_apart():
    assert journal.moments(2) == [journal.EPOCH, journal.EPOCH + 1000]
    assert journal.moments(1, after=journal.EPOCH + 1000) == [journal.EPOCH + 2000]


def test_script_parts_statements_as_the_kit_does():
    assert journal.script([]) == ""
    assert journal.script(["a;\n", "b;"]) == "a;\n--> statement-breakpoint\nb;\n"


def test_delta_keys_are_those_of_the_kit():
    index = {"entityType": "indexes", "schema": "public", "table": "t", "name": 'ü"i'}
    assert toolchain_delta.key(index) == 'indexes\0["public","ü\\"i"]'
    column = {"entityType": "columns", "schema": "public", "table": "t", "name": "c"}
    assert toolchain_delta.key(column) == 'columns\0["public","t","c"]'


def test_the_kit_knows_the_journal_without_our_toolchain_front():
    assert toolchain.journal is journal
