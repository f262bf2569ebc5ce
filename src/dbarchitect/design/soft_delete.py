"""Which rows are marked instead of deleted, aggregate by aggregate.

Seed: "Soft Deletes"; DESIGN section 5; reference/design.md R10 and C08.
"""

from __future__ import annotations

from dbarchitect.design.blueprint import Blueprint, TableDraft, fold
from dbarchitect.design.wordlist import wordlist
from dbarchitect.model.names import words

_PASSING = wordlist("session token verification reset job otp nonce lock")


def applies(plan: Blueprint, table: TableDraft) -> bool:
    """Whether rows of the table are soft-deleted, before its aggregate is known."""
    if table.append_only:
        return False
    if table.entity.soft_delete is not None:
        return table.entity.soft_delete
    default = plan.requirements.soft_delete
    if default is None:
        default = plan.house
    return default and not (passing(table) and _answer(plan, table) == "delete")


def passing(table: TableDraft) -> bool:
    """Whether rows expire by nature: sessions, tokens, jobs."""
    return fold((words(table.entity.name) or [""])[-1]) in _PASSING


def question_id(table: TableDraft) -> str:
    """The id of the question what happens to expired rows."""
    return f"soft-delete.{fold(table.entity.name)}"


def _answer(plan: Blueprint, table: TableDraft) -> str:
    return plan.requirements.answers.get(question_id(table), "delete")


def has_column(plan: Blueprint, table: TableDraft) -> bool:
    """Whether the table has deleted_at: all of them in the house, under `modern` only those that use it."""
    return plan.house or table.soft_delete


def follow_owners(plan: Blueprint) -> None:
    """A part is soft-deleted when its whole is, unless the brief says otherwise."""
    for table in plan.tables.values():
        owner, seen = table.owner, {table.name}
        while owner is not None and owner.name not in seen:
            seen.add(owner.name)
            if owner.soft_delete and table.entity.soft_delete is None and not table.append_only and not passing(table):
                table.soft_delete = True
            owner = owner.owner


def explain(plan: Blueprint, where: str) -> None:
    """The decisions about deletion."""
    marked = [t for t in plan.tables.values() if t.soft_delete]
    gone = [t for t in plan.tables.values() if not t.soft_delete]
    if marked:
        whole = sorted({_root(t).name for t in marked if t.owner is not None})
        parts = f"; with it go the parts of {', '.join(whole)}" if whole else ""
        plan.decide(
            where,
            "Rows are marked with deleted_at instead of deleted" + parts,
            "A mistake can be undone and history stays readable. Foreign keys never see a soft delete, so the helper "
            "for "
            "each aggregate marks the whole with its parts, and uniqueness counts live rows only.",
            ("deleting for good", "smaller tables, no filter in every query, nothing to undo; right where the law "
                                  "asks for it"),
            topic="soft delete",
        )  # fmt: skip
    unused = sorted(t.name for t in gone if has_column(plan, t))
    if unused and plan.house:
        appended = any(t.append_only for t in gone)
        plan.decide(
            where,
            f"deleted_at stays empty in {', '.join(unused)}",
            "The house gives all tables the same three timestamps, so helpers and reviews need no exception"
            + ("; rows that may not change can never be marked, so there updated_at and deleted_at cost 8 bytes a "
               "row at most."
               if appended else "; these rows are deleted for good."),
            ("leaving the column out", "tidier tables; every generic helper needs to ask first"),
            topic="soft delete",
        )  # fmt: skip
    for table in plan.tables.values():
        if passing(table) and table.entity.soft_delete is None and not table.append_only and plan.house:
            plan.ask(
                question_id(table), f"What happens to expired rows of {table.name}?", "delete",
                ("delete", "Expired rows are removed for good; nothing to filter, small table."),
                ("mark", "Rows stay with deleted_at; who was signed in when can be answered later."),
                where=table.address,
            )  # fmt: skip


def _root(table: TableDraft) -> TableDraft:
    seen = {table.name}
    while table.owner is not None and table.owner.name not in seen:
        table = table.owner
        seen.add(table.name)
    return table
