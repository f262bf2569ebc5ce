"""The habits of the house: short files, no promises instead of code, locks that anybody can install."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "dbarchitect"
CODE = sorted(
    path for suffix in ("py", "ts", "sql") for path in SOURCE.rglob(f"*.{suffix}") if "node_modules" not in path.parts
)
MODULES = sorted(SOURCE.rglob("*.py"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROMISES = re.compile(r"\b(?:TODO|FIXME|NotImplementedError)\b")
MACHINE = re.compile(r"(?:/home/|/Users/|/root/|/work/)[a-z]")
REGISTRIES = re.compile(r"https?://[^\s\"')]*(?:pypi\.org|pythonhosted|npmjs|debian\.org)")


def tracked() -> list[Path]:
    """The files of the repository as git knows them; none outside a clone."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        return []
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_is_too_long():
    lengths = {str(path.relative_to(SOURCE)): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert len(lengths) > 500
    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_most_files_are_short():
    long = {
        str(path.relative_to(SOURCE)) for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > 250
    }
    assert len(long) <= len(MODULES) / 10, f"over 250 lines: {sorted(long)}"


def test_nothing_is_promised_instead_of_done():
    found = [str(path.relative_to(ROOT)) for path in CODE if PROMISES.search(path.read_text(encoding="utf-8"))]
    assert found == []


def passed_on(code):
    """The names that a module imports from the package and does not use itself."""
    tree = ast.parse(code)
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dbarchitect")
        for alias in node.names
    }
    return imported - {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_packages_export_nothing_again():
    found = {
        str(path.relative_to(SOURCE)): passed_on(path.read_text(encoding="utf-8"))
        for path in SOURCE.rglob("__init__.py")
    }
    assert {path: names for path, names in found.items() if names} == {}
    assert passed_on("from dbarchitect.model.table import Table\n") == {"Table"}


def test_every_module_says_what_it_is_for():
    for path in MODULES:
        assert path.read_text(encoding="utf-8").startswith(('"""', 'r"""')), f"{path} has no docstring"


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_and_hash_every_package(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.findall(
        r"^([a-z0-9-]+)==\S+( ; [^\\]+)? \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    assert len(entries) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_what_the_project_asks_for(name):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    if "dev" in name:
        wanted += project["optional-dependencies"]["dev"]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    asked = {re.match(r"[A-Za-z0-9_.-]+", item)[0].lower().replace("_", "-") for item in wanted}
    assert asked - locked == set(), "run `make locks`"


def test_no_path_of_a_machine_and_no_registry_is_named():
    found = []
    for path in tracked():
        if path.name in ("bun.lock", "test_house.py"):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in (*MACHINE.findall(text), *REGISTRIES.findall(text))]
    assert found == []


def test_the_license_is_whole():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_changelog_fragments_are_named_by_issue_and_topic():
    for path in (ROOT / "changelog.d").iterdir():
        assert path.name == "README.md" or re.fullmatch(r"\d{3}-[a-z0-9-]+\.md", path.name), path.name


def test_decisions_of_the_house_are_numbered_once():
    numbers = [path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md")]
    assert all(number.isdigit() for number in numbers)
    assert len(numbers) == len(set(numbers))


def test_make_knows_the_targets_that_the_readme_may_name():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "lint", "fix", "bench", "docs", "new-rule", "locks"):
        assert re.search(rf"^{target}:", text, re.MULTILINE), target
