"""Whole TypeScript files from templates: rendering, and imports that follow from what a text uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbarchitect.write.drizzle.imports import Imports
from dbarchitect.write.drizzle.layout import WIDTH
from dbarchitect.write.drizzle.prose import article
from dbarchitect.write.drizzle.typescript import (
    comment,
    comment_text,
    line_comment,
    member,
    property_key,
    string,
    template,
)

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).parent / "templates"

_LEXEME = re.compile(
    r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<regex>(?<=[(,=])[ ]?/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*)
  | (?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
  | (?P<tick>`)
  | (?P<member>\??\.\s*[\w$]+)
  | (?P<word>[^\W\d][\w$]*|\$[\w$]+)
  | (?P<open>\{) | (?P<close>\})
  | (?P<other>\s+|\d[\w.]*|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Known:
    """The names that files of one folder may import, by name.

    Args:
        modules: names by module; a name that begins with `type ` is a type.
    """

    def __init__(self, modules: Mapping[str, Iterable[str]]) -> None:
        self._names: dict[str, tuple[str, bool]] = {}
        for module, names in modules.items():
            for name in names:
                bare = name.removeprefix("type ")
                self._names[bare] = (module, bare != name)

    def file(self, body: str) -> str:
        """`body` with the imports that it needs before it."""
        imports = Imports()
        for name in sorted(used_names(body) & self._names.keys()):
            module, type_only = self._names[name]
            imports.add(module, name, type_only=type_only)
        head = imports.render()
        return f"{head}\n{body.strip()}\n" if head else f"{body.strip()}\n"


def used_names(code: str) -> set[str]:
    """The identifiers that a text refers to: no members, no keys of objects, nothing in strings and comments."""
    names: set[str] = set()
    _scan(code, 0, names, nested=False)
    return names


def _scan(code: str, place: int, names: set[str], *, nested: bool) -> int:
    depth = 0
    while match := _LEXEME.match(code, place):
        place = match.end()
        if match["tick"]:
            place = _template(code, place, names)
        elif match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
            if nested and depth < 0:
                return place
        elif match["word"] and not re.match(r"\s*\??:(?!:)", code[place : place + 20]):
            names.add(match["word"])
        elif match["other"] == "." and code.startswith("..", place):  # a spread is no member access
            place += 2
    return place


def _template(code: str, place: int, names: set[str]) -> int:
    """Past the template literal whose inside begins at `place`."""
    while place < len(code):
        if code[place] == "\\":
            place += 2
        elif code[place] == "`":
            return place + 1
        elif code.startswith("${", place):
            place = _scan(code, place + 2, names, nested=True)
        else:
            place += 1
    return place


def _doc(text: str) -> str:
    """A JSDoc comment, on one line where it fits."""
    one = f"/** {comment_text(text)} */"
    return one if len(one) <= WIDTH else comment(text, width=WIDTH)


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - TypeScript; the filters below escape what users wrote
    )
    environment.filters |= {
        "string": string,
        "key": property_key,
        "doc": _doc,
        "line": line_comment,
        "said": comment_text,
        "inside": template,
    }
    environment.globals |= {"member": member, "article": article}
    return environment


def render(template_name: str, /, **values: Any) -> str:
    """The text of a template of this package with `values` filled in."""
    return _environment().get_template(template_name).render(**values)
