"""docs/seed-rules.md: where each sentence of the seed is kept, from docs/seed-rules.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent.parent / "docs" / "seed-rules.yaml"
VERBS = {
    "agent": "the agent files",
    "ask": "`dbarchitect ask`",
    "normalize": "`dbarchitect normalize`",
    "tune": "`dbarchitect tune`",
}
"""Verbs of DESIGN §2 that are still to come, as the page names them."""
INTRODUCTION = """\
# The seed's rules, and what keeps each

dbarchitect grew from a description of a database architect, the seed. This page, made by `make docs` from
`docs/seed-rules.yaml`, names for each of its {total} sentences what keeps it: the emitter that writes it into a
project, the claim that proves it, the [rule](rules.md) by which a review finds what breaks it, or the verb that will
take it up. Where the seed's own sample does not work, its intent is kept, and [conventions.md](conventions.md) shows
the difference.
"""


@dataclass(frozen=True, slots=True)
class Keeper:
    """How a group of sentences is kept.

    Args:
        name: as sentences refer to it.
        how: in one sentence.
        by: `emitter:MODULE[:NAME]`, `template:FILE`, `claim:KIND`, `rule:CODE` or `later:VERB`.
    """

    name: str
    how: str
    by: tuple[str, ...]


def load() -> tuple[dict[str, Keeper], list[dict[str, Any]]]:
    """The keepers by name, and the sections with their sentences."""
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    keepers = {name: Keeper(name, entry["how"], tuple(entry["by"])) for name, entry in data["keepers"].items()}
    return keepers, data["sentences"]


def page() -> str:
    """The whole page."""
    keepers, sections = load()
    total = sum(len(section["asks"]) for section in sections)
    lines = [INTRODUCTION.format(total=total), "## What keeps them", "", "| name | how | by |", "| --- | --- | --- |"]
    for name in sorted(keepers):
        by = ", ".join(_said(item) for item in keepers[name].by)
        lines.append(f'| <a id="{name}"></a>{name} | {_cell(keepers[name].how)} | {by} |')
    lines += ["", "## The sentences", ""]
    for section in sections:
        lines += [
            f"### {section['section'] or 'Before the first heading'}",
            "",
            "| the seed | kept by |",
            "| --- | --- |",
        ]
        for sentence in section["asks"]:
            kept = ", ".join(f"[{name}](#{name})" for name in sentence["kept"])
            lines.append(f"| {_cell(sentence['quote'])} | {kept} |")
        lines.append("")
    return "\n".join(lines)


def _said(item: str) -> str:
    kind, _, value = item.partition(":")
    if kind == "later":
        return f"later {VERBS[value]}"
    return f"{kind} `{value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
