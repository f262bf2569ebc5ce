"""Names and descriptions of every kind, through every emitted file: nothing leaves its quotes or comments."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import Access, ColumnIntent, Filter, Intent, TableIntent, Tenancy
from dbarchitect.model.names import quote
from dbarchitect.model.policy import Policy
from dbarchitect.model.schema import Enum, Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.project import application_files
from tests.write.drizzle.emitted import emit

UUID, MOMENT = SqlType("uuid"), SqlType("timestamptz")
MANAGED = ("id", "organization_id", "created_at", "updated_at", "deleted_at")
MINE = "nullif(current_setting('app.organization_id', true), '')::uuid"
TROUBLE = (
    "order", "user", "it's", 'a"b', "back`tick${x}", "end*/comment", "עברית", "注文", "😀", "Promise", "Database",
    "Listing", "class", "line\nbreak", "x" * 60, "constructor", "__proto__", "select-1", "1st", "Größe", "pages",
)  # fmt: skip


def schema(names: tuple[str, ...], text: str) -> Schema:
    """A tenant's tables of these names, each with a column of its own name, one below the other."""
    tables = [_organizations()]
    enum = Enum("public", f"{names[0]}_kind"[:40], tuple(dict.fromkeys((text[:20] or "a", "b"))))
    for name in names:
        tables.append(_table(name, tables[-1] if len(tables) > 1 else None, enum))
    intents = {
        table.address: TableIntent(
            "entity", text, name, tenant_scoped=True, soft_delete=True, display=name,
            access=(Access(text[:20] or "x", (Filter(name), Filter("limit", "range")), description=text),),
        )
        for name, table in zip(names, tables[1:], strict=True)
    }  # fmt: skip
    intents[tables[0].address] = TableIntent("tenant")
    kinds = ("id", "tenant", "created_at", "updated_at", "deleted_at")
    columns = {
        table.column_address(column): ColumnIntent(managed=kind)  # type: ignore[arg-type]
        for table in tables
        for column, kind in zip(MANAGED, kinds, strict=True)
        if table.has(column)
    }
    columns |= {table.column_address("db"): ColumnIntent(description=text) for table in tables[1:]}
    intent = Intent(tenancy=Tenancy(tables[0].address), tables=intents, columns=columns)
    return Schema(tuple(tables), enums=(enum,), intent=intent)


def _organizations() -> Table:
    columns = (Column("id", UUID, False), Column("created_at", MOMENT, False, default="now()"))
    key = PrimaryKey("organizations_pkey", ("id",))
    policy = Policy("own", using=f"id = {MINE}", check=f"id = {MINE}")
    return Table("public", "organizations", columns, key, row_security=True, policies=(policy,))


def _table(name: str, parent: Table | None, enum: Enum) -> Table:
    own = replace_taken(name)
    columns = [
        Column("id", UUID, False),
        Column("organization_id", UUID, False),
        Column(own, SqlType("varchar", ("200",)), False),
        Column("limit", SqlType("integer"), False),
        Column("db", SqlType("text")),
        Column("kind", SqlType(enum.name, schema="public"), False),
        Column("created_at", MOMENT, False, default="now()"),
        Column("updated_at", MOMENT, False, default="now()"),
        Column("deleted_at", MOMENT),
    ]
    keys: tuple[ForeignKey, ...] = ()
    if parent is not None:
        columns.append(Column("up_id", UUID))
        keys = (ForeignKey(f"{name}_fk"[:50], ("up_id",), "public", parent.name, ("id",), "cascade"),)
    condition = f"organization_id = {MINE}"
    unique = Index(f"u_{name}"[:50], (IndexPart("organization_id"), IndexPart(own)), True, where="deleted_at is null")
    return Table(
        "public", name, tuple(columns), PrimaryKey(f"k_{name}"[:50], ("id",)), foreign_keys=keys,
        checks=(Check(f"c_{name}"[:50], f"char_length({quote(own)}) >= 1"),), indexes=(unique,),
        row_security=True, policies=(Policy("own", using=condition, check=condition),),
    )  # fmt: skip


def replace_taken(name: str) -> str:
    """The name, unless the table has a column of that name already."""
    return f"{name}_" if name in (*MANAGED, "limit", "db", "kind", "up_id") else name


@pytest.mark.timeout(300)
def test_a_project_of_trouble_checks_and_passes_its_tests(tmp_path: Path) -> None:
    project = emit(schema(TROUBLE, "a */ b `${c}` 'd' \"e\"\n// f \u202e"), Settings(), tmp_path)
    with project.link():
        assert project.format().passed
        assert project.typecheck().problems == ()
        assert project.lint().problems == ()
        tested = project.test("test/order.test.ts", "test/u1f600.test.ts", "test/class.test.ts", "test/promise.test.ts")
        assert tested.passed, tested.problems
        assert tested.passes > 20


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(str.strip)
texts = st.lists(st.sampled_from(["*/", "/*", "`", "${", "}", "'", '"', "\\", "\n", "//", "a", "\u2028"])).map("".join)


@given(st.lists(names, min_size=1, max_size=3, unique=True), texts)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_emitted_file_can_be_read(ask_bun: Callable[[str, bool], Any], given_names: list[str], text: str) -> None:
    made = schema(tuple(name for name in given_names if name != "organizations") or ("x",), text)
    for line in ("0.45", "1"):
        for path, content in application_files(made, replace(Settings(), drizzle=line)).items():
            if path.endswith(".ts"):
                ask_bun(content, False)
