"""Every kind of claim can fail: a project is broken on purpose, and the claim names the culprit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from prove.conftest import Copy

from dbarchitect.model.intent import FunctionalDependency
from dbarchitect.prove.run import kinds

INIT = "drizzle/*_init.sql"
COMPANION = "drizzle/*_companion.sql"
Change = Callable[[Copy], None]


def dropped(pattern: str, *parts: str) -> Change:
    return lambda copy: copy.drop_statement(pattern, *parts)


def replaced(pattern: str, old: str, new: str) -> Change:
    return lambda copy: copy.replace(pattern, old, new)


def without_down(copy: Copy) -> None:
    copy.find("drizzle/down/*_companion.sql").unlink()


BREAKS: dict[str, tuple[Change, str, tuple[str, ...]]] = {
    "a foreign key without an index": (
        dropped(INIT, "CREATE INDEX", "org_people_organization_id_manager_id_created_at_id_idx"),
        "foreign_key_index",
        ("org_people_manager_id_fk", "manager_id"),
    ),
    "a missing policy": (
        dropped(INIT, "CREATE POLICY", '"org_rooms_tenant_isolation"'),
        "seed",
        ("the seed fails", "42501", "org_rooms"),
    ),
    "row level security that is not enabled": (
        dropped(INIT, 'ALTER TABLE "public"."org_rooms" ENABLE ROW LEVEL SECURITY'),
        "tenant",
        ("table:public.org_rooms", "org_rooms can be seen"),
    ),
    "row level security that is not forced": (
        dropped(COMPANION, 'ALTER TABLE "public"."org_rooms" FORCE ROW LEVEL SECURITY'),
        "tenant",
        ("table:public.org_rooms", "FORCE ROW LEVEL SECURITY is missing"),
    ),
    "a bare cast in a policy": (
        replaced(INIT, "nullif(current_setting('app.organization_id', true), '')::uuid",
                 "current_setting('app.organization_id', true)::uuid"),
        "tenant",
        ("table:public.org_rooms", "app.organization_id empty", "22P02"),
    ),
    "a policy that checks no new rows": (
        replaced(INIT, "WITH CHECK (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid)",
                 "WITH CHECK (true)"),
        "tenant",
        ("table:public.org_rooms", "insert"),
    ),
    "a foreign key that forgets the tenant": (
        replaced(INIT, 'FOREIGN KEY ("organization_id", "room_id")\n    REFERENCES "public"."org_rooms" '
                 '("organization_id", "id") ON DELETE RESTRICT',
                 'FOREIGN KEY ("room_id") REFERENCES "public"."org_rooms" ("id") ON DELETE RESTRICT'),
        "tenant",
        ("table:public.org_bookings", "can point at another tenant's row", "room_id"),
    ),
    "a plain SET NULL on a key with the tenant": (
        replaced(COMPANION, 'ON DELETE SET NULL ("manager_id")', "ON DELETE SET NULL"),
        "tenant_kept",
        ("org_people_manager_id_fk", "23502"),
    ),
    "a unique key that forgets soft delete": (
        replaced(INIT, '("organization_id", "email")\n  WHERE (deleted_at is null)', '("organization_id", "email")'),
        "soft_delete",
        ("table:public.org_people", "org_people_organization_id_email_unique"),
    ),
    "a junction without its key": (
        replaced(INIT, 'PRIMARY KEY ("organization_id", "person_id", "room_id")',
                 'PRIMARY KEY ("organization_id", "person_id", "room_id", "position")'),
        "soft_delete",
        ("table:public.org_favourites", "42P10"),
    ),
    "a check that is gone": (
        replaced(INIT, 'CHECK (hourly_price >= 0)', "CHECK (true)"),
        "constraint",
        ("org_rooms_hourly_price_check",),
    ),
    "a column that takes NULL": (
        replaced(INIT, '"hourly_price"    numeric(12, 2) NOT NULL', '"hourly_price"    numeric(12, 2)'),
        "constraint",
        ("table:public.org_rooms", "hourly_price takes NULL"),
    ),
    "an exclusion that is gone": (
        dropped(COMPANION, "EXCLUDE USING"),
        "constraint",
        ("org_bookings_room_id_starts_at_ends_at_excl",),
    ),
    "a foreign key that is gone": (
        dropped(INIT, 'ADD CONSTRAINT "org_visits_person_id_fk"'),
        "constraint",
        ("org_visits_person_id_fk",),
    ),
    "a unique index that is gone": (
        dropped(INIT, "CREATE UNIQUE INDEX", "org_rooms_organization_id_name_unique"),
        "constraint",
        ("org_rooms_organization_id_name_unique",),
    ),
    "an append-only table without its trigger": (
        dropped(COMPANION, 'CREATE TRIGGER "org_visits_append_only"\n'),
        "deletion_rules",
        ("table:public.org_visits", "update"),
    ),
    "a table that may be emptied": (
        dropped(COMPANION, 'CREATE TRIGGER "org_bookings_never_deleted_truncate"'),
        "deletion_rules",
        ("table:public.org_bookings", "truncate"),
    ),
    "a down that forgets an enum": (
        replaced("drizzle/down/*_init.sql", 'DROP TYPE "public"."booking_status";', ""),
        "migration",
        ("init", "booking_status"),
    ),
    "a down that is not there": (without_down, "migration", ("companion", "no down SQL")),
    "a down that fails": (
        replaced("drizzle/down/*_init.sql", 'DROP TYPE "public"."booking_status";', 'DROP TYPE "public"."nothing";'),
        "migration",
        ("init", "42704", "nothing"),
    ),
    "a migration that does not apply": (
        replaced(INIT, "CREATE TABLE", "CREATE TABEL"),
        "migration",
        ("init", "42601"),
    ),
    "a journal that jumps back in time": (
        replaced("drizzle/meta/_journal.json", '"tag": "0002_companion"', '"tag": "0002_companion", "when": 1'),
        "kit",
        ("project:journal", "companion is dated 20454 days before 0001_init"),
    ),
    "a migration that the journal does not name": (
        lambda copy: (copy.folder / "drizzle" / "0009_extra.sql").write_text("select 1;", encoding="utf-8") and None,
        "kit",
        ("project:journal", "0009_extra.sql"),
    ),
    "a schema file that the migrations do not follow": (
        replaced("src/db/schema/rooms.ts", "varchar('name', { length: 80 })", "varchar('name', { length: 90 })"),
        "kit",
        ("varchar(90)",),
    ),
    "a wrong type in a schema file": (
        replaced("src/db/schema/rooms.ts", "varchar('name', { length: 80 })", "varchar('name', { length: 90 })"),
        "catalog",
        ("project:drizzle-kit", "org_rooms.name character varying(80) -> character varying(90)"),
    ),
    "a schema file that cannot be read": (
        replaced("src/db/schema/rooms.ts", "pgTable(", "pgTabel("),
        "catalog",
        ("project:drizzle-kit", "pgTabel"),
    ),
    "a seed that fails": (
        replaced("src/db/seeds/rooms.ts", "hourlyPrice: ", "hourlyPrice: '-1' ?? "),
        "seed",
        ("the seed fails", "org_rooms_hourly_price_check"),
    ),
    "a type error": (
        replaced("src/db/pagination.ts", "export const MAX_LIMIT = 100", "export const MAX_LIMIT: string = 100"),
        "types",
        ("src/db/pagination.ts", "TS2322"),
    ),
    "code that is not formatted": (
        replaced("src/db/pagination.ts", "export const MAX_LIMIT = 100", "export const  MAX_LIMIT = 100"),
        "style",
        ("src/db/pagination.ts",),
    ),
    "a query without the tenant's filter": (
        replaced("src/db/queries/rooms.ts", "withOrgFilter(roomsSchema, organizationId),", ""),
        "query",
        ("#listRooms", "does not filter by tenant"),
    ),
    "a query whose index is gone": (
        dropped(INIT, "CREATE INDEX", "org_rooms_organization_id_created_at_id_idx"),
        "query",
        ("#listRooms", "org_rooms_organization_id_created_at_id_idx"),
    ),
    "a query that cannot run": (
        replaced("src/db/queries/rooms.ts", "eq(roomsSchema.floor, floor)", "eq(roomsSchema.floor, 'ground')"),
        "query",
        ("#listRoomsByFloor", "22P02"),
    ),
    "a query that is not there": (
        replaced("src/db/queries/rooms.ts", "export const getRoom =", "export const fetchRoom ="),
        "query",
        ("#getRoom", "exports no function getRoom"),
    ),
    "a restore that restores nothing": (
        replaced("src/db/queries/rooms.ts", "isNotNull(roomsSchema.deletedAt)", "active(roomsSchema)"),
        "query",
        ("#restoreRoom", "changes nothing"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_caught_and_named(name: str, copy: Copy) -> None:
    change, kind, culprit = BREAKS[name]
    change(copy)
    failed = copy.failed(kind)
    told = [f"{claim}: {reason}" for claim, reason in failed.items()]
    assert any(all(part in text for part in culprit) for text in told), told


def test_a_test_that_fails(copy: Copy) -> None:
    for path in (copy.folder / "test").glob("*.test.ts"):
        path.unlink()
    text = "import { expect, test } from 'bun:test'\n\ntest('rooms are free', () => {\n  expect(1).toBe(2)\n})\n"
    (copy.folder / "test" / "rooms.test.ts").write_text(text, encoding="utf-8")
    (reason,) = copy.failed("tests").values()
    assert "rooms are free" in reason


def test_a_dependency_that_no_key_holds(copy: Copy) -> None:
    intent = copy.draft.schema.intent
    broken = FunctionalDependency("table:public.org_rooms", ("floor",), ("hourly_price",))
    schema = dataclasses.replace(copy.draft.schema, intent=dataclasses.replace(intent, dependencies=(broken,)))
    (reason,) = copy.failed("normal_form", draft=dataclasses.replace(copy.draft, schema=schema)).values()
    assert "floor is no key of org_rooms" in reason


def test_every_kind_is_broken_somewhere() -> None:
    broken = {kind for _, kind, _ in BREAKS.values()} | {"tests", "normal_form"}
    assert broken == {module.KIND for module in kinds()}


def test_line_1_is_broken_alike(copy_1: Copy) -> None:
    copy_1.drop_statement(
        "drizzle/*_init/migration.sql", "CREATE INDEX", "org_people_organization_id_manager_id_created_at_id_idx"
    )
    copy_1.replace("drizzle/*_init/down.sql", 'DROP TYPE "public"."booking_status";', "")
    failed = copy_1.failed("foreign_key_index", "migration")
    assert "foreign_key_index:constraint:public.org_people.org_people_manager_id_fk" in failed
    assert any("booking_status" in reason for reason in failed.values())
