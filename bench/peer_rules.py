"""What eslint-plugin-drizzle and our Q01 say of the same projects: `python bench/peer_rules.py FOLDER …`.

Both look for `delete` and `update` without `where`. The plugin runs twice: as it comes, where each method of that name
counts, and with the names of handles that projects use (`drizzleObjectName`). Tests, seeds and scripts are left out of
both, as our rule does. Whether a finding is right is for people to say: each one's place is printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import review

from dbarchitect.engines import bun
from dbarchitect.review.query_names import aside

Place = tuple[str, int]
OPTIONS = {"plugin": "", "plugin, handles named": ", { drizzleObjectName: ['db', 'tx', 'trx'] }"}
CONFIGURATION = """\
import drizzle from 'eslint-plugin-drizzle';
import parser from '@typescript-eslint/parser';
export default [{ files: ['**/*.ts', '**/*.tsx'], languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: true } } },
  linterOptions: { noInlineConfig: true }, plugins: { drizzle },
  rules: { 'drizzle/enforce-delete-with-where': ['error'%s], 'drizzle/enforce-update-with-where': ['error'%s] } }];
"""  # noqa: E501


def plugin(project: Path, options: str) -> set[Place]:
    """Where the plugin finds something, as (path, line).

    Args:
        project: the folder.
        options: the rules' options in JavaScript, with the comma before them, or ''.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "node_modules").symlink_to(review.eslint() / "node_modules", target_is_directory=True)
        (folder / "eslint.config.mjs").write_text(CONFIGURATION % (options, options), encoding="utf-8")
        files = []
        for path in sorted(project.rglob("*")):
            inner = path.relative_to(project)
            if path.suffix in (".ts", ".tsx") and "node_modules" not in inner.parts and not aside(inner.as_posix()):
                target = folder / inner
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
                files.append(inner.as_posix())
        program = folder / "node_modules" / "eslint" / "bin" / "eslint.js"
        done = subprocess.run(
            [bun.binary(), program, "--format", "json", "."], cwd=folder, capture_output=True, text=True, check=False
        )
        said = json.loads(done.stdout)
        return {
            (os.path.relpath(each["filePath"], folder), message["line"])
            for each in said
            for message in each["messages"]
            if (message["ruleId"] or "").startswith("drizzle/")
        }


def ours(project: Path) -> set[Place]:
    """Where Q01 finds something of weight, as (path, line)."""
    done = subprocess.run(
        [review.PROGRAM, "review", "--static", "--select", "Q01", "--format", "json", "--fail-on", "never"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    return {(each["span"]["file"], each["span"]["start"]["line"]) for each in json.loads(done.stdout)["findings"]}


def main() -> int:
    """Print each project's figures, then the places."""
    for argument in sys.argv[1:]:
        project = Path(argument).resolve()
        found = {"Q01": ours(project), **{name: plugin(project, options) for name, options in OPTIONS.items()}}
        counts = "".join(f"{name}: {len(places):<8}" for name, places in found.items())
        print(f"{project.name:<24}{counts}", flush=True)
        for name, places in found.items():
            for path, line in sorted(places):
                print(f"  {name:<24}{path}:{line}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
