import json
import re

import pytest
from engines import toolchain_sample as sample

from dbarchitect.engines import bun, toolchain, toolchain_packages
from dbarchitect.errors import InputError

LINES = ("0.45", "1")
PLATFORMS = ("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64")


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("name", ["shop", "@acme/shop-2", "0"])
def test_bun_accepts_the_files_frozen_in_a_fresh_folder(line, name, tmp_path):
    toolchain.install(line)  # so that the packages are in the cache
    for file, text in toolchain.project_files(line, name).items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    before = (tmp_path / "bun.lock").read_bytes()
    finished = bun.run(["install", "--frozen-lockfile"], cwd=tmp_path, network=True)
    assert finished.ok, finished.output
    assert (tmp_path / "bun.lock").read_bytes() == before
    assert (tmp_path / "node_modules/drizzle-orm/package.json").exists()


@pytest.mark.parametrize("line", LINES)
def test_the_lock_names_no_registry_and_every_platform(line):
    lock = toolchain.project_files(line, "shop")["bun.lock"]
    assert not re.search(r"https?:|registry|127\.0\.0\.1", lock)
    for package in ("@biomejs/cli-", "@typescript/typescript-", *(["@esbuild/"] if line == "0.45" else [])):
        for platform in PLATFORMS:
            assert f'"{package}{platform}"' in lock


@pytest.mark.parametrize("name", [*LINES, "layout"])
def test_bun_1_3_can_read_the_lock(name):
    text = (toolchain_packages.SOURCES / name / "bun.lock").read_text(encoding="utf-8")
    assert '"lockfileVersion": 1,' in text, "Bun 1.4 writes 2, which Bun 1.3 refuses; it accepts 1 as well"


@pytest.mark.parametrize("line", LINES)
def test_the_scripts_need_bun_alone(line, tmp_path):
    project = sample.make(tmp_path / "sample", line)
    with project.link():
        for words in (
            ["run", "typecheck"], ["run", "lint"], ["run", "format"], ["run", "test"], ["run", "db:generate"],
            ["run", "db:check"],
        ):  # fmt: skip
            finished = bun.run(words, cwd=project.folder)
            assert finished.ok, f"bun {' '.join(words)}: {finished.output}"
    assert len(list((project.folder / "drizzle").rglob("*.sql"))) == 1


@pytest.mark.parametrize("line", LINES)
def test_versions_are_pinned_exactly_and_scripts_are_there(line):
    content = json.loads(toolchain.project_files(line, "shop")["package.json"])
    assert content["name"] == "shop"
    assert all(re.fullmatch(r"\d[\w.-]*", version) for version in toolchain.versions(line).values())
    wanted = {"db:generate", "db:migrate", "db:seed", "typecheck", "lint", "format", "test"}
    assert wanted <= set(content["scripts"])
    assert ("drizzle-zod" in content["dependencies"]) == (line == "0.45")


def test_the_lines_differ_in_drizzle_alone():
    old, new = toolchain.versions("0.45"), toolchain.versions("1")
    drizzle = {"drizzle-orm", "drizzle-kit", "drizzle-zod"}
    assert {k: v for k, v in old.items() if k not in drizzle} == {k: v for k, v in new.items() if k not in drizzle}


@pytest.mark.parametrize("name", ["", "Shop", "a b", '"', "a/b", "@acme", "ü", "x" * 215, ".a", "_a"])
def test_a_name_that_npm_refuses_is_refused_with_the_nearest(name):
    with pytest.raises(InputError, match="try '"):
        toolchain.project_files("0.45", name)


@pytest.mark.parametrize(
    ("words", "name"), [("My Shop!", "my-shop"), ("émile", "mile"), ("", "project"), ("日本", "project")]
)
def test_words_become_a_name(words, name):
    assert toolchain.package_name(words) == name
    assert toolchain.project_files("1", name)
