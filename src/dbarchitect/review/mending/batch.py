"""Many fixes at once: their edits, and the imports that nobody needs after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbarchitect.edit.apply import Applied, apply
from dbarchitect.model.finding import Edit, Fix
from dbarchitect.review.mending.imports import Imported, imported
from dbarchitect.review.mending.items import items, remove
from dbarchitect.review.mending.script import Script, script
from dbarchitect.typescript.source import Source, walk

_NAMES = ("identifier", "type_identifier", "shorthand_property_identifier")
_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx")


def mend(texts: Mapping[str, str], fixes: Sequence[Fix]) -> Applied:
    """Make the edits of fixes, each as a whole or not at all, and take out the imports that become useless by them.

    Args:
        texts: the files by relative POSIX path.
        fixes: the most important one first; those without edits are left.

    Raises:
        InputError: an edit names a file or a place that is not there.
    """
    applied = apply(texts, [fix.edits for fix in fixes])
    tidied = {file: tidy(file, texts[file], text) for file, text in applied.texts.items()}
    return Applied(tidied, applied.taken, applied.left)


def unimported(source: Source, name: Imported) -> list[Fix]:
    """The fix that takes a name out of its import; none where the import has a form that is left alone."""
    edit = _removal(script(source), name)
    return [Fix(f"do not import {name.local}", "safe", (edit,))] if edit else []


def tidy(file: str, before: str, after: str) -> str:
    """The text without imports from drizzle-orm that were used before and are not any more.

    Args:
        file: the path; its ending says whether it is TypeScript.
        before: the text before the edits.
        after: the text after them.
    """
    if not file.endswith(_TYPESCRIPT):
        return after
    needed = _used(Source(file, before))
    while True:
        now = Script(Source(file, after))
        used = _used(now.source)
        useless = next(
            (
                name
                for name in imported(now)
                if name.module.split("/")[0] == "drizzle-orm" and name.local in needed and name.local not in used
            ),
            None,
        )
        if useless is None:
            return after
        shorter = _without(now, useless)
        if shorter == after:
            return after
        after = shorter


def _used(source: Source) -> frozenset[str]:
    """The names that a file speaks of outside its imports."""
    return frozenset(
        source.text_of(node)
        for statement in source.root.children
        if statement.type != "import_statement"
        for node in walk(statement)
        if node.type in _NAMES
    )


def _without(file: Script, name: Imported) -> str:
    edit = _removal(file, name)
    if edit is None:
        return file.text
    return apply({file.source.file: file.text}, [[edit]]).texts.get(file.source.file, file.text)


def _removal(file: Script, name: Imported) -> Edit | None:
    clause = name.node.parent if name.node is not None else None
    if name.node is not None and clause is not None and len(items(clause)) > 1:
        return remove(file, clause, name.node)
    if len([known for known in imported(file) if known.statement.id == name.statement.id]) == 1:
        start, end = file.start(name.statement), file.line_end(file.end(name.statement))
        return file.edit(start, min(end + len(file.newline), len(file.text)), "")
    return None
