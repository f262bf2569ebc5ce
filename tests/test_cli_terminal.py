"""What a person at a terminal sees, on a real pseudo-terminal."""

import os
import pty
import subprocess
import sys

from dbarchitect.edit.manifest import PATH, Manifest
from dbarchitect.settings import Settings
from dbarchitect.surface.cli import choices

WORK = (
    "from dbarchitect import progress\n"
    "from dbarchitect.surface.cli import terminal\n"
    "with terminal.showing_progress():\n"
    "    for step in ('reading', 'proving', 'proving'):\n"
    "        progress.report(step)\n"
)


def on_a_terminal(code, typed="", **environment):
    """Everything that a script writes when all three streams are a terminal."""
    master, slave = pty.openpty()
    variables = {key: value for key, value in os.environ.items() if key not in ("CI", "NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=variables | {"TERM": "xterm"} | environment,
    )
    os.close(slave)
    os.write(master, typed.encode())
    seen = b""
    try:
        while chunk := os.read(master, 4096):
            seen += chunk
    except OSError:  # Linux ends a pseudo-terminal with EIO
        pass
    os.close(master)
    assert process.wait(timeout=30) == 0, seen.decode()
    return seen.decode()


def test_progress_is_one_line_that_goes_away():
    seen = on_a_terminal(WORK)
    assert "… reading" in seen
    assert "\n" not in seen
    assert seen.endswith("\r\033[2K")


def test_progress_has_no_colour_when_none_is_wanted():
    assert "\033[2m" in on_a_terminal(WORK)
    assert "\033[2m" not in on_a_terminal(WORK, NO_COLOR="1")


def test_progress_is_lines_when_nobody_watches():
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert done.stderr == "… reading\n… proving\n"


def test_a_question_is_asked_and_answered():
    code = (
        "from dbarchitect.model.decision import Option, Question\n"
        "from dbarchitect.surface.cli import terminal\n"
        "assert terminal.interactive()\n"
        "options = (Option('soft', 'it stays'), Option('hard', 'it goes'))\n"
        "print('answer:', terminal.ask(Question('deletion', 'What is deleting?', 'soft', options)))\n"
    )
    seen = on_a_terminal(code, "2\n")
    assert "*1  soft" in seen
    assert "answer: hard" in seen


def test_nobody_is_asked_in_ci():
    code = "from dbarchitect.surface.cli import terminal; assert not terminal.interactive()"
    on_a_terminal(code, CI="true")


def settings(folder, **given):
    options = {"profile": None, "drizzle": None, "ids": None, "runtime": None, "touch_trigger": False}
    return choices.settings(folder, **(options | given))


def test_options_win_over_the_project_and_the_project_over_the_configuration(tmp_path):
    assert settings(tmp_path) == Settings()
    (tmp_path / "dbarchitect.toml").write_text('profile = "modern"\ndrizzle = "1"\n', encoding="utf-8")
    assert settings(tmp_path) == Settings("modern", "1")
    made = Settings("house", "0.45", "default-fn", "node", True)
    (tmp_path / PATH).parent.mkdir()
    (tmp_path / PATH).write_text(Manifest(made, "h", "i").text(), encoding="utf-8")
    assert settings(tmp_path) == made
    assert settings(tmp_path, drizzle="1", ids="explicit").drizzle == "1"
