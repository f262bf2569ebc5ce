"""What a schema's files do when they run does not keep the rest from being read, and is said with its place."""

import time

import pytest
from read.drizzle_runtime.files import CONFIG, FAULTY, PACKAGE, make

from dbarchitect.errors import InputError
from dbarchitect.read.drizzle import source
from dbarchitect.read.drizzle.source import read


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    before, source.SECONDS = source.SECONDS, 6.0
    try:
        folder = make(tmp_path_factory.mktemp("faulty"), FAULTY)
        return read(folder, base=folder)
    finally:
        source.SECONDS = before


def said(result, file):
    return [(p.severity, p.message, p.span.start.line) for p in result.problems if p.span and p.span.file == file]


def test_every_table_is_there(faulty):
    assert not faulty.static
    names = {"broken", "extra", "foreign", "good", "leaves", "needs", "throws", "waits"}
    assert {table.name for table in faulty.schema.tables} == names
    good = next(table for table in faulty.schema.tables if table.name == "good")
    assert [key.target_table for key in good.foreign_keys] == ["throws"]


@pytest.mark.parametrize(
    ("file", "words", "line"),
    [
        ("src/schema/throws.ts", "no database", 3),
        ("src/schema/leaves.ts", "it calls process.exit", 3),
        ("src/schema/waits.ts", "it is not ready after", 1),
        ("src/schema/broken.ts", "this file cannot be run (", 3),
    ],
)
def test_a_file_that_cannot_be_run_is_named(faulty, file, words, line):
    assert any(
        severity == "error" and words in message and at == line and "read from its text" in message
        for severity, message, at in said(faulty, file)
    )


def test_a_file_without_tables_is_left_out(faulty):
    assert said(faulty, "src/env.ts") == [("warning", "this file cannot be run (PORT is no number): it is left out", 1)]


def test_a_variable_that_is_not_set_gets_a_value(faulty):
    assert said(faulty, "src/schema/needs.ts") == []


def test_an_extra_configuration_that_fails(faulty):
    extra = next(table for table in faulty.schema.tables if table.name == "extra")
    assert [index.name for index in extra.indexes] == ["extra_n_idx"]
    [(severity, message, line)] = said(faulty, "src/schema/extra.ts")
    assert (severity, line) == ("error", 4)
    assert message.startswith("the extra configuration of extra fails (")


def test_what_cannot_be_loaded(faulty):
    foreign = next(table for table in faulty.schema.tables if table.name == "foreign")
    mail = foreign.column("e_mail")
    assert (mail.type.name, mail.nullable) == ("citext", False)
    assert [index.columns for index in foreign.indexes] == [("e_mail",)]
    messages = " ".join(message for _, message, _ in said(faulty, "src/schema/foreign.ts"))
    assert "stamps of @somewhere/else could not be loaded" in messages
    assert "the type of foreign.e_mail could not be read: @somewhere/else could not be loaded" in messages
    assert "the labels of the enum label could not be read" in messages


def test_a_file_that_never_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "SECONDS", 2.5)
    files = {name: FAULTY[name] for name in ("package.json", "drizzle.config.ts", "src/schema/needs.ts")}
    loop = FAULTY["src/schema/needs.ts"].replace("needs", "ends") + "while (true) {}\n"
    started = time.monotonic()
    folder = make(tmp_path, {**files, "src/schema/ends.ts": loop})
    result = read(folder, base=folder)
    assert time.monotonic() - started < 20
    assert [table.name for table in result.schema.tables] == ["ends", "needs"]
    assert said(result, "src/schema/ends.ts")[0][1].startswith("this file cannot be run (it does not end)")


def test_a_configuration_that_fails(tmp_path):
    folder = make(tmp_path, {**FAULTY, "drizzle.config.ts": f'throw new Error("not today");\n{CONFIG}'})
    for name in ("waits", "foreign", "extra"):
        (folder / f"src/schema/{name}.ts").unlink()
    result = read(folder, base=folder)
    assert {table.name for table in result.schema.tables} == {"broken", "good", "leaves", "needs", "throws"}
    assert (result.out, result.static) == ("migrations", False)
    assert any("not today" in message for _, message, _ in said(result, "drizzle.config.ts"))


def test_nothing_of_the_environment_is_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_USER", "hunter2")
    text = FAULTY["src/schema/needs.ts"].replace('"needs"', 'process.env.SECRET_OF_THE_USER ?? "unknown"')
    folder = make(tmp_path, {"package.json": PACKAGE, "drizzle.config.ts": CONFIG, "src/schema/a.ts": text})
    assert "hunter2" not in [table.name for table in read(folder, base=folder).schema.tables]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no drizzle.config and no table"),
        ({"drizzle.config.ts": CONFIG.replace("postgresql", "sqlite")}, "for sqlite"),
        ({"drizzle.config.ts": "export default {};\n"}, "has no `schema`"),
        ({"a/drizzle.config.ts": CONFIG, "b/drizzle.config.ts": CONFIG}, "several Drizzle projects here: a/"),
    ],
)
def test_what_is_no_project(tmp_path, files, words):
    with pytest.raises(InputError, match=words):
        read(make(tmp_path, files), base=tmp_path)
