"""A branch's migrations on top of main's: drizzle-kit sees no change, conflicts are named, nothing is half done."""

import json
import shutil
import subprocess

import pytest
from migrate.folder import drizzle_projects as projects

from dbarchitect import api
from dbarchitect.api import carrying
from dbarchitect.edit import publish
from dbarchitect.errors import InputError, RefusedError
from dbarchitect.migrate.folder.entries import Added, add
from dbarchitect.migrate.folder.rebase import rebase
from dbarchitect.read.migrations.reader import drizzle, read_drizzle, read_texts
from dbarchitect.settings import LINES
from dbarchitect.write.drizzle.migration import empty_snapshot

MAIN = projects.BEFORE.replace("  title: text('title'),", "  title: text('title'),\n  rank: integer('rank'),")
BRANCH = projects.BEFORE + "\nexport const tags = pgTable('tags', { id: integer('id').primaryKey() })\n"
BOTH = MAIN + "\nexport const tags = pgTable('tags', { id: integer('id').primaryKey() })\n"


def carried(root, text):
    (root / "src/db/schema.ts").write_text(text)
    found = carrying.next_plan(root, renames={}, allow=[], runner="drizzle", postgres=18)
    return carrying.carry(found.plan, found.project, agreed=True)


@pytest.mark.parametrize("line", LINES)
def test_drizzle_kit_sees_no_change_after_a_rebase(line, tmp_path):
    root, main = tmp_path / "branch", tmp_path / "main"
    project = projects.make(root, line)
    shutil.copytree(root, main)
    carried(main, MAIN)
    own = carried(root, BRANCH)
    known = read_drizzle(main / "drizzle", line)
    done = api.rebase(str(main / "drizzle"), folder=root)
    assert [before for before, _ in done.names] == list(own.names)
    history = read_drizzle(root / "drizzle", line)
    assert history.faults == ()
    assert [entry.name for entry in history.migrations][: len(known.migrations)] == [
        entry.name for entry in known.migrations
    ]
    assert all(entry.down for entry in history.migrations[-len(done.names) :])
    (root / "src/db/schema.ts").write_text(BOTH)
    with project.link():
        assert [str(problem) for problem in project.kit_check().problems] == []
        assert project.kit_generate_changes() == []
    assert api.rebase(str(main / "drizzle"), folder=root).files == ()


def read(texts, line):
    return drizzle(read_texts(texts), line)


def snapshot(line, **tables):
    """What drizzle-kit would see: tables with columns of a type."""
    if line == "0.45":
        found = {f"public.{name}": {"name": name, "columns": columns} for name, columns in tables.items()}
        return {**empty_snapshot("0.45"), "tables": found}
    rows = [{"entityType": "tables", "schema": "public", "name": name} for name in tables]
    rows += [
        {"entityType": "columns", "schema": "public", "table": table, "name": name, "type": kind}
        for table, columns in tables.items()
        for name, kind in columns.items()
    ]
    return {"ddl": rows}


def grown(line, texts, tag, sql, **tables):
    """A folder with one more migration."""
    return {**texts, **add(read(texts, line), [Added(tag, sql, "-- back\n", snapshot(line, **tables))]).files}


@pytest.fixture(params=LINES)
def fork(request):
    """(line, the folder before the branches, main's, the branch's)."""
    line = request.param
    start = grown(line, {}, "init", "CREATE TABLE t (a int);\n", t={"a": "int"})
    main = grown(line, start, "more", "ALTER TABLE t ADD b int;\n", t={"a": "int", "b": "int"})
    branch = grown(line, start, "mine", "CREATE TABLE u (c int);\n", t={"a": "int"}, u={"c": "int"})
    return line, start, main, branch


def after(branch, moved):
    found = {path: text for path, text in branch.items() if path not in moved.written.gone}
    return {**found, **moved.written.files}


