"""Tables and their keys: names, surrogate keys from the application, composite keys of junctions.

Seed: "Primary Keys"; DESIGN section 5.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbarchitect.design import soft_delete, tenancy
from dbarchitect.design.blueprint import TABLE_BYTES, Blueprint, TableDraft, fold
from dbarchitect.design.brief.requirements import Entity
from dbarchitect.design.prepared import Prepared
from dbarchitect.design.wordlist import wordlist
from dbarchitect.model.column import Column, Identity
from dbarchitect.model.constraint import PrimaryKey
from dbarchitect.model.intent import TableKind
from dbarchitect.model.names import plural, snake

_SIGN_UP = (
    " Tenants are `by default`: the policy wants the id of a new tenant in app.organization_id before its row exists, "
    "so sign-up takes it from the sequence first."
)
_EVENTS = wordlist("event log audit history reading measurement movement posting ledger")


def draw_tables(plan: Blueprint, prepared: Prepared, scoped: Mapping[str, bool]) -> None:
    """Create a table with key and tenant column for each entity; the tenants' table first."""
    requirements = prepared.requirements
    tenant = fold(requirements.tenant) if requirements.tenant else ""
    ordered = sorted(requirements.entities, key=lambda entity: fold(entity.name) != tenant)
    for entity in ordered:
        key = fold(entity.name)
        table = new_table(plan, entity, tenant_scoped=scoped[key])
        table.values = prepared.lookup_values.get(key, ())
        plan.tables[key] = table
        if tenant and key == tenant:
            plan.tenant = table
            table.kind = "tenant"
        draw_key(plan, table)
        if table.tenant_scoped:
            tenancy.add_column(plan, table)


def new_table(plan: Blueprint, entity: Entity, *, tenant_scoped: bool, name: str = "") -> TableDraft:
    """An empty table with its name and the flags that its rules set."""
    base = name or plural(snake(entity.name)) or entity.name
    table = TableDraft(entity, plan.relation_name(f"org_{base}" if tenant_scoped else base, TABLE_BYTES))
    table.tenant_scoped = tenant_scoped
    table.kind = _kind(entity)
    table.append_only = any(rule.kind == "append only" for rule in entity.rules)
    table.never_deleted = table.append_only or any(rule.kind == "never deleted" for rule in entity.rules)
    table.soft_delete = soft_delete.applies(plan, table)
    return table


def draw_key(plan: Blueprint, table: TableDraft) -> None:
    """The surrogate key: a UUIDv7 that the application makes, or under `modern` a number that PostgreSQL counts."""
    table.add("id", plan.key_type, nullable=False, managed="id", fields=("id",))
    if not plan.house:
        table.change(
            "id", Column("id", plan.key_type, nullable=False, identity=Identity(always=table.kind != "tenant"))
        )
    name = f"{table.name}_pkey"
    plan.taken.add(name)
    table.constraint_names.add(name)
    table.primary_key = PrimaryKey(name, ("id",))


def explain(plan: Blueprint, where: str) -> None:
    """The decision about surrogate keys, once."""
    if plan.house:
        plan.decide(
            where,
            "Every entity has `id uuid`, a UUIDv7 that the application makes with Bun.randomUUIDv7()",
            "Ids grow with time, so new rows land at the end of the index; a row and its children can be built before "
            "anything is sent, and tests can fix them. PostgreSQL has no default, so a forgotten id fails at once.",
            (
                "bigint identity",
                "8 bytes less in every key and index; ids exist only after the insert and can be guessed",
            ),
            ("UUIDv4", "random positions in the index: more pages touched per insert"),
            (
                "uuidv7() of PostgreSQL 18 as default",
                "rows of psql get ids too; the application learns them only afterwards",
            ),
            topic="keys",
        )
        return
    plan.decide(
        where,
        "Every entity has `id bigint generated always as identity`",
        "Eight bytes, in order, no code; `always` refuses ids from outside." + (_SIGN_UP if plan.tenant else ""),
        ("uuidv7()", "16 bytes; ids can be made anywhere and tell nobody how many rows there are"),
        topic="keys",
    )


def _kind(entity: Entity) -> TableKind:
    if entity.lookup:
        return "lookup"
    appended = any(rule.kind == "append only" for rule in entity.rules)
    return "event" if appended or fold(entity.name).rpartition("_")[2] in _EVENTS else "entity"
