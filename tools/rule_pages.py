"""docs/rules.md and docs/rules/: the rules of the review, from their docstrings and examples."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dbarchitect.review import catalogue
from dbarchitect.review.rule import Example, Page
from dbarchitect.surface.output import rules

HEAD = """\
# Rules

This page and those of `docs/rules/` are made by `make docs` from the files in `src/dbarchitect/review/rules/`; the same
text is shown by `dbarchitect rule CODE`.

A *fact* is wrong by how PostgreSQL or Drizzle behave, and `dbarchitect rule CODE --demonstrate` shows it on a real one.
A *house* rule is a convention: on a project that `dbarchitect design` did not make, its findings are only counted,
unless `--profile`, `dbarchitect.toml` or `--select` asks for them.

`[*]` says that a fix exists.
"""
OWN = """\
## Rules of your own

A rule is one Python module that has `RULE`, `check(subject)`, `EXAMPLES` and, for a fact, `DEMONSTRATION`; its
docstring is its page (`src/dbarchitect/review/rule.py` says more). A package brings its rules by the entry point
`dbarchitect.rules`:

```toml
[project.entry-points."dbarchitect.rules"]
no-floats = "our_rules.no_floats"
```

Its code is a letter and two digits that no rule of ours has; Y and W are never used here.
"""


def pages() -> dict[str, Callable[[], str]]:
    """Makers of the pages by path: the list, and one page for each family that has rules."""
    made: dict[str, Callable[[], str]] = {"docs/rules.md": index}
    for letter, title in rules.FAMILIES.items():
        if _family(letter):
            made[f"docs/rules/{_file(title)}"] = partial(family, letter)
    return made


def index() -> str:
    """docs/rules.md: every rule on a line."""
    parts = [HEAD]
    for letter, title in rules.FAMILIES.items():
        found = _family(letter)
        if not found:
            continue
        parts.append(f"\n## {title}\n\n| rule | | |\n| --- | --- | --- |\n")
        for page in found:
            mended = " `[*]`" if any(example.fixed for example in page.examples) else ""
            link = f"[{page.rule.code}](rules/{_file(title)}#{_anchor(page)})"
            kind = f"{page.rule.kind}, {page.rule.severity}"
            parts.append(f"| {link} | {_cell(rules.first_sentence(page))}{mended} | {kind} |\n")
    return "".join(parts) + "\n" + OWN


def family(letter: str) -> str:
    """The page of one family."""
    title = rules.FAMILIES[letter]
    parts = [f"# {title}\n\nMade by `make docs` from `src/dbarchitect/review/rules/`.\n"]
    for page in _family(letter):
        parts.append(f"\n## {page.rule.code} {page.rule.name}\n\n")
        profiles = "" if len(page.rule.profiles) > 1 else f"; profile {page.rule.profiles[0]}"
        parts.append(f"*{page.rule.kind}, {page.rule.severity}; looks at {rules.LOOKS[page.rule.needs]}{profiles}*\n\n")
        parts.append(_body(page))
        for said, example in rules.examples(page):
            parts.append(f"\n**{said}**{': ' + example.title if example.title else ''}\n\n{_code(page, example)}")
    return "".join(parts)


def _body(page: Page) -> str:
    lines = []
    for text, indent in rules.paragraphs(page.text):
        if indent == 0 and text in rules.SECTIONS:
            lines.append(f"\n**{text}.**")
        elif text.startswith(("- ", "* ")):
            lines.append(text)
        else:
            lines.append(f"\n{text}" if lines and not lines[-1].endswith(".**") else text)
    return "\n".join(lines).strip() + "\n"


def _code(page: Page, example: Example) -> str:
    blocks = []
    files = rules.shown(page, example)
    for file, text in files.items():
        note = f"// {file}\n" if len(files) > 1 else ""
        kind = "sql" if file.endswith(".sql") else "ts"
        blocks.append(f"```{kind}\n{note}{text.strip()}\n```\n")
    return "\n".join(blocks)


def _family(letter: str) -> list[Page]:
    return [page for page in catalogue.pages() if page.rule.code.startswith(letter)]


def _file(title: str) -> str:
    return title.lower().removeprefix("a ").replace(" ", "-") + ".md"


def _anchor(page: Page) -> str:
    return f"{page.rule.code.lower()}-{page.rule.name}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
