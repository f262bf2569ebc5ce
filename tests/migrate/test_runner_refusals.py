"""What a runner refuses before it changed anything."""

import json

import pytest
from migrate.folders import ALONE, QUICK, STORY, write

from dbarchitect.errors import InputError, RefusedError
from dbarchitect.migrate.runner.book import Book
from dbarchitect.migrate.runner.folder import read_folder
from dbarchitect.migrate.runner.run import run
from dbarchitect.migrate.runner.standing import stand
from dbarchitect.migrate.runner.statements import statements

SMALL = {"one": ("create table a (x int)",), "two": ("create table b (x int)",), "three": ("create table c (x int)",)}


def journal(folder, change):
    path = folder / "meta" / "_journal.json"
    content = json.loads(path.read_text())
    change(content["entries"])
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda entries: entries[1].update(tag="0001_gone"), "there is no 0001_gone.sql"),
        (lambda entries: entries[1].update(tag="0000_one"), "names 0000_one twice"),
        (lambda entries: entries[2].update(when=entries[0]["when"]), "has the date of 0000_one"),
        (lambda entries: entries.reverse(), "has the number 1 and stands after 0002_three"),
        (lambda entries: entries[1].update(when="soon"), "not what drizzle-kit writes"),
        (lambda entries: entries[1].pop("idx"), "not what drizzle-kit writes"),
        (lambda entries: entries[1].update(tag="../0001_two"), "there is no ../0001_two.sql"),
    ],
)
def test_a_journal_that_lies(change, said, tmp_path):
    folder = write(tmp_path / "m", "0.45", SMALL)
    journal(folder, change)
    with pytest.raises(RefusedError) as refused:
        read_folder(folder)
    assert said in refused.value.message
    assert "Nothing was applied" in refused.value.hint


@pytest.mark.parametrize(
    ("statement", "said", "line"),
    [
        ("create tabel a ()", "no SQL that PostgreSQL understands", 1),
        ("select 1;\n\n  selec 2", "no SQL", 3),
        ("create index concurrently i on a (x)", "runs this in no transaction", 1),
        ("vacuum a", "runs this in no transaction", 1),
        ("do $$ begin delete from a; commit and chain; end $$", "runs this in no transaction", 1),
        ("commit", "transactions of its own", 1),
        ("create database x", "belongs to no migration", 1),
        ("copy a from stdin", "COPY FROM stdin", 1),
        (ALONE + "create index concurrently on a (x)", "has no name", 2),
        (ALONE + "set role x", "keeps its role", 2),
        (ALONE + "select 1; select 2", "without a breakpoint", 2),
    ],
)
def test_a_file_that_cannot_be_run(statement, said, line, tmp_path):
    folder = write(tmp_path / "m", "1", {"fine": ("select 1",), "wrong": (statement,)})
    with pytest.raises(RefusedError) as refused:
        statements(read_folder(folder).migrations[1])
    assert said in refused.value.message
    assert refused.value.place.endswith(f"_wrong/migration.sql:{line}")


def test_what_cannot_be_run_is_refused_before_anything_is_and_may_be_applied_already(database, tmp_path):
    folder = read_folder(write(tmp_path / "m", "1", {"fine": ("create table a ()",), "odd": ("commit",), **SMALL}))
    with database.connect() as connection:
        with pytest.raises(RefusedError, match="transactions of its own"):
            run(connection, folder, patience=QUICK)
        book = Book(connection, "1")
        assert connection.execute("select to_regclass('a')").fetchone() == (None,)
        book.prepare()
        for item in folder.migrations[:2]:
            book.record(item)
        assert len(run(connection, folder, patience=QUICK).applied) == 3


