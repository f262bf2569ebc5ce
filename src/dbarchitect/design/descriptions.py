"""What people read about a table: its purpose, the column that names a row, and the comments that PostgreSQL keeps."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.design.blueprint import Blueprint, TableDraft
from dbarchitect.design.wording import an
from dbarchitect.model.names import title

_NAMING = ("name", "title", "person name", "code", "slug", "email", "file")


def describe(plan: Blueprint, table: TableDraft) -> str:
    """The business purpose: the brief's words, or a sentence from what the table belongs to."""
    said = table.entity.description.strip()
    if said:
        return said if said.endswith((".", "!", "?", "。")) else f"{said}."
    things = title(table.logical)
    parents = [link.relation.replace("_", " ") for link in table.links]
    if table.kind == "junction":
        sides = parents if table.links and len(parents) > 1 else [plan.tenant.one if plan.tenant else "", *parents]
        return f"{things}: which {sides[0]} goes with which {' and '.join(sides[1:])}."
    if table.kind == "tenant":
        return f"{things}: the customers whose data is kept apart."
    if table.kind == "lookup":
        return f"{things}: the list of values that rows may choose from."
    if table.owner is not None:
        return f"{things}: parts of {an(table.owner.one)}."
    if table.kind == "event":
        return f"{things}: what happened, in order."
    if parents:
        return f"{things}, each with its {_list(parents)}."
    return f"{things}."


def _list(words: list[str]) -> str:
    unique = list(dict.fromkeys(words))
    return unique[0] if len(unique) == 1 else f"{', '.join(unique[:-1])} and {unique[-1]}"


def name_rows(table: TableDraft) -> None:
    """Choose the column that names a row to people."""
    by_meaning = {draft.intent.meaning: name for name, draft in reversed(table.columns.items()) if draft.intent.meaning}
    table.display = next((by_meaning[meaning] for meaning in _NAMING if meaning in by_meaning), None)


def comment_columns(table: TableDraft) -> None:
    """Give every column that has a description a comment, and references one that says whose."""
    whose = {link.column: f"The {link.relation.replace('_', ' ')} of this {table.one}." for link in table.links}
    for name, draft in table.columns.items():
        description = draft.intent.description or whose.get(name, "")
        if description:
            draft.intent = replace(draft.intent, description=description)
            draft.column = replace(draft.column, comment=description)
