"""The command itself, run as a user runs it."""

import contextlib
import io
import os
import subprocess
import sys
from unittest import mock

import pytest

from dbarchitect.errors import InputError
from dbarchitect.model.decision import Option, Question
from dbarchitect.surface.cli import choices, main, terminal, trouble

LAZY = ("typer", "rich", "yaml", "jinja2", "psycopg", "dbarchitect.sql.parser", "pydantic", "jsonschema")


def dbarchitect(*arguments, folder=None, stdin="", **environment):
    """Run the command in a process of its own, without a terminal."""
    code = "import sys; from dbarchitect.surface.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "COLUMNS": "100", **environment},
        check=False,
    )


def within(*arguments, folder=".", stdin="", **environment):
    """Run the command in this process, for tests of what it says and not of how it starts and ends: that is quick."""
    with (
        mock.patch.dict(os.environ, {"COLUMNS": "100", **environment}),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()))),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()) as said,
        contextlib.redirect_stderr(io.StringIO()) as told,
    ):
        code = main.run(arguments)
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), told.getvalue())


def loaded_by(*arguments):
    """The heavy packages that a command line loads."""
    code = (
        "import sys; from dbarchitect.surface.cli.main import run; "
        f"run({list(arguments)!r}); print(*[name for name in {LAZY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stderr.split())


def test_the_front_page_names_every_command():
    done = dbarchitect("--help")
    assert done.returncode == 0
    for name, about in main.commands().items():
        assert f"  {name}" in done.stdout
        assert about in done.stdout
        assert about.endswith(".")


def test_the_front_page_loads_nothing_heavy():
    assert loaded_by("--help") == set()


@pytest.mark.parametrize("name", sorted(main.commands()))
def test_a_page_of_help_loads_only_what_it_needs(name):
    assert loaded_by(name, "--help") <= {"typer", "pydantic"}


@pytest.mark.parametrize("name", sorted(main.commands()))
def test_every_command_has_help(name):
    done = within(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: dbarchitect {name}")
    assert done.stderr == ""


def test_version():
    assert dbarchitect("--version").stdout.startswith("dbarchitect 0.")


def test_no_command_is_a_usage_error_that_helps():
    done = dbarchitect()
    assert done.returncode == 2
    assert "Commands:" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["desing"], "dbarchitect design"),
        (["a user has posts"], 'dbarchitect design "a user has posts"'),
        (["design", "--profil", "house"], "--profil"),
        (["design", "a user has posts", "-o", "x", "--profile", "hose"], "'house', 'modern'"),
        (["design", "a user has posts"], "-o DIR"),
        (["design", "a user has posts", "-o", "x", "--into", "y"], "exclude each other"),
        (["design", "-o", "x"], "there is no brief"),
        (["design", "brief.yml", "users", "-o", "x"], "stands among other words"),
        (["design", "a user has posts", "--dry-run", "--answer", "soft"], "ID=VALUE"),
        (["design", "a user has posts", "--dry-run", "--answer", "a=1", "--answer", "a=2"], "given twice"),
        (["design", "a user has posts", "--dry-run", "--now", "yesterday"], "no moment"),
        (["prove", ".", "--proof-url", "db:nowhere"], "there is no database alias 'nowhere'"),
    ],
)
def test_bad_usage_exits_2_with_one_block(arguments, said, tmp_path):
    done = within(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_bad_configuration_is_told_before_anything_is_done(tmp_path):
    (tmp_path / "dbarchitect.toml").write_text('profle = "house"\n', encoding="utf-8")
    done = dbarchitect("design", "a user has posts", "-o", "shop", "--yes", folder=tmp_path)
    assert done.returncode == 2
    assert "dbarchitect.toml:1: unknown key 'profle'" in done.stderr
    assert not (tmp_path / "shop").exists()


def test_a_reader_that_goes_away_is_no_error():
    code = "import sys; sys.stdin.read(); from dbarchitect.surface.cli.main import main; main()"
    command = [sys.executable, "-c", code, "--help"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        process.stdout.close()
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 141


def failing(error, monkeypatch):
    def fail(arguments):
        raise error

    monkeypatch.setattr(main, "_dispatch", fail)
    return main.run(["x"])


def test_an_interruption_is_130(monkeypatch, capsys):
    assert failing(KeyboardInterrupt(), monkeypatch) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_fault_of_ours_says_how_to_report_it(monkeypatch, capsys):
    assert failing(KeyError("postgres://me:secret@host/db"), monkeypatch) == 2
    said = capsys.readouterr().err
    assert "DBARCHITECT_TRACEBACK=1" in said
    assert "Traceback" not in said
    assert "secret" not in said
    monkeypatch.setenv("DBARCHITECT_TRACEBACK", "1")
    failing(KeyError("postgres://me:secret@host/db"), monkeypatch)
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "secret" not in said


def test_an_error_names_its_place_and_the_next_step(monkeypatch, capsys):
    error = InputError("unknown type 'monye'", hint="Did you mean money?", place="brief.yaml:3:5")
    assert failing(error, monkeypatch) == 2
    assert capsys.readouterr().err == "error: brief.yaml:3:5: unknown type 'monye'\n  Did you mean money?\n"


def test_an_error_cannot_steer_the_terminal(monkeypatch, capsys):
    failing(InputError("bad \x1b[2J"), monkeypatch)
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgres://me:pa:ss@host/db", "postgres://me:***@host/db"),
        ("postgresql://:secret@host/db?x=1", "postgresql://:***@host/db?x=1"),
        ("host=a password=secret user=b", "host=a password=*** user=b"),
        ("password='a b' x", "password=*** x"),
        ("postgres://host/db", "postgres://host/db"),
    ],
)
def test_passwords_are_not_shown(text, shown):
    assert trouble.redact(text) == shown


def test_questions_take_numbers_values_and_the_default(monkeypatch, capsys):
    question = Question("deletion", "Soft?", "soft", (Option("soft", "hidden"), Option("hard", "gone")))
    for typed, expected in (("\n", "soft"), ("2\n", "hard"), ("hard\n", "hard"), ("hrd\nsoft\n", "soft"), ("", "soft")):
        monkeypatch.setattr(sys, "stdin", __import__("io").StringIO(typed))
        assert terminal.ask(question) == expected
    assert "Did you mean hard?" in capsys.readouterr().err


def test_nobody_is_asked_without_a_terminal():
    assert not terminal.interactive()


def test_exit_codes_of_a_proof():
    assert choices.verdict({"proved": 3, "failed": 0, "unproved": 2}, strict=False) == 0
    assert choices.verdict({"proved": 3, "failed": 0, "unproved": 2}, strict=True) == 1
    assert choices.verdict({"proved": 3, "failed": 1, "unproved": 0}, strict=False) == 1
