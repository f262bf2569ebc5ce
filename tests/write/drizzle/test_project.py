"""Emitted projects under the real toolchain: types, lint, format and their own tests on PGlite."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbarchitect.engines import bun
from dbarchitect.engines.toolchain import Project
from dbarchitect.model.address import parse
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.catalogue import QuerySpec, queries
from tests.write.drizzle import stay
from tests.write.drizzle.emitted import emit

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module", params=["0.45", "1"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    settings = Settings(drizzle=request.param)
    made = emit(stay.schema(), settings, tmp_path_factory.mktemp("stay"))
    with made.link():
        assert made.format().passed
        yield made


def test_types_lint_and_format_find_nothing(project: Project) -> None:
    assert project.typecheck().problems == ()
    assert project.lint().problems == ()
    assert project.check_format().problems == ()


def test_the_tests_of_the_project_pass(project: Project) -> None:
    tested = project.test()
    assert tested.passed, tested.problems
    assert tested.passes > 80


def test_the_catalogue_names_what_is_exported(project: Project) -> None:
    specs = queries(stay.schema(), Settings(drizzle=project.line))
    exported = _exports(project, sorted({spec.module for spec in specs}))
    for spec in specs:
        assert spec.function in exported[spec.module], spec
        # The arity that JavaScript sees stops at the first parameter with a default.
        needed = [p for p in spec.parameters if p.kind not in ("limit", "list options", "page options")]
        assert exported[spec.module][spec.function] in (len(needed) + 1, len(spec.parameters) + 1), spec
    assert sum(map(len, exported.values())) == len(specs)


def test_a_read_that_shows_deleted_rows_fails_the_tests(project: Project) -> None:
    file = project.folder / "src/db/queries/rooms.ts"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"\bactive\(roomsSchema\),?", "", text), encoding="utf-8")
    try:
        tested = project.test("test/rooms.test.ts")
    finally:
        file.write_text(text, encoding="utf-8")
    assert any("what is deleted is gone" in str(problem) for problem in tested.problems)


def _exports(project: Project, modules: list[str]) -> dict[str, dict[str, int]]:
    """Functions by module with the number of their parameters."""
    lines = [f"import * as m{number} from './{module}'" for number, module in enumerate(modules)]
    pairs = ", ".join(f"{json.dumps(module)}: m{number}" for number, module in enumerate(modules))
    body = (
        f"const all: Record<string, object> = {{ {pairs} }}\n"
        "console.log(JSON.stringify(Object.fromEntries(Object.entries(all).map(([name, module]) => "
        "[name, Object.fromEntries(Object.entries(module).map(([key, value]) => [key, value.length]))]))))\n"
    )
    script = project.folder / "exports.ts"
    script.write_text("\n".join([*lines, body]), encoding="utf-8")
    try:
        finished = bun.run_script(Path("exports.ts"), cwd=project.folder)
    finally:
        script.unlink()
    assert finished.ok, finished.output
    found: dict[str, dict[str, int]] = json.loads(finished.output)
    return found


def test_other_settings_make_projects_that_check(tmp_path: Path) -> None:
    settings = Settings(profile="modern", ids="default-fn", runtime="node", drizzle="1")
    project = emit(stay.schema(settings), settings, tmp_path)
    with project.link():
        assert project.format().passed
        assert project.typecheck().problems == ()
        assert project.lint().problems == ()


def test_every_index_of_the_catalogue_exists() -> None:
    schema = stay.schema()
    known = {table.index_address(index.name) for table in schema.tables for index in table.indexes}
    known |= {table.constraint_address(unique.name) for table in schema.tables for unique in table.uniques}
    known |= {table.constraint_address(t.primary_key.name) for table in schema.tables if (t := table).primary_key}
    for spec in queries(schema, Settings()):
        assert spec.index is None or spec.index in known, spec


def test_every_table_is_read_inside_its_tenant() -> None:
    schema = stay.schema()
    for spec in queries(schema, Settings()):
        intent = schema.intent.tables[spec.table]
        kinds = [parameter.kind for parameter in spec.parameters]
        assert (kinds[:1] == ["tenant"]) == intent.tenant_scoped, spec
        assert spec.tenant or not intent.tenant_scoped
        _columns_exist(spec)


def _columns_exist(spec: QuerySpec) -> None:
    tables = {table.address: table for table in stay.schema().tables}
    for parameter in spec.parameters:
        if parameter.column:
            _, (place, table, column) = parse(parameter.column)
            assert tables[f"table:{place}.{table}"].has(column)
    assert spec.description


def test_kinds_of_queries_follow_the_intent() -> None:
    found: dict[str, set[str]] = {}
    for spec in queries(stay.schema(), Settings()):
        found.setdefault(parse(spec.table)[1][-1], set()).add(spec.kind)
    assert not found["org_invoices"] & {"update", "soft delete", "restore", "delete"}
    assert {"report", "create", "list", "page"} <= found["org_invoices"]
    assert {"link", "unlink", "related"} <= found["org_booking_guests"]
    assert "create" not in found["org_booking_guests"]
    assert {"search", "soft delete", "restore", "get by", "details", "joined"} <= found["org_rooms"]


def test_the_same_schema_gives_the_same_bytes() -> None:
    from dbarchitect.write.drizzle.project import application_files

    assert application_files(stay.schema(), Settings()) == application_files(stay.schema(), Settings())
