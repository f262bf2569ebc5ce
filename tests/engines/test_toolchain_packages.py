import subprocess
import sys

import pytest

from dbarchitect import progress
from dbarchitect.engines import bun, toolchain, toolchain_packages
from dbarchitect.errors import EngineError

NOWHERE = "http://127.0.0.1:9"
LINES = ("0.45", "1")


@pytest.fixture
def fresh_cache(tmp_path, monkeypatch):
    """An empty cache, in which only the small layout library is installed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "dbarchitect"


def again(name="layout"):
    """What a later process would get."""
    toolchain_packages._installed.cache_clear()
    return toolchain.install_layout() if name == "layout" else toolchain.install(name)


def said(work):
    heard = []
    with progress.listening(heard.append):
        work()
    return heard


@pytest.mark.parametrize("line", LINES)
def test_each_line_is_installed_with_the_pinned_versions(line):
    folder = toolchain.install(line)
    for package, version in toolchain.versions(line).items():
        assert f'"version": "{version}"' in (folder / "node_modules" / package / "package.json").read_text()
    assert toolchain.status(line) == (folder, "ready")


def test_a_first_use_installs_and_says_so_and_a_second_does_not(fresh_cache):
    assert toolchain.status("layout")[1] == "missing"
    assert said(again) == ["installing the diagram layout library (first use only)"]
    assert toolchain.status("layout")[1] == "ready"
    assert said(again) == []
    left = sorted(path.name for path in (fresh_cache / "toolchain").iterdir())
    assert left == sorted([again().name, "lock"])


@pytest.mark.parametrize("damage", ["truncate", "remove", "add", "stamp"])
def test_a_damaged_installation_is_repaired(fresh_cache, damage):
    folder = again()
    victim = next((folder / "node_modules" / "@viz-js" / "viz").rglob("*.js"))
    whole = victim.read_bytes()
    if damage == "truncate":
        with victim.open("r+b") as file:  # in place: Bun's own cache holds the same file
            file.truncate(100)
    elif damage == "remove":
        victim.unlink()
    elif damage == "add":
        (victim.parent / "intruder.js").write_text("", encoding="utf-8")
    else:
        (folder / toolchain_packages.STAMP).write_text("{", encoding="utf-8")
    assert toolchain.status("layout")[1] == "damaged"
    assert said(again) == ["repairing the diagram layout library"]
    assert victim.read_bytes() == whole
    assert not (victim.parent / "intruder.js").exists()
    assert toolchain.status("layout")[1] == "ready"


def test_notes_that_tools_keep_are_no_damage(fresh_cache):
    notes = again() / "node_modules" / ".cache"
    notes.mkdir()
    (notes / "note").write_text("", encoding="utf-8")
    assert toolchain.status("layout")[1] == "ready"


def test_without_a_network_the_error_says_what_is_missing(fresh_cache, monkeypatch):
    monkeypatch.setenv("BUN_CONFIG_REGISTRY", NOWHERE)
    with pytest.raises(EngineError, match=r"the Drizzle 0\.45 toolchain is not installed yet") as caught:
        toolchain.install("0.45")
    assert "dbarchitect doctor" in str(caught.value)
    assert [path.name for path in (fresh_cache / "toolchain").iterdir()] == ["lock"], "nothing half-made stays"


def test_without_a_network_an_installation_that_is_there_works(fresh_cache, monkeypatch):
    folder = again()
    monkeypatch.setenv("BUN_CONFIG_REGISTRY", NOWHERE)
    assert again() == folder


def test_processes_may_race(fresh_cache):
    code = "from dbarchitect.engines import toolchain; print(toolchain.install_layout())"
    racers = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    folders = {racer.communicate(timeout=60)[0].strip() for racer in racers}
    assert folders == {str(again())}
    assert [racer.returncode for racer in racers] == [0, 0, 0]


def test_an_installation_that_was_killed_leaves_the_next_one_alone(fresh_cache):
    folder = again()
    debris = folder.parent / f".{folder.name}.killed"
    folder.rename(debris)
    assert again().is_dir()


def test_what_cannot_be_installed_says_why(fresh_cache, tmp_path, monkeypatch):
    sources = tmp_path / "sources" / "layout"
    sources.mkdir(parents=True)
    source = toolchain_packages.SOURCES / "layout"
    (sources / "package.json").write_text((source / "package.json").read_text().replace("3.31.0", "3.30.0"))
    (sources / "bun.lock").write_text((source / "bun.lock").read_text())
    monkeypatch.setattr(toolchain_packages, "SOURCES", sources.parent)
    with pytest.raises(EngineError, match="lockfile had changes"):
        again()


def test_the_key_follows_the_lock(tmp_path, monkeypatch):
    before = toolchain_packages._folder("layout", tmp_path)
    sources = tmp_path / "sources" / "layout"
    sources.mkdir(parents=True)
    for name in ("package.json", "bun.lock"):
        (sources / name).write_text((toolchain_packages.SOURCES / "layout" / name).read_text() + "\n")
    monkeypatch.setattr(toolchain_packages, "SOURCES", sources.parent)
    assert toolchain_packages._folder("layout", tmp_path) != before


def test_packages_come_from_a_cache_of_our_own(fresh_cache):
    assert bun.package_cache().is_relative_to(fresh_cache)
