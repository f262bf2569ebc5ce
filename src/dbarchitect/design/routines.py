"""Rules that need code in the database: one shared function per kind, and a trigger on each table that has the rule.

Errors carry SQLSTATE 23001 or 23514 and a constraint name, so that the application can turn them into a message.
"""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.design.blueprint import PUBLIC, Blueprint, TableDraft
from dbarchitect.design.brief.requirements import Rule
from dbarchitect.model.address import address
from dbarchitect.model.names import fit
from dbarchitect.model.routine import Event, Function, Trigger

_REFUSE = """create or replace function public.refuse_change() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'rows of % may not be changed this way: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation', table = tg_table_name, schema = tg_table_schema, constraint = tg_argv[0];
end
$$"""

# One lock per group makes concurrent writers of the same group wait for each other; the count after the lock has a
# snapshot of its own under read committed. Under repeatable read it would not, so that level is refused; under
# serializable PostgreSQL itself finds the conflict.
_AT_MOST = """create or replace function public.limit_rows() returns trigger
language plpgsql
set search_path = ''
as $$
declare
  allowed constant integer := tg_argv[1]::integer;
  live constant text := tg_argv[2];
  place text := format('%I.%I', tg_table_schema, tg_table_name);
  condition text := 'true';
  found_rows bigint;
  group_key text := '';
  name text;
  value text;
begin
  if current_setting('transaction_isolation') = 'repeatable read' then
    raise exception 'rows of % are counted: use read committed or serializable', tg_table_name
      using errcode = 'feature_not_supported', table = tg_table_name, schema = tg_table_schema, constraint = tg_argv[0];
  end if;
  foreach name in array tg_argv[3:] loop
    value := to_jsonb(new) ->> name;
    if value is null then
      return null;
    end if;
    condition := condition || format(' and %I = (($1).%I)', name, name);
    group_key := group_key || '/' || value;
  end loop;
  if live <> '' then
    if to_jsonb(new) ->> live is not null then
      return null;
    end if;
    condition := condition || format(' and %I is null', live);
  end if;
  perform pg_catalog.pg_advisory_xact_lock(
    pg_catalog.hashtextextended(tg_table_schema || '.' || tg_table_name || '.' || tg_argv[0] || group_key, 0));
  execute format('select count(*) from %s where %s', place, condition) into found_rows using new;
  if found_rows > allowed then
    raise exception 'at most % rows of % are allowed here', allowed, tg_table_name
      using errcode = 'check_violation', table = tg_table_name, schema = tg_table_schema, constraint = tg_argv[0];
  end if;
  return null;
end
$$"""


def never_deleted(plan: Blueprint, table: TableDraft) -> None:
    """Refuse DELETE and TRUNCATE."""
    _refuse(plan, table, "never_deleted", ("delete",))
    marks = " Marking with deleted_at stays possible." if table.soft_delete else ""
    plan.decide(
        table.address, f"Rows of {table.name} are never deleted: a trigger refuses DELETE and TRUNCATE",
        _reason(table, "never deleted") + marks,
        ("revoking DELETE", "the owner and every later grant would still get through"), topic="constraints",
    )  # fmt: skip


def append_only(plan: Blueprint, table: TableDraft) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE."""
    _refuse(plan, table, "append_only", ("delete", "update"))
    plan.decide(
        table.address, f"{table.name} is append only: a trigger refuses UPDATE, DELETE and TRUNCATE",
        _reason(table, "append only"),
        ("revoking UPDATE and DELETE", "the owner and every later grant would still get through"),
        ("partitions that expire", "old rows go cheaply; right once retention is decided"), topic="constraints",
    )  # fmt: skip


def at_most(plan: Blueprint, table: TableDraft, columns: Sequence[str], limit: int, rule: Rule) -> None:
    """Refuse the row that would be one too many in its group."""
    plan.functions["limit_rows"] = Function(PUBLIC, "limit_rows", "", _AT_MOST)
    group = tuple(dict.fromkeys((*table.prefix, *columns)))
    name = table.constraint(tuple(columns), "limit")
    live = "deleted_at" if table.soft_delete else ""
    watched = (*group, live) if live else group
    table.triggers.append(
        Trigger(name, "after", ("insert", "update"), PUBLIC, "limit_rows", (name, str(limit), live, *group), watched)
    )
    spoken = " and ".join(column.removesuffix("_id").replace("_", " ") for column in columns)
    plan.decide(
        address("trigger", PUBLIC, table.name, name), f"At most {limit} rows of {table.name} per {spoken}",
        (rule.reason + " " if rule.reason else "")
        + "A trigger counts under a lock of the group, so two requests that arrive at once cannot both be the last.",
        ("counting in the application", "two requests count at the same time, both find room, both insert"),
        ("a numbered slot with a unique key", "no trigger; the application has to find a free number"),
        topic="constraints", origin=rule.origin,
    )  # fmt: skip


def _refuse(plan: Blueprint, table: TableDraft, kind: str, events: tuple[Event, ...]) -> None:
    plan.functions["refuse_change"] = Function(PUBLIC, "refuse_change", "", _REFUSE)
    name = fit(f"{table.name}_{kind}")
    table.triggers.append(Trigger(name, "before", events, PUBLIC, "refuse_change", (name,)))
    table.triggers.append(
        Trigger(fit(f"{table.name}_{kind}_truncate"), "before", ("truncate",), PUBLIC, "refuse_change", (name,),
                for_each_row=False)
    )  # fmt: skip


def _reason(table: TableDraft, kind: str) -> str:
    said = next((rule.reason for rule in table.entity.rules if rule.kind == kind and rule.reason), "")
    return said or "What happened stays on record, whoever asks and whatever an administrator types."
