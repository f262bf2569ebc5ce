"""Write the generated pages of docs/: command, configuration, rules, the seed's rules, tables of the page on briefs.

python tools/docs.py writes them (`make docs`); tests/test_docs.py compares them with what is committed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import brief_page
import deviation_page
import hazard_page
import rule_pages
import seed_page

from dbarchitect.surface.cli import invoke, main

ROOT = Path(__file__).resolve().parent.parent
CONFIG_SCHEMA = ROOT / "src" / "dbarchitect" / "schemas" / "config.schema.json"


def cli() -> str:
    """docs/cli.md: what `--help` prints, for the front page and for every command."""
    parts = [
        "# The command\n\nThis page is made by `make docs` from `dbarchitect --help`.\n",
        _fenced(main.front_page()),
    ]
    for name in main.commands():
        parts.append(f"\n## dbarchitect {name}\n\n{_fenced(help_page(name))}")
        for part in invoke.parts(name):
            parts.append(f"\n### dbarchitect {name} {part}\n\n{_fenced(help_page(name, part))}")
    return "".join(parts)


def help_page(*names: str) -> str:
    """What `dbarchitect NAME --help` prints on a terminal of 100 columns."""
    buffer, columns = io.StringIO(), os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        with contextlib.redirect_stdout(buffer):
            code = main.run([*names, "--help"])
    finally:
        if columns is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = columns
    if code:
        raise SystemExit(f"dbarchitect {' '.join(names)} --help exits with {code}")
    return buffer.getvalue()


def configuration() -> str:
    """docs/configuration.md: the keys of dbarchitect.toml from its JSON Schema."""
    schema = json.loads(CONFIG_SCHEMA.read_text(encoding="utf-8"))
    rows = [f"| `{key}` | {_values(value)} | {value['description']} |" for key, value in schema["properties"].items()]
    return "\n".join([
        "# dbarchitect.toml\n",
        "This page is made by `make docs` from `schemas/config.schema.json` in the package.\n",
        "The file is looked for in the current folder (or the one that a command works on) and then upward.",
        "A command's option wins over the file.\n",
        "| key | value | meaning |",
        "| --- | --- | --- |",
        *rows,
        "",
        "```toml",
        'profile = "house"',
        "",
        "[severity]",
        'R01 = "error"                       # the longest code that fits counts; "off" turns a rule off',
        "",
        '[paths."legacy/**"]',
        'ignore = ["T01"]                    # the last pattern that matches a file wins',
        "",
        "[aliases]",
        'main = { env = "DATABASE_URL" }   # db:main stands for what the variable holds',
        "```",
        "",
        "An alias that the file does not name is looked for in the environment: `db:main` in `DBARCHITECT_MAIN_URL`.",
        "Addresses are never printed, and passwords in messages are replaced by `***`.",
        "",
    ])  # fmt: skip


def _values(value: dict[str, object]) -> str:
    options = value.get("enum")
    if isinstance(options, list):
        return " or ".join(f"`{option}`" for option in options)
    return {"array": "a list of codes", "object": "a table"}[str(value.get("type", "object"))]


def _fenced(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/brief.md": brief_page.page,
    "docs/cli.md": cli,
    "docs/configuration.md": configuration,
    "docs/conventions.md": deviation_page.page,
    "docs/seed-rules.md": seed_page.page,
    **rule_pages.pages(),
    "docs/hazards.md": hazard_page.page,
}


def write() -> None:
    """Write every page that differs."""
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{name} written")


if __name__ == "__main__":
    write()
