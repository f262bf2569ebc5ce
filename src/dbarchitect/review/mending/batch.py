"""Many fixes at once: their edits, and the imports that nobody needs after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbarchitect.edit.apply import Applied, apply
from dbarchitect.model.finding import Fix
from dbarchitect.review.mending.imports import Imported, imported
from dbarchitect.review.mending.items import items, remove
from dbarchitect.review.mending.script import Script
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
        script = Script(Source(file, after))
        used = _used(script.source)
        useless = next(
            (
                name
                for name in imported(script)
                if name.module.split("/")[0] == "drizzle-orm" and name.local in needed and name.local not in used
            ),
            None,
        )
        if useless is None:
            return after
        shorter = _without(script, useless)
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


def _without(script: Script, name: Imported) -> str:
    clause = name.node.parent if name.node is not None else None
    if name.node is not None and clause is not None and len(items(clause)) > 1:
        edit = remove(script, clause, name.node)
    elif len([known for known in imported(script) if known.statement.id == name.statement.id]) == 1:
        start, end = script.start(name.statement), script.line_end(script.end(name.statement))
        edit = script.edit(start, min(end + len(script.newline), len(script.text)), "")
    else:
        return script.text
    return apply({script.source.file: script.text}, [[edit]]).texts.get(script.source.file, script.text)
