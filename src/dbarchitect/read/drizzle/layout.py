"""How the TypeScript of a project is laid out: its formatter's configuration, else what its files show."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dbarchitect.records import dataclass
from dbarchitect.typescript.outline import blanked

_PRETTIER = (".prettierrc", ".prettierrc.json")


@dataclass(frozen=True, slots=True)
class Layout:
    """Choices of a formatter.

    Args:
        quotes: `single` or `double`.
        semicolons: whether statements end in one.
        indent: `space` or `tab`.
        indent_width: columns of one level.
        width: longest line.
        trailing_commas: `all`, `es5` or `none`.
        arrow_parentheses: `(x) => x` rather than `x => x`.
    """

    quotes: str = "single"
    semicolons: bool = True
    indent: str = "space"
    indent_width: int = 2
    width: int = 80
    trailing_commas: str = "all"
    arrow_parentheses: bool = True

    def biome(self) -> dict[str, Any]:
        """The same choices as a biome.json."""
        return {
            "formatter": {
                "indentStyle": self.indent,
                "indentWidth": self.indent_width,
                "lineWidth": min(max(self.width, 40), 320),
            },
            "javascript": {
                "formatter": {
                    "quoteStyle": self.quotes,
                    "semicolons": "always" if self.semicolons else "asNeeded",
                    "trailingCommas": self.trailing_commas,
                    "arrowParentheses": "always" if self.arrow_parentheses else "asNeeded",
                }
            },
            "linter": {"enabled": False},
            "assist": {"enabled": False},
        }


def detect_layout(root: Path, texts: Iterable[str]) -> Layout:
    """The layout of a project.

    Args:
        root: its folder; formatter configurations are looked for there and above, up to the next repository.
        texts: the files of its schema.
    """
    shown = _shown(list(texts))
    for folder in (root, *root.parents):
        for read in (_biome, _prettier):
            found = read(folder, shown)
            if found is not None:
                return found
        if (folder / ".git").exists():
            break
    return shown


def _shown(texts: list[str]) -> Layout:
    """What the files show by themselves."""
    whole = "\n".join(texts)
    bare = blanked(whole)
    double, single = bare.count('"'), bare.count("'")
    lines = [line.rstrip() for line in bare.splitlines() if line.strip()]
    ends = [line for line in lines if not line.endswith((",", "(", "{", "[", "=>", ":"))]
    tabs = sum(line.startswith("\t") for line in lines)
    depths = Counter(len(match[0]) for line in lines if (match := re.match(r" +(?=\S)", line)))
    deep = sum(depths.values())
    narrow = sum(count for depth, count in depths.items() if depth % 4)
    longest = sorted((len(line) for line in whole.splitlines()), reverse=True)[:2]
    width = next((width for width in (80, 100, 120) if all(length <= width for length in longest)), 140)
    closers = re.findall(r"(,?)\s*\n\s*[})\]]", bare)
    return Layout(
        quotes="double" if double > single else "single",
        semicolons=sum(line.endswith(";") for line in ends) * 2 >= len(ends) if ends else True,
        indent="tab" if tabs > deep else "space",
        indent_width=4 if deep and narrow * 5 < deep else 2,
        width=width,
        trailing_commas="all" if closers.count(",") * 2 >= len(closers) else "none",
        arrow_parentheses=not re.search(r"[=(,:]\s*[a-z]\w*\s*=>", bare),
    )


def _biome(folder: Path, shown: Layout) -> Layout | None:
    for name in ("biome.json", "biome.jsonc"):
        content = _json(folder / name)
        if content is None:
            continue
        general, script = _at(content, "formatter"), _at(content, "javascript", "formatter")
        if general.get("enabled") is False or not (general or script):
            return None
        merged = {**general, **script}
        style = merged.get("indentStyle", "tab")
        return Layout(
            quotes=merged.get("quoteStyle", "double"),
            semicolons=merged.get("semicolons", "always") == "always",
            indent=style if style in ("tab", "space") else shown.indent,
            indent_width=_number(merged.get("indentWidth"), 2),
            width=_number(merged.get("lineWidth"), 80),
            trailing_commas=merged.get("trailingCommas", "all"),
            arrow_parentheses=merged.get("arrowParentheses", "always") == "always",
        )
    return None


def _prettier(folder: Path, shown: Layout) -> Layout | None:
    content = next((found for name in _PRETTIER if (found := _json(folder / name)) is not None), None)
    if content is None:
        package = _json(folder / "package.json") or {}
        content = package.get("prettier")
    if not isinstance(content, Mapping):
        return None
    return Layout(
        quotes="single" if content.get("singleQuote") else "double",
        semicolons=bool(content.get("semi", True)),
        indent="tab" if content.get("useTabs") else "space",
        indent_width=_number(content.get("tabWidth"), 2),
        width=_number(content.get("printWidth"), 80),
        trailing_commas=str(content.get("trailingComma", "all")),
        arrow_parentheses=content.get("arrowParens", "always") == "always",
    )


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and 1 <= value <= 320 else otherwise


def _at(content: Mapping[str, Any], *path: str) -> dict[str, Any]:
    for name in path:
        content = content.get(name) or {}
        if not isinstance(content, Mapping):
            return {}
    return dict(content)


def _json(path: Path) -> dict[str, Any] | None:
    """The object in a file; comments and commas at the end are allowed, as formatters allow them."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        return None
    text = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda match: match[1] or "", text, flags=re.DOTALL)
    try:
        content = json.loads(re.sub(r",(\s*[}\]])", r"\1", text))
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