def test_the_last_snapshot_says_both_changes(fork):
    line, _, main, branch = fork
    moved = rebase(read(branch, line), read(main, line))
    history = read(after(branch, moved), line)
    assert [entry.tag for entry in history.migrations] == ["init", "more", "mine"]
    assert history.faults == ()
    assert history.migrations[-1].parents == (history.migrations[-2].id,)
    seen = {"t": {"a": "int", "b": "int"}, "u": {"c": "int"}}
    if line == "0.45":
        assert {name: table["columns"] for name, table in seen_tables(history).items()} == seen
    else:
        assert {json.dumps(row, sort_keys=True) for row in history.rows()} == {
            json.dumps(row, sort_keys=True) for row in snapshot("1", **seen)["ddl"]
        }
    assert rebase(history, read(main, line)).written.files == {}


def seen_tables(history):
    return {table["name"]: table for table in history.base["tables"].values()}


def test_what_was_merged_already_is_found_too(fork):
    """Both sides in one folder: on 0.45 with main's journal, which forgets the branch's file."""
    line, _, main, branch = fork
    merged = {**branch, **main}
    moved = rebase(
        read(merged, line), read(main, line), seen=snapshot(line, t={"a": "int", "b": "int"}, u={"c": "int"})
    )
    assert [name.partition("_")[2] for _, name in moved.names] == ["mine"]
    history = read(after(merged, moved), line)
    assert [entry.tag for entry in history.migrations] == ["init", "more", "mine"]
    assert history.faults == ()


def test_a_change_of_the_same_thing_is_refused(fork):
    line, start, main, _ = fork
    branch = grown(line, start, "mine", "ALTER TABLE t ADD b text;\n", t={"a": "int", "b": "text"})
    with pytest.raises(RefusedError, match="both change"):
        rebase(read(branch, line), read(main, line))


def test_an_edited_migration_is_refused(fork):
    line, _, main, branch = fork
    path = next(path for path in branch if "init" in path and path.endswith(".sql") and "down" not in path)
    with pytest.raises(RefusedError, match="edited"):
        rebase(read({**branch, path: "CREATE TABLE t (a bigint);\n"}, line), read(main, line))


def test_faults_are_named(fork):
    line, _, main, branch = fork
    if line == "1":
        kinds = [fault.kind for fault in read({**main, **branch}, line).faults]
        assert "branch" in kinds
        return
    journal = json.loads(main["meta/_journal.json"])
    journal["entries"][1]["when"] = 5
    broken = {**main, "meta/_journal.json": json.dumps(journal), "0007_stray.sql": "SELECT 1;\n"}
    assert {fault.kind for fault in read(broken, line).faults} == {"order", "stray"}
    del broken["0001_more.sql"]
    history = read(broken, line)
    assert "missing" in {fault.kind for fault in history.faults}
    with pytest.raises(RefusedError, match="there is no 0001_more"):
        add(history, [Added("x", "SELECT 1;\n", None, None)])
    with pytest.raises(InputError, match="no JSON"):
        read({**main, "meta/_journal.json": "<<<<<<< HEAD"}, line)


def git(folder, *words):
    settings = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *settings, *words], cwd=folder, check=True, capture_output=True)


def write(folder, texts):
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_onto_a_branch_of_git_and_a_run_that_dies_leaves_nothing_behind(fork, tmp_path, monkeypatch):
    line, start, main, branch = fork
    folder = tmp_path / "drizzle"
    write(folder, start)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "start")
    git(tmp_path, "checkout", "-qb", "mine")
    git(tmp_path, "checkout", "-q", "main")
    write(folder, main)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "main")
    git(tmp_path, "checkout", "-q", "mine")
    write(folder, branch)
    before = projects.tree(folder)

    def dies(path, content, scratch, real=publish._write_atomically):
        if path.name == ("_journal.json" if line == "0.45" else "snapshot.json"):
            raise KeyboardInterrupt
        real(path, content, scratch)

    with monkeypatch.context() as patch:
        patch.setattr(publish, "_write_atomically", dies)
        with pytest.raises(KeyboardInterrupt):
            api.rebase("git:main", folder=folder)
    publish.recover(folder)
    assert projects.tree(folder) == before
    assert api.rebase("git:main", folder=folder, dry_run=True).names
    assert projects.tree(folder) == before
    api.rebase("git:main", folder=folder)
    assert [entry.tag for entry in read_drizzle(folder, line).migrations] == ["init", "more", "mine"]
