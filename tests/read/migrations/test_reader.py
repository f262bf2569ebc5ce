"""One reader for folders of every tool: what runs, what takes it back, how it is run, what is wrong."""

import json

import pytest

from dbarchitect.errors import InputError
from dbarchitect.read.migrations.folder import declared
from dbarchitect.read.migrations.reader import drizzle, form_of, read_drizzle, read_folder, read_texts

JOURNAL = json.dumps(
    {"dialect": "postgresql", "entries": [{"idx": n, "tag": f"000{n}_{n}", "when": 5 + n} for n in range(2)]}
)
FORMS = {
    "0.45": {"meta/_journal.json": JOURNAL, "0000_0.sql": "up 0", "0001_1.sql": "up 1", "down/0000_0.sql": "back 0"},
    "1": {"20260101000000_0/migration.sql": "up 0", "20260102000000_1/migration.sql": "up 1",
          "20260101000000_0/down.sql": "back 0"},
    "prisma": {"migration_lock.toml": "", "20260101000000_0/migration.sql": "up 0",
               "20260102000000_1/migration.sql": "up 1", "20260101000000_0/down.sql": "back 0"},
    "dbmate": {"1_0.sql": "-- migrate:up\nup 0\n-- migrate:down\nback 0\n", "2_1.sql": "-- migrate:up\nup 1\n"},
    "golang": {"1_0.up.sql": "up 0", "1_0.down.sql": "back 0", "2_1.up.sql": "up 1"},
    "flyway": {"V1__0.sql": "up 0", "V1.1__1.sql": "up 1", "U1__0.sql": "back 0"},
    "aside": {"1_0.sql": "up 0", "2_1.sql": "up 1", "rollback/1_0.sql": "back 0"},
}  # fmt: skip
"""The same two migrations, the first with a way back, as each tool keeps them."""


def put(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("tool", FORMS)
def test_every_form_is_read_alike_from_disk_and_from_texts(tool, tmp_path):
    folder = read_folder(put(tmp_path, FORMS[tool]), snapshots=True)
    assert folder.form == (tool if tool in ("0.45", "1", "prisma") else "sql")
    assert form_of(tmp_path) == (folder.form if folder.form != "sql" else None)
    ups = [item.up.replace("-- migrate:up", "").strip() for item in folder.migrations]
    downs = [(item.down or "").replace("-- migrate:down", "").strip() for item in folder.migrations]
    assert (ups, downs) == (["up 0", "up 1"], ["back 0", ""])
    assert [item.title.rpartition("_")[2] for item in folder.migrations] == ["0", "1"]
    assert folder.faults == ()
    assert read_texts(folder.texts).hash == folder.hash


@pytest.mark.parametrize(
    ("mark", "drizzle_too"),
    [("-- dbarchitect: no-transaction", True), ("-- +goose NO TRANSACTION", False), ("-- atlas:txmode none", False)],
)
def test_what_says_that_a_file_runs_in_no_transaction(mark, drizzle_too):
    plain = read_texts({"1_a.sql": f"{mark}\nselect 1"})
    ours = read_texts({"20260101000000_a/migration.sql": f"{mark}\nselect 1"})
    assert (plain.migrations[0].alone, ours.migrations[0].alone) == (True, drizzle_too)


def test_what_a_way_back_says_of_itself():
    said = ("-- lossy: names", "\n-- irreversible\n", "-- made by hand\n-- lossy", "drop table t -- lossy", "")
    assert [declared(text) for text in said] == ["lossy", "no", "lossy", None, None]


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"meta/_journal.json": "{"}, "journal"),
        ({"meta/_journal.json": JOURNAL.replace("postgresql", "mysql")}, "journal"),
        ({"0001_1.sql": None}, "missing"),
        ({"0002_2.sql": ""}, "stray"),
        ({"meta/_journal.json": JOURNAL.replace("0001_1", "0000_0")}, "twice"),
        ({"meta/_journal.json": JOURNAL.replace('"idx": 1', '"idx": 0')}, "index"),
        ({"meta/_journal.json": JOURNAL.replace('"when": 6', '"when": 5')}, "date"),
        ({"meta/_journal.json": JOURNAL.replace('"when": 6', '"when": 4')}, "order"),
        ({"meta/0000_snapshot.json": "[]"}, "snapshot"),
        ({"meta/0000_snapshot.json": '{"version": "7", "id": "a", "prevId": "x"}'}, "chain"),
        ({"20260101000000_a/migration.sql": ""}, "both"),
    ],
)
def test_faults_are_found_in_one_place(files, kind, tmp_path):
    given = {name: text for name, text in {**FORMS["0.45"], **files}.items() if text is not None}
    assert kind in {fault.kind for fault in read_folder(put(tmp_path, given), snapshots=True).faults}


def test_what_lies_beside_the_folders_of_drizzle_1_is_not_run():
    folder = read_texts({**FORMS["1"], "views.sql": "create view v as select 1"})
    assert [item.title[-1] for item in folder.migrations] == ["0", "1"]
    assert [fault.message for fault in folder.faults] == ["no folder holds views.sql: Drizzle never runs it"]


def test_a_folder_of_another_tool_is_not_carried_on(tmp_path):
    for tool in ("prisma", "golang"):
        with pytest.raises(InputError, match="none of them"):
            drizzle(read_texts(FORMS[tool]), "0.45")
    assert read_drizzle(tmp_path / "nowhere", "1").form == "1"
