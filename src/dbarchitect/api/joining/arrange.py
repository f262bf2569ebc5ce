"""From pieces to files: new ones whole, existing ones as edits of spans, all laid out by the project's formatter."""

from __future__ import annotations

import json
import re
import tempfile
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

from dbarchitect.api.joining.edits import (
    Edit,
    apply,
    barrel_edit,
    import_edits,
    import_statement,
    insertion,
    specifier,
)  # fmt: skip
from dbarchitect.api.joining.names import ProjectNames
from dbarchitect.api.joining.piece import Piece
from dbarchitect.api.joining.relations import Related
from dbarchitect.read.drizzle.layout import Layout
from dbarchitect.read.drizzle.project import Project
from dbarchitect.read.drizzle.style import Style, target_of
from dbarchitect.records import dataclass
from dbarchitect.settings import Line
from dbarchitect.typescript.outline import clauses

_DECLARATION = re.compile(r"^export (const|type) ([\w$]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Arranged:
    """The files as they must become, by relative path, and those of them that exist."""

    files: Mapping[str, str]
    edited: tuple[str, ...]


def arrange(pieces: Iterable[Piece], related: Related, names: ProjectNames, project: Project, style: Style) -> Arranged:
    """Put everything into files.

    Args:
        pieces: enums, column types, tables.
        related: relations.
        names: which file each of the project's names lives in.
        project: the project.
        style: its style.
    """
    by_path: dict[str, list[Piece]] = {}
    for piece in (*pieces, *related.pieces):
        by_path.setdefault(piece.path, []).append(piece)
    texts = {path: _text(project, path) for path in sorted({*by_path, *(i.path for i in related.insertions)})}
    drafts: dict[str, str] = {}
    for path, group in by_path.items():
        body = "\n".join(piece.text for piece in group)
        if texts[path] is None:
            wanted = _imports(group, names, style, path)
            order = sorted(wanted.items(), key=lambda item: (item[0].startswith("."), item[0]))
            body = "".join(import_statement(module, listed) for module, listed in order) + "\n" + body
        drafts[f"body:{path}"] = body
    places: dict[str, list[tuple[Edit, str]]] = {}
    for path, text in texts.items():
        if text is None:
            continue
        group = [*by_path.get(path, []), *(piece for piece in related.imports if piece.path == path)]
        for count, (edit, statement) in enumerate(
            import_edits(text, _imports(group, names, style, path), path, project)
        ):
            drafts[f"import:{path}:{count}"] = statement
            places.setdefault(path, []).append((edit, f"import:{path}:{count}"))
    for count, item in enumerate(related.insertions):
        rows = "".join(f"  {key}: {value},\n" if value else f"  {key},\n" for key, value in item.entries)
        drafts[f"entries:{count}"] = f"const inserted = {{\n{rows}}}\n"
    laid_out = format_texts(drafts, style.layout, project.line)
    files: dict[str, str] = {}
    for path, text in texts.items():
        body = laid_out.get(f"body:{path}", "")
        if text is None:
            files[path] = body
            continue
        edits = [Edit(e.start, e.end, e.text + laid_out[key].rstrip("\n") + ("" if e.end else "\n\n"))
                 for e, key in places.get(path, [])]  # fmt: skip
        edits += [
            insertion(text, item.literal, _entries(laid_out[f"entries:{count}"]), _level(style.layout))
            for count, item in enumerate(related.insertions)
            if item.path == path
        ]
        if body:
            gap = "\n" if text.endswith("\n") else "\n\n"
            edits.append(Edit(len(text), len(text), gap + body))
        files[path] = apply(text, edits)
    _pass_on(files, texts, project, style)
    return Arranged(files, tuple(path for path in sorted(files) if (project.root / path).exists()))


def format_texts(texts: Mapping[str, str], layout: Layout, line: Line) -> dict[str, str]:
    """Each text as the project's formatter would write it."""
    from dbarchitect.engines import toolchain

    with tempfile.TemporaryDirectory(prefix="dbarchitect-format-") as name:
        scratch = Path(name)
        (scratch / "biome.json").write_text(json.dumps(layout.biome()), encoding="utf-8")
        keys = sorted(texts)
        for count, key in enumerate(keys):
            (scratch / f"{count}.ts").write_text(texts[key], encoding="utf-8")
        project = toolchain.Project(scratch, line)
        with project.link():
            formatted = project.format()
        if not formatted.passed:
            raise RuntimeError(f"emitted TypeScript that does not parse: {formatted.problems[0]}")
        return {key: (scratch / f"{count}.ts").read_text(encoding="utf-8") for count, key in enumerate(keys)}


def _text(project: Project, path: str) -> str | None:
    file = project.root / path
    return file.read_bytes().decode() if file.exists() else None


def _imports(group: Iterable[Piece], names: ProjectNames, style: Style, path: str) -> dict[str, dict[str, bool]]:
    """Names by module that the pieces of one file need from elsewhere; True where only the type is needed."""
    wanted: dict[str, dict[str, bool]] = {}
    for piece in group:
        found = [
            (module, name, is_type) for module, listed in piece.modules.items() for name, is_type in listed.items()
        ]
        homes = {**{name: names.homes[name] for name in piece.own}, **piece.files}
        for name, home in homes.items():
            if home != path:
                found.append((specifier(path, home, style.extension), name, piece.own.get(name, False)))
        for module, name, is_type in found:
            listed = wanted.setdefault(module, {})
            listed[name] = listed.get(name, True) and is_type
    return {module: dict(sorted(listed.items())) for module, listed in wanted.items()}


def _pass_on(files: dict[str, str], texts: Mapping[str, str | None], project: Project, style: Style) -> None:
    """Extend the barrel that passes on most of the tables' files."""
    new = {path: tuple(f"type {name}" if kind == "type" else name for kind, name in _DECLARATION.findall(files[path]))
           for path, text in texts.items() if text is None}  # fmt: skip
    homes = {export.file for export in project.of_kind("table")}
    covered = {barrel: _targets(project, barrel) & homes for barrel in style.barrels}
    best = max(style.barrels, key=lambda barrel: (len(covered[barrel]), barrel), default=None)
    if best is None or not new or not covered[best]:
        return
    edit = barrel_edit(project, best, new)
    file = project.file(best)
    if edit is not None and file is not None:
        files[best] = apply(files.get(best, file.text), [edit])


def _targets(project: Project, barrel: str) -> set[str]:
    file = project.file(barrel)
    passing = [clause for clause in clauses(file.text) if clause.exports] if file else []
    return {target for clause in passing if (target := target_of(project, barrel, clause.module))}


def _entries(formatted: str) -> str:
    """The lines between the braces of `const inserted = { … }`, one level less indented; with a comma at the end."""
    inner = formatted[formatted.index("{") + 1 : formatted.rindex("}")]
    if "\n" not in formatted.strip():
        return f"{inner.strip().rstrip(',')},\n"
    text = textwrap.dedent(inner.strip("\n")).rstrip()
    return text + ("\n" if text.endswith(",") else ",\n")


def _level(layout: Layout) -> str:
    return "\t" if layout.indent == "tab" else " " * layout.indent_width
