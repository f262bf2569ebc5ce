"""Changes to texts as spans, so that everything around them keeps its bytes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from dbarchitect.read.drizzle.project import Project
from dbarchitect.read.drizzle.style import target_of
from dbarchitect.records import dataclass
from dbarchitect.typescript.outline import clauses
from dbarchitect.typescript.source import Node
from dbarchitect.write.drizzle.typescript import string


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` in the place of the code points from `start` up to `end`."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit made; line ends become the text's own."""
    crlf = "\r\n" in text
    for edit in sorted(edits, key=lambda each: (each.start, each.end), reverse=True):
        inserted = edit.text.replace("\n", "\r\n") if crlf else edit.text
        text = text[: edit.start] + inserted + text[edit.end :]
    return text


def specifier(importer: str, target: str, extension: str) -> str:
    """The import specifier of a file: `./users`, `../auth/users.js`."""
    relative = posixpath.relpath(target, posixpath.dirname(importer) or ".")
    bare = re.sub(r"\.[cm]?[jt]sx?\Z", "", relative)
    ending = {"": "", ".js": ".js", ".ts": posixpath.splitext(target)[1]}[extension]
    return (bare if bare.startswith(".") else f"./{bare}") + ending


def import_statement(module: str, names: Mapping[str, bool], default: str = "") -> str:
    """`import { a, type B } from 'module'`, names as they come; True marks a type."""
    only_types = bool(names) and all(names.values()) and not default
    listed = ", ".join(f"type {name}" if is_type and not only_types else name for name, is_type in names.items())
    head = "import type" if only_types else "import"
    lead = f"{default}, " if default and listed else default
    return f"{head} {lead}{f'{{ {listed} }}' if listed else ''} from {string(module)}\n"


def import_edits(
    text: str, wanted: Mapping[str, Mapping[str, bool]], path: str, project: Project
) -> list[tuple[Edit, str]]:
    """The edits that import `wanted` (names by module) in a file, each with the statement that must be formatted.

    A module that is imported already gets the names in its clause; the others follow the last import.
    """
    there = [clause for clause in clauses(text) if not clause.exports]
    edits = []
    fresh = []
    for module, names in sorted(wanted.items(), key=lambda item: (item[0].startswith("."), item[0])):
        same = [c for c in there if _same(c.module, module, path, project)]
        known = {
            name.removeprefix("type ") for c in same for name, local in c.names if local == name and not c.type_only
        }
        missing = {name: is_type for name, is_type in names.items() if name not in known}
        clause = next((c for c in same if c.names and not c.type_only and not c.star), None)
        if not missing:
            continue
        if clause is None:
            fresh.append(import_statement(module, missing))
            continue
        listed = {(name if name == local else f"{name} as {local}"): False for name, local in clause.names}
        merged = {**listed, **missing}
        if list(listed) == sorted(listed, key=str.casefold):
            merged = dict(sorted(merged.items(), key=lambda item: item[0].casefold()))
        statement = import_statement(clause.module, merged, clause.default)
        edits.append((Edit(clause.start, clause.end, ""), statement))
    if fresh:
        place = there[-1].end if there else 0
        edits.append((Edit(place, place, "\n" if there else ""), "".join(fresh)))
    return edits


def insertion(text: str, literal: Node, entries: str, indent: str) -> Edit:
    """New lines before the brace that closes an object literal.

    Args:
        text: the file.
        literal: its node.
        entries: formatted lines of whole entries, each with its comma, not indented.
        indent: one level.
    """
    brace, end = literal.start_byte, literal.end_byte - 1
    known = [node for node in literal.named_children if node.type != "comment"]
    if "\n" not in text[brace:end] and re.fullmatch(r"(?:[\w$]+,\n?)+", entries):
        before = ", " if known else " "
        listed = ", ".join(entries.replace(",", " ").split())
        return Edit(known[-1].end_byte if known else brace + 1, end, f"{before}{listed} ")
    line = text.rfind("\n", 0, end) + 1
    outer = re.match(r"[ \t]*", text[line:end])
    base = outer[0] if outer and "\n" in text[brace:end] else _indent_at(text, brace)
    lines = "".join(f"{base}{indent}{row}\n" if row else "\n" for row in entries.rstrip("\n").split("\n"))
    if not known:
        return Edit(brace + 1, end, f"\n{lines}{base}")
    last = known[-1].end_byte
    comma = "" if any(node.type == "," and node.start_byte >= last for node in literal.children) else ","
    if "\n" not in text[brace:end]:
        return Edit(last, end, f"{comma}\n{lines}{base}")
    if comma:
        return Edit(last, line, f"{comma}{text[last:line]}{lines}")
    return Edit(line, line, lines)


def barrel_edit(project: Project, barrel: str, new: Mapping[str, tuple[str, ...]]) -> Edit | None:
    """The lines that pass new files on, in the form and at the place that the barrel's own lines suggest.

    Args:
        project: the project.
        barrel: the path of the barrel.
        new: what each new file exports.
    """
    file = project.file(barrel)
    passing = [c for c in clauses(file.text) if c.exports and target_of(project, barrel, c.module)] if file else []
    if file is None or not passing:
        return None
    text = file.text
    model = passing[-1]
    line_of = text[model.start : model.end]
    quote = next((q for q in "'\"" if f"{q}{model.module}{q}" in line_of), "'")
    ending = ";" if line_of.endswith(";") else ""
    extension = next((e for e in (".js", ".ts") if model.module.endswith(e)), "")
    modules = [clause.module for clause in passing]
    lines = {}
    for path, names in sorted(new.items()):
        module = specifier(barrel, path, extension)
        listed = "*" if model.star else "{ " + ", ".join(names) + " }"
        lines[module] = f"export {listed} from {quote}{module}{quote}{ending}\n"
    after = [c for c in passing if modules == sorted(modules) and c.module > min(lines)]
    if after and len(lines) == 1:
        start = after[0].start
        return Edit(start, start, "".join(lines.values()))
    place = text.find("\n", model.end)
    if place < 0:
        return Edit(len(text), len(text), "\n" + "".join(lines.values()))
    return Edit(place + 1, place + 1, "".join(lines.values()))


def _same(there: str, module: str, path: str, project: Project) -> bool:
    if there == module:
        return True
    if not (there.startswith(".") and module.startswith(".")):
        return False
    target = target_of(project, path, there)
    return target is not None and target == target_of(project, path, module)


def _indent_at(text: str, place: int) -> str:
    line = text.rfind("\n", 0, place) + 1
    match = re.match(r"[ \t]*", text[line:place])
    return match[0] if match else ""
