"""Publishing keeps the user's edits, and a run that dies leaves the folder as it was."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dbarchitect.edit import manifest, publish
from dbarchitect.errors import InputError
from dbarchitect.settings import Settings


def project(**texts: str) -> dict[str, bytes]:
    files = {f"src/{name}.ts": text.encode() for name, text in texts.items()}
    hashes = {path: manifest.digest(content) for path, content in files.items()}
    files[manifest.PATH] = manifest.Manifest(Settings(), "s", "i", hashes).text().encode()
    return files


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_new_folder_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "shop"
    done = publish.publish(project(a="1", b="2"), target, None)
    assert tree(target) == project(a="1", b="2")
    assert done.written == tuple(sorted(project(a="1", b="2")))
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_the_same_again_writes_nothing(tmp_path: Path) -> None:
    publish.publish(project(a="1"), tmp_path / "p", None)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "p").rglob("*")}
    done = publish.publish(project(a="1"), tmp_path / "p", manifest.load(tmp_path / "p"))
    assert done.written == ()
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "p").rglob("*")} == before


def test_an_edited_file_is_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    publish.publish(project(a="1", b="1"), folder, None)
    (folder / "src/a.ts").write_text("mine")
    done = publish.publish(project(a="2", b="2"), folder, manifest.load(folder))
    assert (folder / "src/a.ts").read_text() == "mine"
    assert (folder / "src/a.ts.new").read_text() == "2"
    assert (folder / "src/b.ts").read_text() == "2"
    assert done.beside == ("src/a.ts",)


def test_an_edit_of_a_file_that_stays_the_same_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    publish.publish(project(a="1", b="1"), folder, None)
    (folder / "src/a.ts").write_text("mine")
    done = publish.publish(project(a="1", b="2"), folder, manifest.load(folder))
    assert done.beside == ()
    assert not (folder / "src/a.ts.new").exists()


def test_a_file_that_is_no_longer_ours_goes_only_untouched(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    publish.publish(project(a="1", b="1", c="1"), folder, None)
    (folder / "src/c.ts").write_text("mine")
    done = publish.publish(project(a="1"), folder, manifest.load(folder))
    assert done.removed == ("src/b.ts",)
    assert (folder / "src/c.ts").read_text() == "mine"


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError, match="not made by dbarchitect"):
        publish.check_target(tmp_path)


def test_a_folder_with_only_a_git_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref")
    publish.check_target(tmp_path)
    publish.publish(project(a="1"), tmp_path, None)
    assert (tmp_path / ".git/HEAD").exists()
    assert (tmp_path / "src/a.ts").read_text() == "1"
    assert not (tmp_path / publish.UNDO).exists()


def test_killed_while_replacing_the_next_run_puts_everything_back(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    old, new = (project(**{f"f{n}": text for n in range(30)}) for text in ("old", "new"))
    publish.publish(old, folder, None)
    code = (
        "import os, sys, json, time; from pathlib import Path; from dbarchitect.edit import publish, manifest\n"
        f"folder = Path({str(folder)!r}); new = {new!r}; real = os.replace; count = 0\n"
        "def slow(a, b):\n"
        "    global count; real(a, b); count += 1\n"
        "    if count == 12: print('now', flush=True); time.sleep(60)\n"
        "os.replace = slow; publish.publish(new, folder, manifest.load(folder))\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"now\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert tree(folder) != old
    assert publish.recover(folder)
    assert tree(folder) == old


def test_killed_while_building_a_new_folder_nothing_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    code = (
        "import time; from pathlib import Path; from dbarchitect.edit import publish\n"
        "publish.write_tree = lambda files, folder: (print('now', flush=True), time.sleep(60))\n"
        f"publish.publish({{'a': b'1'}}, Path({str(folder)!r}), None)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert not folder.exists()
    time.sleep(0.05)
    publish.publish({"a": b"1"}, folder, None)
    assert [path.name for path in tmp_path.iterdir()] == ["p"]