def test_folders_that_are_none(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no migrations"):
        read_folder(tmp_path)
    folder = write(tmp_path / "m", "0.45", SMALL)
    write(folder, "1", SMALL)
    with pytest.raises(RefusedError, match="at once"):
        read_folder(folder)


def test_a_temporary_table_ends_no_transaction(tmp_path):
    block = "do $$ begin create temp table x (a int) on commit drop; end $$"
    assert len(statements(read_folder(write(tmp_path / "m", "1", {"one": (block,)})).migrations[0])) == 1


def test_a_journal_may_leave_numbers_out(tmp_path):
    """Drizzle looks at the order of the entries and at their dates only."""
    folder = write(tmp_path / "m", "0.45", SMALL)
    journal(folder, lambda entries: entries[2].update(idx=7))
    assert len(read_folder(folder).migrations) == 3


def test_a_file_that_is_no_utf8(tmp_path):
    (tmp_path / "1_a.sql").write_bytes(b"select '\xff'")
    with pytest.raises(RefusedError, match="UTF-8"):
        read_folder(tmp_path)


def test_a_plain_file_may_say_begin_and_commit_around_everything(tmp_path):
    (tmp_path / "1_a.sql").write_text("BEGIN;\ncreate table a (x int);\nCOMMIT;\n")
    (tmp_path / "2_b.sql").write_text(
        "-- migrate:up\ncreate table b (x int);\n-- migrate:down\n-- lossy: b\ndrop table b;\n"
    )
    first, second = read_folder(tmp_path).migrations
    assert [item.title for item in (*statements(first), *statements(second))] == [
        "create table a (x int)",
        "create table b (x int)",
    ]
    assert (first.loss, second.loss) == ("nothing takes it back", "lossy: b")


@pytest.mark.parametrize("kind", ["0.45", "1", "sql"])
def test_databases_that_do_not_fit(kind, database, tmp_path):
    folder = write(tmp_path / "m", kind, SMALL)
    with database.connect() as connection:
        run(connection, read_folder(folder), patience=QUICK)
        behind = write(tmp_path / "behind", kind, dict(list(SMALL.items())[:2]))
        with pytest.raises(RefusedError, match="ahead of the folder"):
            stand(read_folder(behind), Book(connection, kind))
        edited = write(tmp_path / "edited", kind, {**SMALL, "two": ("create table b (y int)",)})
        with pytest.raises(RefusedError, match=r"two.* was edited after it was applied"):
            stand(read_folder(edited), Book(connection, kind))
        other = write(tmp_path / "other", kind, {"zero": ("create table z ()",), **SMALL})
        if kind == "1":
            with pytest.raises(RefusedError, match="dates or names it otherwise"):
                stand(read_folder(other), Book(connection, kind))
        elif kind == "0.45":
            with pytest.raises(RefusedError, match=r"zero.* was edited"):
                stand(read_folder(other), Book(connection, kind))


def test_a_migration_that_drizzle_would_pass_over(database, tmp_path):
    folder = write(tmp_path / "m", "0.45", SMALL)
    both = read_folder(folder)
    with database.connect() as connection:
        book = Book(connection, "0.45")
        book.prepare()
        for place in (0, 2):
            book.record(both.migrations[place])
        with pytest.raises(RefusedError, match="Drizzle's migrator would never run it"):
            stand(both, book)


def test_a_table_that_is_no_bookkeeping(database, tmp_path):
    folder = read_folder(write(tmp_path / "m", "0.45", SMALL))
    with database.connect() as connection:
        connection.execute("create schema drizzle")
        connection.execute("create table drizzle.__drizzle_migrations (version text)")
        with pytest.raises(RefusedError, match="no bookkeeping"):
            run(connection, folder, patience=QUICK)


def test_the_hash_is_that_of_the_file(tmp_path):
    import hashlib

    folder = write(tmp_path / "m", "0.45", STORY)
    for item in read_folder(folder).migrations:
        assert item.hash == hashlib.sha256((folder / f"{item.name}.sql").read_bytes()).hexdigest()


def test_dates_out_of_order_matter_until_they_are_applied(database, tmp_path):
    folder = write(tmp_path / "m", "0.45", SMALL)
    journal(folder, lambda entries: entries[1].update(when=entries[0]["when"] - 1))
    faulty = read_folder(folder)
    with database.connect() as connection:
        book = Book(connection, "0.45")
        with pytest.raises(RefusedError, match="0001_two is dated before 0000_one"):
            run(connection, faulty, patience=QUICK)
        book.prepare()
        for item in faulty.migrations[:2]:
            book.record(item)
        standing = stand(faulty, book)
        assert [item.name for item in standing.pending] == ["0002_three"]
        assert standing.notes == ("0001_two is dated before 0000_one; both are applied",)


def test_a_folder_of_prismas_is_left_to_prisma(tmp_path):
    (tmp_path / "migration_lock.toml").write_text("")
    write(tmp_path, "1", SMALL)
    with pytest.raises(InputError, match="one of Prisma's") as refused:
        read_folder(tmp_path)
    assert "prisma migrate deploy" in refused.value.hint
