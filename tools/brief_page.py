"""docs/brief.md: written by hand, except for the tables of types and packs between marks."""

from __future__ import annotations

import re
from pathlib import Path

from dbarchitect.design.brief import packs
from dbarchitect.design.brief.everyday import EVERYDAY, Everyday

PAGE = Path(__file__).resolve().parent.parent / "docs" / "brief.md"


def page() -> str:
    """The page with its tables as the code has them."""
    text = PAGE.read_text(encoding="utf-8")
    for name, table in (("types", _types()), ("packs", _packs())):
        pattern = re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
        text = pattern.sub(lambda match, table=table: match.group(1) + table + match.group(2), text)
    return text


def _types() -> str:
    rows = ["| type | what it is | also |", "|---|---|---|"]
    rows.extend(f"| `{_spelled(kind)}` | {kind.explanation} | {', '.join(kind.synonyms)} |" for kind in EVERYDAY)
    return "\n".join(rows) + "\n"


def _spelled(kind: Everyday) -> str:
    inside = ", ".join((*kind.arguments, *([r" \| ".join(kind.modes)] if kind.modes else [])))
    return f"{kind.name}({inside})" if inside else kind.name


def _packs() -> str:
    rows = ["| pack | about | entities | asked for by |", "|---|---|---|---|"]
    for pack in packs.packs():
        entities = ", ".join(entity.name for entity in pack.requirements.entities)
        rows.append(f"| {pack.name} | {pack.about} | {entities} | {', '.join(pack.asked)} |")
    return "\n".join(rows) + "\n"
