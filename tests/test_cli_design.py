"""`design` and `prove` from the command line, on the real engines: one small project through its life."""

import json
import shutil

import pytest
from test_cli import dbarchitect
from test_cli_json import validate

BRIEF = "user(name, email unique) 1-n post(title, body)"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("design")
    (folder / "brief.txt").write_text(BRIEF, encoding="utf-8")
    done = dbarchitect("design", "brief.txt", "--yes", "-o", "blog", "--format", "json", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


@pytest.mark.timeout(300)
def test_the_answer_is_what_the_schemas_say(made):
    folder, payload = made
    validate(payload, "design")
    validate(payload["proof"], "proof")
    assert payload["proof"] == json.loads((folder / "blog" / "proof.json").read_text(encoding="utf-8"))
    assert payload["proof"]["summary"]["failed"] == 0
    assert "README.md" in payload["files"]["written"]


@pytest.mark.timeout(300)
def test_the_same_again_writes_nothing_and_the_page_says_so(made):
    folder, _ = made
    before = {path: path.stat().st_mtime_ns for path in sorted((folder / "blog").rglob("*")) if path.is_file()}
    done = dbarchitect("design", "brief.txt", "--yes", "-o", "blog", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "nothing has changed" in done.stdout
    assert "unchanged, in blog" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in sorted((folder / "blog").rglob("*")) if path.is_file()} == before


@pytest.mark.timeout(300)
def test_another_line_is_refused_by_name(made):
    folder, _ = made
    done = dbarchitect("design", "brief.txt", "--yes", "-o", "blog", "--drizzle", "1", folder=folder)
    assert done.returncode == 2
    assert "drizzle 0.45" in done.stderr


@pytest.mark.timeout(300)
def test_a_broken_project_fails_its_proof_and_names_the_culprit(made, tmp_path):
    folder, _ = made
    shutil.copytree(folder / "blog", tmp_path / "blog")
    shutil.rmtree(tmp_path / "blog" / "test")  # they are slow, and pass
    table = tmp_path / "blog" / "src" / "db" / "schema" / "posts.ts"
    with table.open("a", encoding="utf-8") as file:
        file.write("export const wrong: number = 'text'\n")
    done = dbarchitect("prove", "blog", "--format", "concise", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "failed types" in done.stdout
    assert "posts.ts" in done.stdout


def test_a_folder_that_is_no_project_is_refused(tmp_path):
    done = dbarchitect("prove", ".", folder=tmp_path)
    assert done.returncode == 2
    assert "no project" in done.stderr
