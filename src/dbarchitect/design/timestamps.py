"""created_at, updated_at and deleted_at, with time zone, on every table (seed: "Timestamps")."""

from __future__ import annotations

from dbarchitect.design import soft_delete
from dbarchitect.design.blueprint import PUBLIC, Blueprint, TableDraft
from dbarchitect.model.intent import ColumnIntent
from dbarchitect.model.routine import Function, Trigger
from dbarchitect.model.types import SqlType

_MOMENT = SqlType("timestamptz")

TOUCH = """create or replace function public.touch_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$"""


def draw_timestamps(plan: Blueprint, table: TableDraft) -> None:
    """Append the three columns, and the trigger that moves updated_at when the settings ask for it."""
    table.add("created_at", _MOMENT, nullable=False, default="now()", managed="created_at")
    table.add("updated_at", _MOMENT, nullable=False, default="now()", managed="updated_at")
    if soft_delete.has_column(plan, table):
        note = "When the row was deleted; empty while it is live." if table.soft_delete else ""
        table.add("deleted_at", _MOMENT, managed="deleted_at", intent=ColumnIntent(description=note))
    if plan.settings.touch_trigger and not table.append_only:
        plan.functions["touch_updated_at"] = Function(PUBLIC, "touch_updated_at", "", TOUCH)
        table.triggers.append(Trigger("touch_updated_at", "before", ("update",), PUBLIC, "touch_updated_at"))


def explain(plan: Blueprint, where: str) -> None:
    """The decision about timestamps, once."""
    trigger = plan.settings.touch_trigger
    plan.decide(
        where,
        "All tables, junctions too, have created_at and updated_at with time zone"
        + ("; a trigger moves updated_at" if trigger else "; the ORM moves updated_at"),
        "Every support case begins with when something was made and last changed.",
        ("no trigger", "one function call less per update; writes that bypass the ORM leave updated_at behind")
        if trigger
        else ("--touch-trigger", "also writes that bypass the ORM move updated_at, for one function call per update"),
        topic="structure",
    )
