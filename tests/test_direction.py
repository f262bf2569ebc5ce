"""Packages import only from those left of them (DESIGN §3), function-level imports included."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "dbarchitect"
ORDER = (
    ("model",),
    ("facts",),
    ("sql", "typescript", "engines"),
    ("read", "write", "data", "edit"),
    ("design", "review", "migrate", "tune"),
    ("prove",),
    ("api",),
    ("surface",),
)
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
ABOVE = {"engines/canonical.py": {"read", "write"}}
"""Modules that build on what stands right of their package, and what they may use of it."""
EVERYWHERE = {"errors", "progress", "records", "settings", "config", "version"}
"""What lies beside the packages, for everybody to use, and uses only each other."""


def imports(tree: ast.AST) -> set[str]:
    """The parts of dbarchitect that a module imports, by their first name below the package."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "dbarchitect":
            found |= {f"dbarchitect.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {name.split(".")[1] for name in found if name.startswith("dbarchitect.")}


def wrong(owner: str, imported: set[str]) -> list[str]:
    """The imports that `owner` may not have."""
    if owner in RANK:
        allowed = {name for name, rank in RANK.items() if rank < RANK[owner]} | {owner} | EVERYWHERE
        if owner == "model":
            allowed = {"model", "errors", "records"}
        if owner in ("api", "surface"):
            allowed |= {"brief_source", "project"}
    else:
        allowed = EVERYWHERE | {"model"} if owner == "project" else EVERYWHERE
    return sorted(imported - allowed)


def owner_of(name: str) -> str:
    return Path(name).with_suffix("").parts[0]


def trees():
    """The path of every module below the package and its syntax tree; one at a time, for together they are large."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_imports_point_left():
    from_the_right = {
        name: set(wrong(owner_of(name), imports(tree))) - ABOVE.get(name, set()) for name, tree in trees()
    }
    assert len(from_the_right) > 500
    assert {name: found for name, found in from_the_right.items() if found} == {}


def test_every_package_has_a_place():
    packages = {path.parent.name for path in SOURCE.glob("*/*.py")}
    assert packages <= set(RANK), "say in ORDER where the new package belongs"


def test_postgast_stays_behind_one_module():
    users = [
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "postgast")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "postgast" for alias in node.names))
    ]
    assert set(users) <= {"sql/parser.py"}


@pytest.mark.parametrize(
    ("owner", "code", "expected"),
    [
        ("facts", "from dbarchitect.sql import quote", ["sql"]),
        ("design", "def f():\n    from dbarchitect.migrate import order", ["migrate"]),
        ("read", "from dbarchitect import write", ["write"]),
        ("model", "import dbarchitect.settings", ["settings"]),
        ("surface", "from dbarchitect import api, config", []),
        ("prove", "import dbarchitect.engines.postgres", []),
    ],
)
def test_a_wrong_import_is_seen(owner, code, expected):
    assert wrong(owner, imports(ast.parse(code))) == expected
