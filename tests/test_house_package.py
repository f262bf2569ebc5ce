"""The package as a user installs it: everything it reads is in the wheel, everything it imports is declared."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "dbarchitect"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT)], check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield set(archive.namelist())


def test_every_tracked_file_of_the_package_is_in_the_wheel(wheel):
    listed = subprocess.run(["git", "ls-files", "-z", "src/dbarchitect"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git clone, so nothing says which files belong")
    files = {name.removeprefix("src/") for name in listed.stdout.decode().split("\0") if name}
    assert {name for name in files if (ROOT / "src" / name).is_file()} - wheel == set()


def test_the_wheel_has_the_licence_and_nothing_else(wheel):
    assert any(name.endswith("LICENSE") for name in wheel)
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == {"dbarchitect"}


def third_party():
    """The distributions that the package imports, by the modules that do."""
    known = packages_distributions()
    found = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                top = name.split(".")[0]
                if top != "dbarchitect" and top not in sys.stdlib_module_names:
                    found.setdefault(known.get(top, [top])[0].lower().replace("_", "-"), str(path.relative_to(SOURCE)))
    return found


def test_every_import_is_a_declared_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.match(r"[A-Za-z0-9-]+", item)[0].lower() for item in project["dependencies"]}
    assert {name: where for name, where in third_party().items() if name not in declared} == {}
